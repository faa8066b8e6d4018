"""A label used before its commit is named: in each kind of use, and across revisions of one transaction."""

from __future__ import annotations

import pytest

from rules.examples import ENV
from tests.rules.catalogue.judged import assert_judged, findings, migration, repaired

RULE = "enum-value-used-too-early"
BEFORE = """def upgrade():
    op.execute("CREATE TYPE mood AS ENUM ('good', 'bad')")
    op.execute('CREATE TABLE things (id bigint PRIMARY KEY, m mood, note text, "Note" text)')
    op.execute("CREATE TABLE notes (id bigint PRIMARY KEY, m text)")
"""
ADD = "op.execute(\"ALTER TYPE mood ADD VALUE 'odd'\")"


@pytest.mark.parametrize(
    "use",
    [
        "op.execute(\"INSERT INTO things VALUES (1, 'odd')\")",
        "op.execute(\"UPDATE things SET m = 'odd' WHERE id = 1\")",
        "op.execute(\"DELETE FROM things WHERE m = 'odd'\")",
        "op.execute(\"SELECT * FROM things WHERE m = 'odd'\")",
        "op.execute(\"ALTER TABLE things ALTER COLUMN m SET DEFAULT 'odd'\")",
        'op.alter_column("things", "m", server_default="odd")',
        "op.execute(\"ALTER TABLE things ADD COLUMN n mood DEFAULT 'odd'\")",
        'op.create_check_constraint("c", "things", "m <> \'odd\'")',
        'op.create_index("i", "things", ["id"], postgresql_where=sa.text("m = \'odd\'"))',
        "op.execute(\"SELECT 'odd'::mood\")",
        "op.bulk_insert(sa.table('things', sa.column('m', sa.String())), [{'m': 'odd'}])",
        "op.bulk_insert(sa.table('things', sa.column('m')), [{'m': 'odd'}])",
        "op.execute(sa.table('things', sa.column('m')).update().values(m='odd'))",
        "op.execute(\"UPDATE unseen SET m = 'odd' WHERE id = 1\")",
        "op.execute(\"UPDATE things SET m = 'good' WHERE m IN ('bad', 'odd')\")",
        "op.execute(\"DELETE FROM things WHERE m NOT IN ('odd', 'bad')\")",
        "op.execute(\"DELETE FROM things WHERE m <> 'odd' AND note = 'odd'\")",
        "op.execute(\"DELETE FROM things WHERE coalesce(m, 'odd') = 'bad'\")",
        "op.execute(\"INSERT INTO things (note, m) VALUES ('even', 'odd')\")",
        "op.execute(\"DELETE FROM things WHERE m = any (ARRAY['odd']::text[])\")",
        "op.execute(\"CREATE VIEW odd_things AS SELECT * FROM things WHERE m = 'odd'\")",
        "op.execute(\"ALTER TABLE things ALTER note TYPE mood USING coalesce(note, 'odd')::mood\")",
        "op.execute(\"CREATE TABLE odd_things AS SELECT * FROM things WHERE m = 'odd'\")",
        "op.execute(\"ALTER TABLE unseen ALTER COLUMN m SET DEFAULT 'odd'\")",
        "op.execute(\"UPDATE users SET name = 'odd'::mood::text\")",
    ],
)
def test_each_kind_of_use_is_named(use: str) -> None:
    assert_judged(RULE, f"{ADD}\n{use}  # finding", before=BEFORE)


@pytest.mark.parametrize(
    "use",
    [
        "op.execute(\"UPDATE things SET m = 'good' WHERE id = 1\")",
        "op.execute(\"UPDATE things SET m = 'bad' WHERE note = 'oddly'\")",
        "op.execute(\"UPDATE users SET name = 'odd' WHERE id = 1\")",
        "op.execute(\"UPDATE things SET note = 'odd' WHERE id = 1\")",
        "op.execute(\"UPDATE things SET m = 'bad' WHERE note IN ('even', 'odd')\")",
        "op.execute(\"DELETE FROM things WHERE note NOT IN ('odd', 'even')\")",
        "op.execute(\"DELETE FROM things WHERE note != 'odd'\")",
        "op.execute(\"INSERT INTO things (id, note) VALUES (1, 'odd')\")",
        "op.execute(\"UPDATE notes SET m = 'odd' WHERE id = 1\")",
        "op.execute(\"UPDATE users SET name = lower('odd')\")",
        'op.execute("DELETE FROM things WHERE \\"Note\\" = \'odd\'")',
        "op.execute(\"DELETE FROM things WHERE note IN ('a', 'it''s', 'odd')\")",
        "op.execute(\"DELETE FROM things WHERE 1 = 'odd'\")",
        "op.execute(\"DELETE FROM things WHERE m::text = 'odd'\")",
        "op.execute(\"ALTER TABLE things ALTER COLUMN note SET DEFAULT 'odd'\")",
        "op.execute(\"ALTER TABLE things ADD COLUMN memo text DEFAULT 'odd'\")",
        "op.execute(\"ALTER TABLE unseen ADD COLUMN memo text DEFAULT 'odd'\")",
        "op.execute(\"CREATE TABLE moods (memo text DEFAULT 'odd')\")",
        "op.execute(\"ALTER TYPE mood ADD VALUE 'even'\")",
        "op.execute(\"COMMENT ON TABLE things IS 'odd'\")",
    ],
)
def test_other_labels_and_other_tables_are_not_named(use: str) -> None:
    assert_judged(RULE, f"{ADD}\n{use}", before=BEFORE)


