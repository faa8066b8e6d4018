"""Calls that cannot be followed: which of them could change the schema, and what is said about them."""

from __future__ import annotations

import ast
import sys

from rules.model.operations import OpaqueKind
from rules.reading.interpreter.frames import Frame
from rules.reading.interpreter.machine import Machine
from rules.reading.values import Arguments, BoundFunction, Function, Symbol, Unknown, Value

STILL_DANGEROUS = {"importlib", "subprocess", "runpy", "os", "multiprocessing", "ctypes", "code", "socket", "asyncio"}
HARMLESS_PACKAGES = (sys.stdlib_module_names - STILL_DANGEROUS) | {
    "simplejson", "orjson", "ujson", "yaml", "bs4", "numpy", "dateutil", "pytz", "babel", "slugify", "cryptography",
    "passlib", "bcrypt", "pydantic", "typing_extensions", "markdown", "bleach", "nh3", "rich", "tqdm", "tabulate",
    "humanize", "croniter", "pendulum", "arrow", "attr", "attrs", "lxml", "jinja2", "colorama", "faker", "psutil",
}  # fmt: skip
"""Packages that know nothing of the migration's connection."""
HARMLESS = {
    "logging", "logger", "log", "LOG", "_logger", "time", "warnings", "sys", "print", "traceback", "gc", "click",
    "structlog", "loguru", "tqdm", "json", "os", "random", "pytest", "typing", "inspect", "pprint", "math", "copy",
}  # fmt: skip
"""First names of dotted calls that leave the database alone."""


ENDS_OF_SESSIONS = ("session.close", "session.remove", "session.expunge_all", "session.expire_all")
"""Of the application's own session: they send nothing."""


def call_of_unknown(machine: Machine, frame: Frame, function: Unknown, arguments: Arguments) -> Value:
    """The result is unknown; if the call was given a way to the database, that is recorded."""
    if _makes_session(machine, function, arguments):
        return machine.library.session()
    result = function.call(arguments, machine)
    if isinstance(result, Unknown) and arguments.node is not None:
        if any(_reaches_database(machine, one) for one in arguments.all):
            name = called_name(arguments.node)
            machine.record.opaque(
                machine, OpaqueKind.CALL, f"`{name}` is called with a way to the database, and {_because(function)}"
            )
            return Unknown(result.why, result.name, False, result.dotted)
        for one in arguments.all:
            if isinstance(one, Function) or (isinstance(one, BoundFunction) and isinstance(one.function, Function)):
                _read_callback(machine, one)
    return result


def _makes_session(machine: Machine, function: Unknown, arguments: Arguments) -> bool:
    """`db.Session(bind=bind)` of whatever framework: named so, and given nothing but the connection."""
    name = function.name.lower()
    return "session" in name and bool(arguments.all) and all(_reaches_database(machine, one) for one in arguments.all)


def _because(function: Unknown) -> str:
    if function.foreign and function.why.startswith("the module") and "not in this repository" not in function.why:
        return function.why
    if function.foreign and function.dotted:
        return f"`{function.dotted}` is not in this repository"
    return f"the reader does not know {function.why}"


def _reaches_database(machine: Machine, value: Value, depth: int = 0) -> bool:
    if isinstance(value, list | tuple) and depth < 3:
        return any(_reaches_database(machine, one, depth + 1) for one in value)
    return isinstance(value, Symbol) and machine.library.is_way_to_database(value)


def _read_callback(machine: Machine, function: Value) -> None:
    """A function of the migration handed to something unknown: it may be called, with anything."""
    inner = function.function if isinstance(function, BoundFunction) else function
    if not isinstance(inner, Function) or isinstance(inner.node, ast.Lambda):
        return
    machine.forks += 1
    try:
        machine.call(function, Arguments(complete=False))
    finally:
        machine.forks -= 1


def discard(machine: Machine, frame: Frame, node: ast.expr, value: Unknown) -> None:
    """A call whose result nobody uses was made for its effect; of a foreign function that may be anything."""
    call = node.value if isinstance(node, ast.Await) else node
    if not isinstance(call, ast.Call) or not value.foreign:
        return
    name = called_name(call)
    package = value.dotted.partition(".")[0]
    if name.partition(".")[0] in HARMLESS or package in HARMLESS_PACKAGES or package in HARMLESS:
        return
    if name.endswith(ENDS_OF_SESSIONS):
        return
    machine.calls.append((frame.scope, call))
    try:
        machine.record.opaque(machine, OpaqueKind.CALL, f"`{name}` cannot be followed: {_because(value)}")
    finally:
        machine.calls.pop()


def called_name(node: ast.Call) -> str:
    """The callee as written, without arguments, at most 80 characters."""
    text = _dotted(node.func) or _unparsed(node.func)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _dotted(node: ast.expr) -> str:
    """`op.create_table`, as nearly all are; empty for anything but names with dots between."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def _unparsed(node: ast.expr) -> str:
    try:
        return ast.unparse(node) if _is_short(node) else "a call"
    except RecursionError:
        return "a call"


def _is_short(node: ast.expr) -> bool:
    return sum(1 for _, _ in zip(ast.walk(node), range(201), strict=False)) <= 200
