"""CHECKs and NOT NULL constraints that come before the old rows are filled."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged

NULLABLE = "def upgrade():\n    op.add_column('orders', sa.Column('note', sa.Text()))\n"
READY = (
    "def upgrade():\n    op.execute(\"CREATE DOMAIN ready AS text DEFAULT 'x'\")\n"
    "    op.execute('ALTER TABLE orders ADD COLUMN note ready')\n"
)
TOTAL = "    op.drop_column('orders', 'total')\n    op.add_column('orders', sa.Column('total', sa.Text()))\n"
NOT_NULL = "op.execute('ALTER TABLE orders ADD CONSTRAINT c CHECK (note IS NOT NULL) NOT VALID')"


@pytest.mark.parametrize(
    ("upgrade", "before", "beside"),
    [
        (f"{NOT_NULL}  # finding", NULLABLE, ""),
        (NOT_NULL.replace(" NOT VALID", ""), NULLABLE, ""),
        (NOT_NULL, NULLABLE.replace("sa.Text()", "sa.Text(), server_default='x'"), ""),
        (NOT_NULL, NULLABLE.replace("sa.Text()", "sa.Text(), nullable=False, server_default='x'"), ""),
        (NOT_NULL.replace("note IS NOT NULL", "total > 0"), NULLABLE, ""),
        (NOT_NULL.replace("note IS NOT NULL", "note IS NOT NULL OR total > 0"), NULLABLE, ""),
        (NOT_NULL.replace("note", "status"), NULLABLE, ""),
        (NOT_NULL.replace("note", "total"), NULLABLE, ""),
        (f"{NOT_NULL}  # finding", f"{NULLABLE}    op.alter_column('orders', 'note', server_default='x')\n", ""),
        (f"{NOT_NULL}  # finding", f"{NULLABLE}    op.execute(\"UPDATE users SET note = 'x'\")\n", ""),
        (NOT_NULL, NULLABLE.replace("sa.Text()", "sa.Text(), sa.Computed('status', persisted=True)"), ""),
        (f"{NOT_NULL}  # finding", f"{NULLABLE}    op.execute(\"ALTER TABLE users ADD note text DEFAULT 'x'\")\n", ""),
        (f"{NOT_NULL}  # finding", f"{NULLABLE}    op.alter_column('users', 'name', new_column_name='note')\n", ""),
        (NOT_NULL, NULLABLE.replace("orders", "users"), ""),
        (NOT_NULL, READY, ""),
        (f"{NOT_NULL}  # finding", f"{NULLABLE}    op.alter_column('orders', 'status', new_column_name='state')\n", ""),
        (NOT_NULL.replace("note", "total"), "", "def upgrade():\n" + TOTAL),
        (NOT_NULL.replace("note", "total") + "  # finding", "def upgrade():\n" + TOTAL, ""),
        ("op.execute('ALTER TABLE orders ADD CONSTRAINT c NOT NULL note NOT VALID')  # finding", NULLABLE, ""),
        ("op.execute('ALTER TABLE orders ADD CONSTRAINT c NOT NULL note')", NULLABLE, ""),
        (
            "op.alter_column('orders', 'note', new_column_name='memo')\n"
            + NOT_NULL.replace("note", "memo")
            + "  # finding",
            NULLABLE,
            "",
        ),
        (
            NOT_NULL.replace("note", "memo"),
            f"{NULLABLE}    op.execute(\"UPDATE orders SET note = 'x'\")\n"
            "    op.alter_column('orders', 'note', new_column_name='memo')\n",
            "",
        ),
        (f"op.execute(\"UPDATE orders SET note = 'x' WHERE note IS NULL\")\n{NOT_NULL}", NULLABLE, ""),
        (f"op.execute(\"UPDATE users SET name = 'x'\")\n{NOT_NULL}  # finding", NULLABLE, ""),
        (f"op.execute('UPDATE orders SET total = 1')\n{NOT_NULL}  # finding", NULLABLE, ""),
        (NOT_NULL, f"{NULLABLE}    op.execute(\"UPDATE orders SET note = 'x'\")\n", ""),
        (f"{NOT_NULL}  # finding", NULLABLE, "def upgrade():\n    op.execute(\"UPDATE orders SET note = 'x'\")\n"),
        (f"op.add_column('orders', sa.Column('note', sa.Text()))\n{NOT_NULL}  # finding", "", ""),
        (
            "op.create_table('t', sa.Column('note', sa.Text()))\nop.add_column('t', sa.Column('n', sa.Text()))\n"
            + NOT_NULL.replace("orders", "t").replace("note", "n"),
            "",
            "",
        ),
    ],
)
def test_a_not_null_check_before_the_backfill(upgrade: str, before: str, beside: str) -> None:
    assert_judged("not-valid-before-backfill", upgrade, before=before, beside=beside)


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("UPDATE orders SET note = 'x' WHERE CURRENT OF c", False),
        ("UPDATE orders SET status = 'x'", True),
        ("INSERT INTO orders (id, note) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET note = 'x'", False),
        ("INSERT INTO users (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = 'x'", True),
        ("INSERT INTO orders (id, note) VALUES (1, 'UPDATE')", True),
        ("ALTER TABLE orders ALTER COLUMN note TYPE varchar USING coalesce(note, '')", False),
        ("ALTER TABLE orders ALTER COLUMN note TYPE varchar", True),
        ("ALTER TABLE orders ALTER COLUMN status TYPE varchar USING lower(status)", True),
        ("ALTER TABLE users ALTER COLUMN note TYPE varchar USING coalesce(note, '')", True),
        ("SELECT fill_notes()", False),
        ("SELECT setval('s', 1)", True),
        ("SELECT id FROM orders", True),
        ("CALL fill_notes()", False),
        ("FILL orders", False),
    ],
)
def test_what_may_have_filled_the_column_makes_silent(written: str, left: bool) -> None:
    before = f'{NULLABLE}    op.execute("{written}")\n'
    assert_judged("not-valid-before-backfill", f"{NOT_NULL}  # finding" if left else NOT_NULL, before=before)


def test_what_to_add_later_is_called_by_its_kind() -> None:
    (check,) = assert_judged("not-valid-before-backfill", f"{NOT_NULL}  # finding", before=NULLABLE)
    own = NOT_NULL.replace("CHECK (note IS NOT NULL)", "NOT NULL note") + "  # finding"
    (constraint,) = assert_judged("not-valid-before-backfill", own, before=NULLABLE)
    assert check.advice.endswith("then add the CHECK.")
    assert constraint.advice.endswith("then add the constraint.")
