"""Rules about locks, each with what comes closest to them and must stay silent."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, findings, migration, repaired, statistics

INDEX = "def upgrade():\n    op.create_index('i', 'orders', ['status', 'total'])\n"
UNIQUE = "def upgrade():\n    op.create_unique_constraint('u', 'orders', ['status', 'total'])\n"
NEW = "op.create_table('t', sa.Column('a', sa.Integer()))\n"
BLOCK = "with op.get_context().autocommit_block():\n    "
PARTED = "def upgrade():\n    op.execute('CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at)')\n{}"
OLD = "    op.execute('CREATE TABLE old PARTITION OF events FOR VALUES FROM (1) TO (2)')\n"
DEFAULT = "    op.execute('CREATE TABLE rest PARTITION OF events DEFAULT')\n"


def test_the_concurrent_drop_is_suggested_for_one_index_without_cascade() -> None:
    rule, two = "blocking-index-drop", INDEX + "    op.create_index('j', 'orders', ['total'])\n"
    assert repaired(rule, "op.execute('DROP INDEX i')", before=two) == (
        f"{BLOCK}op.execute('DROP INDEX CONCURRENTLY i')"
    )
    assert repaired(rule, "op.execute('DROP INDEX i, j')", before=two) is None
    assert repaired(rule, "op.execute('DROP INDEX i CASCADE')", before=two) is None
    assert_judged(rule, "op.execute('DROP INDEX i, j')  # finding", before=two)


APART = "rules:\n  autocommit-block-beside-other-work: off\n"


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("blocking-index-creation", "op.create_index('j', 'orders', ['status'])"),
        ("blocking-index-drop", "op.drop_index('i')"),
        ("blocking-reindex", "op.execute('REINDEX INDEX i')"),
        ("blocking-partition-detach", "op.execute('ALTER TABLE events DETACH PARTITION old')"),
    ],
)
def test_a_block_of_its_own_is_suggested_for_a_lone_statement_only(rule: str, line: str) -> None:
    before = INDEX + PARTED.format(OLD).replace("def upgrade():\n", "")
    assert repaired(rule, line, before=before, settings=APART) is not None
    beside = f"{line}\nop.add_column('users', sa.Column('n', sa.Text()))"
    assert repaired(rule, beside, before=before, settings=APART) is None
    assert_judged(rule, line.replace("\n", "") + "  # finding", before=before)


def test_the_index_of_a_view_and_of_an_unknown_table_are_dropped_like_others() -> None:
    rule = "blocking-index-drop"
    view = "def upgrade():\n    op.execute('CREATE MATERIALIZED VIEW v AS SELECT id FROM orders')\n"
    assert_judged(rule, "op.drop_index('k')  # finding", before=view + "    op.execute('CREATE INDEX k ON v (id)')\n")
    assert_judged(rule, "op.drop_index('i')\nop.drop_table('orders')", before=INDEX)
    assert_judged(rule, "op.drop_index('i', table_name='users')  # finding\nop.drop_table('users')", before=INDEX)
    assert_judged(rule, "op.drop_index('x', table_name='orders')\nop.drop_table('orders')")
    assert_judged(rule, "op.drop_index('x')  # finding\nop.drop_table('orders')")
    assert_judged(rule, "name = 'orders'\nop.drop_index('x', table_name=name)  # finding\nop.drop_table('orders')")


def test_a_view_that_was_never_seen_is_refreshed_for_somebody() -> None:
    line = "op.execute('REFRESH MATERIALIZED VIEW elsewhere')"
    assert_judged("blocking-view-refresh", f"{line}  # finding")
    assert repaired("blocking-view-refresh", line) is None


def test_a_concurrent_build_on_small_partitions_is_made_plain() -> None:
    rule, line = "concurrently-on-partitioned-table", "op.create_index('j', 'events', ['id'], {})"
    before, now = PARTED.format(OLD), "postgresql_concurrently=True"
    assert repaired(rule, line.format(now), before=before) is None
    small = repaired(rule, line.format(now), before=before, statistics=statistics(old=5))
    assert small == "op.create_index('j', 'events', ['id'])"
    assert_judged(rule, BLOCK + line.format(now).replace("events", "elsewhere"), before=before)


@pytest.mark.parametrize(("version", "broken"), [(140000, True), (140003, True), (140004, False), (139999, False)])
def test_concurrent_builds_were_broken_in_the_first_releases_of_14(version: int, broken: bool) -> None:
    stated = statistics(users=5).replace("160000", str(version))
    rule, mark = "corruptible-concurrent-index", "  # finding" if broken else ""
    build = "op.create_index('j', 'orders', ['status'], postgresql_concurrently=True)"
    assert_judged(rule, f"{BLOCK}{build}{mark}", statistics=stated)
    assert_judged(rule, f"{BLOCK}op.execute('REINDEX INDEX CONCURRENTLY i'){mark}", statistics=stated)
    assert_judged(rule, "op.create_index('j', 'orders', ['status'])", statistics=stated)
    assert_judged(rule, f"{BLOCK}{build}")


def test_another_index_with_the_same_lead_serves_meanwhile() -> None:
    rule, drop = "index-dropped-before-replacement", "op.drop_index('i')"
    build = "op.create_index('j', 'orders', ['status'])"
    beside = INDEX + "    op.create_index('k', 'orders', ['status', 'id'])\n"
    assert_judged(rule, f"{drop}\n{build}", before=beside)
    assert_judged(rule, f"{drop}  # finding\n{build}", before=beside.replace("['status', 'id']", "['id', 'status']"))


def test_an_expression_that_leads_is_replaced_by_the_same_expression() -> None:
    rule, build = "index-dropped-before-replacement", "op.execute('CREATE INDEX j ON orders ({}, total)')"
    before = "def upgrade():\n    op.execute('CREATE INDEX i ON orders (lower(status))')\n"
    assert_judged(rule, f"op.drop_index('i')  # finding\n{build.format('lower(status)')}", before=before)
    assert_judged(rule, f"op.drop_index('i')\n{build.format('upper(status)')}", before=before)


def test_the_index_of_a_view_is_replaced_too() -> None:
    view = "def upgrade():\n    op.execute('CREATE MATERIALIZED VIEW v AS SELECT id, user_id FROM orders')\n"
    before = view + "    op.execute('CREATE INDEX i ON v (id)')\n"
    build = "op.execute('CREATE INDEX j ON v (id, user_id)')"
    assert_judged("index-dropped-before-replacement", f"op.drop_index('i')  # finding\n{build}", before=before)


def test_only_what_comes_after_replaces_it() -> None:
    twice = migration("op.create_index('k', 'orders', ['status'])\nop.drop_index('k')")
    drop = (migration("op.drop_index('i')"),)
    assert not findings("index-dropped-before-replacement", twice, also=drop, before=INDEX)
    build = (migration("op.create_index('k', 'orders', ['status'])"),)
    assert findings("index-dropped-before-replacement", migration("op.drop_index('i')"), also=build, before=INDEX)


def test_the_order_is_changed_in_one_function_only() -> None:
    rule = "index-dropped-before-replacement"
    build = "op.create_index('k', 'orders', ['status'])"
    assert repaired(rule, f"op.drop_index('i')\n{build}", before=INDEX) == f"{build}\nop.drop_index('i')"
    above = (migration(f"op.execute('SELECT 1')\n{build}"),)
    assert repaired(rule, "op.drop_index('i')\nop.execute('SELECT 1')", also=above, before=INDEX) is None
    quoted = INDEX.replace("'i'", "'I'")
    assert repaired(rule, f"op.drop_index('I')\n{build.replace('k', 'I', 1)}", before=quoted) is None


def test_what_stands_between_decides_whether_others_see_the_gap() -> None:
    rule, drop, build = (
        "index-dropped-before-replacement",
        "op.drop_index('i')",
        "op.create_index('j', 'orders', ['status'])",
    )
    at_once, apart = "makes reads of `orders` wait too", "nothing on `orders` does what `i` did"
    for between, said in [
        ("{0}\n{1}", at_once),
        ("{0}\n{1}\n" + BLOCK + "op.execute('SELECT 1')", at_once),
        ("{0}\nop.execute('COMMIT')\n{1}", apart),
        ("{0}\n" + BLOCK + "op.execute('SELECT 1')\n{1}", apart),
        ("{0}\n" + BLOCK + "{1}", apart),
    ]:
        (found,) = findings(rule, migration(between.format(drop, build)), before=INDEX)
        assert said in found.message


def test_a_unique_constraint_without_a_name_replaces_another() -> None:
    upgrade = f"op.drop_constraint('u', 'orders')\n{BLOCK}op.execute('ALTER TABLE orders ADD UNIQUE (status)')"
    (found,) = findings("index-dropped-before-replacement", migration(upgrade), before=UNIQUE)
    assert found.advice == "Create the new one first, then drop `u`."
    assert "nothing on `orders` does what `u` did" in found.message


def test_a_concurrent_build_without_the_guard_fails_loudly() -> None:
    rule, build = "masked-invalid-index", "op.create_index('j', 'orders', ['total'], postgresql_concurrently=True{})"
    assert_judged(rule, BLOCK + build.format(""))
    assert_judged(rule, BLOCK + build.format(", if_not_exists=True") + "  # finding")
    assert_judged(rule, "op.create_index('j', 'orders', ['total'], if_not_exists=True)")


def test_a_partition_of_a_new_parent_is_dropped_for_nobody() -> None:
    attached = "op.execute('ALTER TABLE n ATTACH PARTITION orders DEFAULT')\n"
    new = f"op.execute('CREATE TABLE n (LIKE orders) PARTITION BY RANGE (id)')\n{attached}"
    assert_judged("partition-created-in-place", f"{new}op.drop_table('orders')")


def test_only_leaves_nothing_out_of_an_ordinary_table() -> None:
    rule = "blocking-index-creation"
    assert_judged(rule, "op.execute('CREATE INDEX j ON ONLY orders (status)')  # finding")
    assert_judged(rule, "op.execute('CREATE INDEX j ON ONLY elsewhere (status)')")


def test_partitions_are_small_together_or_not() -> None:
    rule, line = "blocking-partitioned-index", "op.create_index('j', 'events', ['id'])"
    before = PARTED.format(OLD + DEFAULT)
    assert_judged(rule, line, before=before, statistics=statistics(old=4_000, rest=4_000))
    assert_judged(rule, f"{line}  # finding", before=before, statistics=statistics(old=6_000, rest=6_000))
    assert_judged(rule, f"{line}  # finding", before=before, statistics=statistics(old=4_000))
    assert_judged(rule, line, before=before, statistics=statistics(events=8_000))


def test_the_partitions_of_partitions_count() -> None:
    rule, line = "blocking-partitioned-index", "op.create_index('j', 'events', ['id'])"
    nested = OLD.replace("(2)", "(2) PARTITION BY HASH (id)")
    below = "    op.execute('CREATE TABLE one PARTITION OF old FOR VALUES WITH (MODULUS 1, REMAINDER 0)')\n"
    assert_judged(rule, line, before=PARTED.format(nested))
    assert_judged(rule, f"{line}  # finding", before=PARTED.format(nested + below))
    assert_judged(rule, line, before=PARTED.format(nested + below), statistics=statistics(one=5))


def test_a_concurrent_build_on_a_new_partitioned_table_is_made_plain_in_its_own_spelling() -> None:
    create = "op.execute('CREATE TABLE logs (at date) PARTITION BY RANGE (at)')\n"
    line = f"{BLOCK}op.execute('CREATE INDEX CONCURRENTLY i ON logs (at)')"
    wanted = create + line.replace(" CONCURRENTLY", "")
    assert repaired("concurrently-on-partitioned-table", create + line) == wanted


def test_a_partition_that_goes_with_its_parent_makes_nobody_wait_more() -> None:
    rule, line = "partition-created-in-place", "op.drop_table('old')"
    assert_judged(rule, f"{line}  # finding", before=PARTED.format(OLD))
    assert_judged(rule, f"{line}\nop.drop_table('events')", before=PARTED.format(OLD))
    assert_judged(rule, f"{line}  # finding\nop.drop_table('orders')", before=PARTED.format(OLD))


def test_a_view_that_is_emptied_runs_no_query() -> None:
    line = "op.execute('REFRESH MATERIALIZED VIEW v{}')"
    before = "def upgrade():\n    op.execute('CREATE MATERIALIZED VIEW v AS SELECT id FROM orders')\n"
    assert_judged("blocking-view-refresh", line.format(" WITH DATA") + "  # finding", before=before)
    assert_judged("blocking-view-refresh", line.format(" WITH NO DATA"), before=before)


def trigger(what: str, table: str = "orders") -> str:
    return f"op.execute('ALTER TABLE {table} {what}')"


@pytest.mark.parametrize(
    "upgrade",
    [
        f"{trigger('DISABLE TRIGGER t')}  # finding",
        f"{trigger('DISABLE TRIGGER ALL')}  # finding",
        f"{trigger('DISABLE TRIGGER USER')}  # finding",
        f"{trigger('ENABLE TRIGGER t')}",
        f"{trigger('DISABLE TRIGGER t')}\n{trigger('ENABLE TRIGGER t')}",
        f"{trigger('DISABLE TRIGGER t')}\n{trigger('ENABLE ALWAYS TRIGGER t')}",
        f"{trigger('DISABLE TRIGGER t')}  # finding\n{trigger('ENABLE REPLICA TRIGGER t')}",
        f"{trigger('DISABLE TRIGGER t')}\n{trigger('ENABLE TRIGGER ALL')}",
        f"{trigger('DISABLE TRIGGER t')}\n{trigger('ENABLE TRIGGER USER')}",
        f"{trigger('DISABLE TRIGGER t')}  # finding\n{BLOCK}op.execute('SELECT 1')\n{trigger('ENABLE TRIGGER t')}",
        f"{BLOCK}{trigger('DISABLE TRIGGER t')}  # finding\n    {trigger('ENABLE TRIGGER t')}",
        f"{trigger('DISABLE TRIGGER t, ENABLE TRIGGER t')}",
        "op.execute(\"SELECT set_config('session_replication_role', 'replica', true)\")  # finding",
        f"{trigger('DISABLE TRIGGER t')}  # finding\n{trigger('ENABLE TRIGGER u')}",
        f"{trigger('DISABLE TRIGGER t')}  # finding\n{trigger('ENABLE TRIGGER t', 'users')}",
        f"{trigger('DISABLE TRIGGER t')}  # finding\n{trigger('DISABLE TRIGGER t')}  # finding",
        f"{trigger('ENABLE TRIGGER t')}\n{trigger('DISABLE TRIGGER t')}  # finding",
        f"{trigger('DISABLE TRIGGER ALL')}  # finding\n{trigger('ENABLE TRIGGER ALL')}",
        f"{trigger('DISABLE TRIGGER USER')}  # finding\n{trigger('ENABLE TRIGGER USER')}",
        f"{NEW}{trigger('DISABLE TRIGGER t', 't')}",
        "op.execute('SET session_replication_role = replica')  # finding",
        "op.execute('SET session_replication_role = origin')",
    ],
)
def test_triggers_that_are_switched_off(upgrade: str) -> None:
    assert_judged("disabled-trigger", upgrade)


@pytest.mark.parametrize(
    ("upgrade", "before"),
    [
        ("op.drop_index('i')  # finding\nop.create_index('j', 'orders', ['status'])", INDEX),
        ("op.drop_index('i')\nop.create_index('j', 'orders', ['total'])", INDEX),
        ("op.drop_index('i')\nop.execute('CREATE INDEX j ON orders (lower(status))')", INDEX),
        ("op.drop_index('i')\nop.create_index('j', 'users', ['status'])", INDEX),
        ("op.drop_index('elsewhere')\nop.create_index('j', 'orders', ['status'])", INDEX),
        (
            "op.create_index('k', 'orders', ['status'])\nop.drop_index('i')\n"
            "op.create_index('j', 'orders', ['status'])",
            INDEX,
        ),
        (
            "op.create_index('k', 'orders', ['id'])\nop.drop_index('i')  # finding\n"
            "op.create_index('j', 'orders', ['status'])",
            INDEX,
        ),
        (
            "op.create_index('k', 'orders', ['status'])\nop.drop_index('k')\n"
            "op.create_index('j', 'orders', ['status'])",
            "",
        ),
        ("op.drop_index('u')\nop.create_index('j', 'orders', ['status'])", UNIQUE),
        (
            f"op.drop_constraint('u', 'orders')  # finding\n{BLOCK}"
            "op.create_unique_constraint('v', 'orders', ['status'])",
            UNIQUE,
        ),
        (f"op.drop_constraint('u', 'orders')\n{BLOCK}op.create_unique_constraint('v', 'orders', ['total'])", UNIQUE),
        (f"op.drop_constraint('u', 'orders')\n{BLOCK}op.create_unique_constraint('v', 'users', ['status'])", UNIQUE),
        (f"op.drop_constraint('x', 'orders')\n{BLOCK}op.create_unique_constraint('v', 'orders', ['status'])", UNIQUE),
        (
            f"op.drop_constraint('u', 'elsewhere')\n{BLOCK}op.create_unique_constraint('v', 'elsewhere', ['status'])",
            UNIQUE,
        ),
        (
            f"op.drop_constraint('c', 'orders')\n{BLOCK}op.create_unique_constraint('v', 'orders', ['status'])",
            "def upgrade():\n    op.create_check_constraint('c', 'orders', 'status > total')\n",
        ),
        (
            "op.create_unique_constraint('u', 'orders', ['status'])\nop.drop_constraint('u', 'orders')\n"
            f"{BLOCK}op.create_unique_constraint('v', 'orders', ['status'])",
            "",
        ),
    ],
)
def test_what_is_dropped_before_its_replacement(upgrade: str, before: str) -> None:
    assert_judged("index-dropped-before-replacement", upgrade, before=before)


def test_a_small_table_does_not_miss_its_constraint() -> None:
    upgrade = f"op.drop_constraint('u', 'orders')\n{BLOCK}op.create_unique_constraint('v', 'orders', ['status'])"
    assert_judged("index-dropped-before-replacement", upgrade, before=UNIQUE, statistics=statistics(orders=5))


@pytest.mark.parametrize(
    "name", ["count", "sum", "avg", "min", "max", "array_agg", "string_agg", "json_agg", "jsonb_agg"]
)
def test_each_aggregate_reads_the_whole_table(name: str) -> None:
    arguments = "total::text, ','" if name == "string_agg" else "total"
    work = f'op.get_bind().execute(sa.text("SELECT {name}({arguments}) FROM orders"))'
    lock = "op.add_column('users', sa.Column('n', sa.Text()))\n"
    assert_judged("slow-work-under-lock", f"{lock}{work}  # finding")
    assert_judged("slow-work-under-lock", lock + work.replace(" FROM orders", " FROM orders WHERE id = 1"))
    assert_judged("slow-work-under-lock", f"{NEW}{work}")


def test_a_lock_of_a_new_table_stops_nobody() -> None:
    upgrade = f"{NEW}op.add_column('t', sa.Column('b', sa.Text()))\nop.execute('ANALYZE orders')"
    assert_judged("slow-work-under-lock", upgrade)
    upgrade = "op.drop_table('users')\nop.execute('ANALYZE orders')"
    assert_judged("slow-work-under-lock", upgrade)


@pytest.mark.parametrize(
    ("setting", "named"),
    [
        ("SET lock_timeout = '4s'", False),
        ("SET LOCAL lock_timeout = 4000", False),
        ("SET lock_timeout = 0", True),
        ("SET lock_timeout = '0s'", True),
        ("SET lock_timeout = '0ms'", True),
        ("RESET lock_timeout", True),
        ("SET statement_timeout = '4s'", True),
    ],
)
@pytest.mark.parametrize("mode", ["SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"])
def test_a_lock_without_limit(setting: str, named: bool, mode: str) -> None:
    env = "from alembic import context\ncontext.configure(connection=one, transaction_per_migration=True)\n"
    lock = f"op.execute('LOCK TABLE orders IN {mode} MODE')"
    assert_judged("explicit-table-lock", f'op.execute("{setting}")\n{lock}{"  # finding" if named else ""}', env=env)


LIMITED = """from alembic import context
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://localhost/shop", connect_args={"options": "-c lock_timeout=4000"})
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""


