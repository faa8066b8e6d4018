"""How many rows a query or a change gives, as far as its tree tells; what it does not tell is not bounded."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from rules.model.operations import Rows
from rules.postgres import trees
from rules.reading.sql.conditions import Reach
from rules.reading.sql.tracing import Scope, scope_of

_ORDER = (Rows.CONSTANT, Rows.BOUNDED, Rows.JOINED, Rows.UNBOUNDED, Rows.ALL)
_DEEPEST = 20
"""Queries followed from one to the next; the rest counts as not bounded."""


class Queries:
    """Each query inside a statement is looked at once, however often it is named.

    `given` says that a NULL may stand for a value that the statement is sent with.
    """

    def __init__(self, *, given: bool) -> None:
        self.known: dict[int, Rows] = {}
        self.given = given

    def rows_of(self, query: exp.Expr, depth: int = 0) -> Rows:
        if id(query) not in self.known:
            self.known[id(query)] = Rows.UNBOUNDED if depth > _DEEPEST else self._rows_of(query, depth + 1)
        return self.known[id(query)]

    def _rows_of(self, query: exp.Expr, depth: int) -> Rows:
        if self._is_limited(query):
            return Rows.BOUNDED
        match query:
            case exp.Subquery() | exp.Paren():
                return self.rows_of(query.this, depth)
            case exp.SetOperation():
                return max((self.rows_of(side, depth) for side in self._sides(query)), key=_ORDER.index)
            case exp.Select():
                return self._selected(query, depth)
            case exp.Update() | exp.Delete():
                return self.changed(query, depth)
            case exp.Insert():
                return self.rows_of(query.expression, depth) if query.expression else Rows.CONSTANT
            case exp.Values():
                return Rows.CONSTANT
        return Rows.UNBOUNDED

    def changed(self, change: exp.Expr, depth: int) -> Rows:
        scope = scope_of(change)
        if scope.where is None:
            return Rows.ALL
        return Rows.BOUNDED if Reach(self, change.this, scope.items, scope.where, depth).bounded else Rows.UNBOUNDED

    def _selected(self, query: exp.Select, depth: int) -> Rows:
        scope = scope_of(query)
        taken = [self._taken(item, scope, depth) for item in scope.items]
        if all(rows.few for rows in taken):
            return max(taken, key=_ORDER.index, default=Rows.CONSTANT)
        return Rows.ALL if scope.where is None else Rows.UNBOUNDED

    def _taken(self, item: exp.Expr, scope: Scope, depth: int) -> Rows:
        """Of one item, under the condition of the query that joins it to others."""
        rows = self.rows_from(item, depth)
        if not rows.few and Reach(self, item, scope.others(item), scope.where, depth).bounded:
            return Rows.BOUNDED
        return rows

    def rows_from(self, source: exp.Expr, depth: int = 0) -> Rows:
        """Of one item of a FROM list."""
        match source:
            case exp.Subquery() | exp.Values():
                return self.rows_of(source, depth)
            case exp.Table() if (cte := trees.cte_of(source)) is not None and not _is_recursive(cte):
                return self.rows_of(cte.this, depth)
            case exp.Table() if not isinstance(source.this, exp.Identifier):
                return Rows.CONSTANT  # a function: no table is read
        return Rows.ALL

    def _sides(self, union: exp.SetOperation) -> Iterator[exp.Expr]:
        """Of a chain too, without recursion."""
        waiting: list[exp.Expr] = [union]
        while waiting:
            side = waiting.pop()
            if isinstance(side, exp.SetOperation) and (side is union or not self._is_limited(side)):
                waiting += (side.expression, side.this)
            else:
                yield side

    def _is_limited(self, query: exp.Expr) -> bool:
        match query.args.get("limit"):
            case exp.Fetch():
                return True
            case exp.Limit(expression=exp.Null()):
                return self.given
            case exp.Limit(expression=count):
                return bool(count.name.upper() != "ALL")
        return False


def _is_recursive(cte: exp.CTE) -> bool:
    return isinstance(cte.parent, exp.With) and bool(cte.parent.args.get("recursive"))
