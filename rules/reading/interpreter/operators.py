"""Operators and subscripts, on plain values and on SQL expressions."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any

from rules.reading.bounds import MAX_BITS, MAX_ITEMS, MAX_STRING, BoundReached
from rules.reading.interpreter.choices import item_at_unknown
from rules.reading.interpreter.doubt import inherit
from rules.reading.interpreter.machine import Machine
from rules.reading.interpreter.texts import joined, percent
from rules.reading.interpreter.truth import items_of, truth_of
from rules.reading.values import Choice, Class, EnumMember, Instance, RealClass, Symbol, Unknown, UnknownText, Value

Operator = Callable[[Any, Any], Any]
BINARY: dict[type[ast.operator], Operator] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
}
ORDER: dict[type[ast.cmpop], Operator] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
PLAIN = (bool, int, float, complex, str, bytes, list, tuple, dict, set, frozenset, date, time, timedelta, Decimal)
ERRORS = (TypeError, ValueError, ArithmeticError, KeyError, IndexError, AttributeError)


def binary(machine: Machine, kind: ast.operator, left: Value, right: Value) -> Value:
    if isinstance(left, Choice):
        return machine.each(left, lambda option: binary(machine, kind, option, right))
    if isinstance(right, Choice) and not machine.library.is_sql(left):
        return machine.each(right, lambda option: binary(machine, kind, left, option))
    if machine.library.is_sql(left) or machine.library.is_sql(right):
        return machine.library.sql_operator(machine, BINARY.get(type(kind)), left, right)
    if isinstance(kind, ast.Mod) and isinstance(left, str | UnknownText):
        return percent(machine, left, right)
    if isinstance(kind, ast.Add) and _is_partly_known_sum(left, right):
        return joined(machine, [left, right])
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        why = left if isinstance(left, Unknown) else right
        return Unknown(why.why if isinstance(why, Unknown) else "a computed value")
    special = {ast.Add: "__add__", ast.Div: "__truediv__", ast.BitOr: "__or__", ast.Mod: "__mod__"}.get(type(kind))
    if isinstance(left, Symbol) and special and machine.library.is_path(left):
        return machine.library.path_operator(machine, left, right)
    if isinstance(left, Symbol) or isinstance(right, Symbol):
        return Unknown("a value made by an operator on objects")
    if not (isinstance(left, PLAIN) and isinstance(right, PLAIN)):
        return Unknown("a value made by an operator")
    _check_size(machine, kind, left, right)
    if isinstance(left, set) and isinstance(right, set) and _is_less(machine, kind, left, right):
        return inherit(machine, set(right if machine.is_doubtful(left) else left), left, right)
    try:
        return inherit(machine, machine.budget.made(BINARY[type(kind)](left, right)), left, right)
    except KeyError:
        return Unknown("a value made by an operator")
    except ERRORS as error:
        raise machine.raise_error(type(error).__name__, str(error)) from None


def _is_less(machine: Machine, kind: ast.operator, left: Value, right: Value) -> bool:
    """Whether a doubtful set takes items away: each may be left of those that are there for certain."""
    if isinstance(kind, ast.Sub):
        return machine.is_doubtful(right) and not machine.is_doubtful(left)
    return isinstance(kind, ast.BitAnd) and machine.is_doubtful(left) != machine.is_doubtful(right)


def _is_partly_known_sum(left: Value, right: Value) -> bool:
    """A text of which one side is known, wholly or in parts."""
    sides = (left, right)
    return (
        all(isinstance(side, str | Unknown) for side in sides)
        and any(isinstance(side, str | UnknownText) for side in sides)
        and any(isinstance(side, Unknown) for side in sides)
    )


def _check_size(machine: Machine, kind: ast.operator, left: Value, right: Value) -> None:
    """Before the value is made, because making it may already be too much."""
    match kind:
        case ast.Mult():
            for one, other in ((left, right), (right, left)):
                if isinstance(one, str | bytes | list | tuple) and isinstance(other, int):
                    length = len(one) * max(int(other), 0)
                    machine.budget.room_for(length, MAX_STRING if isinstance(one, str | bytes) else MAX_ITEMS)
        case ast.Pow():
            if isinstance(left, int) and isinstance(right, int) and left.bit_length() * abs(right) > MAX_BITS:
                raise BoundReached(f"it makes a number of more than {MAX_BITS:,} bits")
            if isinstance(left, Decimal) or isinstance(right, Decimal):
                raise BoundReached("it raises a decimal number to a power")
        case ast.LShift():
            if isinstance(right, int) and right > MAX_BITS:
                raise BoundReached(f"it makes a number of more than {MAX_BITS:,} bits")
        case _:
            return


def unary(machine: Machine, kind: ast.unaryop, value: Value) -> Value:
    if isinstance(kind, ast.Not):
        if machine.library.is_sql(value):
            return Unknown("a condition on an SQL expression")
        known = truth_of(machine, value)
        return Unknown(value.why if isinstance(value, Unknown) else "a condition") if known is None else not known
    if machine.library.is_sql(value) and isinstance(kind, ast.Invert | ast.USub):
        return machine.library.sql_operator(machine, None, value, kind)
    if isinstance(value, int | float | Decimal) and not isinstance(kind, ast.Invert):
        return -value if isinstance(kind, ast.USub) else value
    if isinstance(value, int):
        return ~value
    return Unknown("a value made by an operator")


def compare(machine: Machine, kind: ast.cmpop, left: Value, right: Value) -> Value:
    if isinstance(left, Choice):
        return machine.each(left, lambda option: compare(machine, kind, option, right))
    if isinstance(right, Choice) and not machine.library.is_sql(left):
        return machine.each(right, lambda option: compare(machine, kind, left, option))
    if isinstance(kind, ast.Is | ast.IsNot):
        return _identical(machine, kind, left, right)
    if isinstance(kind, ast.In | ast.NotIn):
        return _contained(machine, kind, left, right)
    if machine.library.is_sql(left) or machine.library.is_sql(right):
        return machine.library.sql_operator(machine, ORDER[type(kind)], left, right)
    for one in (left, right):
        if isinstance(one, Unknown):
            return Unknown(one.why)
        if id(one) in machine.uncertain:
            return Unknown("a comparison with a value that hangs on a condition")
    left, right = _comparable(left), _comparable(right)
    if isinstance(left, Symbol) or isinstance(right, Symbol):
        return _compare_symbols(kind, left, right)
    machine.budget.weigh(left, right)
    try:
        return bool(ORDER[type(kind)](left, right))
    except ERRORS as error:
        raise machine.raise_error("TypeError", str(error)) from None


def _comparable(value: Value) -> Value:
    """A member of an enum that is also a string or a number compares as that."""
    if isinstance(value, EnumMember) and any(
        getattr(base, "name", "") in ("str", "int", "StrEnum", "IntEnum") for base in value.of.ancestors()
    ):
        return value.value
    return value


def _compare_symbols(kind: ast.cmpop, left: Value, right: Value) -> Value:
    if isinstance(left, Instance) and isinstance(right, Instance):
        return Unknown("a comparison of two objects")
    if isinstance(kind, ast.Eq):
        return left is right
    return left is not right if isinstance(kind, ast.NotEq) else Unknown("a comparison of two objects")


def _identical(machine: Machine, kind: ast.cmpop, left: Value, right: Value) -> Value:
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Unknown):
            return Unknown(one.why)
        if isinstance(other, bool) and not isinstance(one, bool):
            return isinstance(kind, ast.IsNot)
    same = left is right or (type(left) is type(right) and isinstance(left, int | str) and left == right)
    return same is isinstance(kind, ast.Is)


def _contained(machine: Machine, kind: ast.cmpop, item: Value, container: Value) -> Value:
    if isinstance(container, Unknown):
        return Unknown(container.why)
    if isinstance(item, Unknown):
        return Unknown(item.why)
    if machine.library.is_sql(container):
        return machine.library.contains_object(machine, kind, item, container)
    if id(container) in machine.open and isinstance(container, list | tuple | dict | set) and isinstance(item, str):
        known = any(one == item for one in container if isinstance(one, str))
        return isinstance(kind, ast.In) if known else Unknown("whether something exists in the database")
    if isinstance(item, str) and isinstance(container, str):
        found = item in container
    else:
        values = items_of(machine, container)
        if values is None:
            where = container.described if isinstance(container, Symbol) else "a list that hangs on the database"
            return Unknown(f"whether something is in {where}")
        if isinstance(item, str | int | float | bool | None) and all(
            isinstance(one, str | int | float | bool | None) for one in values
        ):
            found = item in values
        else:
            found = False
            for one in values:
                same = compare(machine, ast.Eq(), item, one)
                if same is True:
                    found = True
                    break
                if same is not False:
                    return Unknown("whether something is in a list")
    return found is isinstance(kind, ast.In)


def subscript(machine: Machine, value: Value, key: Value) -> Value:
    if isinstance(value, RealClass) or (isinstance(value, Class) and value.kind != "enum"):
        return value  # `TypeDecorator[str]`: a generic class with its parameter
    if isinstance(value, Unknown) and isinstance(key, int) and machine.library.row_of(value) is not None:
        return value
    if isinstance(value, Unknown):
        name = key if isinstance(key, str) and key.isidentifier() else value.name
        return Unknown(value.why, name, False, "")
    if isinstance(key, Unknown):
        if isinstance(value, Symbol):
            return value.item_at_unknown(key)
        items = list(value.values()) if isinstance(value, dict) else value
        return item_at_unknown(items if isinstance(items, list | tuple) else (), key)
    if isinstance(value, Symbol):
        return machine.attribute(value, key) if isinstance(key, str) else _member(machine, value, key)
    if machine.library.is_sql(value):
        return machine.library.subscript_object(machine, value, key)
    if not isinstance(value, str | bytes | list | tuple | dict | range):
        return Unknown("an item of an object")
    if id(value) in machine.uncertain and isinstance(value, list):
        if isinstance(key, int) and -len(value) <= key < len(value):
            return value[key]
        return Unknown("an item of a list that hangs on a condition")
    machine.budget.weigh(key)
    try:
        return machine.budget.made(value[key])  # type: ignore[index,call-overload]
    except (*ERRORS, OverflowError) as error:
        if isinstance(error, KeyError) and id(value) in machine.open:
            return Unknown("an item of a dictionary that may hold more")
        if isinstance(error, KeyError) and machine.is_doubtful(value):
            return Unknown("an item of a dictionary that hangs on a condition")
        said = "" if isinstance(error, KeyError) and isinstance(key, tuple | frozenset) else str(error)
        raise machine.raise_error(type(error).__name__, said) from None


def _member(machine: Machine, value: Symbol, key: Value) -> Value:
    items = value.items(machine)
    if items is not None and isinstance(key, int | slice):
        return subscript(machine, items, key)
    return Unknown(f"an item of {value.described}")
