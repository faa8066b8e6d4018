"""Which types cannot hold every value of another one: the cast fails on some value, or rounds it.

Source: https://www.postgresql.org/docs/current/datatype.html (ranges and precisions), measured by the tests.
"""

from __future__ import annotations

from rules.model.columns import DataType

_INTEGER_DIGITS = {"smallint": 5, "integer": 10, "bigint": 19}
"""Decimal digits of the largest value."""
_EXACT_BITS = {"real": 24, "double precision": 53}
"""Integers up to two to this power are held exactly."""
_INTEGER_BITS = {"smallint": 15, "integer": 31, "bigint": 63}
_LIMITED = ("character varying", "character")
_TEXTS = ("text", "citext", "bpchar", *_LIMITED)
_BITS = ("bit", "bit varying")
_FINEST = 6
"""Digits of a second, where none are given."""
_NAME_BYTES = 63


def narrows(old: DataType, new: DataType) -> bool:
    """Whether some value of the old type does not fit into the new one unchanged."""
    if old.dimensions and new.dimensions:
        return narrows(
            DataType(old.name, old.arguments, 0, old.schema), DataType(new.name, new.arguments, 0, new.schema)
        )
    if old.dimensions or new.dimensions or old.schema or new.schema:
        return False
    if old.name in _TEXTS:
        return _narrows_text(old, new)
    if old.name in _BITS and new.name in _BITS:
        return _shorter(old, new)
    if old.name in _INTEGER_DIGITS or old.name in _EXACT_BITS or old.name == "numeric":
        return _narrows_number(old, new)
    return _narrows_time(old, new) or (old.name, new.name) == ("inet", "cidr")


def _length(type_: DataType) -> int | None:
    return int(type_.arguments[0]) if type_.arguments and type_.arguments[0].isdigit() else None


def _shorter(old: DataType, new: DataType) -> bool:
    limit, length = _length(new), _length(old)
    return limit is not None and (length is None or length > limit)


def _narrows_text(old: DataType, new: DataType) -> bool:
    if new.name == "name":
        length = _length(old)
        return length is None or length > _NAME_BYTES
    return new.name in _LIMITED and _shorter(old, new)


def _narrows_number(old: DataType, new: DataType) -> bool:
    if new.name in _INTEGER_DIGITS:
        return old.name not in _INTEGER_DIGITS or _INTEGER_DIGITS[new.name] < _INTEGER_DIGITS[old.name]
    if new.name in _EXACT_BITS:
        if old.name in _INTEGER_BITS:
            return _INTEGER_BITS[old.name] > _EXACT_BITS[new.name]
        return old.name == "numeric" or _EXACT_BITS[old.name] > _EXACT_BITS[new.name]
    if new.name == "numeric":
        return _narrows_to_numeric(old, new)
    return new.name == "money"


def _narrows_to_numeric(old: DataType, new: DataType) -> bool:
    digits, scale = _digits_and_scale(new)
    if digits is None:
        return False
    if old.name in _INTEGER_DIGITS:
        return digits - scale < _INTEGER_DIGITS[old.name]
    old_digits, old_scale = _digits_and_scale(old)
    return old_digits is None or old_scale > scale or old_digits - old_scale > digits - scale


def _digits_and_scale(type_: DataType) -> tuple[int | None, int]:
    """(None, 0) without a limit."""
    if len(type_.arguments) != 2:
        return None, 0
    digits, scale = type_.arguments
    return (int(digits), int(scale)) if digits.isdigit() and scale.lstrip("-").isdigit() else (None, 0)


def _narrows_time(old: DataType, new: DataType) -> bool:
    kind, finer = old.name.partition(" ")[0], _length(old)
    target, limit = new.name.partition(" ")[0], _length(new)
    if kind == "timestamp" and target in ("date", "time"):
        return True
    if kind != target or kind not in ("timestamp", "time", "interval"):
        return False
    if kind == "time" and old.name != new.name and new.name.endswith("without time zone"):
        return True
    return (_FINEST if finer is None else finer) > (_FINEST if limit is None else limit)
