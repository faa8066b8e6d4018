"""What stands beside a lock in its transaction."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import WIDE, assert_judged, findings, migration, repaired, statistics

KEY = 'def upgrade():\n    op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"])\n'
ADD = 'op.add_column("users", sa.Column("n", sa.Text()))'


@pytest.mark.parametrize(
    "work",
    [
        'op.execute("INSERT INTO archive SELECT * FROM orders")',
        'op.execute("CREATE TABLE archive AS SELECT * FROM orders")',
        "op.execute(\"COPY archive FROM '/data/orders'\")",
        'op.get_bind().execute(sa.text("SELECT count(*) FROM orders")).scalar()',
        'op.get_bind().execute(sa.text("SELECT id, status FROM orders")).fetchall()',
        'op.get_bind().execute(sa.select(sa.table("orders", sa.column("id")))).all()',
        'op.execute("CREATE TABLE archive AS TABLE orders")',
        'op.execute("SELECT * INTO archive FROM orders")',
        'op.execute("CREATE MATERIALIZED VIEW report AS SELECT status, count(*) FROM orders GROUP BY 1")',
        "op.execute(\"COPY orders TO '/data/orders'\")",
        'op.execute("ANALYZE orders")',
        'op.execute("SELECT pg_sleep(10)")',
        'op.create_index("i", "orders", ["total"])',
        'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT c")',
    ],
)
def test_slow_work_after_a_lock_is_seen(work: str) -> None:
    rule = "slow-work-under-lock"
    assert_judged(rule, f"{ADD}\n{work}  # finding")
    assert_judged(rule, f"{work}\n{ADD}")
    assert_judged(rule, f'op.create_table("t", sa.Column("n", sa.Text()))\n{work}')
    assert_judged(rule, f"{ADD}\nwith op.get_context().autocommit_block():\n    {work}")


@pytest.mark.parametrize(
    "work",
    [
        "op.execute(\"INSERT INTO orders (status) VALUES ('a')\")",
        'op.get_bind().execute(sa.text("SELECT status FROM orders WHERE id = 1")).scalar()',
        'op.get_bind().execute(sa.text("SELECT status FROM orders LIMIT 1")).scalar()',
        'op.get_bind().execute(sa.text("SELECT EXISTS (SELECT 1 FROM orders)")).scalar()',
        'op.get_bind().execute(sa.text("SELECT conname FROM pg_constraint")).all()',
        'op.get_bind().execute(sa.text("SELECT table_name FROM information_schema.tables")).all()',
        'op.execute("CREATE TABLE archive AS SELECT * FROM orders WITH NO DATA")',
        'op.execute("CREATE TABLE archive AS SELECT 1 AS a")',
        'op.execute("CREATE MATERIALIZED VIEW report AS SELECT count(*) FROM orders WITH NO DATA")',
        'op.execute("CREATE VIEW report AS SELECT count(*) FROM orders")',
        'op.execute("ALTER TABLE users VALIDATE CONSTRAINT c")',
        'op.add_column("orders", sa.Column("n", sa.Text()))',
    ],
)
def test_quick_work_and_other_rules_business_are_not(work: str) -> None:
    assert_judged("slow-work-under-lock", f"{ADD}\n{work}")


def test_slow_work_is_told_once_and_index_builds_are_not_told_twice() -> None:
    rule = "slow-work-under-lock"
    work = 'op.execute("INSERT INTO archive SELECT * FROM orders")'
    (finding,) = findings(rule, migration(f"{ADD}\n{work}\n{work}"))
    assert finding.message.endswith("The same holds on line 18.")
    builds = 'op.create_index("i", "users", ["name"])\nop.create_index("j", "orders", ["total"])'
    assert_judged(rule, builds)
    assert_judged(rule, f"{builds}\n{work}  # finding")


def test_what_is_gone_and_what_is_no_table_make_nobody_wait() -> None:
    work = 'op.execute("INSERT INTO archive SELECT * FROM orders")'
    assert_judged("slow-work-under-lock", f'op.drop_table("elsewhere")\n{work}')
    assert_judged("slow-work-under-lock", f'op.execute("DROP VIEW IF EXISTS seen")\n{work}')
    assert_judged("slow-work-under-lock", f'op.drop_index("ix_elsewhere")\n{work}')
    assert_judged("locks-on-several-tables", f'op.drop_index("ix_elsewhere")\n{ADD}', statistics=LARGE)
    known = 'def upgrade():\n    op.create_index("i", "orders", ["status"])\n'
    assert_judged("slow-work-under-lock", f'op.drop_index("i")\n{work}  # finding', before=known)
    assert_judged("locks-on-several-tables", f'op.drop_index("i")\n{ADD}  # finding', before=known, statistics=LARGE)


KEYED = 'def upgrade():\n    op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"])\n'


def test_a_dropped_table_leaves_the_lock_of_what_it_referenced() -> None:
    work = 'op.execute("ANALYZE users")'
    assert_judged("slow-work-under-lock", f'op.drop_table("orders")\n{work}', before="")
    assert_judged("slow-work-under-lock", f'op.drop_table("orders")\n{work}  # finding', before=KEYED)


def test_a_lock_that_only_writers_meet_is_said_so() -> None:
    new = 'op.execute("CREATE TABLE t (a int)")\nop.execute("ALTER TABLE t ADD u bigint REFERENCES users")'
    (found,) = findings("slow-work-under-lock", migration(f'{new}\nop.execute("ANALYZE orders")'))
    assert "orders` is analyzed, writes of `users` wait" in found.message


def test_one_text_may_hold_the_lock_and_the_work() -> None:
    text = 'op.execute("ALTER TABLE users ADD n int; INSERT INTO archive SELECT * FROM orders")  # finding'
    assert_judged("slow-work-under-lock", text)


def test_only_a_lock_that_others_wait_for_is_company() -> None:
    rule = "locks-on-several-tables"
    assert_judged(rule, f"{ADD}\n{TOTAL}  # finding")
    assert_judged(rule, f'op.create_table("t", sa.Column("n", sa.Text()))\n{TOTAL}')
    assert_judged(rule, f'op.create_table("t", sa.Column("n", sa.Text()))\n{ADD.replace("users", "t")}\n{TOTAL}')
    assert_judged(rule, f'op.drop_index("ix_elsewhere")\n{TOTAL}')
    assert_judged(rule, f"{ADD}\n{TOTAL}", statistics=statistics(orders=5))
    valid = 'def upgrade():\n    op.create_check_constraint("c", "orders", "total > 0", postgresql_not_valid=True)\n'
    assert_judged(rule, f'{ADD}\nop.execute("ALTER TABLE orders VALIDATE CONSTRAINT c")', before=valid)
    volatile = 'op.add_column("orders", sa.Column("r", sa.Float(), server_default=sa.func.random()))'
    (found,) = assert_judged(rule, f"{ADD}\n{volatile}  # finding")
    assert found.message.startswith("While `orders` is written anew")


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


def test_only_plain_neighbours_are_joined() -> None:
    rule = "repeated-table-scan"
    email, name = (f"op.execute('ALTER TABLE users ALTER {column} SET NOT NULL')" for column in ("email", "name"))
    joined = repaired(rule, f"{email}\n{name}")
    assert joined is not None
    waiting = "op.execute('ALTER TABLE users ADD CONSTRAINT c CHECK (age > 0) NOT VALID')"
    assert repaired(rule, f"{email}\n{name}\n{waiting}") == f"{joined}\n{waiting}"
    assert repaired(rule, f"import os\n{email}\nif os.environ.get('A'):\n    {name}") is None
    block = "with op.get_context().autocommit_block():\n    op.execute('ALTER TABLE users ALTER age SET NOT NULL')"
    assert repaired(rule, f"{block}\n{email}\n{name}") == f"{block}\n{joined}"


def test_small_tables_make_nobody_wait() -> None:
    work = 'op.create_index("i", "orders", ["total"])'
    assert_judged("slow-work-under-lock", f"{ADD}\n{work}", statistics=statistics(orders=5))
    assert_judged("slow-work-under-lock", f"{ADD}\n{work}", statistics=statistics(orders=5, users=5))


def test_who_uses_a_small_table_waits_as_long_as_the_work_on_a_big_one_takes() -> None:
    work = 'op.create_index("i", "orders", ["total"])  # finding'
    assert_judged("slow-work-under-lock", f"{ADD}\n{work}", statistics=statistics(users=5))


NOTE = 'op.add_column("orders", sa.Column("n", sa.Text()))'
TOTAL = 'op.alter_column("orders", "total", nullable=False)'
LARGE = statistics(users=2_000_000, orders=2_000_000)


def test_work_on_one_table_keeps_the_locks_of_others() -> None:
    rule = "locks-on-several-tables"
    (found,) = assert_judged(rule, f"{ADD}\n{TOTAL}  # finding")
    assert found.message == "While `orders` is read whole, the lock of `users` is kept: whoever needs it waits as long."
    (found,) = assert_judged(rule, f'{ADD}\nop.alter_column("orders", "total", type_=sa.Float())  # finding')
    assert found.message.startswith("While `orders` is written anew, the lock of `users` is kept")
    assert_judged(rule, f"{ADD}\n{NOTE}\n{TOTAL}  # finding")
    assert_judged(rule, f"{TOTAL}\n{ADD}")
    assert_judged(rule, f'{ADD}\nop.alter_column("users", "name", nullable=False)')
    assert_judged(rule, f'op.create_table("t", sa.Column("n", sa.Text()))\n{TOTAL}')
    assert_judged(rule, f'{ADD}\nop.create_index("i", "orders", ["total"])')
    assert_judged(rule, f"{ADD}\n{TOTAL}", statistics=statistics(orders=5))
    assert_judged(rule, f"{ADD}\n{TOTAL}", statistics=statistics(users=5))
    block = f"with op.get_context().autocommit_block():\n    op.execute('VACUUM users')\n{TOTAL}"
    assert_judged(rule, f"{ADD}\n{block}")


def test_a_checked_foreign_key_keeps_the_locks_of_third_tables_only() -> None:
    rule, key = "locks-on-several-tables", 'op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"])'
    third = 'op.add_column("elsewhere", sa.Column("n", sa.Text()))'
    assert_judged(rule, key)
    assert_judged(rule, f"{NOTE}\n{key}")
    assert_judged(rule, f"{key}\n{NOTE}")
    assert_judged(rule, f"{third}\n{key}  # finding")


def test_brief_locks_are_named_on_large_tables_only() -> None:
    rule = "locks-on-several-tables"
    assert_judged(rule, f"{ADD}\n{NOTE}")
    (found,) = assert_judged(rule, f"{ADD}\n{NOTE}  # finding", statistics=LARGE)
    assert found.message == "This locks `orders` too: whoever waits for the lock of `users` waits for it as well."
    assert_judged(rule, f"{ADD}\n{NOTE}", statistics=statistics(users=2_000_000, orders=20_000))
    assert_judged(rule, f"{ADD}\n{ADD.replace('n', 'm')}", statistics=LARGE)
    (found,) = findings(rule, migration(f"{ADD}\n{NOTE}\n{ADD}\n{NOTE}"), statistics=LARGE)
    assert "The same" not in found.message


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


EMAIL = 'op.alter_column("users", "email", nullable=False)'
NAME = 'op.alter_column("users", "name", nullable=False)'
AGE = 'op.alter_column("users", "age", type_=sa.BigInteger())'


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


def test_a_foreign_key_is_dropped_alone() -> None:
    rule, drop = "wide-lock-by-foreign-key-drop", 'op.drop_constraint("f", "orders")'
    assert_judged(rule, drop, before=KEY)
    assert_judged(rule, f"{drop}  # finding\n{ADD}", before=KEY)
    assert_judged(rule, f"{ADD}\n{drop}  # finding", before=KEY)
    assert_judged(rule, f"op.execute(\"SET LOCAL lock_timeout = '4s'\")\n{drop}", before=KEY)
    block = 'with op.get_context().autocommit_block():\n    op.execute("VACUUM users")'
    assert_judged(rule, f"{drop}\n{block}", before=KEY)
    new = 'op.create_table("t", sa.Column("n", sa.Text()))\nop.execute("INSERT INTO t VALUES (1)")'
    assert_judged(rule, f"{drop}\n{new}", before=KEY)
    assert_judged(rule, f"{drop}  # finding\nop.execute(\"UPDATE users SET name = 'a' WHERE id = 1\")", before=KEY)
    assert_judged(rule, f"import os\n{drop}  # finding\nop.execute(os.environ['SQL'])", before=KEY)
    check = 'def upgrade():\n    op.create_check_constraint("f", "orders", "total > 0")\n'
    assert_judged(rule, f"{drop}\n{ADD}", before=check)
    assert_judged(rule, f"{drop}\n{ADD}")
    assert_judged(rule, f'op.drop_constraint("f", "elsewhere")\n{ADD}')
    table = 'op.create_table("t", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id", name="k")))'
    assert_judged(rule, f'{table}\nop.drop_constraint("k", "t")\n{ADD}')
    assert_judged(rule, 'op.execute("ALTER TABLE orders DROP CONSTRAINT f, ADD n int")', before=KEY)


def test_a_dropped_table_takes_the_tables_it_references_along() -> None:
    rule, drop = "wide-lock-by-table-drop", 'op.drop_table("orders")'
    assert_judged(rule, f"{drop}  # finding", before=KEY)
    assert_judged(rule, drop)
    assert_judged(rule, f'{drop}\nop.drop_table("users")', before=KEY)
    assert_judged(rule, f'op.drop_constraint("f", "orders")\n{drop}', before=KEY)
    assert_judged(rule, 'op.drop_table("elsewhere")')
    child = 'op.create_table("t", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id")))'
    assert_judged(rule, f'{child}\nop.drop_table("t")')
    new = 'op.create_table("kinds", sa.Column("id", sa.BigInteger(), primary_key=True))\n'
    key = 'op.create_foreign_key("k", "orders", "kinds", ["user_id"], ["id"])\n'
    assert_judged(rule, new + key + drop)


def test_several_foreign_keys_are_only_counted_where_the_settings_ask() -> None:
    rule = "several-foreign-keys-at-once"
    table = 'op.create_table("t", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id")){more})'
    two = table.format(more=', sa.Column("o", sa.BigInteger(), sa.ForeignKey("orders.id"))')
    asked = "rules: {several-foreign-keys-at-once: notice}\n"
    assert_judged(rule, two)
    assert_judged(rule, f"{two}  # finding", settings=asked)
    assert_judged(rule, table.format(more=""), settings=asked)
    itself = (
        ', sa.Column("n", sa.BigInteger(), primary_key=True), sa.Column("p", sa.BigInteger(), sa.ForeignKey("t.n"))'
    )
    assert_judged(rule, table.format(more=itself), settings=asked)


UNLIMITED = """from alembic import context
from sqlalchemy import create_engine