@pytest.mark.parametrize(
    ("above", "named"),
    [
        (["SELECT 1"], False),
        (["SET LOCAL lock_timeout = 0"], True),
        (["SET lock_timeout TO DEFAULT", "SET lock_timeout = 0"], True),
        (["SET lock_timeout = 0", "RESET lock_timeout"], False),
        (["SET lock_timeout = 0", "RESET ALL"], False),
        (["SET statement_timeout = 0"], False),
    ],
)
def test_the_limit_of_the_session_may_be_taken_away(above: list[str], named: bool) -> None:
    lock = f"op.execute('LOCK TABLE orders'){'  # finding' if named else ''}"
    lines = [f"op.execute('{sql}')" for sql in above]
    assert_judged("explicit-table-lock", "\n".join([*lines, lock]), env=LIMITED)


@pytest.mark.parametrize(
    ("above", "named"),
    [
        ("op.execute(\"SELECT set_config('lock_timeout', '4s', true)\")\n", False),
        ("op.execute(\"SELECT pg_catalog.set_config('lock_timeout', '4s', false)\")\n", False),
        ("op.execute(\"SELECT set_config('lock_timeout', '0', false)\")\n", True),
        ("op.execute(\"SELECT set_config('work_mem', '1GB', false)\")\n", True),
        ("op.execute(\"SELECT set_config('lock_timeout', '4s', true), 1\")\n", True),
        ("op.execute('SET lock_timeout = 4000')\nop.execute('RESET lock_timeout')\n", True),
        (f"{BLOCK}op.execute('SET lock_timeout = 4000')\n", False),
        (f"op.execute('SET LOCAL lock_timeout = 4000')\n{BLOCK}op.execute('SELECT 1')\n", True),
    ],
)
def test_the_limit_that_the_revision_sets_holds_where_the_lock_is_taken(above: str, named: bool) -> None:
    env = "from alembic import context\ncontext.configure(connection=one, transaction_per_migration=True)\n"
    lock = f"op.execute('LOCK TABLE orders'){'  # finding' if named else ''}"
    assert_judged("explicit-table-lock", above + lock, env=env)


