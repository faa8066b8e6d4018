"""Orders have a status.

Revision ID: 2b8e4d6f8a02
Revises: 1a9f3c5d7e01
Create Date: 2026-05-19 16:40:00
"""

import sqlalchemy as sa
from alembic import op

revision = "2b8e4d6f8a02"
down_revision = "1a9f3c5d7e01"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("orders", sa.Column("status", sa.Text(), server_default="placed", nullable=False))


def downgrade():
    op.drop_column("orders", "status")
