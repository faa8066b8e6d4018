"""A table that is read whole twice, and the statement that reads it once."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import WIDE, assert_judged, findings, migration, repaired, statistics

EMAIL = 'op.alter_column("users", "email", nullable=False)'
NAME = 'op.alter_column("users", "name", nullable=False)'
ADD = 'op.add_column("users", sa.Column("n", sa.Text()))'
AGE = 'op.alter_column("users", "age", type_=sa.BigInteger())'


@pytest.mark.parametrize(
    ("column", "speaks"),
    [
        ("{} int CHECK ({} > 0)", True),
        ("{} int NOT NULL DEFAULT 1 CHECK ({} > 0)", True),
        ("{} float DEFAULT random()", True),
        ("{} int NOT NULL CHECK ({} > 0)", False),
        ("{} int", False),
    ],
)
def test_columns_that_are_checked_or_written_are_passes(column: str, speaks: bool) -> None:
    first, second = (f'op.execute("ALTER TABLE users ADD {column.format(name, name)}")' for name in "ab")
    assert_judged("repeated-table-scan", f"{first}\n{second}{'  # finding' if speaks else ''}")
    email = 'op.alter_column("users", "email", nullable=False)'
    assert_judged("repeated-table-scan", f"{first}\n{email}{'  # finding' if speaks else ''}")
    assert_judged("repeated-table-scan", f"{email}\n{second}{'  # finding' if speaks else ''}")


@pytest.mark.parametrize(
    "own_pass",
    [
        "op.create_unique_constraint('u', 'users', ['age'])",
        "op.create_primary_key('p', 'users', ['id'])",
        "op.create_foreign_key('f', 'users', 'users', ['age'], ['id'])",
        "op.execute('ALTER TABLE users ADD n int UNIQUE')",
        "op.execute('ALTER TABLE users ADD n bigint DEFAULT 1 REFERENCES users')",
        "op.create_index('i', 'users', ['age'])",
        "op.alter_column('users', 'email', type_=sa.String(400))",
    ],
)
def test_what_takes_a_pass_of_its_own_gains_nothing_from_company(own_pass: str) -> None:
    before = "def upgrade():\n    op.execute('CREATE INDEX k ON users (lower(email))')\n"
    assert_judged("repeated-table-scan", f"{own_pass}\n{NAME}", before=before)
    assert_judged("repeated-table-scan", f"{NAME}\n{own_pass}", before=before)


def test_only_passes_over_the_table_by_name_could_be_one() -> None:
    before = "def upgrade():\n    op.execute('CREATE TABLE heir (name text) INHERITS (users)')\n"
    check = "op.create_check_constraint('c', 'users', 'age > 0')"
    assert_judged("repeated-table-scan", f"{check}\n{NAME.replace('users', 'heir')}", before=before)


def test_only_plain_neighbours_are_joined() -> None:
    rule = "repeated-table-scan"
    email, name = (f"op.execute('ALTER TABLE users ALTER {column} SET NOT NULL')" for column in ("email", "name"))
    joined = repaired(rule, f"{email}\n{name}")
    assert joined is not None
    waiting = "op.execute('ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID')"
    assert repaired(rule, f"{email}\n{name}\n{waiting}") == f"{joined}\n{waiting}"
    assert repaired(rule, f"import os\n{email}\nif os.environ.get('A'):\n    {name}") is None
    within = f"{WIDE}\nimport os\nif os.environ.get('A'):\n    {{}}"
    one = 'op.execute("ALTER TABLE users ALTER email SET NOT NULL, ALTER name SET NOT NULL")'
    assert repaired(rule, within.format(f"{email}\n    {name}")) == within.format(one)
    block = "with op.get_context().autocommit_block():\n    op.execute('ALTER TABLE users ALTER age SET NOT NULL')"
    assert repaired(rule, f"{block}\n{email}\n{name}") == f"{block}\n{joined}"
    assert repaired(rule, f"{email}\n{name}\n{block}") == f"{joined}\n{block}"
    assert repaired(rule, f"{AGE}\n{block}\n{email}\n{name}") == f"{AGE}\n{block}\n{joined}"


def test_a_second_pass_over_a_table_is_seen() -> None:
    rule = "repeated-table-scan"
    first = 'op.alter_column("users", "email", nullable=False)'
    second = 'op.create_check_constraint("c", "users", "age > 0")'
    assert_judged(rule, f"{first}\n{second}  # finding")
    assert_judged(rule, f'{first}\nop.create_check_constraint("c", "users", "age > 0", postgresql_not_valid=True)')
    assert_judged(rule, f'{first}\nop.create_check_constraint("c", "orders", "total > 0")')
    assert_judged(rule, f"{first}\n{second}", statistics=statistics(users=5))
    guard = 'op.create_check_constraint("d", "users", "age > 1", postgresql_not_valid=True)'
    assert_judged(rule, f"{guard}\n{second}")
    rewriting = 'op.alter_column("users", "age", type_=sa.BigInteger())'
    assert_judged(rule, f"{rewriting}\n{second}  # finding")
    assert_judged(rule, 'op.execute("ALTER TABLE users ALTER email SET NOT NULL, ALTER name SET NOT NULL")')


def test_neighbours_are_suggested_as_one_statement() -> None:
    rule = "repeated-table-scan"
    joined = 'op.execute("ALTER TABLE users ALTER COLUMN email SET NOT NULL, ALTER COLUMN name SET NOT NULL")'
    assert repaired(rule, f"{EMAIL}\n{NAME}\n{WIDE}") == f"{joined}\n{WIDE}"
    assert repaired(rule, f"{EMAIL}\n\n{NAME}") == (
        'op.execute(\n    "ALTER TABLE users "\n    "ALTER COLUMN email SET NOT NULL, "\n'
        '    "ALTER COLUMN name SET NOT NULL"\n)'
    )


def test_three_are_joined_at_once_and_what_stands_beside_them_stays() -> None:
    found = repaired(
        "repeated-table-scan", f"op.execute('SELECT 1')\n{EMAIL}\n{NAME}\n{AGE}\n{ADD.replace('users', 'orders')}"
    )
    assert found == (
        'op.execute(\'SELECT 1\')\nop.execute(\n    "ALTER TABLE users "\n    "ALTER COLUMN email SET NOT NULL, "\n'
        '    "ALTER COLUMN name SET NOT NULL, "\n    "ALTER COLUMN age TYPE BIGINT"\n)\n'
        'op.add_column("orders", sa.Column("n", sa.Text()))'
    )


def test_quotes_in_the_statements_are_kept() -> None:
    check = "op.create_check_constraint('c', 'users', \"name <> 'x'\")"
    assert repaired("repeated-table-scan", f"{EMAIL}\n{check}") == (
        'op.execute(\n    "ALTER TABLE users "\n    "ALTER COLUMN email SET NOT NULL, "\n'
        "    \"ADD CONSTRAINT c CHECK (name <> 'x')\"\n)"
    )
    named = "op.alter_column('users', 'Name', nullable=False)"
    before = "def upgrade():\n    op.add_column('users', sa.Column('Name', sa.Text()))\n"
    assert repaired("repeated-table-scan", f"{EMAIL}\n{named}", before=before) == (
        "op.execute(\n    'ALTER TABLE users '\n    'ALTER COLUMN email SET NOT NULL, '\n"
        "    'ALTER COLUMN \"Name\" SET NOT NULL'\n)"
    )
    found = repaired("repeated-table-scan", f"{check}\n{named}", before=before)
    assert found == (
        'op.execute(\n    """\n    ALTER TABLE users\n        ADD CONSTRAINT c CHECK (name <> \'x\'),\n'
        '        ALTER COLUMN "Name" SET NOT NULL\n    """\n)'
    )


