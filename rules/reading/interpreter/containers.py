"""Methods of lists, tuples, dicts and sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rules.reading.interpreter.choices import item_at_unknown
from rules.reading.interpreter.doubt import changed, inherit
from rules.reading.interpreter.machine import Machine
from rules.reading.interpreter.truth import items_of, looked_at
from rules.reading.values import Arguments, Unknown, Value

Method = Callable[[Machine, Any, Arguments], Value]


def _append(machine: Machine, value: list[Value], arguments: Arguments) -> Value:
    changed(machine, value)
    machine.budget.room_for(len(value) + 1)
    value.append(arguments.get(0, "object"))
    return None


def _extend(machine: Machine, value: list[Value], arguments: Arguments) -> Value:
    given = arguments.get(0, "iterable")
    more = items_of(machine, given)
    changed(machine, value)
    if more is None:
        machine.uncertain[id(value)] = value
        more = looked_at(machine, given) if isinstance(given, list | tuple | dict | set) else []
    machine.budget.room_for(len(value) + len(more))
    value.extend(more)
    return None


def _insert(machine: Machine, value: list[Value], arguments: Arguments) -> Value:
    changed(machine, value)
    position = arguments.get(0, "index")
    value.insert(position if isinstance(position, int) else 0, arguments.get(1, "object"))
    return None


def _pop_list(machine: Machine, value: list[Value], arguments: Arguments) -> Value:
    is_certain = changed(machine, value)
    position = arguments.get(0, "index", -1)
    if not value or not isinstance(position, int) or not -len(value) <= position < len(value):
        raise machine.raise_error("IndexError", "pop index out of range")
    return value.pop(position) if is_certain else value[position]


def _remove(machine: Machine, value: Any, arguments: Arguments) -> Value:
    item = arguments.get(0, "value")
    if changed(machine, value) and isinstance(item, str | int | float | None) and item in value:
        value.remove(item)
    return None


def _sort(machine: Machine, value: list[Value], arguments: Arguments) -> Value:
    from rules.reading.offers.iterables import ordered

    result = ordered(machine, value, arguments.keywords)
    if isinstance(result, list):
        value[:] = result
    return None


def _reverse(machine: Machine, value: list[Value], arguments: Arguments) -> Value:
    value.reverse()
    return None


def _index(machine: Machine, value: Any, arguments: Arguments) -> Value:
    item = arguments.get(0, "value")
    if isinstance(item, str | int | float) and item in value:
        return list(value).index(item)
    if isinstance(item, Unknown):
        return Unknown(item.why)
    raise machine.raise_error("ValueError", "the value is not in the list")


def _count(machine: Machine, value: Any, arguments: Arguments) -> Value:
    item = arguments.get(0, "value")
    return list(value).count(item) if isinstance(item, str | int | float) else Unknown("a count")


def _copy(machine: Machine, value: Any, arguments: Arguments) -> Value:
    machine.budget.room_for(len(value))
    return inherit(machine, value.copy(), value)


def _clear(machine: Machine, value: Any, arguments: Arguments) -> Value:
    if changed(machine, value):
        value.clear()
    return None


def _get(machine: Machine, value: dict[Value, Value], arguments: Arguments) -> Value:
    key = arguments.get(0, "key")
    if isinstance(key, Unknown):
        return item_at_unknown(list(value.values()), key)
    fallback = arguments.get(1, "default")
    if not _hashable(machine, key):
        return fallback
    if key not in value and machine.is_doubtful(value):
        return Unknown("an item of a dictionary that hangs on a condition")
    return value.get(key, fallback)


def _hashable(machine: Machine, key: Value) -> bool:
    machine.budget.weigh(key)
    try:
        hash(key)
    except (TypeError, RecursionError):
        return False
    return True


def _setdefault(machine: Machine, value: dict[Value, Value], arguments: Arguments) -> Value:
    changed(machine, value)
    key = arguments.get(0, "key")
    machine.budget.room_for(1)
    return value.setdefault(key, arguments.get(1, "default")) if _hashable(machine, key) else None


def _pop_dict(machine: Machine, value: dict[Value, Value], arguments: Arguments) -> Value:
    is_certain = changed(machine, value)
    key = arguments.get(0, "key")
    if isinstance(key, Unknown):
        return Unknown(key.why)
    if _hashable(machine, key) and key in value:
        return value.pop(key) if is_certain else value[key]
    if len(arguments.positional) > 1:
        return arguments.positional[1]
    raise machine.raise_error("KeyError", str(key)[:80] if isinstance(key, str) else "")


def _update(machine: Machine, value: Any, arguments: Arguments) -> Value:
    changed(machine, value)
    for one in arguments.positional:
        machine.budget.weigh(one)
        if isinstance(value, dict) and isinstance(one, dict):
            value.update(one)
            inherit(machine, value, one)
            continue
        more = items_of(machine, one)
        if more is None:
            machine.uncertain[id(value)] = value
        elif isinstance(value, set):
            value.update(item for item in more if _hashable(machine, item))
        elif all(isinstance(pair, tuple | list) and len(pair) == 2 for pair in more):
            value.update({pair[0]: pair[1] for pair in more if isinstance(pair, tuple | list)})
    if isinstance(value, dict):
        value.update(arguments.keywords)
    machine.budget.room_for(len(value))
    return None


def _add(machine: Machine, value: set[Value], arguments: Arguments) -> Value:
    changed(machine, value)
    item = arguments.get(0, "element")
    if _hashable(machine, item):
        value.add(item)
    machine.budget.room_for(len(value))
    return None


def _set_operation(name: str) -> Method:
    def method(machine: Machine, value: set[Value], arguments: Arguments) -> Value:
        others = [items_of(machine, one) for one in arguments.positional]
        if any(other is None for other in others):
            return Unknown("a set with unknown items")
        machine.budget.weigh(others)
        known = [set(other) for other in others if other is not None]
        result: Value = getattr(set(value), name)(*known)
        return machine.budget.made(result)

    return method


CONTAINER_METHODS: dict[tuple[str, str], Method] = {
    ("list", "append"): _append,
    ("list", "extend"): _extend,
    ("list", "insert"): _insert,
    ("list", "pop"): _pop_list,
    ("list", "remove"): _remove,
    ("list", "sort"): _sort,
    ("list", "reverse"): _reverse,
    ("list", "index"): _index,
    ("list", "count"): _count,
    ("list", "copy"): _copy,
    ("list", "clear"): _clear,
    ("tuple", "index"): _index,
    ("tuple", "count"): _count,
    ("dict", "items"): lambda machine, value, _: inherit(machine, list(value.items()), value),
    ("dict", "keys"): lambda machine, value, _: inherit(machine, list(value), value),
    ("dict", "values"): lambda machine, value, _: inherit(machine, list(value.values()), value),
    ("dict", "get"): _get,
    ("dict", "setdefault"): _setdefault,
    ("dict", "pop"): _pop_dict,
    ("dict", "update"): _update,
    ("dict", "copy"): _copy,
    ("dict", "clear"): _clear,
    ("set", "add"): _add,
    ("set", "discard"): _remove,
    ("set", "remove"): _remove,
    ("set", "update"): _update,
    ("set", "copy"): _copy,
}
CONTAINER_METHODS |= {
    ("set", name): _set_operation(name)
    for name in ("union", "intersection", "difference", "symmetric_difference", "issubset", "issuperset", "isdisjoint")
}
