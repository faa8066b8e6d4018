"""What is not there, by each statement that needs it; and what may be there after all."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, findings, migration, repaired

RULE = "unknown-object"
ASKED = "if op.get_bind().execute(sa.text('SELECT 1')).scalar():\n    "
BEFORE = """def upgrade():
    op.create_index("ix_one", "users", ["name"])
    op.create_index("ix_ones", "users", ["age"])
    op.execute("CREATE TYPE mood AS ENUM ('ok')")
    op.execute("CREATE TYPE moods AS ENUM ('ok')")
    op.create_check_constraint("positive", "users", "age > 0")
"""
AGAIN = '    op.create_check_constraint("positives", "users", "age > 0")\n'


@pytest.mark.parametrize(
    "line",
    [
        'op.alter_column("users", "agee", new_column_name="years")',
        'op.alter_column("users", "agee", type_=sa.BigInteger())',
        'op.alter_column("users", "agee", nullable=False)',
        'op.alter_column("users", "agee", nullable=True)',
        'op.alter_column("users", "agee", server_default="1")',
        'op.alter_column("users", "agee", server_default=None)',
        'op.execute("ALTER TABLE users ALTER agee SET STATISTICS 100")',
        'op.drop_column("users", "agee")',
        'op.create_foreign_key("f", "users", "orders", ["agee"], ["id"])',
        'op.create_unique_constraint("u", "users", ["agee"])',
        'op.create_primary_key("p", "users", ["agee"])',
        'op.create_index("j", "users", ["agee"])',
    ],
)
def test_a_column_that_is_not_there_is_named(line: str) -> None:
    (found,) = assert_judged(RULE, f"{line}  # finding")
    assert found.message == "There is no column `agee` of `users` here; the statement fails."
    assert found.advice == "Did you mean `age`?"
    assert_judged(RULE, line.replace("agee", "age"))


def test_a_column_that_is_defined_anew_has_to_be_there() -> None:
    line = 'op.alter_column("users", "agee", type_=sa.BigInteger(), existing_type=sa.Integer())'
    assert_judged(RULE, f"{line}  # finding", dialect="mysql")


@pytest.mark.parametrize(
    "line",
    [
        'op.rename_table("user", "people")',
        'op.execute("ALTER TABLE user VALIDATE CONSTRAINT c")'.replace("user ", "userz "),
        'op.execute("ALTER TABLE userz RENAME CONSTRAINT a TO b")',
        'op.drop_constraint("c", "userz")',
        'op.add_column("userz", sa.Column("a", sa.Text()))',
        'op.create_index("j", "userz", ["a"])',
    ],
)
def test_a_table_that_is_not_there_is_named(line: str) -> None:
    assert_judged(RULE, f"{line}  # finding")
    assert_judged(RULE, ASKED + line)


@pytest.mark.parametrize(
    "line",
    [
        'op.drop_constraint("positiv", "users")',
        'op.execute("ALTER TABLE users VALIDATE CONSTRAINT positiv")',
        'op.execute("ALTER TABLE users RENAME CONSTRAINT positiv TO p")',
    ],
)
def test_a_constraint_that_is_not_there_is_named(line: str) -> None:
    (found,) = assert_judged(RULE, f"{line}  # finding", before=BEFORE)
    assert found.message == "There is no constraint `positiv` of `users` here; the statement fails."
    assert_judged(RULE, line.replace("positiv", "positive"), before=BEFORE + AGAIN)
    assert_judged(RULE, line.replace("positiv", "ck_positive"), before=BEFORE)
    assert_judged(RULE, line.replace("positiv", "elsewhere"), before=BEFORE)
    assert_judged(
        RULE, line.replace("positiv", "positive_not_null"), before=BEFORE.replace("positive", "positive_not_nul")
    )
    env = "from alembic import context\nfrom shop import metadata\ncontext.configure(target_metadata=metadata)\n"
    assert_judged(RULE, line, before=BEFORE, env=env)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('op.drop_index("ix_on")', "index `ix_on`"),
        ('op.execute("ALTER INDEX ix_on RENAME TO x")', "index `ix_on`"),
        ("op.execute(\"ALTER TYPE mod ADD VALUE 'x'\")", "type `mod`"),
    ],
)
def test_an_index_or_a_type_that_is_not_there_is_named(line: str, what: str) -> None:
    before = BEFORE.replace("ix_ones", "other").replace("moods", "size")
    (found,) = assert_judged(RULE, f"{line}  # finding", before=before)
    assert found.message == f"There is no {what} here; the statement fails."
    whole = line.replace("ix_on", "ix_one").replace("mod ", "mood ")
    assert_judged(RULE, whole, before=BEFORE)
    assert_judged(RULE, line.replace("ix_on", "far").replace("mod ", "far "), before=before)
    assert_judged(RULE, ASKED + line, before=before)
    assert_judged(RULE, line, before=before + "    op.execute(open('x').read())\n")
    there = 'op.execute("CREATE TABLE shop.ix_on (a int)")\n    op.execute("CREATE TABLE shop.mod (a int)")'
    assert_judged(RULE, line, before=f"{before}    {there}\n")
    tried = f"try:\n        {line}\n    except Exception as error:\n        print(error)"
    assert_judged(RULE, f"with op.get_context().autocommit_block():\n    {tried}", before=before)


def test_a_guard_says_that_it_may_be_missing() -> None:
    before = BEFORE.replace("ix_ones", "other")
    assert_judged(RULE, 'op.execute("DROP INDEX IF EXISTS ix_on")', before=before)
    assert_judged(RULE, 'op.execute("ALTER INDEX IF EXISTS ix_on RENAME TO x")', before=before)
    for action in ("ADD a int", "DROP a", "RENAME TO x", "RENAME a TO b", "ALTER a SET NOT NULL", "ADD UNIQUE (a)"):
        assert_judged(RULE, f'op.execute("ALTER TABLE userz {action}")  # finding')
        assert_judged(RULE, f'op.execute("ALTER TABLE IF EXISTS userz {action}")')
    assert_judged(RULE, 'op.execute("ALTER TABLE IF EXISTS users DROP agee")  # finding')


@pytest.mark.parametrize("name", ["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"])
def test_the_columns_of_the_system_are_there(name: str) -> None:
    assert_judged(RULE, f'op.create_index("j", "users", ["{name}"])')


def test_what_was_there_once_is_told_from_what_is_near() -> None:
    (found,) = findings(RULE, migration("op.drop_index('ix_one')\nop.drop_index('ix_one')"), before=BEFORE)
    assert "index `ix_one` here: an earlier revision dropped or renamed it; the statement fails." in found.message
    gone = BEFORE.replace("ix_ones", "other") + "    op.drop_index('ix_one')\n"
    (found,) = findings(RULE, migration("op.drop_index('ix_one')"), before=gone)
    assert found.advice == "Name what is there, or say `IF EXISTS`."
    assert found.suggestion is None


def test_a_new_column_needs_no_column() -> None:
    assert_judged(RULE, 'op.add_column("users", sa.Column("agee", sa.Integer()))')


def test_a_table_of_another_schema_is_not_near_and_one_of_the_same_name_may_be_meant() -> None:
    shop = "def upgrade():\n    op.execute('CREATE TABLE shop.people (a int)')\n"
    assert_judged(RULE, 'op.drop_column("peoples", "a")', before=shop)
    near = f"{shop}    op.execute('CREATE TABLE peoples (a int)')\n"
    assert_judged(RULE, 'op.drop_column("people", "a")', before=near)


def test_on_the_way_back_the_near_name_is_only_told() -> None:
    (found,) = findings(RULE, migration("op.execute('SELECT 1')", 'op.drop_column("users", "agee")'))
    assert (found.suggestion, found.advice) == (None, "Did you mean `age`?")
    assert repaired(RULE, 'op.drop_column("users", "agee")') == 'op.drop_column("users", "age")'


def test_an_index_of_its_table_is_there_whatever_others_are_called() -> None:
    made = 'op.create_index("ix_one", "users", ["name"])\n    op.create_index("ix_on", "users", ["age"])'
    before = f"def upgrade():\n    {made}\n"
    assert_judged(RULE, 'op.drop_index("ix_one", table_name="users")', before=before, dialect="mysql")
