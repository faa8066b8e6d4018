"""From which table the value of an expression comes: all of it from one row, whatever queries lie between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from rules.postgres import trees

_DEEPEST = 20
"""Queries looked through from one to the next."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the names in a condition mean. `beside` is the target of a change, whose columns come from no item.

    `inside` says that it lies in a query of a condition: a name without a table may be one of outside.
    """

    items: Sequence[exp.Expr]
    where: exp.Expr | None
    beside: exp.Expr | None = None
    inside: bool = False

    def others(self, item: exp.Expr) -> list[exp.Expr]:
        """What one item is joined to."""
        found = [other for other in self.items if other is not item]
        return found if self.beside is None else [*found, self.beside]


@dataclass(frozen=True, slots=True)
class Value:
    """Two values with the same `path` come from the same row of `item`, a table by its name, that `scope` has.

    `unsure` are the columns that are the table's only if it has columns of that name.
    """

    path: tuple[int, ...]
    item: exp.Table
    scope: Scope
    unsure: frozenset[str] = frozenset()


def scope_of(change: exp.Expr, *, inside: bool = False) -> Scope:
    """Of a SELECT, UPDATE, DELETE or MERGE."""
    where = change.args.get("where")
    condition = where.this if where is not None else change.args.get("on")
    return Scope(sources_of(change), condition, None if isinstance(change, exp.Select) else change.this, inside)


def sources_of(change: exp.Expr) -> list[exp.Expr]:
    """The items of FROM or USING, one by one, whatever joins them."""
    clause, using = change.args.get("from_"), change.args.get("using") or ()
    items = [clause.this] if clause is not None else list(using) if isinstance(using, list) else [using]
    items += [join.this for join in change.args.get("joins") or ()]
    return [source for item in items if item for source in _joined(item)]


def _joined(item: exp.Expr) -> Iterator[exp.Expr]:
    inner = item.this if isinstance(item, exp.Subquery) and isinstance(item.this, exp.Table) else None
    yield from (item,) if inner is None else _joined(inner)
    for join in item.args.get("joins") or ():
        yield from _joined(join.this)


def select_of(query: exp.Expr) -> exp.Select | None:
    while isinstance(query, (exp.Subquery, exp.Paren, exp.Any)):
        query = query.this
    return query if isinstance(query, exp.Select) else None


def traced(value: exp.Expr, scope: Scope, depth: int = 0) -> Value | None:
    """None where more than one row has a say, or a function, which may give anything."""
    value = value.unnest()
    if depth > _DEEPEST or trees.functions_called(value):
        return None
    found = [_of_column(column, scope, depth) for column in value.find_all(exp.Column)]
    first = found[0] if found else None
    if first is None or any(one is None or one.path != first.path for one in found):
        return None
    return Value(first.path, first.item, first.scope, frozenset().union(*(one.unsure for one in found if one)))


def _of_column(column: exp.Column, scope: Scope, depth: int) -> Value | None:
    if column.table:
        item = next((item for item in scope.items if item.alias_or_name == column.table), None)
    else:
        item = scope.items[0] if len(scope.items) == 1 and scope.beside is None else None
    if item is None:
        return None
    if trees.is_base_table(item) and isinstance(item, exp.Table):
        unsure = scope.inside and not column.table
        return Value((id(item),), item, scope, frozenset([column.name] if unsure else ()))
    query = _query_of(item)
    inner = _column_of(query, _names_of(item), column.name) if query is not None else None
    if query is None or inner is None:
        return None
    found = traced(inner, scope_of(query, inside=scope.inside), depth + 1)
    return None if found is None else Value((id(item), *found.path), found.item, found.scope, found.unsure)


def _query_of(item: exp.Expr) -> exp.Select | None:
    cte = trees.cte_of(item) if isinstance(item, exp.Table) else None
    if cte is not None:
        return select_of(cte.this)
    return select_of(item) if isinstance(item, exp.Subquery) else None


def _names_of(item: exp.Expr) -> list[str]:
    """The names that the columns get behind the item's own."""
    cte = trees.cte_of(item) if isinstance(item, exp.Table) else None
    for alias in (item.args.get("alias"), cte.args.get("alias") if cte is not None else None):
        if alias is not None and alias.args.get("columns"):
            return [name.name for name in alias.args["columns"]]
    return []


def _column_of(query: exp.Select, names: Sequence[str], wanted: str) -> exp.Expr | None:
    """The expression behind a column of a query."""
    columns = query.expressions
    starred = any(isinstance(one, exp.Star) or one.find(exp.Star) for one in columns)
    if names:
        at = names.index(wanted) if wanted in names and not starred else len(columns)
        found = columns[at] if at < len(columns) else None
    else:
        found = next((one for one in columns if one.alias_or_name == wanted), None)
        if found is None and len(columns) == 1 and isinstance(columns[0], exp.Star):
            return exp.column(wanted)
    return found.this if isinstance(found, exp.Alias) else found