def test_weaker_locks_and_new_tables_are_silent() -> None:
    env = "from alembic import context\ncontext.configure(connection=one)\n"
    for mode in ("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE"):
        assert_judged("explicit-table-lock", f"op.execute('LOCK TABLE orders IN {mode} MODE')", env=env)
    assert_judged("explicit-table-lock", "op.execute('LOCK TABLE orders IN SHARE MODE NOWAIT')", env=env)
    assert_judged("explicit-table-lock", f"{NEW}op.execute('LOCK TABLE t IN SHARE MODE')", env=env)


@pytest.mark.parametrize(
    "above",
    [
        "op.drop_index('j', postgresql_concurrently=True)",
        "op.drop_index('k', postgresql_concurrently=True, if_exists=True)",
        "op.execute('SELECT 1')",
    ],
)
def test_only_a_guarded_drop_of_the_same_index_unmasks_it(above: str) -> None:
    create = "op.create_index('j', 'orders', ['total'], postgresql_concurrently=True, if_not_exists=True)  # finding"
    assert_judged("masked-invalid-index", f"{BLOCK}{above}\n    {create}")


def test_the_drop_is_suggested_where_it_can_run() -> None:
    create = "op.create_index('j', 'orders', ['total'], postgresql_concurrently=True, if_not_exists=True{})"
    assert repaired("masked-invalid-index", create.format("")) is None
    sql = "op.execute('CREATE INDEX CONCURRENTLY IF NOT EXISTS j ON orders (total)')"
    assert repaired("masked-invalid-index", sql) is None
    assert repaired("masked-invalid-index", BLOCK + sql) == (
        f'{BLOCK}op.execute("DROP INDEX CONCURRENTLY IF EXISTS j")\n'
        "    op.execute('CREATE INDEX CONCURRENTLY j ON orders (total)')"
    )
    quoted = sql.replace(" j ON orders", ' "J" ON public.orders')
    assert repaired("masked-invalid-index", BLOCK + quoted) == (
        f"{BLOCK}op.execute('DROP INDEX CONCURRENTLY IF EXISTS public.\"J\"')\n"
        "    op.execute('CREATE INDEX CONCURRENTLY \"J\" ON public.orders (total)')"
    )
    found = repaired("masked-invalid-index", BLOCK + create.format(", schema='public'"))
    assert found is not None
    assert 'schema="public"' in found


