"""Rules about the locks of index statements and of views, each with what comes closest and must stay silent."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, repaired, statistics

INDEX = "def upgrade():\n    op.create_index('i', 'orders', ['status', 'total'])\n"
BLOCK = "with op.get_context().autocommit_block():\n    "
PARTED = "def upgrade():\n    op.execute('CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at)')\n{}"
OLD = "    op.execute('CREATE TABLE old PARTITION OF events FOR VALUES FROM (1) TO (2)')\n"
APART = "rules:\n  autocommit-block-beside-other-work: off\n"
UNIQUE = "def upgrade():\n    op.create_unique_constraint('u', 'orders', ['status', 'total'])\n"
NEW = "op.create_table('t', sa.Column('a', sa.Integer()))\n"
VIEW = "def upgrade():\n    op.execute('CREATE MATERIALIZED VIEW v AS SELECT id, total FROM orders')\n    {}\n"


def test_the_concurrent_drop_is_suggested_for_one_index_without_cascade() -> None:
    rule, two = "blocking-index-drop", INDEX + "    op.create_index('j', 'orders', ['total'])\n"
    assert repaired(rule, "op.execute('DROP INDEX i')", before=two) == (
        f"{BLOCK}op.execute('DROP INDEX CONCURRENTLY i')"
    )
    assert repaired(rule, "op.execute('DROP INDEX i, j')", before=two) is None
    assert repaired(rule, "op.execute('DROP INDEX i CASCADE')", before=two) is None
    assert_judged(rule, "op.execute('DROP INDEX i, j')  # finding", before=two)


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


@pytest.mark.parametrize(("version", "broken"), [(140000, True), (140003, True), (140004, False), (139999, False)])
def test_concurrent_builds_were_broken_in_the_first_releases_of_14(version: int, broken: bool) -> None:
    stated = statistics(users=5).replace("160000", str(version))
    rule, mark = "corruptible-concurrent-index", "  # finding" if broken else ""
    build = "op.create_index('j', 'orders', ['status'], postgresql_concurrently=True)"
    assert_judged(rule, f"{BLOCK}{build}{mark}", statistics=stated)
    assert_judged(rule, f"{BLOCK}op.execute('REINDEX INDEX CONCURRENTLY i'){mark}", statistics=stated)
    assert_judged(rule, "op.create_index('j', 'orders', ['status'])", statistics=stated)
    assert_judged(rule, f"{BLOCK}{build}")


def test_a_concurrent_build_without_the_guard_fails_loudly() -> None:
    rule, build = "masked-invalid-index", "op.create_index('j', 'orders', ['total'], postgresql_concurrently=True{})"
    assert_judged(rule, BLOCK + build.format(""))
    assert_judged(rule, BLOCK + build.format(", if_not_exists=True") + "  # finding")
    assert_judged(rule, "op.create_index('j', 'orders', ['total'], if_not_exists=True)")
    assert_judged(rule, "op.execute('CREATE INDEX CONCURRENTLY IF NOT EXISTS ON orders (total)')")


def test_only_leaves_nothing_out_of_an_ordinary_table() -> None:
    rule = "blocking-index-creation"
    assert_judged(rule, "op.execute('CREATE INDEX j ON ONLY orders (status)')  # finding")
    assert_judged(rule, "op.execute('CREATE INDEX j ON ONLY elsewhere (status)')")


def test_a_view_that_is_emptied_runs_no_query() -> None:
    line = "op.execute('REFRESH MATERIALIZED VIEW v{}')"
    before = "def upgrade():\n    op.execute('CREATE MATERIALIZED VIEW v AS SELECT id FROM orders')\n"
    assert_judged("blocking-view-refresh", line.format(" WITH DATA") + "  # finding", before=before)
    assert_judged("blocking-view-refresh", line.format(" WITH NO DATA"), before=before)


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
    batch = "with op.batch_alter_table('orders') as b:\n    b.drop_index('u')"
    assert_judged(rule, f"{batch}  # finding", before=UNIQUE)
    assert repaired(rule, batch, before=UNIQUE) is None
    exclusion = "def upgrade():\n    op.execute('ALTER TABLE orders ADD CONSTRAINT u EXCLUDE USING gist (id WITH =)')\n"
    assert repaired(rule, "op.drop_index('u')", before=exclusion) is None
    schema = "def upgrade():\n    op.execute('CREATE TABLE s.t (a int CONSTRAINT u UNIQUE)')\n"
    assert repaired(rule, "op.drop_index('u', schema='s')", before=schema) == (
        "op.drop_constraint('u', 't', type_='unique', schema='s')"
    )
    assert_judged(rule, "op.drop_index('i')", before=INDEX)
