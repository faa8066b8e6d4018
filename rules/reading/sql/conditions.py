"""How many rows a query or a change can reach, as far as its tree tells; what it does not tell is not bounded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlglot import exp

from rules.model.operations import Rows
from rules.postgres import trees
from rules.postgres.tokens import words

_KEYS = words("id uuid guid pk ctid oid")
"""Columns that are keys by their name alone; the schema knows more."""
_ORDER = (Rows.CONSTANT, Rows.BOUNDED, Rows.UNBOUNDED, Rows.ALL)
_FEW = (Rows.CONSTANT, Rows.BOUNDED)
_DEEPEST = 20
"""Queries followed from one to the next; the rest counts as not bounded."""


def rows_changed(change: exp.Expr) -> Rows:
    """Of an UPDATE or DELETE."""
    return _Queries().changed(change, 0)


def columns_pinned(change: exp.Expr) -> tuple[str, ...]:
    """The columns that an UPDATE or DELETE holds to a few values: constants, parameters, a query of few rows."""
    where = change.args.get("where")
    if where is None:
        return ()
    return tuple(sorted(_Reach(_Queries(), change.this, _is_joined(change), 0).pinned(where.this)))


def _is_joined(change: exp.Expr) -> bool:
    return bool(change.args.get("from_") or change.args.get("using"))


def rows_read(query: exp.Expr) -> Rows:
    """Of the query of an INSERT."""
    return _Queries().rows_of(query, 0)


class _Queries:
    """Each query inside a statement is looked at once, however often it is named."""

    def __init__(self) -> None:
        self.known: dict[int, Rows] = {}

    def rows_of(self, query: exp.Expr, depth: int) -> Rows:
        if id(query) not in self.known:
            self.known[id(query)] = Rows.UNBOUNDED if depth > _DEEPEST else self._rows_of(query, depth + 1)
        return self.known[id(query)]

    def _rows_of(self, query: exp.Expr, depth: int) -> Rows:
        if _is_limited(query):
            return Rows.BOUNDED
        match query:
            case exp.Subquery() | exp.Paren():
                return self.rows_of(query.this, depth)
            case exp.SetOperation():
                return max((self.rows_of(side, depth) for side in _sides(query)), key=_ORDER.index)
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
        where = change.args.get("where")
        if where is None:
            return Rows.ALL
        reach = _Reach(self, change.this, _is_joined(change), depth)
        return Rows.BOUNDED if reach.bounds(where.this) else Rows.UNBOUNDED

    def _selected(self, query: exp.Select, depth: int) -> Rows:
        clause = query.args.get("from_")
        if clause is None:
            return Rows.CONSTANT
        joins = [*(query.args.get("joins") or ()), *(clause.this.args.get("joins") or ())]
        if not joins and (rows := self.rows_from(clause.this, depth)) in _FEW:
            return rows
        where = query.args.get("where")
        if where is None:
            return Rows.ALL
        reach = _Reach(self, clause.this, bool(joins), depth)
        return Rows.BOUNDED if reach.bounds(where.this) else Rows.UNBOUNDED

    def rows_from(self, source: exp.Expr, depth: int) -> Rows:
        """Of one item of a FROM list."""
        match source:
            case exp.Subquery() | exp.Values():
                return self.rows_of(source, depth)
            case exp.Table() if (cte := trees.cte_of(source)) is not None and not _is_recursive(cte):
                return self.rows_of(cte.this, depth)
            case exp.Table() if not isinstance(source.this, exp.Identifier):
                return Rows.CONSTANT  # a function: no table is read
        return Rows.ALL


def _is_recursive(cte: exp.CTE) -> bool:
    return isinstance(cte.parent, exp.With) and bool(cte.parent.args.get("recursive"))


def _sides(union: exp.SetOperation) -> Iterator[exp.Expr]:
    """Of a chain too, without recursion."""
    waiting: list[exp.Expr] = [union]
    while waiting:
        side = waiting.pop()
        if isinstance(side, exp.SetOperation) and (side is union or not _is_limited(side)):
            waiting += (side.expression, side.this)
        else:
            yield side


def _is_limited(query: exp.Expr) -> bool:
    match query.args.get("limit"):
        case exp.Fetch():
            return True
        case exp.Limit(expression=count):
            return not isinstance(count, exp.Null) and count.name.upper() != "ALL"
    return False


class _Reach:
    """Which conditions let only a handful of rows of one table through."""

    def __init__(self, queries: _Queries, target: exp.Expr, joined: bool, depth: int) -> None:
        self.queries, self.names = queries, {target.alias_or_name}
        self.joined, self.depth = joined, depth

    def bounds(self, condition: exp.Expr) -> bool:
        """One of the parts joined by AND, or all of those joined by OR."""
        condition = condition.unnest()
        if isinstance(condition, exp.Or):
            return all(self.bounds(part) for part in trees.parts(condition))
        parts = trees.parts(condition) if isinstance(condition, exp.And) else [condition]
        return any(self._bounds_alone(part) for part in parts) or self._is_range(parts)

    def _bounds_alone(self, part: exp.Expr) -> bool:
        match part:
            case exp.Or():
                return self.bounds(part)
            case exp.Boolean(this=False) | exp.Null():
                return True
            case exp.EQ(this=exp.Literal() as left, expression=exp.Literal() as right):
                return bool(left != right)
            case exp.Between(this=column):
                return self._is_key(column) and _is_constant(part.args["low"]) and _is_constant(part.args["high"])
        return not _KEYS.isdisjoint(name.lower() for name in self._pinned_alone(part))

    def pinned(self, condition: exp.Expr) -> frozenset[str]:
        """Those of any part joined by AND, and of all of those joined by OR."""
        condition = condition.unnest()
        if isinstance(condition, exp.Or):
            return frozenset.intersection(*(self.pinned(part) for part in trees.parts(condition)))
        parts = trees.parts(condition) if isinstance(condition, exp.And) else [condition]
        return frozenset().union(*(self._pinned_alone(part) for part in parts))

    def _pinned_alone(self, part: exp.Expr) -> frozenset[str]:
        match part:
            case exp.Or():
                return self.pinned(part)
            case exp.EQ(this=left, expression=right):
                sides = ((left, right), (right, left))
                return frozenset(column.name for column, value in sides if self._equals(column, value))
            case exp.In(this=exp.Column() as column) if self._is_own(column):
                query = part.args.get("query")
                constant = bool(part.expressions) and all(_is_constant(it) for it in part.expressions)
                return frozenset([column.name] if constant or (query and self._gives_few(query)) else [])
        return frozenset()

    def _equals(self, column: exp.Expr, value: exp.Expr) -> bool:
        if not (isinstance(column, exp.Column) and self._is_own(column)):
            return False
        match value.unnest():
            case exp.Any(this=several):
                inner = several.unnest()
                query = inner.this if isinstance(inner, exp.Subquery) else inner
                return self._gives_few(query) if isinstance(query, exp.Query) else not inner.find(exp.Query)
            case exp.Query() as query:
                return self._gives_few(query) or _is_one_row(query)
            case exp.Column() as other:
                return self._is_of_few(other)
            case other:
                return _is_constant(other)

    def _is_key(self, column: exp.Expr) -> bool:
        return isinstance(column, exp.Column) and column.name.lower() in _KEYS and self._is_own(column)

    def _is_own(self, column: exp.Column) -> bool:
        return column.table in self.names or (not column.table and not self.joined)

    def _gives_few(self, query: exp.Expr) -> bool:
        return not _is_correlated(query) and self.queries.rows_of(query, self.depth) in _FEW

    def _is_of_few(self, column: exp.Column) -> bool:
        """`t.id = batch.id`, where `batch` is a query that gives few rows."""
        change = column.find_ancestor(exp.Update, exp.Delete, exp.Select)
        if change is None or not column.table or column.table in self.names:
            return False
        clauses = [change.args.get("from_"), *(change.args.get("using") or ())]
        sources = [clause.this if isinstance(clause, exp.From) else clause for clause in clauses if clause]
        sources += [join.this for source in sources for join in source.args.get("joins") or ()]
        return any(
            source.alias_or_name == column.table
            and (isinstance(source, (exp.Subquery, exp.Values)) or trees.cte_of(source) is not None)
            and self.queries.rows_from(source, self.depth) in _FEW
            for source in sources
        )

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
            if isinstance(column, exp.Column) and self._is_own(column) and _is_constant(value):
                (upper if up else lower).add(column.name)
        return bool(lower & upper)


def _is_constant(value: exp.Expr) -> bool:
    while isinstance(value, (exp.Cast, exp.Neg, exp.Paren)):
        value = value.this
    if isinstance(value, exp.Tuple):
        return all(isinstance(it, (exp.Literal, exp.Placeholder)) for it in value.expressions)
    return isinstance(value, (exp.Literal, exp.Placeholder, exp.Parameter))


def _is_one_row(query: exp.Expr) -> bool:
    """`(SELECT max(id) FROM t)`."""
    select = query.unnest()
    if not isinstance(select, exp.Select) or select.args.get("group") or len(select.expressions) != 1:
        return False
    only = select.expressions[0]
    is_aggregate = isinstance(only, exp.Anonymous) and only.name in ("max", "min")
    return is_aggregate and not _is_correlated(query)


def _is_correlated(query: exp.Expr) -> bool:
    """Whether it names a table from outside of it; a name without a table counts as its own."""
    inner = {table.alias_or_name for table in query.find_all(exp.Table, exp.Subquery, exp.Values)}
    return any(column.table and column.table not in inner for column in query.find_all(exp.Column))
