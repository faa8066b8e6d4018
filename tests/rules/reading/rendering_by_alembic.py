"""The truth for one file: what `alembic upgrade --sql` prints, through Alembic's own command."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from alembic import command
from alembic.config import Config

ENVIRONMENT = """
from alembic import context

context.configure(url="DIALECT://", literal_binds=True, dialect_opts={"paramstyle": "named"})
with context.begin_transaction():
    context.run_migrations()
"""


def printed_by_alembic(folder: Path, text: str, dialect: str = "postgresql") -> tuple[str, str]:
    """(upgrade, downgrade) of a file whose revision is `a1`, without the bookkeeping around it."""
    versions = folder / "versions"
    versions.mkdir(parents=True)
    (folder / "env.py").write_text(ENVIRONMENT.replace("DIALECT", dialect))
    (folder / "script.py.mako").write_text("")
    (versions / "a1.py").write_text(text)
    found: list[str] = []
    for run, revisions in ((command.upgrade, "base:a1"), (command.downgrade, "a1:base")):
        output = StringIO()
        config = Config(output_buffer=output)
        config.set_main_option("script_location", str(folder))
        run(config, revisions, sql=True)
        found.append(_own_part(output.getvalue()))
    return found[0], found[1]


def _own_part(output: str) -> str:
    """Between Alembic's comment and its change of `alembic_version`."""
    rest = output.partition("-- Running ")[2].partition("\n\n")[2]
    ends = [
        at for mark in ("INSERT INTO alembic_version", "DELETE FROM alembic_version") if (at := rest.find(mark)) >= 0
    ]
    return rest[: min(ends)] if ends else rest
