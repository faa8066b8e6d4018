"""Vouchers.

Revision ID: 3c7d5e7a9b03
Revises: 2b8e4d6f8a02
Create Date: 2026-08-30 11:05:00
"""

import sqlalchemy as sa
from alembic import op

revision = "3c7d5e7a9b03"
down_revision = "2b8e4d6f8a02"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "vouchers",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("code", sa.Text(), nullable=False, unique=True),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
    )


def downgrade():
    op.drop_table("vouchers")