with create_engine("postgresql+psycopg://localhost/shop").connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""


def test_a_lock_without_limit_waits_for_ever() -> None:
    rule, lock = "explicit-table-lock", 'op.execute("LOCK TABLE users IN {} MODE")'
    assert_judged(rule, lock.format("ACCESS EXCLUSIVE") + "  # finding", env=UNLIMITED)
    assert_judged(rule, 'op.execute("LOCK TABLE users")  # finding', env=UNLIMITED)
    assert_judged(rule, lock.format("ROW EXCLUSIVE"), env=UNLIMITED)
    assert_judged(rule, 'op.execute("LOCK TABLE users NOWAIT")', env=UNLIMITED)
    assert_judged(rule, 'op.execute("LOCK TABLE users")')
    assert_judged(rule, 'op.execute("LOCK TABLE users")', env=UNLIMITED, settings="lock_timeout: 4s\n")
    limit = "op.execute(\"SET LOCAL lock_timeout = '{}'\")\n"
    assert_judged(rule, limit.format("4s") + 'op.execute("LOCK TABLE users")', env=UNLIMITED)
    assert_judged(rule, limit.format("0") + 'op.execute("LOCK TABLE users")  # finding', env=UNLIMITED)


@pytest.mark.parametrize(
    ("lines", "rule_speaks"),
    [
        ('op.execute("ALTER TABLE orders DISABLE TRIGGER ALL")', True),
        ('op.execute("ALTER TABLE orders DISABLE TRIGGER USER")', True),
        ('op.execute("ALTER TABLE orders DISABLE TRIGGER t")', True),
        ('op.execute("SET session_replication_role = replica")', True),
        ('op.execute("SET session_replication_role = DEFAULT")', False),
        ('op.execute("SET application_name = replica")', False),
        ('op.execute("ALTER TABLE orders ENABLE TRIGGER ALL")', False),
    ],
)
def test_triggers_are_not_switched_off(lines: str, rule_speaks: bool) -> None:
    assert_judged("disabled-trigger", f"{lines}  # finding" if rule_speaks else lines)


