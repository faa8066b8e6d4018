"""What is true, and what a loop goes over."""

from __future__ import annotations

from collections.abc import Collection

from rules.reading.bounds import COST_OF_ITEMS
from rules.reading.interpreter.machine import Machine
from rules.reading.values import Choice, Symbol, Unknown, Value


def truth_of(machine: Machine, value: Value) -> bool | None:
    """None if it is not known."""
    if isinstance(value, Choice):
        truths = {truth_of(machine, option) for option in value.options}
        return truths.pop() if len(truths) == 1 else None
    if isinstance(value, Symbol):
        return value.truth()
    if id(value) in machine.uncertain:
        return None
    if id(value) in machine.open:
        return True if value else None
    if value is None or isinstance(
        value, bool | int | float | complex | str | bytes | list | tuple | dict | set | frozenset | range
    ):
        return bool(value)
    return machine.library.truth_of_object(value)


def items_of(machine: Machine, value: Value) -> list[Value] | None:
    """The items of a loop, in order; None if they are not known."""
    if isinstance(value, Symbol):
        return value.items(machine)
    if id(value) in machine.uncertain or id(value) in machine.open:
        return None
    if isinstance(value, range):
        machine.budget.room_for(len(value) if value.stop - value.start < 10**12 else 10**12)
        machine.budget.step(len(value) // COST_OF_ITEMS)
        return list(value)
    if isinstance(value, str | bytes | list | tuple | dict | set | frozenset):
        return looked_at(machine, value)
    return machine.library.items_of_object(value)


def rounds_of(machine: Machine, value: Value) -> tuple[list[Value], bool]:
    """What a loop is read with, and whether that is what it will go over: something unknown is read once."""
    if machine.is_doubtful(value) and isinstance(value, list | tuple | set | dict):
        return looked_at(machine, value) or [Unknown("an item of a list that hangs on a condition")], False
    items = items_of(machine, value)
    if items is None and machine.library.row_of(value) is not None:
        return [machine.library.row_of(value)], False
    if items is None:
        why = value.why if isinstance(value, Unknown) else "something unknown"
        return [Unknown(f"an item of {why}")], False
    return items, True


def looked_at(machine: Machine, value: Collection[Value]) -> list[Value]:
    """The items, counted; of a set in an order that is the same each time."""
    machine.budget.room_for(len(value))
    machine.budget.step(len(value) // COST_OF_ITEMS)
    return sorted(value, key=repr) if isinstance(value, set | frozenset) else list(value)
