"""The type of a primary key changed beside it: the key, what references it and its numbers go over, and come back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import fresh_database
from tests.rules.catalogue.judged import migration
from tests.rules.plans.served import assert_same_end, ends, finding_of, id_of, lay_out, planned

WIDER = migration(
    'op.alter_column("bills", "id", type_=sa.BigInteger(), existing_type=sa.Integer())',
    'op.alter_column("bills", "id", type_=sa.Integer(), existing_type=sa.BigInteger())',
)
SERIAL = 'op.create_table("bills", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("note", sa.Text()))\n'
ALWAYS = SERIAL.replace("sa.Integer(), primary", "sa.Integer(), sa.Identity(always=True), primary")
PLAIN = SERIAL.replace("sa.Integer(), primary", "sa.Integer(), autoincrement=False, primary")
ITEMS = """
op.create_table(
    "items",
    sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
    sa.Column("bill_id", sa.Integer(), sa.ForeignKey("bills.id", ondelete="CASCADE")),
    sa.Column("other_id", sa.BigInteger(), sa.ForeignKey("bills.id")),
)
"""
COUNTED = ("INSERT INTO bills (note) SELECT 'x' FROM generate_series(1, 2500)",)
GIVEN = ("INSERT INTO bills (id, note) SELECT n, 'x' FROM generate_series(1, 2500) n",)
REFERENCED = (*COUNTED, "INSERT INTO items (bill_id, other_id) SELECT id, id FROM bills")


@pytest.mark.parametrize(
    ("before", "rows"),
    [
        (SERIAL, COUNTED),
        (SERIAL.replace("sa.Integer(), primary", "sa.Integer(), sa.Identity(), primary"), COUNTED),
        (ALWAYS, COUNTED),
        (PLAIN, GIVEN),
        (SERIAL + ITEMS, REFERENCED),
        (SERIAL + 'op.execute("ALTER TABLE bills ADD parent integer REFERENCES bills")\n', COUNTED),
    ],
)
@pytest.mark.parametrize("version", [16, 18])
def test_the_key_ends_as_the_migration_leaves_it(
    before: str, rows: tuple[str, ...], version: int, tmp_path: Path
) -> None:
    one = planned("rewriting-type-change", WIDER, before=migration(before), server_version=version)
    assert_same_end(one, tmp_path, rows, server_version=version)


def test_a_view_of_the_key_is_there_again_after_the_switch(tmp_path: Path) -> None:
    before = ALWAYS + ITEMS + 'op.execute("CREATE VIEW notes AS SELECT id, note FROM bills")\n'
    one = planned("rewriting-type-change", WIDER, before=migration(before))
    assert any("view public.notes" in line for line in ends(tmp_path, one.texts, REFERENCED))


@pytest.mark.parametrize("made", [SERIAL, ALWAYS])
def test_it_counts_on_past_what_the_old_type_holds_and_back(made: str, tmp_path: Path) -> None:
    one = planned("rewriting-type-change", WIDER, before=migration(made + ITEMS))
    insert = "INSERT INTO bills (note) VALUES ('x') RETURNING id"
    with fresh_database(16) as connection:
        connection.prepare_threshold = None  # a statement prepared before would give the old type
        migrations = lay_out(tmp_path, connection, one.texts)
        assert migrations.upgrade("0002") == ""
        for statement in REFERENCED:
            connection.execute(statement)
        for step in one.plan.revisions:
            assert migrations.upgrade(id_of(step)) == ""
            connection.execute(insert)
        count, highest = connection.execute("SELECT count(*), max(id) FROM bills").fetchone() or ()
        assert count == 2500 + len(one.plan.revisions) <= highest
        assert migrations.downgrade("0002") == ""
        assert (connection.execute(insert).fetchone() or (0,))[0] > highest
        assert migrations.upgrade() == ""
        connection.execute("SELECT setval(pg_get_serial_sequence('bills', 'id'), 2147483647)")
        assert connection.execute(insert).fetchone() == (2147483648,)
        connection.execute("DELETE FROM bills WHERE id <= 2500")
        assert connection.execute("SELECT count(*) FROM items WHERE bill_id IS NOT NULL").fetchone() == (0,)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (
            SERIAL.replace('sa.Column("note", sa.Text())', 'sa.Column("n", sa.Text(), primary_key=True)'),
            "one of several",
        ),
        (SERIAL + 'op.alter_column("bills", "id", server_default=sa.text("7"))\n', "not one of its sequence"),
        (ALWAYS.replace("always=True", "increment=10"), "options that its successor needs too"),
        (
            SERIAL + 'op.execute("CREATE TABLE i (b integer REFERENCES bills DEFERRABLE)")\n',
            "is not plain enough to be declared a second time",
        ),
        (
            SERIAL + 'op.execute("CREATE TABLE i (b integer REFERENCES bills) PARTITION BY LIST (b)")\n',
            "partition by partition",
        ),
    ],
)
def test_what_stands_in_the_way_is_named(made: str, reason: str) -> None:
    found, _ = finding_of("rewriting-type-change", WIDER, before=migration(made))
    assert found.plan is None
    assert reason in found.no_plan


def test_a_key_is_not_made_narrower() -> None:
    found, _ = finding_of("narrowing-type-change", migration('op.alter_column("users", "id", type_=sa.Integer())'))
    assert "only a wider integer is planned" in found.no_plan