def test_one_trigger_may_rest_for_a_moment_and_all_may_not() -> None:
    pair = (
        'op.execute("ALTER TABLE orders DISABLE TRIGGER {0}"){1}\nop.execute("ALTER TABLE orders ENABLE TRIGGER {0}")'
    )
    assert_judged("disabled-trigger", pair.format("t", ""))
    assert_judged("disabled-trigger", pair.format("ALL", "  # finding"))


def test_a_renamed_table_is_the_one_it_was() -> None:
    rename = 'op.rename_table("users", "people")'
    assert_judged("slow-work-under-lock", f'{ADD}\n{rename}\nop.create_index("i", "people", ["name"])')
    assert_judged("locks-on-several-tables", f'{ADD}\n{rename}\nop.alter_column("people", "name", nullable=False)')
    (finding,) = findings(
        "slow-work-under-lock", migration(f'{ADD}\n{rename}\nop.create_index("i", "orders", ["total"])')
    )
    assert "reads and writes of `people` wait" in finding.message
    (finding,) = findings(
        "locks-on-several-tables", migration(f'{ADD}\n{rename}\nop.alter_column("orders", "total", nullable=False)')
    )
    assert "the lock of `people` is kept" in finding.message


def test_a_key_to_its_own_table_locks_one_table() -> None:
    before = 'def upgrade():\n    op.create_foreign_key("f", "users", "users", ["age"], ["id"])\n'
    assert_judged("wide-lock-by-foreign-key-drop", f'op.drop_constraint("f", "users")\n{ADD}', before=before)
    (found,) = findings(
        "blocking-foreign-key", migration('op.create_foreign_key("f", "users", "users", ["age"], ["id"])')
    )
    assert "every write to `users` wait" in found.message


