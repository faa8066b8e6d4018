"""How many rows a change reaches, and which rows of other tables choose them: decided here, for all its spellings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from rules.model.names import Name
from rules.model.operations import Match, Rows
from rules.postgres import trees
from rules.reading.sql.amounts import Queries
from rules.reading.sql.conditions import Reach
from rules.reading.sql.fixed import is_correlated
from rules.reading.sql.tracing import Scope, Value, scope_of, select_of, traced

_SETS = (exp.In, exp.Exists, exp.Any, exp.All)
"""What a query stands under that is asked for many rows, not for a value."""
_Pairs = Iterator[tuple[exp.Column, Value]]


@dataclass(frozen=True, slots=True)
class Chosen:
    """`pinned` and `matches` are what the schema is to be asked of where the text does not bound the rows."""

    rows: Rows
    pinned: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()


def rows_changed(change: exp.Expr, target: exp.Table, name: Name, queries: Queries, *, others: bool = False) -> Chosen:
    """Of an UPDATE or DELETE, or of the rows that a MERGE matches; `others`: those that none of its rows matches."""
    scope = scope_of(change)
    if scope.where is None:
        return Chosen(Rows.ALL)
    reach = Reach(queries, target, scope.items, scope.where)
    if reach.bounded and not others:
        return Chosen(Rows.BOUNDED)
    joined = any(other.key != name.key for other in _choosing(scope))
    if others:
        return Chosen(Rows.JOINED if joined else Rows.UNBOUNDED)
    matches = _matches(scope.where, scope, reach) if joined else ()
    return Chosen(Rows.JOINED if joined else Rows.UNBOUNDED, tuple(sorted(reach.pinned)), tuple(matches))


def _choosing(scope: Scope) -> Iterator[Name]:
    """The tables that have a say in which rows are changed; one that gives a value to compare with has none."""
    queries = (query for query in _outermost(scope.where) if _is_a_set(query) or is_correlated(query))
    for part in (*scope.items, *queries):
        yield from trees.tables_behind(part)


def _outermost(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    waiting = [condition] if condition is not None else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, exp.Query):
            yield node
        else:
            waiting += node.iter_expressions()


def _is_a_set(query: exp.Expr) -> bool:
    parent = query.parent
    return isinstance(parent, _SETS) or (isinstance(parent, exp.Anonymous) and parent.name == "array")


def _matches(condition: exp.Expr, scope: Scope, reach: Reach) -> Iterator[Match]:
    """One for each row that values come from."""
    found: dict[tuple[int, ...], tuple[Value, set[str], set[str]]] = {}
    for column, value in _pairs(condition, scope, reach):
        if reach.is_own(column):
            _, columns, unsure = found.setdefault(value.path, (value, set(), set()))
            columns.add(column.name)
            unsure |= value.unsure
    for value, columns, unsure in found.values():
        table = trees.name_of(value.item)
        if table is not None:
            yield Match(table, *(tuple(sorted(each)) for each in (columns, reach.held(value), unsure)))


def _parts(condition: exp.Expr) -> Iterable[exp.Expr]:
    condition = condition.unnest()
    return trees.parts(condition) if isinstance(condition, exp.And) else [condition]


def _pairs(condition: exp.Expr, scope: Scope, reach: Reach) -> _Pairs:
    for part in _parts(condition):
        match part:
            case exp.EQ(this=left, expression=right):
                yield from _equal(left, right, scope)
                yield from _equal(right, left, scope)
            case exp.In(this=left) if query := part.args.get("query"):
                columns = left.expressions if isinstance(left, exp.Tuple) else [left.unnest()]
                yield from _in(columns, query)
            case exp.Exists(this=query) if isinstance(query, exp.Select):
                yield from _where(query, reach)


def _equal(column: exp.Expr, value: exp.Expr, scope: Scope) -> _Pairs:
    column, value = column.unnest(), value.unnest()
    if not isinstance(column, exp.Column):
        return
    if isinstance(value, (exp.Any, exp.Query)):
        yield from _in([column], value)
    elif (found := traced(value, scope)) is not None:
        yield column, found


def _in(columns: list[exp.Expr], query: exp.Expr) -> _Pairs:
    select = select_of(query)
    if select is None or len(select.expressions) != len(columns):
        return
    inside = scope_of(select, inside=True)
    for column, value in zip(columns, select.expressions, strict=True):
        found = traced(value.this if isinstance(value, exp.Alias) else value, inside)
        if found is not None and isinstance(column, exp.Column):
            yield column, found


def _where(query: exp.Select, reach: Reach) -> _Pairs:
    """`EXISTS (SELECT 1 FROM s WHERE s.x = t.id)`: inside, only a name with its table is known to be the target's."""
    inside = scope_of(query, inside=True)
    if inside.where is None or any(item.alias_or_name == reach.target.alias_or_name for item in inside.items):
        return
    for part in _parts(inside.where):
        if isinstance(part, exp.EQ):
            for left, right in ((part.this, part.expression), (part.expression, part.this)):
                yield from (pair for pair in _equal(left, right, inside) if pair[0].table)
