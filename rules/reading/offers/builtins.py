"""Python's built-in functions, as far as a migration needs them."""

from __future__ import annotations

import ast
from collections.abc import Callable
from keyword import iskeyword
from typing import TYPE_CHECKING

from sqlalchemy.types import TypeEngine

from rules.reading.interpreter.classes import kind_of
from rules.reading.interpreter.expressions import SUPER
from rules.reading.interpreter.frames import MISSING
from rules.reading.interpreter.texts import formatted, shown
from rules.reading.interpreter.truth import items_of, truth_of
from rules.reading.offers.exceptions import NAMES, exception_class, is_caught
from rules.reading.offers.iterables import (
    any_or_all,
    counted,
    dictionary,
    extreme,
    filtered,
    in_order,
    length,
    mapped,
    numbered,
    sequence,
    total,
    zipped,
)
from rules.reading.values import (
    Arguments,
    Class,
    EnumMember,
    ExceptionValue,
    Function,
    Instance,
    Native,
    RealClass,
    Symbol,
    Unknown,
    UnknownText,
    Value,
)

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine

TYPES: dict[str, type | tuple[type, ...]] = {
    "str": str, "int": int, "float": float, "bool": bool, "bytes": bytes, "list": list, "tuple": tuple, "dict": dict,
    "set": set, "frozenset": frozenset,
}  # fmt: skip


def _number(kind: type[int] | type[float]) -> Callable[[Arguments, Machine], Value]:
    def function(arguments: Arguments, machine: Machine) -> Value:
        value = arguments.positional[0] if arguments.positional else 0
        if isinstance(value, EnumMember):
            value = value.value
        if isinstance(value, str) and len(value) > 100:
            return Unknown("a very long number")
        if not isinstance(value, str | int | float):
            return Unknown("a number")
        try:
            return kind(value)
        except (ValueError, OverflowError) as error:
            raise machine.raise_error("ValueError", str(error)) from None

    return function


def _str(arguments: Arguments, machine: Machine) -> Value:
    return shown(machine, arguments.positional[0]) if arguments.positional else ""


def _repr(arguments: Arguments, machine: Machine) -> Value:
    return shown(machine, arguments.get(0, "object"), as_repr=True)


def _bool(arguments: Arguments, machine: Machine) -> Value:
    known = truth_of(machine, arguments.get(0, "object"))
    return Unknown("a condition") if known is None else known


def _isinstance(arguments: Arguments, machine: Machine) -> Value:
    value, kind = arguments.get(0, "object"), arguments.get(1, "class")
    known = is_instance(machine, value, kind)
    return Unknown("the kind of an object") if known is None else known


def is_instance(machine: Machine, value: Value, kind: Value) -> bool | None:
    if isinstance(kind, tuple | list):
        answers = [is_instance(machine, value, one) for one in kind]
        return True if True in answers else None if None in answers else False
    if isinstance(value, Unknown):
        return True if isinstance(value, UnknownText) and isinstance(kind, Native) and kind.name == "str" else None
    if isinstance(kind, Native) and kind.name in TYPES:
        return isinstance(value, TYPES[kind.name])
    if isinstance(value, ExceptionValue):
        return is_caught(value, kind)
    if isinstance(kind, Class):
        return isinstance(value, Instance | EnumMember) and kind in value.of.ancestors()
    if isinstance(kind, RealClass):
        return _is_real_instance(value, kind)
    return machine.library.is_dialect_class(machine, value, kind)


def _is_real_instance(value: Value, kind: RealClass) -> bool | None:
    target = kind.target
    if isinstance(target, type):
        return isinstance(value, target) if not isinstance(value, Symbol) or issubclass(target, TypeEngine) else None
    return None


def _getattr(arguments: Arguments, machine: Machine) -> Value:
    value, name = arguments.get(0, "object"), arguments.get(1, "name")
    if not isinstance(name, str):
        return Unknown("an attribute whose name is computed", foreign=machine.library.is_way_to_database(value))
    found = machine.attribute(value, name)
    if isinstance(found, Unknown) and len(arguments.positional) > 2 and isinstance(value, Instance | Class):
        return arguments.positional[2]
    return found


def _hasattr(arguments: Arguments, machine: Machine) -> Value:
    value, name = arguments.get(0, "object"), arguments.get(1, "name")
    if isinstance(value, Instance) and isinstance(name, str):
        return name in value.fields or value.of.find(name)[0] or Unknown("whether an object has an attribute")
    return Unknown("whether an object has an attribute")


def _setattr(arguments: Arguments, machine: Machine) -> Value:
    value, name = arguments.get(0, "object"), arguments.get(1, "name")
    if isinstance(value, Instance) and isinstance(name, str):
        value.fields[name] = arguments.get(2, "value")
    if isinstance(value, Symbol) and isinstance(name, str):
        value.set_attribute(name, arguments.get(2, "value"), machine)
        machine.library.attribute_set(machine, value, name, arguments.get(2, "value"))
    return None


def _next(arguments: Arguments, machine: Machine) -> Value:
    value = arguments.get(0, "iterator")
    values = items_of(machine, value)
    if values:
        return values[0]
    if values is not None and len(arguments.positional) > 1:
        return arguments.positional[1]
    return Unknown("the next of something", "item")


