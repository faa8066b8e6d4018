"""Indexes that go, come back, or are rebuilt."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, findings, migration, repaired, statistics

INDEX = 'def upgrade():\n    op.create_index("i", "orders", ["status"])\n'
UNIQUE = 'def upgrade():\n    op.create_unique_constraint("u", "orders", ["status"])\n'
DROP = 'op.drop_index("i", table_name="orders")'


def test_a_plain_drop_queues() -> None:
    rule = "blocking-index-drop"
    assert_judged(rule, f"{DROP}  # finding", before=INDEX)
    assert_judged(rule, 'op.execute("DROP INDEX IF EXISTS elsewhere")  # finding')
    assert_judged(rule, 'op.create_index("i", "orders", ["status"])\nop.drop_index("i", table_name="orders")')
    assert_judged(rule, 'op.execute("DROP INDEX CONCURRENTLY i")', before=INDEX)
    assert_judged(rule, 'op.drop_index("u", table_name="orders")', before=UNIQUE)


def test_a_drop_that_is_alone_is_made_concurrent() -> None:
    wanted = 'with op.get_context().autocommit_block():\n    op.execute("DROP INDEX CONCURRENTLY i")'
    assert repaired("blocking-index-drop", 'op.execute("DROP INDEX i")', before=INDEX) == wanted
    assert repaired("blocking-index-drop", f'{DROP}\nop.execute("SELECT 1")', before=INDEX) is None


def test_the_index_of_a_constraint_is_refused() -> None:
    rule, line = "constraint-index-drop", "op.drop_index('u', table_name='orders')"
    assert_judged(rule, f"{line}  # finding", before=UNIQUE)
    assert_judged(rule, 'op.execute("DROP INDEX users_pkey")  # finding')
    assert_judged(rule, 'op.drop_constraint("u", "orders")\nop.drop_index("u", table_name="orders")', before=UNIQUE)
    assert_judged(rule, DROP, before=INDEX)
    assert repaired(rule, line, before=UNIQUE) == "op.drop_constraint('u', 'orders', type_='unique')"


@pytest.mark.parametrize(
    ("sql", "blocks"),
    [
        ("REINDEX TABLE orders", True),
        ("REINDEX INDEX i", True),
        ("REINDEX (VERBOSE) INDEX i", True),
        ("REINDEX INDEX elsewhere", True),
        ("REINDEX TABLE CONCURRENTLY orders", False),
    ],
)
def test_a_plain_rebuild_blocks(sql: str, blocks: bool) -> None:
    line = f'op.execute("{sql}")'
    assert_judged("blocking-reindex", f"{line}  # finding" if blocks else line, before=INDEX)


def test_a_rebuild_of_a_small_table_or_an_old_server_is_spared() -> None:
    line = 'op.execute("REINDEX INDEX i")'
    assert_judged("blocking-reindex", line, before=INDEX, statistics=statistics(orders=5))
    assert_judged("blocking-reindex", line, before=INDEX, server_version=11)


def test_a_view_is_refreshed_concurrently_where_it_has_a_row_key() -> None:
    rule, line = "blocking-view-refresh", 'op.execute("REFRESH MATERIALIZED VIEW v")'
    view = 'def upgrade():\n    op.execute("CREATE MATERIALIZED VIEW v AS SELECT id, total FROM orders{}")\n'
    key = '    op.execute("CREATE UNIQUE INDEX k ON v (id{})")\n'
    assert_judged(rule, f"{line}  # finding", before=view.format(""))
    assert_judged(rule, line, before=view.format(" WITH NO DATA"))
    assert_judged(rule, line.replace("VIEW v", "VIEW CONCURRENTLY v"), before=view.format(""))
    assert repaired(rule, line, before=view.format("")) is None
    assert repaired(rule, line, before=view.format("") + key.format(") WHERE (id > 0")) is None
    wanted = 'op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY v")'
    assert repaired(rule, line, before=view.format("") + key.format("")) == wanted


def test_a_replacement_is_built_first() -> None:
    rule = "index-dropped-before-replacement"
    create = 'op.create_index("j", "orders", ["status", "total"])'
    assert_judged(rule, f"{DROP}  # finding\n{create}", before=INDEX)
    assert_judged(rule, f"{create}\n{DROP}", before=INDEX)
    assert_judged(rule, f'{DROP}\nop.create_index("j", "orders", ["total"])', before=INDEX)
    assert_judged(rule, f'{DROP}\nop.create_index("j", "archive", ["status"])', before=INDEX)
    assert_judged(rule, f"{DROP}\n{create}", before=INDEX, statistics=statistics(orders=5))
    (finding,) = findings(rule, migration(DROP), before=INDEX, also=(migration(create),))
    assert finding.revision == "0003"
    assert "does what `i` did" in finding.message
    (finding,) = findings(rule, migration(f"{DROP}\n{create}"), before=INDEX)
    assert finding.message == "Dropping `i` first makes reads of `orders` wait too while its replacement is built."


def test_an_index_that_goes_with_its_table_makes_nobody_wait() -> None:
    rule, table = "blocking-index-drop", 'op.drop_table("orders")'
    assert_judged(rule, f"{DROP}  # finding", before=INDEX)
    assert_judged(rule, f"{DROP}\n{table}", before=INDEX)
    assert_judged(rule, f'{DROP}  # finding\nop.drop_table("users")', before=INDEX)
    unseen = 'op.drop_index("ix_elsewhere", table_name="elsewhere")'
    assert_judged(rule, f'{unseen}\nop.drop_table("elsewhere")')
    assert_judged(rule, f"{unseen}  # finding\n{table}")
    assert_judged(rule, f'op.drop_index("ix_elsewhere")  # finding\n{table}')


CREATE = 'op.create_index("j", "orders", ["status", "total"])'
BLOCK = "with op.get_context().autocommit_block():\n    "


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        (f"{DROP}\n{CREATE}", f"{CREATE}\n{DROP}"),
        (f"{DROP}  # the old one\n\n{CREATE}  # why", f"{CREATE}  # why\n\n{DROP}  # the old one"),
        (f"if TRUE:\n    {DROP}\n    {CREATE}", f"if TRUE:\n    {CREATE}\n    {DROP}"),
        (f"if TRUE:\n    {DROP}\n{CREATE}", None),
        (f"{BLOCK}{DROP}\n{BLOCK}{CREATE}", f"{BLOCK}{CREATE}\n{BLOCK}{DROP}"),
        (f"{DROP}\n{BLOCK}{CREATE}", f"{BLOCK}{CREATE}\n{DROP}"),
        (
            f"{DROP}\n{CREATE.replace('j', 'i')}",
            f'{CREATE.replace("j", "i_new")}\n{DROP}\nop.execute("ALTER INDEX i_new RENAME TO i")',
        ),
        (f"{DROP}\n# why\n{CREATE}", None),
        (f"{DROP}\nop.execute('SELECT 1')\n{CREATE}", None),
        (f"{DROP}; {CREATE}", None),
        (f"def drop():\n    {DROP}\n\ndrop()\n{CREATE}", None),
        (f"{DROP}\n{CREATE.replace('j', 'i', 1).replace('status', 'i')}", None),
    ],
)
def test_neighbours_are_suggested_in_the_other_order(written: str, becomes: str | None) -> None:
    assert repaired("index-dropped-before-replacement", written, before=INDEX) == becomes


def test_a_unique_constraint_is_suggested_first_too() -> None:
    drop, create = (
        'op.drop_constraint("u", "orders")',
        'op.create_unique_constraint("v", "orders", ["status", "total"])',
    )
    block = f"{BLOCK}op.execute('SELECT 1')"
    assert repaired("index-dropped-before-replacement", f"{drop}\n{block}\n{create}", before=UNIQUE) is None
    assert repaired("index-dropped-before-replacement", f"{BLOCK}{drop}\n    {create}", before=UNIQUE) == (
        f"{BLOCK}{create}\n    {drop}"
    )


def test_a_unique_constraint_is_not_missed_within_one_transaction() -> None:
    rule, drop = "index-dropped-before-replacement", 'op.drop_constraint("u", "orders")'
    create = 'op.create_unique_constraint("v", "orders", ["status", "total"])'
    assert_judged(rule, f"{drop}\n{create}", before=UNIQUE)
    leaving = "with op.get_context().autocommit_block():\n    op.execute('SELECT 1')"
    assert_judged(rule, f"{drop}  # finding\n{leaving}\n{create}", before=UNIQUE)
    (finding,) = findings(rule, migration(drop), before=UNIQUE, also=(migration(create),))
    assert finding.revision == "0003"


def test_a_guard_hides_a_build_that_failed() -> None:
    rule = "masked-invalid-index"
    create = 'op.create_index("j", "orders", ["total"], postgresql_concurrently=True, if_not_exists=True)'
    drop = 'op.drop_index("j", postgresql_concurrently=True, if_exists=True)'
    block = "with op.get_context().autocommit_block():\n    "
    assert_judged(rule, f"{block}{create}  # finding")
    assert_judged(rule, f"{block}{drop}\n    {create}")
    assert_judged(rule, 'op.create_index("j", "orders", ["total"], if_not_exists=True)')
    look = 'op.get_bind().execute(sa.text("SELECT 1 FROM pg_index WHERE NOT indisvalid"))'
    assert_judged(rule, f"{look}\n{block}{create}")
    assert repaired(rule, block + create) == (
        f'{block}op.drop_index("j", table_name="orders", postgresql_concurrently=True, if_exists=True)\n'
        '    op.create_index("j", "orders", ["total"], postgresql_concurrently=True)'
    )


def test_an_index_without_a_name_gets_the_one_of_the_convention() -> None:
    rule, line = "unnamed-index", 'op.execute("CREATE INDEX ON orders (user_id, total)")'
    assert_judged(rule, f"{line}  # finding")
    assert_judged(rule, 'op.create_index(None, "orders", ["user_id"])')
    assert repaired(rule, line) == 'op.execute("CREATE INDEX ix_orders_user_id_total ON orders (user_id, total)")'
    assert repaired(rule, 'op.execute("CREATE INDEX ON orders (lower(status))")') is None
    taken = 'def upgrade():\n    op.create_index("ix_orders_user_id_total", "orders", ["user_id", "total"])\n'
    assert repaired(rule, line, before=taken) is None


@pytest.mark.parametrize(("version", "broken"), [(140003, True), (140004, False), (130010, False), (150000, False)])
def test_only_four_releases_corrupt_concurrent_builds(version: int, broken: bool) -> None:
    line = 'op.create_index("j", "orders", ["total"], postgresql_concurrently=True)'
    stated = f'{{"server_version": {version}, "tables": {{}}}}'
    assert_judged("corruptible-concurrent-index", f"{line}  # finding" if broken else line, statistics=stated)
    assert_judged("corruptible-concurrent-index", line, server_version=14)