def test_a_label_of_the_created_type_may_be_used() -> None:
    assert_judged(
        RULE,
        """
        op.execute("CREATE TYPE state AS ENUM ('on', 'off')")
        op.execute("CREATE TABLE f (s state DEFAULT 'on')")
        """,
    )


@pytest.mark.parametrize(("version", "mark"), [(16, "  # finding"), (17, "")])
def test_a_type_of_the_same_transaction_is_exempt_from_17_on(version: int, mark: str) -> None:
    assert_judged(
        RULE,
        f"""
        op.execute("CREATE TYPE state AS ENUM ('on')")
        op.execute("ALTER TYPE state ADD VALUE 'off'")
        op.execute("CREATE TABLE f (s state DEFAULT 'off')"){mark}
        """,
        server_version=version,
    )


def test_inside_the_block_the_label_is_committed() -> None:
    use = 'op.alter_column("things", "m", server_default="odd")'
    assert_judged(RULE, f"with op.get_context().autocommit_block():\n    {ADD}\n{use}", before=BEFORE)


@pytest.mark.parametrize(("own_transaction", "count"), [("True", 0), ("False", 1)])
def test_a_later_revision_counts_unless_each_has_its_own_transaction(own_transaction: str, count: int) -> None:
    env = ENV.replace("transaction_per_migration=True", f"transaction_per_migration={own_transaction}")
    use = migration('op.alter_column("things", "m", server_default="odd")')
    found = findings(RULE, migration(ADD), before=BEFORE, also=(use,), env=env)
    assert [finding.place.path.rpartition("/")[2] for finding in found] == ["0004_above.py"] * count


def test_the_label_goes_into_a_block_of_its_own() -> None:
    use = 'op.alter_column("things", "m", server_default="odd")'
    assert repaired(RULE, f"{ADD}\n{use}", before=BEFORE) == (
        "with op.get_context().autocommit_block():\n"
        "    op.execute(\"ALTER TYPE mood ADD VALUE IF NOT EXISTS 'odd'\")\n"
        f"{use}"
    )


@pytest.mark.parametrize(
    "upgrade",
    [
        f'op.drop_column("things", "note")\n{ADD}\nop.alter_column("things", "m", server_default="odd")',
        "for v in ('odd', 'x'):\n    op.execute(f\"ALTER TYPE mood ADD VALUE '{v}'\")\n"
        'op.alter_column("things", "m", server_default="odd")',
    ],
)
def test_nothing_is_suggested_where_the_block_would_commit_other_work(upgrade: str) -> None:
    assert repaired(RULE, upgrade, before=BEFORE) is None


def test_a_table_whose_columns_are_not_known_may_have_the_type() -> None:
    before = BEFORE + '    op.execute("CREATE TABLE copy AS SELECT * FROM things")\n'
    assert_judged(RULE, f"{ADD}\nop.execute(\"UPDATE copy SET m = 'odd' WHERE id = 1\")  # finding", before=before)


def test_one_statement_is_named_once() -> None:
    both = "ALTER TABLE things ALTER m SET DEFAULT 'odd', ADD CHECK (m <> 'odd')"
    again = "ALTER TABLE things ALTER m SET DEFAULT 'odd'"
    assert_judged(RULE, f'{ADD}\nop.execute("{both}")  # finding\nop.execute("{again}")  # finding', before=BEFORE)


def test_another_type_of_the_transaction_exempts_nothing() -> None:
    other = "op.execute(\"CREATE TYPE state AS ENUM ('on')\")"
    use = 'op.alter_column("things", "m", server_default="odd")'
    assert_judged(RULE, f"{other}\n{ADD}\n{use}  # finding", before=BEFORE, server_version=17)
    assert_judged(RULE, f'op.execute("SELECT 1")\n{ADD}\n{use}  # finding', before=BEFORE, server_version=17)


def test_the_block_is_suggested_only_for_the_first_statement_and_only_where_it_is_written_out() -> None:
    use = 'op.alter_column("things", "m", server_default="odd")'
    guarded = 'op.execute("ALTER TABLE things ADD COLUMN IF NOT EXISTS n text")'
    assert repaired(RULE, f"{guarded}\n{ADD}\n{use}", before=BEFORE) is None
    assert repaired(RULE, f"sql = \"ALTER TYPE mood ADD VALUE 'odd'\"\nop.execute(sql)\n{use}", before=BEFORE) is None
    env = ENV.replace("transaction_per_migration=True", "transaction_per_migration=False")
    (later,) = findings(RULE, migration(ADD), before=BEFORE, also=(migration(use),), env=env)
    assert later.suggestion is None
    once = ADD.replace("VALUE", "VALUE IF NOT EXISTS")
    assert repaired(RULE, f"{once}\n{use}", before=BEFORE) == (
        f"with op.get_context().autocommit_block():\n    {once}\n{use}"
    )
