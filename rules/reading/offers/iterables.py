"""Python's built-in functions over what a loop gives: sorted, zip, map, sum and their kin."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from rules.reading.interpreter.doubt import inherit, made_here
from rules.reading.interpreter.operators import binary, compare
from rules.reading.interpreter.truth import items_of, looked_at, truth_of
from rules.reading.values import (
    Arguments,
    Symbol,
    Unknown,
    Value,
    unknown_within,
)

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine


def ordered(machine: Machine, values: list[Value], keywords: dict[str, Value]) -> Value:
    """`sorted`, where every key is a plain value."""
    key = keywords.get("key")
    keys = [value if key is None else machine.call(key, Arguments([value])) for value in values]
    if unknown_within(keys) is not None or any(isinstance(one, Symbol) for one in keys):
        return Unknown("an order that is not known")
    machine.budget.weigh(keys)
    try:
        pairs = sorted(
            zip(keys, range(len(values)), strict=True), reverse=truth_of(machine, keywords.get("reverse")) is True
        )
    except TypeError as error:
        raise machine.raise_error("TypeError", str(error)) from None
    return [values[number] for _, number in pairs]


def sequence(make: Callable[[list[Value]], Value]) -> Callable[[Arguments, Machine], Value]:
    def function(arguments: Arguments, machine: Machine) -> Value:
        if not arguments.positional:
            return made_here(machine, make([]))
        first = arguments.positional[0]
        if machine.is_doubtful(first) and isinstance(first, list | tuple | dict | set):
            return inherit(machine, machine.budget.made(make(looked_at(machine, first))), first)
        values = items_of(machine, first)
        if values is None:
            return Unknown(first.why if isinstance(first, Unknown) else "a list with unknown items")
        machine.budget.weigh(values)
        return machine.budget.made(make(values))

    return function


def dictionary(arguments: Arguments, machine: Machine) -> Value:
    result: dict[Value, Value] = {}
    for one in arguments.positional:
        if isinstance(one, dict):
            result.update(one)
            inherit(machine, result, one)
            continue
        pairs = items_of(machine, one)
        if pairs is None or not all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs):
            return Unknown("a dict with unknown items")
        machine.budget.weigh(pairs)
        result.update({pair[0]: pair[1] for pair in pairs if isinstance(pair, tuple | list)})
    result.update(arguments.keywords)
    return made_here(machine, result)


def length(arguments: Arguments, machine: Machine) -> Value:
    value = arguments.get(0, "object")
    values = value if isinstance(value, str | bytes) else items_of(machine, value)
    return Unknown(value.why if isinstance(value, Unknown) else "a length") if values is None else len(values)


def counted(arguments: Arguments, machine: Machine) -> Value:
    numbers = [one for one in arguments.positional if isinstance(one, int)]
    if len(numbers) != len(arguments.positional) or not 1 <= len(numbers) <= 3:
        return Unknown("a range that is not known")
    try:
        return range(*numbers)
    except ValueError as error:
        raise machine.raise_error("ValueError", str(error)) from None


def numbered(arguments: Arguments, machine: Machine) -> Value:
    value = arguments.get(0, "iterable")
    values = items_of(machine, value)
    start = arguments.get(1, "start", 0)
    if values is None:
        return Unknown(value.why if isinstance(value, Unknown) else "a list with unknown items")
    return [(number, one) for number, one in enumerate(values, start if isinstance(start, int) else 0)]


def zipped(arguments: Arguments, machine: Machine) -> Value:
    columns = [items_of(machine, one) for one in arguments.positional]
    known = [column for column in columns if column is not None]
    if len(known) < len(columns):
        return Unknown("a list with unknown items")
    return list(zip(*known, strict=False))


def mapped(arguments: Arguments, machine: Machine) -> Value:
    values = items_of(machine, arguments.get(1, "iterable"))
    if values is None:
        return Unknown("a list with unknown items")
    return [machine.call(arguments.positional[0], Arguments([one])) for one in values]


def filtered(arguments: Arguments, machine: Machine) -> Value:
    values = items_of(machine, arguments.get(1, "iterable"))
    if values is None:
        return Unknown("a list with unknown items")
    function = arguments.positional[0]
    kept: list[Value] = []
    for one in values:
        known = truth_of(machine, one if function is None else machine.call(function, Arguments([one])))
        if known is None:
            return Unknown("a filtered list")
        if known:
            kept.append(one)
    return kept


def in_order(arguments: Arguments, machine: Machine) -> Value:
    first = arguments.get(0, "iterable")
    is_doubtful = machine.is_doubtful(first) and isinstance(first, list | tuple | dict | set)
    values = looked_at(machine, first) if is_doubtful else items_of(machine, first)  # type: ignore[arg-type]
    if values is None:
        return Unknown("a list with unknown items")
    return inherit(machine, ordered(machine, values, arguments.keywords), first)


def extreme(kind: type[ast.Lt] | type[ast.Gt]) -> Callable[[Arguments, Machine], Value]:
    def function(arguments: Arguments, machine: Machine) -> Value:
        many = len(arguments.positional) > 1
        values = arguments.positional if many else items_of(machine, arguments.get(0, "iterable"))
        if not values or "key" in arguments.keywords:
            return arguments.keywords.get("default", Unknown("the least or greatest of a list"))
        best = values[0]
        for one in values[1:]:
            better = compare(machine, kind(), one, best)
            if not isinstance(better, bool):
                return Unknown("the least or greatest of a list")
            best = one if better else best
        return best

    return function


def total(arguments: Arguments, machine: Machine) -> Value:
    values = items_of(machine, arguments.get(0, "iterable"))
    total = arguments.get(1, "start", 0)
    if values is None:
        return Unknown("a sum")
    for one in values:
        total = binary(machine, ast.Add(), total, one)
    return total


def any_or_all(wanted: bool) -> Callable[[Arguments, Machine], Value]:
    def function(arguments: Arguments, machine: Machine) -> Value:
        first = arguments.get(0, "iterable")
        values = items_of(machine, first)
        if values is None and id(first) in machine.open and isinstance(first, list):
            known = [truth_of(machine, one) for one in first]
            return wanted if wanted in known else Unknown("a condition on what exists in the database")
        if values is None:
            return Unknown("a condition on unknown items")
        known = [truth_of(machine, one) for one in values]
        if wanted in known:
            return wanted
        return Unknown("a condition on unknown items") if None in known else not wanted

    return function
