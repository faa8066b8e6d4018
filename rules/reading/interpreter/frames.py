"""Where names live: the frame of one call, and the module around it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from msgspec import Struct

from rules.reading.recording import Origin
from rules.reading.source import Source
from rules.reading.values import Value

MISSING = object()


class Signal(Exception):
    """Leaves a block early; never leaves the interpreter."""


class Return(Signal):
    def __init__(self, frame: Frame, value: Value) -> None:
        self.frame = frame
        self.value = value


class Break(Signal):
    pass


class Continue(Signal):
    pass


class Raised(Signal):
    """The migration raises; `value` is an exception value, or an instance of one of its own classes."""

    def __init__(self, value: Value, explicit: bool = False) -> None:
        self.value = value
        self.explicit = explicit
        """By a `raise` of the migration, not by a call that fails."""
        self.origin: Origin | None = None


class Passing(Signal):
    """Carries a signal of a `with` body through the generator that surrounds it."""

    def __init__(self, signal: Signal) -> None:
        self.signal = signal


class LoopDoubt(Struct, eq=False):
    """A loop that may have been left, or a round of it, on a condition that nobody knows."""

    left: bool = False
    skipped: bool = False


class Frame(Struct, eq=False):
    scope: Scope
    variables: dict[str, Value]
    enclosing: Frame | None = None
    name: str = ""
    declared_global: set[str] = set()
    declared_nonlocal: set[str] = set()
    returned: list[Value] = []
    """Values that may have been returned before, under a condition that nobody knows."""
    loops: list[LoopDoubt] = []
    on_yield: Callable[[Value], Value] | None = None
    owner: Value = None
    """The class of the method that runs, for `super()`."""
    is_class: bool = False

    @property
    def doubtful(self) -> bool:
        return bool(self.returned) or any(loop.left or loop.skipped for loop in self.loops)

    def find(self, name: str) -> Value:
        """`MISSING` if neither this frame nor one around it binds the name."""
        frame: Frame | None = self
        while frame is not None:
            if name in frame.variables and name not in frame.declared_global and (frame is self or not frame.is_class):
                return frame.variables[name]
            frame = frame.enclosing
        return MISSING

    def bind(self, name: str, value: Value) -> None:
        if name in self.declared_global:
            self.scope.variables[name] = value
            return
        if name in self.declared_nonlocal:
            frame = self.enclosing
            while frame is not None:
                if name in frame.variables:
                    frame.variables[name] = value
                    return
                frame = frame.enclosing
        self.variables[name] = value


class Scope(Struct, eq=False):
    """A module: its statements are read when a name that they bind is asked for."""

    source: Source
    package: str
    """Dotted, for relative imports; empty if unknown."""
    variables: dict[str, Value] = {}
    bindings: dict[str, list[ast.stmt]] = {}
    stars: list[ast.ImportFrom] = []
    done: set[int] = set()
    """Ids of statements that were read, or are being read."""

    @classmethod
    def of(cls, source: Source, package: str = "") -> Scope:
        if source.bindings is None:
            found: dict[str, list[ast.stmt]] = {}
            source.bindings = found
            for statement in source.tree.body:
                for name in touched_names(statement):
                    before = found.setdefault(name, [])
                    if not (isinstance(statement, ast.Expr) and before and isinstance(before[0], ast.Import)):
                        before.append(statement)  # a call of a module's function leaves the module as it is
        scope = cls(source, package, bindings=source.bindings)
        for statement in source.tree.body:
            if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
                scope.stars.append(statement)
        return scope

    def frame(self) -> Frame:
        return Frame(self, self.variables, name="<module>")


def touched_names(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement of a module binds, or changes in place."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield statement.name
        case ast.Import() | ast.ImportFrom():
            for alias in statement.names:
                yield (alias.asname or alias.name).partition(".")[0]
        case ast.Assign():
            for target in statement.targets:
                yield from _target_names(target)
        case ast.AnnAssign() | ast.AugAssign():
            yield from _target_names(statement.target)
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name)))):
            yield name
        case ast.If() | ast.For() | ast.While() | ast.Try() | ast.With():
            if isinstance(statement, ast.For):
                yield from _target_names(statement.target)
            for block in _blocks(statement):
                for inner in block:
                    yield from touched_names(inner)
        case _:
            return


def _blocks(statement: ast.If | ast.For | ast.While | ast.Try | ast.With) -> Iterator[list[ast.stmt]]:
    yield statement.body
    if not isinstance(statement, ast.With):
        yield statement.orelse
    if isinstance(statement, ast.Try):
        yield statement.finalbody
        for handler in statement.handlers:
            yield handler.body


def _target_names(target: ast.expr) -> Iterator[str]:
    match target:
        case ast.Name():
            yield target.id
        case ast.Tuple() | ast.List():
            for one in target.elts:
                yield from _target_names(one)
        case ast.Starred():
            yield from _target_names(target.value)
        case ast.Subscript() | ast.Attribute():
            yield from _target_names(target.value)
        case _:
            return