@pytest.mark.parametrize(
    "written",
    [
        f"{EMAIL}\n# why\n{NAME}",
        f"{EMAIL}\nop.execute('SELECT 1')\n{NAME}",
        f"{EMAIL}; {NAME}",
        "for c in ('email', 'name'):\n    op.alter_column('users', c, nullable=False)",
        "with op.batch_alter_table('users') as b:\n    b.alter_column('email', nullable=False)\n"
        "    b.alter_column('name', nullable=False)",
        f"{EMAIL}\nop.create_check_constraint('c', 'users', \"name LIKE 'x%'\")",
        f"{EMAIL}\nop.add_column('users', sa.Column('u', sa.Text(), unique=True, index=True))\n{NAME}",
    ],
)
def test_what_cannot_be_joined_in_one_edit_is_left(written: str) -> None:
    assert findings("repeated-table-scan", migration(written))
    assert repaired("repeated-table-scan", written) is None


def test_a_project_for_several_databases_is_not_given_sql() -> None:
    env = "from alembic import context\ncontext.configure(connection=one, render_as_batch={})\n"
    assert repaired("repeated-table-scan", f"{EMAIL}\n{NAME}", env=env.format("True")) is None
    assert repaired("repeated-table-scan", f"{EMAIL}\n{NAME}", env=env.format("False"))


def test_the_parts_of_one_call_are_joined_too() -> None:
    both = 'op.alter_column("users", "age", type_=sa.BigInteger(), nullable=False)'
    assert repaired("repeated-table-scan", both) == (
        'op.execute(\n    "ALTER TABLE users "\n    "ALTER COLUMN age TYPE BIGINT, "\n'
        '    "ALTER COLUMN age SET NOT NULL"\n)'
    )
    apart = f'{EMAIL}\nop.create_index("i", "users", ["age"], postgresql_concurrently=True)\n{NAME}'
    assert repaired("repeated-table-scan", apart) is None


def test_one_finding_speaks_for_all_passes() -> None:
    (found,) = findings("repeated-table-scan", migration(f"{EMAIL}\n{NAME}\n{AGE}"))
    assert found.message.endswith("The same holds on line 18.")


def test_what_reads_nothing_is_joined_only_between_what_does() -> None:
    lines = [f'op.alter_column("users", "{name}", nullable=False)' for name in ("name", "age")]
    drop = 'op.drop_column("users", "joined_at")'
    changed = repaired("repeated-table-scan", "\n".join([drop, *lines, drop.replace("joined_at", "email")]))
    assert changed is not None
    assert changed.startswith(f"{drop}\nop.execute(")
    assert changed.endswith('op.drop_column("users", "email")')
    changed = repaired("repeated-table-scan", f"{lines[0]}\n{drop}\n{lines[1]}")
    assert changed is not None
    assert "DROP COLUMN joined_at" in changed


@pytest.mark.parametrize(("type_", "how"), [("sa.BigInteger()", "written anew once more"), ("sa.Integer()", "")])
def test_a_rewrite_is_called_one(type_: str, how: str) -> None:
    (found,) = findings("repeated-table-scan", migration(f"{EMAIL}\n{NAME}"))
    assert "`users` is read whole again, after line 16" in found.message
    lines = f'op.alter_column("users", "name", nullable=False)\nop.alter_column("users", "age", type_={type_})'
    messages = [found.message for found in findings("repeated-table-scan", migration(lines))]
    assert all(how in message for message in messages)
    assert len(messages) == bool(how)
