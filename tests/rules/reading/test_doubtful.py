"""Variables and containers that a loop over rows changes: what is read of them hangs on the rows; nothing is lost."""

from __future__ import annotations

import pytest

from rules.model.operations import CreateTable, Opaque, Select
from rules.schema import Schema
from tests.rules.reading.one_script import read

ROWS = """
rows = op.get_bind().execute(sa.text("SELECT a FROM t")).fetchall()
names, by_name, seen = [], {}, set()
for row in rows:
    names.append("c1")
    by_name["k1"] = "v1"
    seen.add("s1")
"""


def said(body: str) -> list[tuple[str, bool]]:
    """Text or reason of what follows the query, and whether it hangs on a condition."""
    operations = [one for one in read(ROWS + body) if not isinstance(one, Select)]
    return [(one.reason if isinstance(one, Opaque) else one.sql, one.statement.conditional) for one in operations]


@pytest.mark.parametrize(
    ("items", "known"),
    [
        ('names + ["x"]', ["c1", "x"]),
        ("names * 2", ["c1", "c1"]),
        ("list(names)", ["c1"]),
        ("sorted(names)", ["c1"]),
        ("tuple(reversed(names))", ["c1"]),
        ("[one for one in names]", ["c1"]),
        ("dict(by_name)", ["k1"]),
        ("{**by_name}", ["k1"]),
        ("by_name | {'e': 1}", ["k1", "e"]),
        ("by_name.copy()", ["k1"]),
        ("list(by_name.keys())", ["k1"]),
        ("seen | {'t1'}", ["s1", "t1"]),
    ],
)
def test_what_is_made_of_a_doubtful_container_is_doubtful(items: str, known: list[str]) -> None:
    assert said(f'for one in {items}:\n    op.execute("DROP TABLE " + one)') == [
        (f"DROP TABLE {name}", True) for name in known
    ]


def test_items_that_came_from_rows_are_read_once() -> None:
    body = 'for row in rows:\n    by_name[row.a] = 1\nfor key in by_name:\n    op.execute("DROP TABLE x")'
    assert said(body)[0] == ("DROP TABLE x", True)


def test_a_loop_over_a_list_that_only_rows_fill_is_read_once() -> None:
    body = "found = []\nfound.extend(rows)\nfor one in found:\n    op.drop_table('x')"
    assert said(body) == [("DROP TABLE x", True)]


def test_what_a_loop_over_rows_takes_away_may_still_be_there() -> None:
    body = """
left, kept = ["a", "b"], {"a": 1, "b": 2}
for row in rows:
    left.remove("a")
    del kept["a"]
for one in [*left]:
    pass
for one in left:
    op.drop_table(one)
for one in kept:
    op.drop_table(one)
"""
    assert said(body) == [(f"DROP TABLE {name}", True) for name in ("a", "b", "a", "b")]


@pytest.mark.parametrize("taken", ['{"s1", "y"} - seen', '{"s1", "y"} & seen', 'seen & {"s1", "y"}'])
def test_what_a_doubtful_set_takes_away_may_still_be_there(taken: str) -> None:
    assert said(f"for one in {taken}:\n    op.drop_table(one)") == [("DROP TABLE s1", True), ("DROP TABLE y", True)]


def test_a_set_of_what_the_inspector_knows_still_holds_it() -> None:
    body = """
    names = set(sa.inspect(op.get_bind()).get_table_names())
    if "known" in names:
        op.drop_table("known")
    if "unknown" in names:
        op.drop_table("unknown")
    """
    (made,) = read('op.create_table("known", sa.Column("id", sa.Integer()))')
    schema = Schema.empty("postgresql").after(made)
    assert [one.statement.conditional for one in read(body, schema=schema)] == [False, True]


def test_an_item_that_may_be_there_is_no_error() -> None:
    body = 'op.drop_table("x")\nvalue = by_name["other"]\nif by_name.get("other"):\n    op.drop_table("y")'
    assert said(body) == [("DROP TABLE x", False), ("DROP TABLE y", True)]


@pytest.mark.parametrize("loop", ["for row in rows:", "while op.get_bind().scalar(sa.text('SELECT 1')):"])
def test_a_variable_that_a_loop_sets_may_not_have_been_set_by_it(loop: str) -> None:
    body = f"done, count, last = False, 0, 'x'\n{loop}\n    done, last = True, 'y'\n    count += 1\n"
    assert said(
        body + "if done:\n    op.drop_table('a')\nif count > 1:\n    op.drop_table('b')\nop.drop_table(last)"
    ) == [("DROP TABLE a", True), ("DROP TABLE b", True), ("DROP TABLE x", True), ("DROP TABLE y", True)]


def test_a_text_that_a_loop_lengthens_keeps_its_beginning() -> None:
    (found,) = (
        one
        for one in read(ROWS + 'sql = "DELETE FROM t WHERE "\nfor row in rows:\n    sql += "x OR "\nop.execute(sql)')
        if isinstance(one, Opaque)
    )
    assert found.reason == "a part of the SQL text is not known before it runs (what a loop makes of it)"
    assert [name.name for name in found.tables] == ["t"]


def test_a_container_made_where_it_is_changed_is_certain() -> None:
    body = """
    if sa.inspect(op.get_bind()).has_table("old"):
        return
    columns = [sa.Column("id", sa.Integer())]
    for name in ("a", "b"):
        columns.append(sa.Column(name, sa.Text()))
    op.create_table("t", *columns)
    """
    (found,) = read(body)
    assert isinstance(found, CreateTable)
    assert [column.name for column in found.columns] == ["id", "a", "b"]
