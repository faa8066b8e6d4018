"""env.py and alembic.ini: what every revision of the run depends on."""
