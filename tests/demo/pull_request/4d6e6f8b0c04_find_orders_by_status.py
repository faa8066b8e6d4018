"""Find orders by status without reading them all.

Revision ID: 4d6e6f8b0c04
Revises: 2b8e4d6f8a02
Create Date: 2026-08-28 10:20:00
"""

from alembic import op

revision = "4d6e6f8b0c04"
down_revision = "2b8e4d6f8a02"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_orders_status", "orders", ["status", "placed_at"])


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix_orders_status", table_name="orders", postgresql_concurrently=True)
