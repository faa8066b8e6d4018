"""What the interpreter computes with.

Plain values (numbers, strings, lists, dates ...) and SQLAlchemy's own objects stand for themselves; everything else
is a `Symbol`. No attribute of any of them is reachable by its Python name: `attributes.py` holds the closed lists.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from rules.reading.interpreter.frames import Frame
    from rules.reading.interpreter.machine import Machine

Value = object


class Arguments(Struct, eq=False):
    """Of one call, evaluated. `complete` is False if a `*` or `**` of something unknown was among them."""

    positional: list[Value] = []
    keywords: dict[str, Value] = {}
    node: ast.Call | None = None
    complete: bool = True

    def get(self, position: int, keyword: str, default: Value = None) -> Value:
        if position < len(self.positional):
            return self.positional[position]
        return self.keywords.get(keyword, default)

    @property
    def all(self) -> list[Value]:
        return [*self.positional, *self.keywords.values()]


class Symbol:
    """A value that exists in the reader only."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Not what it holds: a function holds the values around it, and these may hold it again, many times over."""
        return f"<{self.described}>"

    def attribute(self, name: str, machine: Machine) -> Value:
        return Unknown(f"`{name}` of {self.described}")

    def set_attribute(self, name: str, new: Value, machine: Machine) -> None:
        """What an assignment does beside what the library makes of it: nothing, for most."""

    def call(self, arguments: Arguments, machine: Machine) -> Value:
        return Unknown(f"a call of {self.described}")

    def items(self, machine: Machine) -> list[Value] | None:
        """What a loop over it gives; None if that is not known."""
        return None

    def item_at_unknown(self, key: Unknown) -> Value:
        return Unknown(key.why, key.name)

    def truth(self) -> bool | None:
        return True

    @property
    def described(self) -> str:
        return type(self).__name__.lower()


@dataclass(slots=True, eq=False, repr=False)
class Unknown(Symbol):
    """A value that is not known before the migration runs; `why` is a phrase for people.

    `name` is what the source calls it. `foreign` says that it comes from a module that could not be read, so that
    calling it may do anything; `dotted` is its full name there.
    """

    why: str
    name: str = ""
    foreign: bool = False
    dotted: str = ""

    def attribute(self, name: str, machine: Machine) -> Value:
        dotted = f"{self.dotted}.{name}" if self.dotted else ""
        return Unknown(self.why, name, self.foreign, dotted)

    def call(self, arguments: Arguments, machine: Machine) -> Value:
        return Unknown(self.why, self.name, self.foreign, self.dotted)

    def truth(self) -> bool | None:
        return None

    @property
    def described(self) -> str:
        return self.why


@dataclass(slots=True, eq=False, repr=False)
class UnknownText(Unknown):
    """A string of which parts are known: `parts` are strings and Unknowns in turn."""

    parts: tuple[str | Unknown, ...] = ()

    @property
    def outline(self) -> str:
        """The known parts, with `:name` where something is missing."""
        return "".join(part if isinstance(part, str) else hole_name(part) for part in self.parts)


@dataclass(slots=True, eq=False, repr=False)
class Choice(Unknown):
    """One of a few values that are known; which one hangs on a condition that nobody knows."""

    options: tuple[Value, ...] = ()

    def attribute(self, name: str, machine: Machine) -> Value:
        return machine.each(self, lambda option: machine.attribute(option, name))

    def call(self, arguments: Arguments, machine: Machine) -> Value:
        return machine.each(self, lambda option: machine.call(option, arguments))


def hole_name(unknown: Unknown) -> str:
    return f":{unknown.name}" if unknown.name.isidentifier() else ":unknown"


NativeFunction = Callable[[Arguments, "Machine"], Value]


@dataclass(slots=True, eq=False, repr=False)
class Native(Symbol):
    """A function of ours that stands for one of Python's, Alembic's or SQLAlchemy's."""

    name: str
    function: NativeFunction
    members: Mapping[str, Value] = field(default_factory=dict)

    def call(self, arguments: Arguments, machine: Machine) -> Value:
        return self.function(arguments, machine)

    def attribute(self, name: str, machine: Machine) -> Value:
        if name in self.members:
            return self.members[name]
        if name == "__name__":
            return self.name
        return Unknown(f"`{self.name}.{name}`", name)

    @property
    def described(self) -> str:
        return f"`{self.name}`"


@dataclass(slots=True, eq=False, repr=False)
class Namespace(Symbol):
    """A module or class of which the reader offers some names. `missing` answers for the others."""

    name: str
    members: Mapping[str, Value]
    missing: Callable[[str], Value] | None = None

    def attribute(self, name: str, machine: Machine) -> Value:
        if name in self.members:
            return self.members[name]
        if name == "__name__":
            return self.name
        if self.missing is not None:
            return self.missing(name)
        return Unknown(f"`{self.name}.{name}` is not known to the reader", name, True, f"{self.name}.{name}")

    def call(self, arguments: Arguments, machine: Machine) -> Value:
        return Unknown(f"a call of `{self.name}`", self.name, True, self.name)

    @property
    def described(self) -> str:
        return f"`{self.name}`"


@dataclass(slots=True, eq=False, repr=False)
class RealClass(Symbol):
    """One of SQLAlchemy's own classes or functions, from the closed list."""

    name: str
    target: Callable[..., object]

    def call(self, arguments: Arguments, machine: Machine) -> Value:
        return machine.construct(self, arguments)

    def attribute(self, name: str, machine: Machine) -> Value:
        return machine.attribute_of_class(self, name)

    @property
    def described(self) -> str:
        return f"`{self.name}`"


