"""Customers belong to a region.

Revision ID: 5e5f7a9c1d05
Revises: 4d6e6f8b0c04
Create Date: 2026-08-28 10:45:00
"""

import sqlalchemy as sa
from alembic import op

revision = "5e5f7a9c1d05"
down_revision = "4d6e6f8b0c04"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("customers", sa.Column("region", sa.Text(), default="eu", nullable=False))


def downgrade():
    op.drop_column("customers", "region")
