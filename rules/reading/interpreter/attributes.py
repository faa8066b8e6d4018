"""Attributes: every way from a value to something of it goes through here."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from rules.reading.interpreter.containers import CONTAINER_METHODS
from rules.reading.interpreter.machine import Machine
from rules.reading.interpreter.strings import STRING_METHODS
from rules.reading.interpreter.written import SAME_TEXT, derived
from rules.reading.values import Arguments, Native, Symbol, Unknown, Value

PLAIN_ATTRIBUTES: tuple[tuple[type, frozenset[str]], ...] = (
    (datetime, frozenset(["year", "month", "day", "hour", "minute", "second", "microsecond", "tzinfo"])),
    (date, frozenset(["year", "month", "day"])),
    (time, frozenset(["hour", "minute", "second"])),
    (timedelta, frozenset(["days", "seconds", "microseconds"])),
    (UUID, frozenset(["hex", "int", "bytes", "version"])),
    (int, frozenset(["real", "numerator"])),
)
PLAIN_METHODS: tuple[tuple[type, frozenset[str]], ...] = (
    (
        datetime,
        frozenset(
            ["isoformat", "timestamp", "date", "time", "strftime", "replace", "astimezone", "utctimetuple", "weekday"]
        ),
    ),
    (date, frozenset(["isoformat", "strftime", "replace", "weekday"])),
    (timedelta, frozenset(["total_seconds"])),
    (Decimal, frozenset(["quantize", "normalize"])),
    (int, frozenset(["bit_length"])),
    (float, frozenset(["is_integer"])),
)


def attribute_of(machine: Machine, value: Value, name: str) -> Value:
    if isinstance(value, Symbol):
        return value.attribute(name, machine)
    if isinstance(value, str | bytes):
        return _method(STRING_METHODS.get(name), value, name, "a text")
    if isinstance(value, list | tuple | dict | set | frozenset):
        return _method(CONTAINER_METHODS.get((_kind(value), name)), value, name, "a container")
    if machine.library.is_object(value):
        return machine.library.object_attribute(machine, value, name)
    return _plain(machine, value, name)


def _kind(value: object) -> str:
    if isinstance(value, list):
        return "list"
    if isinstance(value, dict):
        return "dict"
    return "tuple" if isinstance(value, tuple) else "set"


def _method(function: object, value: Value, name: str, described: str) -> Value:
    if function is None:
        return Unknown(f"`{name}` of {described}", name)
    if name in SAME_TEXT:
        return Native(name, lambda given, machine: derived(machine, function(machine, value, given), value))  # type: ignore[operator]
    return Native(name, lambda arguments, machine: function(machine, value, arguments))  # type: ignore[operator]


def _plain(machine: Machine, value: Value, name: str) -> Value:
    if any(isinstance(value, kind) and name in names for kind, names in PLAIN_ATTRIBUTES):
        found: Value = getattr(value, name)
        return found
    if any(isinstance(value, kind) and name in names for kind, names in PLAIN_METHODS):
        return Native(name, lambda arguments, machine: _call_plain(machine, value, name, arguments))
    return Unknown(f"`{name}` of a value", name)


def _call_plain(machine: Machine, value: Value, name: str, arguments: Arguments) -> Value:
    given = arguments.all
    if any(isinstance(one, Symbol) for one in given) or any(isinstance(one, str) and len(one) > 200 for one in given):
        return Unknown(f"the result of `{name}`")
    try:
        result: Value = getattr(value, name)(*arguments.positional, **arguments.keywords)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise machine.raise_error(type(error).__name__, str(error)) from None
    return machine.budget.made(result)
