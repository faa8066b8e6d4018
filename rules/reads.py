"""What a migration reads from the database while it runs: results that no offline run can give."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from rules.calls import dotted, imported_names, reached_functions
from rules.rewriting import Source
from rules.rewriting.source import Function, nodes_in

_BIND = ("alembic.op.get_bind()", "alembic.op.get_context().bind", "alembic.op.get_context().connection")
_BIND_TOO = ("alembic.context.get_bind()", "alembic.context.get_context().bind")
_SESSIONS = ("sqlalchemy.orm.Session()", "sqlalchemy.orm.session.Session()", "sqlalchemy.orm.sessionmaker()()")
_INSPECTORS = (
    "sqlalchemy.inspect",
    "sqlalchemy.engine.reflection.Inspector.from_engine",
    "sqlalchemy.engine.Inspector.from_engine",
    "sqlalchemy.Inspector.from_engine",
)
_ASKING = ("execute", "query", "get")
_ONLINE_ONLY = ("exec_driver_sql", "scalar", "scalars", "stream")
"""The connection of an offline run does not have them."""
_OFFLINE = ("is_offline_mode", "as_sql")


def reads_online(source: Source) -> Iterator[tuple[ast.Call, str]]:
    """Each call of the functions that run whose result only a database can give; the call as written.

    Left out: what stands under a question for offline mode, or behind one that returns.
    """
    names = imported_names(source)
    for function in reached_functions(source):
        ways = Ways(function, names)
        guarded = _guarded_lines(function)
        used = _used_calls(function)
        for node in nodes_in(function):
            if not isinstance(node, ast.Call) or node.lineno in guarded:
                continue
            if ways.reads(node, used):
                yield node, ast.unparse(node.func)


class Ways:
    """The names of a function that lead to the database."""

    def __init__(self, function: Function, names: dict[str, str]) -> None:
        self.names = dict(names)
        for node in nodes_in(function):
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                ):
                    self._note(name, value)
                case ast.With():
                    for item in node.items:
                        if isinstance(item.optional_vars, ast.Name):
                            self._note(item.optional_vars.id, item.context_expr)

    def _note(self, name: str, value: ast.expr) -> None:
        found = dotted(value, self.names)
        if found in (*_BIND, *_BIND_TOO, *_SESSIONS):
            self.names[name] = found

    def reads(self, call: ast.Call, used: frozenset[int]) -> bool:
        name = dotted(call.func, self.names)
        if name in _INSPECTORS:
            return any(self.is_connection(argument) for argument in call.args)
        if any(keyword.arg == "autoload_with" and self.is_connection(keyword.value) for keyword in call.keywords):
            return True
        way, _, asked = name.rpartition(".")
        if way not in (*_BIND, *_BIND_TOO, *_SESSIONS):
            return False
        return asked in _ONLINE_ONLY or (asked in _ASKING and id(call) in used)

    def is_connection(self, node: ast.expr) -> bool:
        """Whether an expression is the connection on which the migration runs."""
        return dotted(node, self.names) in (*_BIND, *_BIND_TOO)

    def begins_with_one(self, node: ast.expr) -> bool:
        """Whether an expression is a call on that connection, or on a session over it."""
        name = dotted(node, self.names)
        return name.startswith(tuple(f"{way}." for way in (*_BIND, *_BIND_TOO, *_SESSIONS)))


def _used_calls(function: Function) -> frozenset[int]:
    """The calls whose result goes somewhere: not those that are statements, nor those assigned to a name never read."""
    alone: set[int] = set()
    loaded = {node.id for node in nodes_in(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    for node in nodes_in(function):
        match node:
            case ast.Expr(value=ast.Call() as call):
                alone.add(id(call))
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if name not in loaded:
                alone.add(id(call))
    return frozenset(id(node) for node in nodes_in(function) if isinstance(node, ast.Call)) - alone


def _guarded_lines(function: Function) -> frozenset[int]:
    """The lines that run online only, as far as a question says."""
    lines: set[int] = set()
    end = function.end_lineno or function.lineno
    for node in nodes_in(function):
        if not isinstance(node, ast.If | ast.IfExp) or not _asks_for_offline(node.test):
            continue
        lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        if isinstance(node, ast.If) and isinstance(node.body[-1], ast.Return | ast.Raise):
            lines.update(range(node.lineno, end + 1))
    return frozenset(lines)


def _asks_for_offline(test: ast.expr) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and node.attr in _OFFLINE)
        or (isinstance(node, ast.Name) and node.id in _OFFLINE)
        for node in nodes_in(test)
    )