@pytest.mark.parametrize(
    ("upgrade", "before"),
    [
        ("op.create_index('j', 'events', ['id'])  # finding", PARTED.format(OLD)),
        ("op.create_index('j', 'events', ['id'])", PARTED.format("")),
        ("op.create_index('j', 'orders', ['id'])", PARTED.format(OLD)),
        ("op.create_index('j', 'elsewhere', ['id'])", PARTED.format(OLD)),
        ("op.execute('CREATE INDEX j ON ONLY events (id)')", PARTED.format(OLD)),
        ("op.create_index('j', 'events', ['id'], postgresql_concurrently=True)", PARTED.format(OLD)),
    ],
)
def test_an_index_of_a_partitioned_table(upgrade: str, before: str) -> None:
    assert_judged("blocking-partitioned-index", upgrade, before=before)


def test_a_partitioned_index_goes_the_plain_way() -> None:
    rule = "concurrently-on-partitioned-table"
    before = PARTED.format(f"{OLD}    op.create_index('i', 'events', ['id'])\n")
    drop = "op.drop_index('{}', postgresql_concurrently=True)"
    assert_judged(rule, f"{BLOCK}{drop.format('i')}  # finding", before=before)
    assert_judged(rule, f"{BLOCK}{drop.format('elsewhere')}", before=before)
    assert_judged(rule, f"{BLOCK}{drop.format('i')}", before=INDEX)
    create = "op.create_index('j', 'events', ['id'], postgresql_concurrently=True)"
    assert repaired(rule, BLOCK + create, before=before) is None
    new = f"op.execute('CREATE TABLE n (id bigint, at date) PARTITION BY RANGE (at)')\n{create.replace('events', 'n')}"
    assert repaired(rule, new) == new.replace(", postgresql_concurrently=True", "")


