"""Strings: joining, `%`, `format`, f-strings; parts that are not known keep their place in the text."""

from __future__ import annotations

import re
import string
from datetime import date, time, timedelta
from decimal import Decimal
from uuid import UUID

from rules.reading.bounds import MAX_STRING, MAX_WIDTH, BoundReached
from rules.reading.interpreter.machine import Machine
from rules.reading.values import Choice, EnumMember, ExceptionValue, Symbol, Unknown, UnknownText, Value

_SHOWABLE = (str, bytes, bool, int, float, complex, date, time, timedelta, Decimal, UUID)
_SHOWN_AS_VALUES = {"StrEnum", "IntEnum", "IntFlag", "ReprEnum"}
"""Enums of which `str(member)` is the text of its value, since Python 3.11."""
_NUMBER = re.compile(r"\d+")
_PERCENT = re.compile(
    r"%(?:\((?P<key>[^()]*)\))?(?P<flags>[#0\- +]*)(?P<width>\d*)(?:\.(?P<precision>\d*))?(?P<kind>.)", re.S
)


def joined(machine: Machine, parts: list[Value]) -> Value:
    """The concatenation; an `UnknownText` where one of the parts is not known."""
    choice = next((part for part in parts if isinstance(part, Choice)), None)
    if choice is not None and machine.may_choose:
        return machine.each(choice, lambda option: joined(machine, [option if one is choice else one for one in parts]))
    flat: list[str | Unknown] = []
    run: list[str] = []
    length = 0
    for part in parts:
        machine.budget.step()
        for one in part.parts if isinstance(part, UnknownText) else (part,):
            if isinstance(one, str):
                run.append(one)
                length += len(one)
                continue
            flat += ["".join(run)] if run else []
            flat.append(one if isinstance(one, Unknown) else Unknown("a part of a text"))
            run = []
        if length > MAX_STRING:
            break
    machine.budget.room_for(length, MAX_STRING)
    text = "".join(run)
    unknown = next((one for one in flat if isinstance(one, Unknown)), None)
    if unknown is None:
        return text
    return UnknownText(unknown.why, unknown.name, parts=(*flat, text) if text else tuple(flat))


