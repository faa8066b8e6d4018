"""An index or a unique constraint that is gone before the one that replaces it is there."""

from __future__ import annotations

import pytest

from rules.engine import review
from rules.examples import repository
from rules.rule import Bad
from tests.rules.catalogue.judged import assert_judged, findings, migration, repaired, statistics

INDEX = "def upgrade():\n    op.create_index('i', 'orders', ['status', 'total'])\n"
BLOCK = "with op.get_context().autocommit_block():\n    "
UNIQUE = "def upgrade():\n    op.create_unique_constraint('u', 'orders', ['status', 'total'])\n"


def test_another_index_with_the_same_lead_serves_meanwhile() -> None:
    rule, drop = "index-dropped-before-replacement", "op.drop_index('i')"
    build = "op.create_index('j', 'orders', ['status'])"
    beside = INDEX + "    op.create_index('k', 'orders', ['status', 'id'])\n"
    assert_judged(rule, f"{drop}\n{build}", before=beside)
    assert_judged(rule, f"{drop}  # finding\n{build}", before=beside.replace("['status', 'id']", "['id', 'status']"))
    descending = "op.execute('CREATE INDEX j ON orders (status DESC)')"
    assert_judged(rule, f"{drop}  # finding\n{descending}", before=INDEX)


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
    beside = f"{before}    op.execute('CREATE UNIQUE INDEX k ON v (id)')\n"
    assert_judged("index-dropped-before-replacement", f"op.drop_index('i')\n{build}", before=beside)


def test_what_earlier_pull_requests_build_above_replaces_nothing() -> None:
    drop, build = migration("op.drop_index('i')"), migration("op.create_index('k', 'orders', ['status'])")
    laid_out = repository(Bad(drop, before=INDEX, also=(build,)), drop)
    for new, spoken in ((laid_out.new, True), (laid_out.new[:1], False)):
        rules = [finding.rule for finding in review(laid_out.texts, new=new).standing]
        assert ("index-dropped-before-replacement" in rules) == spoken


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
    assert repaired(rule, f"op.drop_index('I')\n{build.replace('k', 'I', 1)}", before=quoted) == (
        "op.create_index('I_new', 'orders', ['status'])\nop.drop_index('I')\n"
        'op.execute(\'ALTER INDEX "I_new" RENAME TO "I"\')'
    )


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
        ("{0}\nop.execute('SAVEPOINT a')\n{1}", at_once),
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