@pytest.mark.parametrize(
    ("upgrade", "before"),
    [
        ("op.drop_index('i')  # finding", INDEX),
        ("op.drop_index('u')", UNIQUE),
        ("op.drop_index('e')", PARTED.format("    op.create_index('e', 'events', ['id'])\n")),
        (f"{NEW}op.create_index('j', 't', ['a'])\nop.drop_index('j')", ""),
        ("op.create_index('j', 'orders', ['id'])\nop.drop_index('j')", ""),
        ("op.drop_index('i', postgresql_concurrently=True)", INDEX),
    ],
)
def test_an_index_that_is_dropped(upgrade: str, before: str) -> None:
    assert_judged("blocking-index-drop", upgrade, before=before)


@pytest.mark.parametrize(
    ("version", "upgrade"),
    [
        (12, "op.execute('REINDEX TABLE orders')  # finding"),
        (11, "op.execute('REINDEX TABLE orders')"),
        (15, "op.execute('REINDEX INDEX i')  # finding"),
        (15, "op.execute('REINDEX SCHEMA public')"),
        (15, "op.execute('REINDEX DATABASE shop')"),
        (15, "op.execute('REINDEX TABLE CONCURRENTLY orders')"),
        (15, f"{NEW}op.execute('REINDEX TABLE t')"),
    ],
)
def test_a_rebuilt_index(version: int, upgrade: str) -> None:
    assert_judged("blocking-reindex", upgrade, before=INDEX, server_version=version)