@dataclass(slots=True, eq=False, repr=False)
class Function(Symbol):
    """A function, lambda or method of the migration or of a module of the repository."""

    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    frame: Frame
    """Where it was defined."""
    defaults: Sequence[Value] = ()
    keyword_defaults: Mapping[str, Value] = field(default_factory=dict)
    yields: bool = False
    wraps: str = ""
    """`contextmanager`, `staticmethod`, `classmethod`, `property` where one of them decorates it."""
    owner: Class | None = None

    def call(self, arguments: Arguments, machine: Machine) -> Value:
        return machine.call_function(self, arguments)

    def attribute(self, name: str, machine: Machine) -> Value:
        if name == "__name__":
            return self.name
        if name == "__doc__" and not isinstance(self.node, ast.Lambda):
            return ast.get_docstring(self.node)
        return Unknown(f"`{name}` of the function `{self.name}`", name)

    @property
    def described(self) -> str:
        return f"the function `{self.name}`"


@dataclass(slots=True, eq=False, repr=False)
class BoundFunction(Symbol):
    """A function with its first argument, or `functools.partial`."""

    function: Value
    first: list[Value]
    keywords: dict[str, Value] = field(default_factory=dict)

    def call(self, arguments: Arguments, machine: Machine) -> Value:
        joined = Arguments(
            [*self.first, *arguments.positional],
            {**self.keywords, **arguments.keywords},
            arguments.node,
            arguments.complete,
        )
        return machine.call(self.function, joined)

    @property
    def described(self) -> str:
        return self.function.described if isinstance(self.function, Symbol) else "a function"


@dataclass(slots=True, eq=False, repr=False)
class Class(Symbol):
    """A class of the migration or of a module of the repository. `members` in the order of the source."""

    name: str
    bases: list[Value]
    members: dict[str, Value]
    frame: Frame
    kind: str = ""
    """`enum`, `type` (an SQL type), `exception`, `model` (declarative), `dataclass` or nothing."""
    extras: dict[str, Value] = field(default_factory=dict)
    """What the reader has worked out about it: enum members, the table of a model."""

    def ancestors(self) -> list[Value]:
        """Itself and its bases, nearest first, the way Python looks names up (nearly)."""
        found: list[Value] = [self]
        for base in self.bases:
            for one in base.ancestors() if isinstance(base, Class) else [base]:
                if one not in found:
                    found.append(one)
        return found

    def find(self, name: str) -> tuple[bool, Value]:
        for one in self.ancestors():
            if isinstance(one, Class) and name in one.members:
                return True, one.members[name]
        return False, None

    def call(self, arguments: Arguments, machine: Machine) -> Value:
        return machine.instantiate(self, arguments)

    def attribute(self, name: str, machine: Machine) -> Value:
        return machine.attribute_of_own_class(self, name)

    def items(self, machine: Machine) -> list[Value] | None:
        return machine.members_of_enum(self)

    @property
    def described(self) -> str:
        return f"the class `{self.name}`"


@dataclass(slots=True, eq=False, repr=False)
class Instance(Symbol):
    of: Class
    fields: dict[str, Value] = field(default_factory=dict)
    arguments: Arguments | None = None
    """What it was made with."""
    made_under: frozenset[int | str] = frozenset()
    """The conditions on which its making hangs."""

    def attribute(self, name: str, machine: Machine) -> Value:
        return machine.attribute_of_instance(self, name)

    def call(self, arguments: Arguments, machine: Machine) -> Value:
        return machine.call(machine.attribute(self, "__call__"), arguments)

    @property
    def described(self) -> str:
        return f"an instance of `{self.of.name}`"


@dataclass(slots=True, eq=False, repr=False)
class EnumMember(Symbol):
    of: Class
    name: str
    value: Value

    def attribute(self, name: str, machine: Machine) -> Value:
        if name in ("name", "value", "_name_", "_value_"):
            return self.name if "name" in name else self.value
        found, member = self.of.find(name)
        if found and isinstance(member, Function):
            if member.wraps == "property":
                return machine.call(member, Arguments([self]))
            return BoundFunction(member, [self])
        if any(isinstance(base, Native) and base.name == "str" for base in self.of.ancestors()):
            return machine.attribute(self.value, name)
        return Unknown(f"`{name}` of {self.described}", name)

    @property
    def described(self) -> str:
        return f"`{self.of.name}.{self.name}`"


@dataclass(slots=True, eq=False, repr=False)
class ExceptionValue(Symbol):
    """An exception as a value; `kinds` are the names of its class and of its bases, nearest first."""

    kinds: tuple[str, ...]
    arguments: list[Value] = field(default_factory=list)

    def attribute(self, name: str, machine: Machine) -> Value:
        if name == "args":
            return tuple(self.arguments)
        return Unknown(f"`{name}` of an exception", name)

    @property
    def message(self) -> str:
        return ", ".join(str(one) for one in self.arguments if isinstance(one, str | int | float))

    @property
    def described(self) -> str:
        return f"`{self.kinds[0]}`"


def is_unknown(value: Value) -> bool:
    return isinstance(value, Unknown)


def unknown_within(value: Value, depth: int = 0) -> Unknown | None:
    """The first unknown in a value or in its items."""
    if isinstance(value, Unknown):
        return value
    if depth > 8:
        return None
    if isinstance(value, list | tuple | set | frozenset):
        return next((found for one in value if (found := unknown_within(one, depth + 1)) is not None), None)
    if isinstance(value, dict):
        pairs = (one for pair in value.items() for one in pair)
        return next((found for one in pairs if (found := unknown_within(one, depth + 1)) is not None), None)
    return None
