"""Which conditions let only a handful of rows through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from rules.postgres import trees
from rules.postgres.tokens import words
from rules.reading.sql.fixed import is_constant, is_correlated, is_one_row, is_unnested
from rules.reading.sql.tracing import Scope, Value, scope_of, select_of, traced

if TYPE_CHECKING:
    from rules.reading.sql.amounts import Queries

_KEYS = words("id uuid guid pk ctid oid")
"""Columns that are keys by their name alone; the schema knows more."""


class Reach:
    """Which conditions let only a handful of rows of one table through; `others` are what it is joined to.

    Without `following` no value of another table counts as known.
    """

    def __init__(
        self,
        queries: Queries,
        target: exp.Expr,
        others: Sequence[exp.Expr],
        condition: exp.Expr | None,
        depth: int = 0,
        *,
        following: bool = True,
    ) -> None:
        self.queries, self.target = queries, target
        self.others, self.condition = others, condition
        self.depth, self.following = depth, following

    @property
    def bounded(self) -> bool:
        return self.condition is not None and self._bounds(self.condition)

    @property
    def pinned(self) -> frozenset[str]:
        """The columns that are held to a few values: constants, parameters, a query of few rows."""
        return self._pinned(self.condition) if self.condition is not None else frozenset()

    def _bounds(self, condition: exp.Expr) -> bool:
        """One of the parts joined by AND, or all of those joined by OR."""
        condition = condition.unnest()
        if isinstance(condition, exp.Or):
            return all(self._bounds(part) for part in trees.parts(condition))
        parts = trees.parts(condition) if isinstance(condition, exp.And) else [condition]
        return any(self._bounds_alone(part) for part in parts) or self._is_range(parts)

    def _bounds_alone(self, part: exp.Expr) -> bool:
        match part:
            case exp.Or():
                return self._bounds(part)
            case exp.Boolean(this=False) | exp.Null():
                return True
            case exp.EQ(this=exp.Literal() as left, expression=exp.Literal() as right):
                return bool(left != right)
            case exp.Between(this=column):
                return self._is_key(column) and is_constant(part.args["low"]) and is_constant(part.args["high"])
        return not _KEYS.isdisjoint(name.lower() for name in self._pinned_alone(part))

    def _pinned(self, condition: exp.Expr) -> frozenset[str]:
        """Those of any part joined by AND, and of all of those joined by OR."""
        condition = condition.unnest()
        if isinstance(condition, exp.Or):
            return frozenset.intersection(*(self._pinned(part) for part in trees.parts(condition)))
        parts = trees.parts(condition) if isinstance(condition, exp.And) else [condition]
        return frozenset().union(*(self._pinned_alone(part) for part in parts))

    def _pinned_alone(self, part: exp.Expr) -> frozenset[str]:
        match part:
            case exp.Or():
                return self._pinned(part)
            case exp.EQ(this=left, expression=right):
                sides = ((left, right), (right, left))
                return frozenset(column.name for column, value in sides if self._equals(column, value))
            case exp.In(this=exp.Column() as column) if self.is_own(column):
                query = part.args.get("query")
                constant = bool(part.expressions) and all(is_constant(it) for it in part.expressions)
                return frozenset([column.name] if constant or (query and self._gives_few(query)) else [])
        return frozenset()

    def _equals(self, column: exp.Expr, value: exp.Expr) -> bool:
        if not (isinstance(column, exp.Column) and self.is_own(column)):
            return False
        match value.unnest():
            case exp.Any(this=several):
                inner = several.unnest()
                query = inner.this if isinstance(inner, exp.Subquery) else inner
                return self._gives_few(query) if isinstance(query, exp.Query) else not inner.find(exp.Query)
            case exp.Query() as query:
                return self._gives_few(query) or is_one_row(query)
            case exp.Column() as other:
                scope = Scope(self.others, self.condition, self.target)
                return self._is_of_few_rows(other) or self._is_of_few(other, scope)
            case other:
                return is_constant(other)

    def _is_key(self, column: exp.Expr) -> bool:
        return isinstance(column, exp.Column) and column.name.lower() in _KEYS and self.is_own(column)

    def is_own(self, column: exp.Column) -> bool:
        return column.table == self.target.alias_or_name or (not column.table and not self.others)

    def _gives_few(self, query: exp.Expr) -> bool:
        if is_correlated(query):
            return False
        select = select_of(query)
        return self.queries.rows_of(query, self.depth).few or (
            select is not None
            and len(select.expressions) == 1
            and self._is_of_few(select.expressions[0], scope_of(select, inside=True))
        )

    def _is_of_few(self, value: exp.Expr, scope: Scope) -> bool:
        """Whether it comes from a table of which a key is held to a few values."""
        found = traced(value, scope) if self.following else None
        return found is not None and self._reach_to(found).bounded

    def held(self, value: Value) -> frozenset[str]:
        """The columns of the table behind a value that its condition holds to a few values, without looking further."""
        return self._reach_to(value).pinned

    def _reach_to(self, value: Value) -> Reach:
        others = value.scope.others(value.item)
        return Reach(self.queries, value.item, others, value.scope.where, self.depth, following=False)

    def _is_of_few_rows(self, column: exp.Column) -> bool:
        """`t.id = batch.id`, where `batch` is a query that gives few rows, or a list in the statement."""
        if not self.following or not column.table or column.table == self.target.alias_or_name:
            return False
        source = next((source for source in self.others if source.alias_or_name == column.table), None)
        if source is None:
            return False
        if isinstance(source, exp.Table) and trees.cte_of(source) is None:
            return is_unnested(source.this)
        return self.queries.rows_from(source, self.depth).few

    def _is_range(self, parts: Iterable[exp.Expr]) -> bool:
        """`id >= 1 AND id < 1000`."""
        lower: set[str] = set()
        upper: set[str] = set()
        for part in parts:
            if not isinstance(part, (exp.GT, exp.GTE, exp.LT, exp.LTE)):
                continue
            column, value, up = part.this, part.expression, isinstance(part, (exp.LT, exp.LTE))
            if isinstance(value, exp.Column):
                column, value, up = value, column, not up
            if isinstance(column, exp.Column) and self.is_own(column) and is_constant(value):
                (upper if up else lower).add(column.name)
        return bool(lower & upper)