@pytest.mark.parametrize(
    ("version", "upgrade", "before"),
    [
        (14, "op.execute('ALTER TABLE events DETACH PARTITION old')  # finding", PARTED.format(OLD)),
        (13, "op.execute('ALTER TABLE events DETACH PARTITION old')", PARTED.format(OLD)),
        (14, "op.execute('ALTER TABLE events DETACH PARTITION old')", PARTED.format(OLD + DEFAULT)),
        (14, "op.execute('ALTER TABLE events DETACH PARTITION old FINALIZE')", PARTED.format(OLD)),
    ],
)
def test_a_detached_partition(version: int, upgrade: str, before: str) -> None:
    assert_judged("blocking-partition-detach", upgrade, before=before, server_version=version)


def test_a_partition_of_a_new_table_comes_and_goes() -> None:
    made = "op.execute('CREATE TABLE n (id bigint, at date) PARTITION BY RANGE (at)')\n"
    part = "op.execute('CREATE TABLE p PARTITION OF n FOR VALUES FROM (1) TO (2)')\n"
    assert_judged("blocking-partition-detach", f"{made}{part}op.execute('ALTER TABLE n DETACH PARTITION p')")
    assert_judged("partition-created-in-place", f"{made}{part}op.drop_table('p')")
    late = part.replace("OF n", "OF events")
    assert_judged(
        "partition-created-in-place", f"{late.strip()}  # finding\nop.drop_table('p')", before=PARTED.format("")
    )
    assert_judged("partition-created-in-place", "op.drop_table('old')  # finding", before=PARTED.format(OLD))
    assert_judged("partition-created-in-place", "op.drop_table('elsewhere')", before=PARTED.format(OLD))


