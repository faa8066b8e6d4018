"""Assignment, of names, items and attributes."""

from __future__ import annotations

import ast

from rules.reading.interpreter.branches import merged
from rules.reading.interpreter.doubt import changed
from rules.reading.interpreter.frames import MISSING, Frame
from rules.reading.interpreter.machine import Machine
from rules.reading.interpreter.truth import items_of
from rules.reading.values import Class, Instance, Symbol, Unknown, Value


def assign(machine: Machine, frame: Frame, target: ast.expr, value: Value) -> None:
    match target:
        case ast.Name():
            if isinstance(value, Unknown) and not value.name:
                value = Unknown(value.why, target.id, value.foreign, value.dotted) if type(value) is Unknown else value
            frame.bind(target.id, value)
        case ast.Tuple() | ast.List():
            _unpack(machine, frame, target.elts, value)
        case ast.Starred():
            assign(machine, frame, target.value, value)
        case ast.Subscript():
            container = machine.evaluate(target.value, frame)
            set_item(machine, container, machine.evaluate(target.slice, frame), value)
        case ast.Attribute():
            _set_attribute(machine, machine.evaluate(target.value, frame), target.attr, value)
        case _:
            return


def _unpack(machine: Machine, frame: Frame, targets: list[ast.expr], value: Value) -> None:
    items = items_of(machine, value)
    if items is None:
        why = value.why if isinstance(value, Unknown) else "something unknown"
        for target in targets:
            assign(machine, frame, target, Unknown(why))
        return
    star = next((number for number, one in enumerate(targets) if isinstance(one, ast.Starred)), None)
    if star is None:
        if len(items) != len(targets):
            raise machine.raise_error("ValueError", f"{len(items)} values for {len(targets)} names")
        for target, item in zip(targets, items, strict=True):
            assign(machine, frame, target, item)
        return
    after = len(targets) - star - 1
    if len(items) < star + after:
        raise machine.raise_error("ValueError", "not enough values to unpack")
    middle = len(items) - after
    for target, item in zip(targets[:star], items[:star], strict=True):
        assign(machine, frame, target, item)
    assign(machine, frame, targets[star], items[star:middle])
    for target, item in zip(targets[star + 1 :], items[middle:], strict=True):
        assign(machine, frame, target, item)


def set_item(machine: Machine, container: Value, key: Value, value: Value) -> None:
    changed(machine, container)
    if isinstance(key, Unknown) and isinstance(container, dict | list):
        machine.uncertain[id(container)] = container
    try:
        if isinstance(key, Unknown) and not isinstance(container, dict):
            return
        if isinstance(container, dict):
            container[key] = value
            machine.budget.room_for(1)
        elif isinstance(container, list):
            container[key] = value  # type: ignore[call-overload]
    except (TypeError, IndexError, ValueError) as error:
        raise machine.raise_error(type(error).__name__, str(error)) from None


def _set_attribute(machine: Machine, value: Value, name: str, new: Value) -> None:
    if isinstance(value, Instance):
        is_sure = machine.circumstances() <= value.made_under
        value.fields[name] = new if is_sure else _either(value.fields.get(name, MISSING), new, name)
        machine.library.attribute_set(machine, value, name, new)
    elif isinstance(value, Class):
        value.members[name] = new
    elif isinstance(value, Symbol):
        value.set_attribute(name, new, machine)
        machine.library.attribute_set(machine, value, name, new)


def _either(old: Value, new: Value, name: str) -> Value:
    """It is set on a condition that nobody knows, to a value that may be another than it had."""
    unknown = Unknown("an attribute that hangs on a condition", name)
    if old is MISSING:
        return unknown
    both = merged(old, new)
    return unknown if type(both) is Unknown else both