def test_the_locks_of_many_tables_are_counted() -> None:
    tables = ("a", "b", "c", "d", "e")
    before = "def upgrade():\n" + "".join(
        f"    op.create_table('{one}', sa.Column('n', sa.Text()))\n" for one in tables
    )
    adds = "\n".join(f'op.add_column("{one}", sa.Column("m", sa.Text()))' for one in tables)
    text = migration(f'{adds}\nop.alter_column("orders", "total", nullable=False)')
    (found,) = findings("locks-on-several-tables", text, before=before)
    assert "the locks of `a`, `b`, `c` and 2 more are kept: whoever needs one of them waits" in found.message


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
    lines = f'op.alter_column("users", "name", nullable=False)\nop.alter_column("users", "age", type_={type_})'
    messages = [found.message for found in findings("repeated-table-scan", migration(lines))]
    assert all(how in message for message in messages)
    assert len(messages) == bool(how)


def test_the_lock_of_a_table_that_is_gone_stops_nobody() -> None:
    change = 'op.alter_column("users", "name", nullable=False)'
    assert_judged("locks-on-several-tables", f'op.drop_table("orders")\n{change}')
    altered = 'op.drop_column("orders", "total")\nop.drop_table("orders")'
    assert_judged("locks-on-several-tables", f"{altered}\n{change}")
    assert_judged("slow-work-under-lock", f'{altered}\nop.create_index("i", "users", ["name"])')
    before = 'def upgrade():\n    op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"])\n'
    (found,) = findings(
        "locks-on-several-tables",
        migration('op.drop_table("orders")\n' + change.replace("users", "parts")),
        before=before,
    )
    assert "the lock of `users` is kept" in found.message
