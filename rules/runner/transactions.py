"""What happens to the connection of a run before and after `context.configure`, in the order in which it happens."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from rules.calls import place_of
from rules.model.place import Place
from rules.rewriting.source import Function
from rules.runner.keywords import options_of
from rules.runner.names import DEPTH, Names, taken
from rules.runner.sessions import ENGINES

EXECUTIONS = ("execute", "exec_driver_sql", "scalar", "scalars", "stream", "run_callable")
LOCKS = ("pg_advisory_lock", "pg_advisory_xact_lock")


class What(Enum):
    FRESH = auto()
    """The connection is made."""
    EXECUTED = auto()
    ENDED = auto()
    """Committed or rolled back."""
    OWNED = auto()
    """env.py begins a transaction itself, and so ends it itself."""
    CONFIGURED = auto()
    UNKNOWN = auto()
    """A function from elsewhere gets the connection."""


@dataclass(frozen=True, slots=True)
class Event:
    what: What
    node: ast.AST


def stray_statement(configure: ast.Call, names: Names) -> tuple[Place, str] | None:
    """The first statement on the connection that begins a transaction which nobody ends; None without one."""
    for events in _stories(configure, names):
        pending: ast.AST | None = None
        guilty: ast.AST | None = None
        owned = configured = False
        for event in events:
            match event.what:
                case What.FRESH if not configured:
                    pending, owned = None, False
                case What.OWNED:
                    owned = True
                case What.UNKNOWN if not configured:
                    owned = True
                case What.EXECUTED if not configured:
                    pending = pending or event.node
                case What.ENDED:
                    pending, owned = None, owned and configured
                    guilty = None
                case What.CONFIGURED:
                    configured = True
                    guilty = None if owned else pending
        if configured and isinstance(guilty, ast.Call):
            return place_of(names.source, guilty), ast.unparse(guilty.func)
    return None


def connection_of(configure: ast.Call) -> str | None:
    """The name under which `configure` gets its connection."""
    given = [keyword.value for keyword in configure.keywords if keyword.arg == "connection"] or configure.args[:1]
    return given[0].id if given and isinstance(given[0], ast.Name) else None


def _stories(configure: ast.Call, names: Names) -> Iterator[list[Event]]:
    """One for each way to this `configure`: from where the connection is made."""
    connection = connection_of(configure)
    if connection is None:
        return
    for body, name in _beginnings(names.function_of(configure), connection, names, DEPTH):
        events = list(_Walk(configure, names).through(body, name))
        if any(event.what is What.CONFIGURED for event in events):
            yield events


def _beginnings(
    function: Function | None, name: str, names: Names, depth: int
) -> Iterator[tuple[Sequence[ast.stmt], str]]:
    if function is None:
        yield names.source.tree.body, name
        return
    position = next((at for at, one in enumerate(function.args.args) if one.arg == name), None)
    sites = [] if position is None or not depth else list(_sites(function, position, names))
    for caller, given in sites:
        yield from _beginnings(caller, given, names, depth - 1)
    if not sites:
        yield function.body, name


def _sites(function: Function, position: int, names: Names) -> Iterator[tuple[Function | None, str]]:
    """Calls of a function, `run_sync(function)` among them: the caller, and its name for the connection."""
    for node in ast.walk(names.source.tree):
        if not isinstance(node, ast.Call) or names.is_dead(node):
            continue
        given: ast.expr | None = None
        if isinstance(node.func, ast.Name) and node.func.id == function.name and len(node.args) > position:
            given = node.args[position]
        elif _runs_sync(node, function.name) and position == 0 and isinstance(node.func, ast.Attribute):
            given = node.func.value
        if isinstance(given, ast.Name):
            yield names.function_of(node), given.id


def _runs_sync(node: ast.Call, function: str) -> bool:
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "run_sync"
        and bool(node.args)
        and isinstance(node.args[0], ast.Name)
        and node.args[0].id == function
    )


class _Walk:
    """Statements in the order in which they run; a loop once, both sides of what nobody knows."""

    def __init__(self, configure: ast.Call, names: Names) -> None:
        self._configure = configure
        self._names = names
        self._inside: list[str] = []

    def through(self, body: Sequence[ast.stmt], name: str) -> Iterator[Event]:
        for statement in body:
            yield from self._statement(statement, name)

    def _statement(self, statement: ast.stmt, name: str) -> Iterator[Event]:
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                return
            case ast.If(test=test, body=body, orelse=orelse):
                answer = taken(test)
                yield from self._expression(test, name)
                yield from self.through([] if answer is False else body, name)
                yield from self.through([] if answer is True else orelse, name)
            case ast.With(items=items, body=body) | ast.AsyncWith(items=items, body=body):
                yield from self._with(items, body, name)
            case ast.For(body=body) | ast.AsyncFor(body=body) | ast.While(body=body):
                yield from self.through(body, name)
            case ast.Try(body=body, orelse=orelse, finalbody=final):
                yield from self.through([*body, *orelse, *final], name)
            case _:
                if name in _bound(statement):
                    yield Event(What.FRESH, statement)
                yield from self._expression(statement, name)

    def _with(self, items: list[ast.withitem], body: list[ast.stmt], name: str) -> Iterator[Event]:
        ends: ast.AST | None = None
        for item in items:
            expression = item.context_expr
            method = _method_on(expression, name)
            binds = isinstance(item.optional_vars, ast.Name) and item.optional_vars.id == name
            if binds:
                yield Event(What.FRESH, item)
            if method in ("begin", "begin_nested") or (binds and _ends_in(expression, "begin")):
                yield Event(What.OWNED, item)
                ends = expression
            else:
                yield from self._expression(expression, name)
        yield from self.through(body, name)
        if ends is not None:
            yield Event(What.ENDED, ends)

    def _expression(self, node: ast.AST, name: str) -> Iterator[Event]:
        calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
        for call in sorted(calls, key=lambda one: (one.end_lineno or 0, one.end_col_offset or 0)):
            yield from self._call(call, name)

    def _call(self, call: ast.Call, name: str) -> Iterator[Event]:
        method = _method_on(call, name)
        if call is self._configure:
            yield Event(What.CONFIGURED, call)
        elif method in EXECUTIONS:
            yield Event(What.EXECUTED, call)
        elif method in ("commit", "rollback", "close"):
            yield Event(What.ENDED, call)
        elif method == "begin":
            yield Event(What.OWNED, call)
        elif method == "run_sync" and call.args:
            yield from self._inner(call.args[0], [name], name, call)
        elif isinstance(call.func, ast.Name):
            given = [one.id if isinstance(one, ast.Name) else "" for one in call.args]
            if name in given:
                yield from self._inner(call.func, given, name, call)

    def _inner(self, function: ast.expr, given: list[str], name: str, call: ast.Call) -> Iterator[Event]:
        known = self._names.functions.get(function.id) if isinstance(function, ast.Name) else None
        if known is None:
            dotted = self._names.dotted(function)
            if not dotted.endswith(("inspect", "print", "isinstance", "configure")):
                yield Event(What.UNKNOWN, call)
            return
        position = given.index(name)
        if known.name in self._inside or len(known.args.args) <= position:
            return
        self._inside.append(known.name)
        yield from self.through(known.body, known.args.args[position].arg)
        self._inside.pop()


def _bound(statement: ast.stmt) -> set[str]:
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    return {one.id for one in targets if isinstance(one, ast.Name)}


def _method_on(node: ast.expr, name: str) -> str | None:
    """`execute` of `connection.execute(...)`."""
    match node.value if isinstance(node, ast.Await) else node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id=on), attr=method)) if on == name:
            return method
    return None


def _ends_in(node: ast.expr, method: str) -> bool:
    call = node.value if isinstance(node, ast.Await) else node
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == method


# AUTOCOMMIT


def autocommit_of(configure: ast.Call, names: Names) -> Iterator[Place]:
    """Where the connection of this run is put into AUTOCOMMIT, for certain."""
    name = connection_of(configure)
    if name is None:
        return
    seen: set[str] = set()
    waiting = [name]
    for function, given in _known_as(configure, name, names):
        waiting.append(given)
        for call in ast.walk(function or names.source.tree):
            if isinstance(call, ast.Call) and _method_on(call, given) == "execution_options":
                yield from _isolation(call, names)
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        for _, value in names.assigned.get(one, []):
            for call in (each for each in ast.walk(value) if isinstance(each, ast.Call)):
                last = names.dotted(call.func).rpartition(".")[2]
                if last in ENGINES or (isinstance(call.func, ast.Attribute) and call.func.attr == "execution_options"):
                    yield from _isolation(call, names)
            root = _root(value)
            if root is not None:
                waiting.append(root)


def _known_as(configure: ast.Call, name: str, names: Names) -> list[tuple[Function | None, str]]:
    function = names.function_of(configure)
    found: list[tuple[Function | None, str]] = [(function, name)]
    position = None
    if function is not None:
        position = next((at for at, one in enumerate(function.args.args) if one.arg == name), None)
    if function is not None and position is not None:
        found += _sites(function, position, names)
    return found


def _root(node: ast.expr) -> str | None:
    """`engine` of `engine.execution_options(...).connect()`."""
    while True:
        match node:
            case ast.Await(value=inner) | ast.Attribute(value=inner) | ast.Call(func=inner):
                node = inner
            case ast.Name(id=name):
                return name
            case _:
                return None


def _isolation(call: ast.Call, names: Names) -> Iterator[Place]:
    if names.is_dead(call) or names.is_conditional(call):
        return
    options, _ = options_of(call, names)
    inner = options.get("execution_options")
    if inner is not None and isinstance(inner.value, ast.Dict):
        pairs = zip(inner.value.keys, inner.value.values, strict=True)
        level = next((v for k, v in pairs if isinstance(k, ast.Constant) and k.value == "isolation_level"), None)
        if isinstance(level, ast.Constant) and level.value == "AUTOCOMMIT":
            yield inner.place
    option = options.get("isolation_level")
    if option is not None and option.constant == "AUTOCOMMIT" and not (option.conditional or option.varies):
        yield option.place


# Advisory locks


def advisory_locks(names: Names) -> Iterator[tuple[str, Place]]:
    """Locks that are waited for: in SQL text that a call gets, or through `func`."""
    for node in ast.walk(names.source.tree):
        if not isinstance(node, ast.Call) or names.is_dead(node):
            continue
        name = names.dotted(node.func).rpartition(".")[2]
        if name in LOCKS:
            yield name, place_of(names.source, node)
        elif name in (*EXECUTIONS, "text"):
            written = " ".join(_texts(node))
            for lock in LOCKS:
                if f"{lock}(" in written.lower() and not any(_is_inner(arg, names) for arg in node.args):
                    yield lock, place_of(names.source, node)


def _texts(node: ast.Call) -> Iterator[str]:
    for argument in node.args:
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield argument.value
        elif isinstance(argument, ast.JoinedStr):
            yield "".join(str(one.value) for one in argument.values if isinstance(one, ast.Constant))


def _is_inner(node: ast.expr, names: Names) -> bool:
    return isinstance(node, ast.Call) and names.dotted(node.func).endswith("text")