def _type(arguments: Arguments, machine: Machine) -> Value:
    value = arguments.get(0, "object")
    if len(arguments.positional) == 3:
        return _class_made(machine, *arguments.positional)
    if isinstance(value, Instance):
        return value.of
    return BUILTINS.get(type(value).__name__, Unknown("the class of a value"))


def _class_made(machine: Machine, name: Value, bases: Value, members: Value) -> Value:
    """`type("Name", (Base,), {...})`."""
    if not (isinstance(name, str) and isinstance(bases, tuple) and isinstance(members, dict)):
        return Unknown("a class that is made when it runs")
    frame = machine.frames[-1] if machine.frames else machine.scope.frame()
    one = Class(name, list(bases), {str(key): member for key, member in members.items()}, frame)
    one.kind = kind_of(machine, one)
    return one


def _abs(arguments: Arguments, machine: Machine) -> Value:
    value = arguments.get(0, "x")
    return abs(value) if isinstance(value, int | float) else Unknown("a number")


def _round(arguments: Arguments, machine: Machine) -> Value:
    value, digits = arguments.get(0, "number"), arguments.get(1, "ndigits")
    if isinstance(value, int | float) and (digits is None or (isinstance(digits, int) and abs(digits) < 100)):
        return round(value, digits)
    return Unknown("a number")


def _character(arguments: Arguments, machine: Machine) -> Value:
    value = arguments.get(0, "i")
    return chr(value) if isinstance(value, int) and 0 <= value < 0x110000 else Unknown("a character")


def _ordinal(arguments: Arguments, machine: Machine) -> Value:
    value = arguments.get(0, "c")
    return ord(value) if isinstance(value, str) and len(value) == 1 else Unknown("a number")


def _format(arguments: Arguments, machine: Machine) -> Value:
    return formatted(machine, arguments.get(0, "value"), arguments.get(1, "format_spec", ""))


def _quiet(arguments: Arguments, machine: Machine) -> Value:
    return None


def _globals(arguments: Arguments, machine: Machine) -> Value:
    """Only to pick a function of the migration by a computed name, as Alembic's template for several databases does."""
    return machine.library.globals_of(machine)


def _eval(arguments: Arguments, machine: Machine) -> Value:
    """Of a bare name only: an older template for several databases picks its function so."""
    source = arguments.get(0, "source")
    if isinstance(source, str) and source.isidentifier() and not iskeyword(source) and machine.frames:
        found = machine.look_up(source, machine.frames[-1])
        return Unknown(f"`{source}` is not defined in this file", source, True, source) if found is MISSING else found
    return Unknown("`eval` runs code that is not read", "eval", True, "eval")


FUNCTIONS: dict[str, Callable[[Arguments, Machine], Value]] = {
    "str": _str,
    "int": _number(int),
    "float": _number(float),
    "bool": _bool,
    "list": sequence(list),
    "bytes": lambda _, __: Unknown("bytes"),
    "tuple": sequence(tuple),
    "set": sequence(set),
    "frozenset": sequence(frozenset),
    "dict": dictionary,
    "repr": _repr,
    "len": length,
    "range": counted,
    "enumerate": numbered,
    "zip": zipped,
    "map": mapped,
    "filter": filtered,
    "sorted": in_order,
    "reversed": sequence(lambda values: values[::-1]),
    "iter": sequence(list),
    "min": extreme(ast.Lt),
    "max": extreme(ast.Gt),
    "sum": total,
    "any": any_or_all(True),
    "all": any_or_all(False),
    "isinstance": _isinstance,
    "issubclass": lambda _, __: Unknown("the kind of a class"),
    "getattr": _getattr,
    "hasattr": _hasattr,
    "setattr": _setattr,
    "next": _next,
    "type": _type,
    "abs": _abs,
    "round": _round,
    "chr": _character,
    "ord": _ordinal,
    "format": _format,
    "print": _quiet,
    "globals": _globals,
    "eval": _eval,
    "callable": lambda arguments, _: isinstance(arguments.get(0, "object"), Function | Native | Class),
    "id": lambda _, __: Unknown("an identity"),
    "hash": lambda _, __: Unknown("a hash"),
    "object": lambda _, __: Unknown("an object"),
    "vars": lambda _, __: Unknown("the names of an object"),
    "input": lambda _, __: Unknown("what a person types"),
    "open": lambda _, __: Unknown("a file", "file"),
    "divmod": lambda _, __: Unknown("a number"),
    "locals": lambda _, __: Unknown("the names of a function"),
}
REFUSED = ("exec", "compile", "__import__", "breakpoint", "memoryview", "dir")
BUILTINS: dict[str, Value] = {name: Native(name, function) for name, function in FUNCTIONS.items()}
BUILTINS |= {name: exception_class(name) for name in NAMES} | {"super": SUPER}
BUILTINS |= {name: Unknown(f"`{name}` runs code that is not read", name, True, name) for name in REFUSED}
BUILTINS |= {
    "property": Native("property", lambda arguments, _: Unknown("a property")),
    "NotImplemented": Unknown("`NotImplemented`"),
}