VIEW = "def upgrade():\n    op.execute('CREATE MATERIALIZED VIEW v AS SELECT id, total FROM orders')\n    {}\n"


@pytest.mark.parametrize(
    ("index", "ready"),
    [
        ("op.execute('CREATE UNIQUE INDEX k ON v (id)')", True),
        ("op.execute('CREATE INDEX k ON v (id)')", False),
        ("op.execute('CREATE UNIQUE INDEX k ON v (id) WHERE id > 0')", False),
        ("op.execute('CREATE UNIQUE INDEX k ON v ((id + 1))')", False),
        ("pass", False),
    ],
)
def test_a_view_is_refreshed_concurrently_with_a_key_over_all_rows(index: str, ready: bool) -> None:
    found = repaired("blocking-view-refresh", "op.execute('REFRESH MATERIALIZED VIEW v')", before=VIEW.format(index))
    assert (found is not None) == ready


def test_an_index_of_a_constraint_goes_with_it() -> None:
    rule = "constraint-index-drop"
    assert repaired(rule, "op.drop_index('u')", before=UNIQUE) == "op.drop_constraint('u', 'orders', type_='unique')"
    wanted = "op.drop_constraint('u', 'orders', type_='unique')"
    assert repaired(rule, "op.execute('DROP INDEX IF EXISTS u')", before=UNIQUE) == wanted
    assert repaired(rule, "op.execute('DROP INDEX u; SELECT 1')", before=UNIQUE) is None
    assert repaired(rule, "sa.Index('u', sa.table('orders').c).drop(op.get_bind())", before=UNIQUE) is None
    exclusion = "def upgrade():\n    op.execute('ALTER TABLE orders ADD CONSTRAINT u EXCLUDE USING gist (id WITH =)')\n"
    assert repaired(rule, "op.drop_index('u')", before=exclusion) is None
    schema = "def upgrade():\n    op.execute('CREATE TABLE s.t (a int CONSTRAINT u UNIQUE)')\n"
    assert repaired(rule, "op.drop_index('u', schema='s')", before=schema) == (
        "op.drop_constraint('u', 't', type_='unique', schema='s')"
    )
    assert_judged(rule, "op.drop_index('i')", before=INDEX)


