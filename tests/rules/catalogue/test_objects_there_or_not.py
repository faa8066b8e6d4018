"""Objects that are not there, or are there already: said where it is certain, on both spellings, and nowhere else."""

from __future__ import annotations

import pytest

from rules.examples import ENV
from rules.model.finding import Severity
from tests.rules.catalogue.judged import assert_judged, findings, migration, repaired

ABSENT, THERE, VERSIONS = "unknown-object", "existing-object", "version-table-edit"
GONE = "def upgrade():\n    op.drop_table('orders')\n"
ELSEWHERE = "def upgrade():\n    op.add_column('legacy', sa.Column('a', sa.Text()))\n"
AUTOCOMMIT = ENV.replace('lock_timeout=60000"},', 'lock_timeout=60000"}, isolation_level="AUTOCOMMIT",')
UNREAD = "def upgrade():\n    op.execute(open('x').read())\n"


@pytest.mark.parametrize(
    "line",
    [
        'op.drop_column("users", "agee")',
        'op.execute("ALTER TABLE users ALTER COLUMN nam SET NOT NULL")',
        'op.create_index("ix", "users", ["emial"])',
        'op.execute("CREATE INDEX ix ON users (emial)")',
        'op.add_column("user", sa.Column("a", sa.Text()))',
        'op.execute("ALTER TABLE order ADD COLUMN a text")'.replace("order ", "ordres "),
        'op.drop_constraint("users_pky", "users")',
        'op.execute("ALTER INDEX users_pky RENAME TO p")',
    ],
)
def test_a_name_that_is_not_there_is_said_and_silent_with_if_exists_or_where_not_all_was_read(line: str) -> None:
    assert_judged(ABSENT, f"{line}  # finding")
    assert findings(ABSENT, migration(line), before=UNREAD) == ()
    assert findings(ABSENT, migration(f"if op.get_bind().execute(sa.text('SELECT 1')).scalar():\n    {line}")) == ()


def test_what_was_dropped_before_is_not_there() -> None:
    line = 'op.add_column("orders", sa.Column("a", sa.Text()))'
    (finding,) = findings(ABSENT, migration(line), before=GONE)
    assert "dropped or renamed" in finding.message
    assert_judged(ABSENT, f'op.drop_table("orders")\n{line}  # finding')


@pytest.mark.parametrize(
    "line",
    [
        'op.execute("ALTER TABLE users DROP COLUMN IF EXISTS agee")',
        'op.execute("DROP INDEX IF EXISTS ix_none")',
        'op.drop_table("ordres")',
        'op.add_column("legacy", sa.Column("a", sa.Text()))',
        'op.add_column("users", sa.Column("a", sa.Text()), schema="shop")',
        'op.execute("CREATE INDEX ix ON users (lower(email))")',
    ],
)
def test_nothing_is_said_of_what_may_be_there(line: str) -> None:
    assert findings(ABSENT, migration(line)) == ()


def test_a_history_that_meets_tables_made_elsewhere_is_not_asked_for_tables() -> None:
    assert findings(ABSENT, migration('op.add_column("user", sa.Column("a", sa.Text()))'), before=ELSEWHERE) == ()


def test_the_one_near_name_is_offered_and_on_the_way_back_it_is_a_warning() -> None:
    assert repaired(ABSENT, 'op.drop_column("users", "agee")') == 'op.drop_column("users", "age")'
    (finding,) = findings(ABSENT, migration("op.execute('SELECT 1')", 'op.drop_column("users", "agee")'))
    assert finding.severity is Severity.WARNING


@pytest.mark.parametrize(
    "line",
    [
        'op.add_column("users", sa.Column("age", sa.Integer()))',
        'op.execute("ALTER TABLE users ADD COLUMN age integer")',
        'op.create_table("users", sa.Column("id", sa.Integer()))',
        'op.execute("CREATE INDEX users_pkey ON orders (status)")',
        'op.execute("ALTER TABLE users ADD CONSTRAINT users_pkey CHECK (age > 1)")',
    ],
)
def test_what_is_there_already_is_said_and_silent_where_not_all_was_read(line: str) -> None:
    assert_judged(THERE, f"{line}  # finding")
    assert findings(THERE, migration(line), before=UNREAD) == ()


@pytest.mark.parametrize(
    "line",
    [
        'op.execute("ALTER TABLE users ADD COLUMN IF NOT EXISTS age integer")',
        'op.execute("CREATE TABLE IF NOT EXISTS users (id int)")',
        'op.execute("CREATE TEMPORARY TABLE users (id int)")',
        'op.drop_column("users", "age")\nop.add_column("users", sa.Column("age", sa.Integer()))',
        'op.create_table("users", sa.Column("id", sa.Integer()), schema="shop")',
    ],
)
def test_nothing_is_said_of_what_may_be_made(line: str) -> None:
    assert findings(THERE, migration(line)) == ()


def test_the_table_of_versions_is_left_to_alembic() -> None:
    assert_judged(VERSIONS, "op.execute(\"UPDATE alembic_version SET version_num = 'x'\")  # finding")
    assert_judged(VERSIONS, "from alembic import command\ncommand.stamp(None, 'head')  # finding")
    assert_judged(VERSIONS, "op.execute('SELECT version_num FROM alembic_version')")
    assert_judged(VERSIONS, "op.execute(\"INSERT INTO users (name) VALUES ('stamp(')\")")


def test_a_caught_error_is_expected_where_it_ends_no_transaction() -> None:
    for rule, line in ((ABSENT, 'op.drop_column("users", "agee")'), (THERE, 'op.create_table("users")')):
        tried = f"try:\n    {line}\nexcept Exception as error:\n    print(error)"
        inside = "with op.get_context().autocommit_block():\n" + tried.replace("try", "    try").replace("\n", "\n    ")
        assert len(findings(rule, migration(tried))) == 1
        assert findings(rule, migration(inside)) == ()
        assert findings(rule, migration(tried), env=AUTOCOMMIT) == ()


REFERRING = """def upgrade():
    op.add_column("legacy", sa.Column("code", sa.Text()))
    op.create_foreign_key("orders_legacy", "orders", "legacy", ["user_id"], ["id"])
"""


def test_foreign_keys_may_have_gone_with_a_key_that_was_never_seen() -> None:
    key = 'op.create_foreign_key("orders_legacy", "orders", "legacy", ["user_id"], ["id"])'
    gone = 'op.execute("ALTER TABLE legacy DROP CONSTRAINT legacy_pkey CASCADE")'
    add = 'op.execute("ALTER TABLE legacy ADD PRIMARY KEY (id)")'
    assert_judged(THERE, f"{key}  # finding", before=REFERRING)
    assert_judged(THERE, f"{gone}\n{add}\n{key}", before=REFERRING)
    assert_judged(THERE, f"{gone.replace(' CASCADE', '')}\n{add}\n{key}  # finding", before=REFERRING)
    assert_judged(THERE, f"{gone.replace('legacy DROP', 'users DROP')}\n{key}  # finding", before=REFERRING)
    drop = 'op.drop_constraint("orders_legacy", "orders", type_="foreignkey")'
    assert_judged(ABSENT, f"{gone}\n{add}\n{drop}", before=REFERRING)
