"""The tree of a query -> its operations: those of its WITH queries that change rows, then its own."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from rules.model import operations as model
from rules.model.names import Name
from rules.model.operations import Operation, Rows, Statement
from rules.postgres import trees
from rules.reading.sql.conditions import columns_pinned, rows_changed, rows_read
from rules.reading.sql.cursor import UnreadForm


def operations_of_tree(tree: exp.Expr, sql: str, statement: Statement) -> tuple[Operation, ...]:
    """`sql` is the text of the tree. Raises `UnreadForm` where a part is missing that each form has."""
    inner = [cte.this for cte in tree.find_all(exp.CTE) if isinstance(cte.this, (exp.DML, exp.Merge))]
    inner.sort(key=lambda change: trees.start(_target(change).this))
    return tuple(operation for part in (*inner, tree) for operation in _operations(part, sql, statement))


def _operations(tree: exp.Expr, sql: str, statement: Statement) -> Iterator[Operation]:
    match tree:
        case exp.Insert():
            yield _insert(tree, statement)
        case exp.Update():
            table = _target(tree)
            columns = tuple(_assigned(tree))
            sources = _others(tree, table)
            rows, pinned = _reach(tree)
            yield model.Update(statement, _name(table), columns, _condition(tree, sql), rows, sources, pinned)
        case exp.Delete():
            table = _target(tree)
            sources = _others(tree, table)
            rows, pinned = _reach(tree)
            yield model.Delete(statement, _name(table), _condition(tree, sql), rows, sources, pinned)
        case exp.Merge():
            yield from _merge(tree, statement)
        case _:
            yield _select(tree, statement)


def _reach(tree: exp.Expr) -> tuple[Rows, tuple[str, ...]]:
    """How many rows, and what the schema is to be asked of where the text does not bound them."""
    rows = rows_changed(tree)
    return rows, columns_pinned(tree) if rows is Rows.UNBOUNDED else ()


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


def _others(tree: exp.Expr, table: exp.Table) -> tuple[Name, ...]:
    return tuple(name for name in trees.tables_read(tree, table) if name != _name(table))


def _condition(tree: exp.Expr, sql: str) -> str | None:
    where = tree.args.get("where")
    if where is None:
        return None
    start, end = where.meta["span"]
    return sql[start:end] or None


def _insert(tree: exp.Insert, statement: Statement) -> Operation:
    table = _target(tree)
    columns = tuple(it.name for it in tree.this.expressions) if isinstance(tree.this, exp.Schema) else ()
    sources = trees.tables_read(tree, table)
    query = tree.expression
    if not query or isinstance(query, exp.Values) or not sources:
        return model.Insert(statement, _name(table), columns, Rows.CONSTANT, sources)
    return model.Insert(statement, _name(table), columns, rows_read(query), sources)


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


def _merge(tree: exp.Merge, statement: Statement) -> Iterator[Operation]:
    table = _target(tree)
    name, sources = _name(table), _others(tree, table)
    found: dict[str, Operation] = {}
    for when in tree.find_all(exp.When):
        match when.args.get("then"):
            case exp.Insert():
                found.setdefault("insert", model.Insert(statement, name, (), Rows.UNBOUNDED, sources))
            case exp.Update() as update:
                columns = tuple(_assigned(update))
                found.setdefault("update", model.Update(statement, name, columns, None, Rows.UNBOUNDED, sources))
            case exp.Var(this=verb) if verb.lower() == "delete":
                found.setdefault("delete", model.Delete(statement, name, None, Rows.UNBOUNDED, sources))
    if not found:
        raise UnreadForm("a WHEN clause expected")
    yield from found.values()


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
