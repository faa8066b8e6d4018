"""Rules about transactions, rewrites and what was not read, each with what comes closest and must stay silent."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, findings, migration, repaired, statistics

BLOCK = "with op.get_context().autocommit_block():\n    "
VACUUM = "op.execute('VACUUM')"
INDEX = "def upgrade():\n    op.create_index('i', 'orders', ['status'])\n"
PARTED = (
    "def upgrade():\n    op.execute('CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at)')\n"
    "    op.create_index('e', 'events', ['id'])\n"
)


@pytest.mark.parametrize(
    ("upgrade", "before"),
    [
        ("op.execute('CREATE INDEX CONCURRENTLY j ON events (id)')", PARTED),
        ("op.execute('DROP INDEX CONCURRENTLY e')", PARTED),
        ("op.execute('DROP INDEX CONCURRENTLY i')  # finding", INDEX),
        ("op.execute('DROP INDEX CONCURRENTLY elsewhere')  # finding", INDEX),
        ("op.execute('COMMIT')\nop.execute('CREATE INDEX CONCURRENTLY j ON orders (id)')", ""),
        ("op.execute('SAVEPOINT s')\nop.execute('CREATE INDEX CONCURRENTLY j ON orders (id)')  # finding", ""),
        ("op.get_bind().connection.autocommit = True\nop.execute('CREATE INDEX CONCURRENTLY j ON orders (id)')", ""),
    ],
)
def test_concurrent_statements_of_which_other_rules_speak(upgrade: str, before: str) -> None:
    assert_judged("concurrently-inside-transaction", upgrade, before=before)


def add_column(type_: str, table: str = "orders", column: str = "status") -> str:
    return f"op.execute('ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column} {type_}')"


@pytest.mark.parametrize(
    "upgrade",
    [
        f"{add_column('integer')}  # finding",
        add_column("text"),
        add_column("integer").replace("IF NOT EXISTS ", ""),
        add_column("integer", column="elsewhere"),
        add_column("integer", table="elsewhere"),
        f"{add_column('elsewhere')}  # finding",
        f"{BLOCK}{add_column('integer')}",
        "op.execute('CREATE TABLE IF NOT EXISTS users (id bigint)')  # finding",
        "op.execute('CREATE TABLE users (id bigint)')",
        "op.execute('CREATE TABLE IF NOT EXISTS elsewhere (id bigint)')",
        "op.execute('CREATE TABLE IF NOT EXISTS users (LIKE orders)')",
        "op.execute('CREATE TABLE IF NOT EXISTS users AS SELECT 1 AS id')",
        "op.execute('CREATE TABLE IF NOT EXISTS users (x int) INHERITS (orders)')",
        "op.execute('CREATE TABLE IF NOT EXISTS users PARTITION OF orders FOR VALUES IN (1)')",
        "op.execute('CREATE TABLE IF NOT EXISTS users (id bigint, email varchar(320), name text, age int, joined_at "
        "timestamptz)')",
        "op.execute('CREATE TABLE IF NOT EXISTS users (id text, email varchar(320), name text, age int, joined_at "
        "timestamptz)')  # finding",
        "op.execute('CREATE INDEX IF NOT EXISTS i ON orders (status)')",
        "op.execute('CREATE INDEX IF NOT EXISTS i ON orders (total)')  # finding",
        "op.execute('CREATE INDEX IF NOT EXISTS i ON users (status)')  # finding",
        "op.execute('CREATE UNIQUE INDEX IF NOT EXISTS i ON orders (status)')  # finding",
        "op.execute('CREATE INDEX i ON orders (total)')",
        "op.execute('CREATE INDEX IF NOT EXISTS j ON orders (total)')",
        "op.execute('CREATE INDEX ON orders (total)')",
    ],
)
def test_guards_over_what_is_there(upgrade: str) -> None:
    assert_judged("misleading-existence-guard", upgrade, before=INDEX)


def test_a_guard_says_what_is_there() -> None:
    (found,) = findings("misleading-existence-guard", migration(add_column("integer")))
    assert found.message.startswith("The column `status` of `orders` exists already, with the type `text`: `IF NOT")
    (found,) = findings(
        "misleading-existence-guard", migration("op.execute('CREATE TABLE IF NOT EXISTS users (a int)')")
    )
    assert found.message.startswith("The table `users` exists already, with other columns")


@pytest.mark.parametrize(
    "upgrade",
    [
        f"op.execute('SET LOCAL work_mem = 1')  # finding\n{BLOCK}op.execute('VACUUM')",
        f"op.execute('SET work_mem = 1')\n{BLOCK}op.execute('VACUUM')",
        f"op.execute('SET LOCAL work_mem TO DEFAULT')\n{BLOCK}op.execute('VACUUM')",
        f"op.execute('SET LOCAL work_mem = 1')\n{BLOCK}op.execute('SET work_mem = 1')\n    op.execute('VACUUM')",
        f"op.execute('SET LOCAL work_mem = 1')  # finding\n{BLOCK}op.execute('SET LOCAL work_mem = 1')\n    {VACUUM}",
        f"op.execute('SET LOCAL work_mem = 1')  # finding\n{BLOCK}op.execute('SET jit = on')\n    {VACUUM}",
        "op.execute('SET LOCAL work_mem = 1')\nop.execute('SELECT 1')",
        f"{BLOCK}op.execute('SET LOCAL work_mem = 1')\n    {VACUUM}",
        f"op.execute(\"SELECT set_config('work_mem', '1', true)\")  # finding\n{BLOCK}op.execute('VACUUM')",
        f"op.execute(\"SELECT set_config('work_mem', '1', false)\")\n{BLOCK}op.execute('VACUUM')",
        f"op.execute(\"SELECT 'work_mem', true\")\n{BLOCK}op.execute('VACUUM')",
        f"{BLOCK}op.execute(\"SELECT set_config('work_mem', '1', true)\")\n    op.execute('VACUUM')",
    ],
)
def test_settings_that_the_block_loses(upgrade: str) -> None:
    assert_judged("set-local-before-autocommit-block", upgrade)


def test_the_setting_is_moved_into_the_block_right_below() -> None:
    rule = "set-local-before-autocommit-block"
    setting = "op.execute('SET LOCAL work_mem = 1')\n"
    assert repaired(rule, f"{setting}{BLOCK}op.execute('VACUUM')") == (
        f"{BLOCK}op.execute('SET work_mem = 1')\n    op.execute('VACUUM')\n    op.execute('RESET work_mem')"
    )
    assert repaired(rule, f"{setting}op.execute('SELECT 1')\n{BLOCK}op.execute('VACUUM')") is None
    (found,) = findings(
        rule, migration(f"op.execute(\"SELECT set_config('a.b', '1', true)\")\n{BLOCK}op.execute('VACUUM')")
    )
    assert found.message.startswith("`a.b` is set for this transaction only")


@pytest.mark.parametrize("value", ["0", "'0'", "'0s'", "'0ms'", "'0min'", "'0 s'"])
@pytest.mark.parametrize("name", ["lock_timeout", "statement_timeout"])
def test_a_timeout_that_is_switched_off_stays_off(name: str, value: str) -> None:
    assert_judged("setting-left-behind", f'op.execute("SET {name} = {value}")  # finding')
    assert repaired("setting-left-behind", f'op.execute("SET {name} = {value}")') == (
        f'op.execute("SET LOCAL {name} = {value}")'
    )
    assert_judged("setting-left-behind", f'op.execute("SET {name} = {value}")\nop.execute("RESET {name}")')
    assert_judged("setting-left-behind", f'op.execute("SET {name} = {value}")\nop.execute("RESET ALL")')
    assert_judged("setting-left-behind", f'op.execute("SET {name} = {value}")  # finding\nop.execute("RESET work_mem")')


def test_the_local_form_is_not_suggested_where_a_block_would_lose_it() -> None:
    setting = "op.execute('SET search_path = shop')"
    assert repaired("setting-left-behind", setting) == "op.execute('SET LOCAL search_path = shop')"
    assert repaired("setting-left-behind", f"{setting}\n{BLOCK}op.execute('VACUUM')") is None
    assert repaired("setting-left-behind", BLOCK + setting) is None


@pytest.mark.parametrize(
    "made",
    [
        "from sqlalchemy.engine import create_engine\ncreate_engine('x')",
        "from sqlalchemy.engine import engine_from_config\nengine_from_config({})",
        "from sqlalchemy import engine_from_config\nengine_from_config({})",
        "from sqlalchemy.ext.asyncio import create_async_engine\ncreate_async_engine('x')",
        "from sqlalchemy.ext.asyncio import async_engine_from_config\nasync_engine_from_config({})",
        "op.get_bind().engine.raw_connection()",
        "op.get_bind().engine.begin()",
    ],
)
def test_each_way_to_another_connection(made: str) -> None:
    assert_judged("second-connection-inside-migration", f"{made}  # finding")


@pytest.mark.parametrize(
    "asked",
    [
        "platform.node() == 'a'",
        "socket.gethostname() == 'a'",
        "os.getenv('A')",
        "config.STAGE",
        "conf.stage",
        "settings.STAGE",
    ],
)
def test_each_question_for_the_place(asked: str) -> None:
    imports = "import os, platform, socket\nfrom shop import config\nfrom shop.web import conf, settings\n"
    rule = "environment-dependent-migration"
    assert_judged(rule, f"{imports}if {asked}:\n    op.execute('COMMENT ON TABLE users IS NULL')  # finding")


def test_what_is_unread_has_one_rule_for_each_kind() -> None:
    text = migration(
        "elsewhere(op)\nop.execute(str(op.get_bind().scalar(sa.text('SELECT 1'))))\nop.execute('FROBNICATE t')"
    )
    for rule, line in (("unreadable-operation", 16), ("computed-sql", 17), ("unknown-statement", 18)):
        (found,) = findings(rule, text)
        assert found.place.line == line
        assert "The same" not in found.message


def test_a_keyword_that_sqlalchemy_refuses_has_its_own_rule() -> None:
    text = migration("op.create_unique_constraint('u', 'orders', ['id'], postgresql_using_index='i')")
    assert findings("not-valid-where-impossible", text)
    assert not findings("unreadable-operation", text)


@pytest.mark.parametrize("type_", ["smallint", "integer", "bigint", "numeric", "real", "double precision"])
def test_a_default_that_fits_the_number_is_set_again(type_: str) -> None:
    before = "def upgrade():\n    op.add_column('orders', sa.Column('n', sa.Text(), server_default='7'))\n"
    line = f"op.execute('ALTER TABLE orders ALTER n TYPE {type_} USING n::{type_}')"
    found = repaired("incompatible-default-on-type-change", line, before=before)
    assert found == (
        f'op.alter_column("orders", "n", server_default=None)\n{line}\n'
        'op.alter_column("orders", "n", server_default="7")'
    )


@pytest.mark.parametrize(
    ("default", "line", "speaks"),
    [
        (", server_default='7'", "op.execute('ALTER TABLE orders ALTER n TYPE integer USING n::integer')", True),
        ("", "op.execute('ALTER TABLE orders ALTER n TYPE integer USING n::integer')", False),
        (", server_default='7'", "op.execute('ALTER TABLE orders ALTER n TYPE integer')", False),
        (", server_default='7'", "op.execute('ALTER TABLE orders ALTER n TYPE varchar USING n::varchar')", False),
        (", server_default='7'", "op.execute('ALTER TABLE elsewhere ALTER n TYPE integer USING n::integer')", False),
    ],
)
def test_defaults_in_the_way_of_a_type(default: str, line: str, speaks: bool) -> None:
    before = f"def upgrade():\n    op.add_column('orders', sa.Column('n', sa.Text(){default}))\n"
    assert_judged("incompatible-default-on-type-change", f"{line}  # finding" if speaks else line, before=before)


def test_the_default_is_not_set_again_where_that_would_fail() -> None:
    rule, line = "incompatible-default-on-type-change", "op.execute('ALTER TABLE orders ALTER n TYPE integer USING 1')"
    for default in ("sa.text('lower(status)')", "'seven'"):
        before = f"def upgrade():\n    op.add_column('orders', sa.Column('n', sa.Text(), server_default={default}))\n"
        assert repaired(rule, line, before=before) is None


def test_using_is_suggested_in_the_quotes_of_the_call() -> None:
    rule, small = "uncastable-type-change", statistics(users=5)
    assert repaired(rule, "op.alter_column('users', 'name', type_=sa.Date())", statistics=small) == (
        "op.alter_column('users', 'name', type_=sa.Date(), postgresql_using='name::date')"
    )
    assert repaired(rule, 'op.alter_column("users", "name", type_=sa.Date())', statistics=small) == (
        'op.alter_column("users", "name", type_=sa.Date(), postgresql_using="name::date")'
    )
    assert repaired(rule, "op.execute('ALTER TABLE users ALTER name TYPE date;')", statistics=small) == (
        "op.execute('ALTER TABLE users ALTER name TYPE date USING name::date;')"
    )
    line = "op.alter_column('users', 'name', type_=sa.Date())"
    above = 'op.execute("SELECT 1")\n'
    assert repaired(rule, above + line, statistics=small) == (
        f"{above}op.alter_column('users', 'name', type_=sa.Date(), postgresql_using='name::date')"
    )
    assert repaired(rule, line, settings="rules:\n  rewriting-type-change: off\n") is None
    named = "op.execute('CREATE TABLE t (\"N\" text)')\nop.alter_column('t', 'N', type_=sa.Date())"
    assert_judged(rule, f"{named}  # finding")
    assert repaired(rule, named) is None
    two = "op.execute('ALTER TABLE users ADD a int, ALTER name TYPE date')"
    assert repaired(rule, two, statistics=small) is None
    assert repaired(rule, "op.alter_column('users', 'name', type_=sa.Date())") is None


@pytest.mark.parametrize(
    ("default", "version", "speaks"),
    [
        ("DEFAULT 1", 11, False),
        ("DEFAULT 1", 10, True),
        ("DEFAULT NULL", 10, False),
        ("DEFAULT null", 10, False),
        ("", 10, False),
        ("DEFAULT random()", 15, True),
        ("DEFAULT now()", 15, False),
    ],
)
def test_defaults_that_are_written_into_every_row(default: str, version: int, speaks: bool) -> None:
    line = f"op.execute('ALTER TABLE orders ADD n text {default}')"
    assert_judged("volatile-column-default", f"{line}  # finding" if speaks else line, server_version=version)


def test_a_long_default_is_not_repeated() -> None:
    for length, named in ((80, True), (81, False)):
        default = "random()::text || '" + "x" * (length - len("random()::text || ''")) + "'"
        (found,) = findings(
            "volatile-column-default", migration(f'op.execute("ALTER TABLE orders ADD n text DEFAULT {default}")')
        )
        assert ("its default may differ" not in found.message) == named


def test_arrays_of_a_domain_and_what_the_catalogs_lose() -> None:
    domain = "def upgrade():\n    op.execute('CREATE DOMAIN d AS text CHECK (VALUE > 1::text)')\n"
    assert_judged("constrained-domain-column", "op.execute('ALTER TABLE orders ADD n d')  # finding", before=domain)
    assert_judged("constrained-domain-column", "op.execute('ALTER TABLE orders ADD n d[]')", before=domain)
    assert_judged("storage-rewrite", "op.execute('ALTER TABLE orders SET UNLOGGED')  # finding")
    assert_judged("enum-value-removal", "op.execute('DELETE FROM pg_catalog.pg_enum WHERE 1 = 1')  # finding")
    assert_judged("enum-value-removal", "op.execute('DELETE FROM pg_enum WHERE 1 = 1')  # finding")
    assert_judged("enum-value-removal", "op.execute('DELETE FROM shop.pg_enum WHERE 1 = 1')")
    assert_judged("enum-value-removal", "op.execute('DELETE FROM users WHERE 1 = 1')")


def test_shared_advisory_locks_wait_too() -> None:
    for name in (
        "pg_advisory_lock",
        "pg_advisory_xact_lock",
        "pg_advisory_lock_shared",
        "pg_advisory_xact_lock_shared",
    ):
        assert_judged("advisory-lock-inside-migration", f"op.execute('SELECT {name}(1)')  # finding")
    assert_judged("advisory-lock-inside-migration", "op.execute('SELECT pg_try_advisory_lock(1)')")
