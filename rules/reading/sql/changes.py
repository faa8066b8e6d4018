"""The tree of a query -> its operations: those of its WITH queries that change rows, then its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from rules.model import operations as model
from rules.model.names import Name
from rules.model.operations import Operation, Rows, Statement
from rules.postgres import trees
from rules.reading.sql.amounts import Queries
from rules.reading.sql.cursor import UnreadForm
from rules.reading.sql.matching import Chosen, rows_changed


def operations_of_tree(tree: exp.Expr, sql: str, statement: Statement) -> tuple[Operation, ...]:
    """`sql` is the text of the tree. Raises `UnreadForm` where a part is missing that each form has."""
    inner = [cte.this for cte in tree.find_all(exp.CTE) if isinstance(cte.this, (exp.DML, exp.Merge))]
    inner.sort(key=lambda change: trees.start(_target(change).this))
    return tuple(operation for part in (*inner, tree) for operation in _operations(part, sql, statement))


@dataclass(frozen=True, slots=True)
class _Written:
    """The table that a change writes, and those that it reads besides."""

    statement: Statement
    table: exp.Table
    name: Name
    sources: tuple[Name, ...]
    locked: tuple[Name, ...]
    queries: Queries

    @classmethod
    def by(cls, tree: exp.Expr, statement: Statement) -> _Written:
        table = _target(tree)
        return cls(
            statement,
            table,
            _name(table),
            tuple(dict.fromkeys(trees.tables_behind(tree, table))),
            tuple(dict.fromkeys(trees.tables_locked(tree))),
            Queries(given=statement.given),
        )

    def insert(self, columns: tuple[str, ...], rows: Rows, updates: Iterable[str] = ()) -> Operation:
        return model.Insert(self.statement, self.name, columns, rows, self.sources, self.locked, tuple(updates))

    def update(self, columns: Iterable[str], condition: str | None, chosen: Chosen) -> Operation:
        reached = (chosen.rows, self._others, chosen.pinned, chosen.matches, self.locked)
        return model.Update(self.statement, self.name, tuple(columns), condition, *reached)

    def delete(self, condition: str | None, chosen: Chosen) -> Operation:
        reached = (chosen.rows, self._others, chosen.pinned, chosen.matches, self.locked)
        return model.Delete(self.statement, self.name, condition, *reached)

    @property
    def _others(self) -> tuple[Name, ...]:
        return tuple(name for name in self.sources if name != self.name)

    def chosen(self, tree: exp.Expr, *, others: bool = False) -> Chosen:
        return rows_changed(tree, self.table, self.name, self.queries, others=others)


def _operations(tree: exp.Expr, sql: str, statement: Statement) -> Iterator[Operation]:
    match tree:
        case exp.Insert():
            yield _insert(tree, _Written.by(tree, statement))
        case exp.Update():
            written = _Written.by(tree, statement)
            yield written.update(_assigned(tree), _condition(tree, sql), written.chosen(tree))
        case exp.Delete():
            written = _Written.by(tree, statement)
            yield written.delete(_condition(tree, sql), written.chosen(tree))
        case exp.Merge():
            yield from _merge(tree, _Written.by(tree, statement))
        case _:
            yield _select(tree, statement)


def _target(tree: exp.Expr) -> exp.Table:
    found = tree.this.this if isinstance(tree.this, exp.Schema) else tree.this
    if not isinstance(found, exp.Table):
        raise UnreadForm("a table expected")
    return found


def _name(table: exp.Table) -> Name:
    name = trees.name_of(table)
    if name is None:
        raise UnreadForm("a table expected")
    return name


def _condition(tree: exp.Expr, sql: str) -> str | None:
    where = tree.args.get("where")
    if where is None:
        return None
    start, end = where.meta["span"]
    return sql[start:end] or None


def _insert(tree: exp.Insert, written: _Written) -> Operation:
    columns = tuple(it.name for it in tree.this.expressions) if isinstance(tree.this, exp.Schema) else ()
    query, conflict = tree.expression, tree.args.get("conflict")
    listed = not query or isinstance(query, exp.Values) or not written.sources
    rows = Rows.CONSTANT if listed else written.queries.rows_of(query)
    return written.insert(columns, rows, _assigned(conflict) if isinstance(conflict, exp.OnConflict) else ())


def _assigned(tree: exp.Expr) -> Iterator[str]:
    """The columns of `SET a = 1, (b, c) = (2, 3), d[1] = 4`."""
    for assignment in tree.expressions:
        if not isinstance(assignment, exp.EQ):
            raise UnreadForm("column = value expected")
        left = assignment.this
        for part in left.expressions if isinstance(left, exp.Tuple) else (left.unnest(),):
            column = part.find(exp.Column)
            if column is None:
                raise UnreadForm("column = value expected")
            yield column.table or column.name  # a.b is the field b of the column a


def _merge(tree: exp.Merge, written: _Written) -> Iterator[Operation]:
    """One operation for each kind of change, whatever its clauses say besides."""
    clauses: dict[str, list[exp.When]] = {}
    for when in tree.find_all(exp.When):
        clauses.setdefault(_kind(when.args.get("then")), []).append(when)
    if not isinstance(tree.args.get("on"), exp.Expr):
        raise UnreadForm("ON expected")
    for kind, whens in clauses.items():
        chosen = written.chosen(tree, others=any(when.args.get("source") for when in whens))
        if kind == "insert":
            rows = written.queries.rows_from(tree.args["using"])
            yield written.insert((), rows if rows.few else Rows.UNBOUNDED)
        elif kind == "update":
            yield written.update(_assigned(whens[0].args["then"]), None, chosen)
        elif kind == "delete":
            yield written.delete(None, chosen)
    if clauses.keys().isdisjoint(("insert", "update", "delete")):
        raise UnreadForm("a WHEN clause expected")


def _kind(then: object) -> str:
    return then.name.lower() if isinstance(then, exp.Var) else type(then).__name__.lower()


def _select(tree: exp.Expr, statement: Statement) -> Operation:
    into = tree.args.get("into")
    if isinstance(into, exp.Into) and isinstance(into.this, exp.Table):
        temporary, unlogged = bool(into.args.get("temporary")), bool(into.args.get("unlogged"))
        return model.CreateTable(
            statement,
            _name(into.this),
            temporary=temporary,
            unlogged=unlogged,
            from_query=True,
            sources=trees.tables_read(tree),
        )
    locking = tree.find(exp.Lock) is not None
    return model.Select(
        statement, trees.tables_read(tree), trees.functions_called(tree), locking, tuple(trees.settings_of(tree))
    )
