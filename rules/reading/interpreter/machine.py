"""The state of one reading, and the few verbs that all parts of the interpreter share."""

from __future__ import annotations

import ast
from collections.abc import Callable
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from rules.model.environment import Environment
from rules.model.operations import Direction
from rules.reading.bounds import MAX_CHOICES, BoundReached, Budget
from rules.reading.interpreter.frames import MISSING, Frame, Raised, Scope
from rules.reading.values import (
    Arguments,
    BoundFunction,
    Choice,
    Class,
    ExceptionValue,
    Function,
    Instance,
    Symbol,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from rules.reading.library import Library
    from rules.reading.recording import Record
    from rules.schema import Schema

ExpressionReader = Callable[["Machine", Frame, Any], Value]
StatementReader = Callable[["Machine", Frame, Any], None]
EXPRESSIONS: dict[type[ast.expr], ExpressionReader] = {}
STATEMENTS: dict[type[ast.stmt], StatementReader] = {}
E = TypeVar("E", bound=ExpressionReader)
S = TypeVar("S", bound=StatementReader)


def reads(*kinds: type[ast.expr]) -> Callable[[E], E]:
    """Registers the reader of a kind of expression."""

    def register(function: E) -> E:
        for kind in kinds:
            EXPRESSIONS[kind] = function
        return function

    return register


def executes(*kinds: type[ast.stmt]) -> Callable[[S], S]:
    """Registers the reader of a kind of statement."""

    def register(function: S) -> S:
        for kind in kinds:
            STATEMENTS[kind] = function
        return function

    return register


class Machine:
    """Reads one direction of one migration."""

    def __init__(self, scope: Scope, library: Library, record: Record, direction: Direction) -> None:
        self.scope = scope
        self.library = library
        self.record = record
        self.direction = direction
        self.budget = Budget()
        self.frames: list[Frame] = []
        self.calls: list[tuple[Scope, ast.Call]] = []
        self.current: tuple[Scope, ast.stmt] | None = None
        """The statement being read."""
        self.around: list[int] = []
        """Conditions that nobody knows, around the statement being read; each side of each has a number."""
        self._numbers = count()
        self.choosing = 0
        """Choices around the expression being read."""
        self.uncertain: dict[int, Value] = {}
        """Containers that were changed under such a condition, by identity."""
        self.made_under: dict[int, tuple[Value, frozenset[int | str]]] = {}
        """The conditions on which the making of a container hangs, by its identity."""
        self.written: dict[int, tuple[Value, ast.expr]] = {}
        """Texts by identity, and the literal of the migration's own file that each comes from."""
        self.open: dict[int, Value] = {}
        """Lists that may hold more than is known, by identity."""
        self.loading = 0
        """Modules whose statements are being read: nothing is sent to the database there."""
        self.environment = Environment()
        self.offline = False
        """Whether `context.is_offline_mode()` is true; a reviewer wants the other side."""
        self.too_deep = False
        """Whether it was said that functions call one another too deeply."""
        self.tries = 0
        self.catching = 0
        """Those around what is read whose handlers let the function go on."""
        self.may_have_raised = False
        self.past: Callable[[], Schema] | None = None
        """What the earlier revisions leave; asked at most once."""
        self.schema: Schema | None = None

    # Verbs

    def evaluate(self, node: ast.expr, frame: Frame) -> Value:
        self.budget.step()
        reader = EXPRESSIONS.get(type(node))
        if reader is None:
            return Unknown(f"an expression of the kind {type(node).__name__}")
        return reader(self, frame, node)

    def execute(self, body: list[ast.stmt], frame: Frame) -> None:
        for statement in body:
            self.budget.step()
            reader = STATEMENTS.get(type(statement))
            self.current = (frame.scope, statement)
            if reader is None:
                continue
            try:
                reader(self, frame, statement)
            except (Raised, BoundReached) as ended:
                if ended.origin is None:
                    ended.origin = self.record.at_statement(self, frame.scope, statement)
                raise

    def call(self, function: Value, arguments: Arguments) -> Value:
        if isinstance(function, Symbol):
            return function.call(arguments, self)
        return Unknown("a call of something that is no function")

    def each(self, choice: Choice, read: Callable[[Value], Value]) -> Value:
        """What is read with each option, under a condition."""
        from rules.reading.interpreter.branches import merged_all

        self.budget.step(len(choice.options))
        self.forks += 1
        self.choosing += 1
        try:
            return merged_all([read(option) for option in choice.options])
        finally:
            self.forks -= 1
            self.choosing -= 1

    @property
    def may_choose(self) -> bool:
        """Options of options of options soon are too many."""
        return self.choosing < MAX_CHOICES

    def attribute(self, value: Value, name: str) -> Value:
        from rules.reading.interpreter.attributes import attribute_of

        return attribute_of(self, value, name)

    # What `values.py` asks for; the answers live in files of their own.

    def call_function(self, function: Function, arguments: Arguments) -> Value:
        from rules.reading.interpreter.functions import call_function

        return call_function(self, function, arguments)

    def instantiate(self, one: Class, arguments: Arguments) -> Value:
        from rules.reading.interpreter.classes import instantiate

        return instantiate(self, one, arguments)

    def attribute_of_own_class(self, one: Class, name: str) -> Value:
        from rules.reading.interpreter.classes import attribute_of_class

        return attribute_of_class(self, one, name)

    def attribute_of_instance(self, one: Instance, name: str) -> Value:
        from rules.reading.interpreter.classes import attribute_of_instance

        return attribute_of_instance(self, one, name)

    def members_of_enum(self, one: Class) -> list[Value] | None:
        from rules.reading.interpreter.classes import enum_members

        members = enum_members(self, one)
        return None if members is None else list(members.values())

    def construct(self, one: Value, arguments: Arguments) -> Value:
        from rules.reading.offers.construction import construct

        return construct(self, one, arguments)

    def attribute_of_class(self, one: Value, name: str) -> Value:
        from rules.reading.offers.construction import attribute_of_class

        return attribute_of_class(self, one, name)

    # Names

    def look_up(self, name: str, frame: Frame) -> Value:
        found = frame.find(name)
        if found is not MISSING:
            return found
        found = self.global_name(name, frame.scope)
        if found is not MISSING:
            return found
        return self.library.builtin(name)

    def global_name(self, name: str, scope: Scope) -> Value:
        """The value of a module's name; reads the statements that bind it, in the order of the file."""
        self.read_statements(scope.bindings.get(name, []), scope)
        if name in scope.variables:
            return scope.variables[name]
        for star in scope.stars:
            found = self.library.from_star(self, scope, star, name)
            if found is not MISSING:
                return found
        return MISSING

    def read_statements(self, statements: list[ast.stmt], scope: Scope) -> None:
        """Of a module, as its import runs them; each once."""
        for statement in statements:
            if id(statement) in scope.done:
                continue
            scope.done.add(id(statement))
            frame = scope.frame()
            self.loading += 1
            around, self.around = self.around, []
            current = self.current
            try:
                self.execute([statement], frame)
            except Raised:
                continue
            finally:
                self.loading -= 1
                self.around = around
                self.current = current

    def let_go(self) -> None:
        """Functions know their modules and modules their functions: parted, a file's tree is freed at once."""
        for scope in (self.scope, *self.library.scopes.values()):
            scope.variables.clear()
        self.record.detach()

    # Doubt

    @property
    def forks(self) -> int:
        return len(self.around)

    @forks.setter
    def forks(self, wanted: int) -> None:
        del self.around[wanted:]
        while len(self.around) < wanted:
            self.around.append(next(self._numbers))

    @property
    def conditional(self) -> bool:
        return self.forks > 0 or any(frame.doubtful for frame in self.frames)

    def circumstances(self) -> frozenset[int | str]:
        """All that what is read now hangs on."""
        return frozenset((*self.around, *(f"{id(frame)}" for frame in self.frames if frame.doubtful)))

    def is_doubtful(self, container: Value) -> bool:
        """Whether it may hold other items than those that are known."""
        return id(container) in self.uncertain or id(container) in self.open

    def opened(self, values: list[Value]) -> list[Value]:
        """A list of what is known to be there; more may be."""
        self.open[id(values)] = values
        return values

    def raise_error(self, kind: str, message: str) -> Raised:
        from rules.reading.offers.exceptions import kinds_of

        return Raised(ExceptionValue(kinds_of(kind), [message]))

    def bound(self, function: Value, *first: Value) -> BoundFunction:
        return BoundFunction(function, list(first))