def shown(machine: Machine, value: Value, as_repr: bool = False) -> Value:
    """`str(value)` or `repr(value)`, without asking an object for it."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, EnumMember):
        kinds = {getattr(base, "name", "") for base in value.of.ancestors()}
        is_value = bool(kinds & _SHOWN_AS_VALUES) and not as_repr
        return shown(machine, value.value) if is_value else f"{value.of.name}.{value.name}"
    if isinstance(value, ExceptionValue):
        return value.message
    if isinstance(value, Symbol):
        return Unknown(f"the text of {value.described}")
    if isinstance(value, list | tuple | dict | set | frozenset):
        return _shown_container(machine, value)
    if isinstance(value, _SHOWABLE) or value is None:
        return machine.budget.made(repr(value) if as_repr else str(value))
    return machine.library.text_of_object(machine, value)


def _shown_container(machine: Machine, value: Value) -> Value:
    """Only of plain items: the text of anything else may be as long as it likes."""
    try:
        size = _plain_size(value, 0)
    except RecursionError:
        size = None
    if size is None:
        return Unknown("the text of a container")
    machine.budget.room_for(size, MAX_STRING)
    return machine.budget.made(repr(value))


def _plain_size(value: Value, depth: int) -> int | None:
    if depth > 20:
        return None
    if isinstance(value, str | bytes):
        return len(value) + 3
    if isinstance(value, _SHOWABLE) or value is None:
        return 24
    if isinstance(value, dict):
        value = [one for pair in value.items() for one in pair]
    if isinstance(value, list | tuple | set | frozenset):
        total = 2
        for one in value:
            size = _plain_size(one, depth + 1)
            if size is None or total > MAX_STRING:
                return None
            total += size + 2
        return total
    return None


def formatted(machine: Machine, value: Value, spec: Value) -> Value:
    """`format(value, spec)`."""
    if isinstance(value, Unknown):
        return value
    if isinstance(spec, Unknown) or not isinstance(spec, str):
        return Unknown("a format that is not known")
    if not spec:
        return shown(machine, value)
    _check_widths(spec)
    if isinstance(value, EnumMember):
        value = value.value
    if not isinstance(value, _SHOWABLE):
        return Unknown("the text of an object")
    try:
        return machine.budget.made(format(value, spec))
    except (ValueError, TypeError) as error:
        raise machine.raise_error("ValueError", str(error)) from None


def _check_widths(spec: str) -> None:
    if len(spec) > 200 or any(len(number) > 5 or int(number) > MAX_WIDTH for number in _NUMBER.findall(spec)):
        raise BoundReached(f"it pads a text to more than {MAX_WIDTH:,} characters")


def percent(machine: Machine, pattern: Value, values: Value) -> Value:
    """`pattern % values`."""
    if isinstance(pattern, Unknown):
        return Unknown(pattern.why, pattern.name)
    if not isinstance(pattern, str):
        return Unknown("a text made by `%`")
    rest = list(values) if isinstance(values, tuple) else [values]
    parts: list[Value] = []
    position = 0
    for found in _PERCENT.finditer(pattern):
        parts.append(pattern[position : found.start()])
        position = found.end()
        if found["kind"] == "%":
            parts.append("%")
            continue
        if found["key"] is not None:
            value = _by_key(machine, values, found["key"])
        elif rest:
            value = rest.pop(0)
        else:
            raise machine.raise_error("TypeError", "not enough arguments for format string")
        parts.append(_percent_part(machine, found, value))
    parts.append(pattern[position:])
    return joined(machine, parts)


def _by_key(machine: Machine, values: Value, key: str) -> Value:
    if isinstance(values, Unknown):
        return Unknown(values.why, key)
    if not isinstance(values, dict):
        raise machine.raise_error("TypeError", "format requires a mapping")
    if key not in values:
        raise machine.raise_error("KeyError", key)
    return values[key]


def _percent_part(machine: Machine, found: re.Match[str], value: Value) -> Value:
    _check_widths(found.group())
    if isinstance(value, Unknown):
        return value
    kind = found["kind"]
    if kind in "sra":
        value = shown(machine, value, as_repr=kind != "s")
        if isinstance(value, Unknown):
            return value
        kind = "s"
    try:
        spec = f"%{found['flags']}{found['width']}{'.' + found['precision'] if found['precision'] else ''}{kind}"
        return spec % value if isinstance(value, str | int | float | Decimal) else Unknown("a part of a text")
    except (ValueError, TypeError) as error:
        raise machine.raise_error("TypeError", str(error)) from None


def format_method(machine: Machine, pattern: str, positional: list[Value], keywords: dict[str, Value]) -> Value:
    """`pattern.format(...)`: attributes and items in the pattern go through the closed lists."""
    parts: list[Value] = []
    automatic = 0
    try:
        pieces = list(string.Formatter().parse(pattern))
    except ValueError as error:
        raise machine.raise_error("ValueError", str(error)) from None
    for literal, name, spec, conversion in pieces:
        parts.append(literal)
        if name is None:
            continue
        head = re.match(r"[^.\[]*", name)
        key = head.group() if head else ""
        if not key:
            key, automatic = str(automatic), automatic + 1
        value = _argument(machine, key, positional, keywords)
        for attribute, item in re.findall(r"\.(\w+)|\[([^\]]*)\]", name[len(head.group() if head else "") :]):
            value = machine.attribute(value, attribute) if attribute else _item(machine, value, item)
        if isinstance(value, Unknown):
            parts.append(value)
            continue
        if conversion:
            value = shown(machine, value, as_repr=conversion != "s")
        inner = format_method(machine, spec, positional, keywords) if spec and "{" in spec else spec or ""
        parts.append(formatted(machine, value, inner))
    return joined(machine, parts)


def _argument(machine: Machine, key: str, positional: list[Value], keywords: dict[str, Value]) -> Value:
    if key.isdecimal() and len(key) < 6:
        if int(key) < len(positional):
            return positional[int(key)]
        raise machine.raise_error("IndexError", "Replacement index out of range for positional args tuple")
    if key in keywords:
        return keywords[key]
    raise machine.raise_error("KeyError", key)


def _item(machine: Machine, value: Value, item: str) -> Value:
    from rules.reading.interpreter.operators import subscript

    return subscript(machine, value, int(item) if item.isdecimal() and len(item) < 6 else item)