def test_foreign_keys_at_once() -> None:
    rule, on = "several-foreign-keys-at-once", "rules:\n  several-foreign-keys-at-once: notice\n"
    key = "op.create_foreign_key('{0}', '{1}', '{2}', ['a'], ['id'])"
    users, other = key.format("f", "archive", "users"), key.format("g", "archive", "orders")
    assert_judged(rule, users, settings=on)
    assert_judged(rule, f"{users}\n{other}  # finding", settings=on)
    assert_judged(rule, f"{users}\n{users.replace('f', 'h', 1)}", settings=on)
    assert_judged(rule, f"{users}\n{NEW}{key.format('g', 'archive', 't')}", settings=on)
    column = "op.add_column('archive', sa.Column('b', sa.Integer(), sa.ForeignKey('orders.id')))"
    assert_judged(rule, f"{users}\n{column}  # finding", settings=on)
    assert_judged(rule, f"{column}\n{users}  # finding", settings=on)
    table = "op.create_table('t', sa.Column('b', sa.Integer(), sa.ForeignKey('orders.id')))"
    assert_judged(rule, f"{table}\n{users}  # finding", settings=on)
    assert_judged(rule, f"op.execute('SELECT 1')\n{users}", settings=on)
    inline = "op.execute('ALTER TABLE archive ADD b bigint REFERENCES orders')"
    assert_judged(rule, f"{users}\n{inline}  # finding", settings=on)
    third = key.format("h", "archive", "orders")
    assert_judged(rule, f"{users}\n{other}  # finding\n{third}", settings=on)
    own = "op.create_table('t', sa.Column('b', sa.Integer(), sa.ForeignKey('t.c')), sa.Column('c', sa.Integer()))"
    assert_judged(rule, f"{own}\n{users}", settings=on)
