"""Values -> what SQLAlchemy and Alembic may be given, and back."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import MetaData, literal_column
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.base import ColumnCollection, Executable
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.schema import FetchedValue
from sqlalchemy.types import TypeEngine, UserDefinedType

from rules.reading.values import Class, EnumMember, Function, Instance, RealClass, Symbol, Unknown, Value

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine

PLAIN = (str, bytes, bool, int, float, complex, date, time, timedelta, Decimal, UUID)
REAL = (ClauseElement, SchemaItem, TypeEngine, ColumnCollection, MetaData, Executable, FetchedValue)
_HELD = (*REAL, *PLAIN)
HoleMaker = Callable[[Unknown], object]


class Uncertain(Exception):
    """A real object cannot be made, because this is not known."""

    def __init__(self, unknown: Unknown) -> None:
        super().__init__(unknown.why)
        self.unknown = unknown


class UnknownType(UserDefinedType[Any]):
    """A column type whose real name could not be learned; rendered as `"?Name"`."""

    cache_ok = True

    def __init__(self, name: str = "unknown") -> None:
        self.name = "".join(letter for letter in name if letter.isalnum() or letter in "._") or "unknown"

    def get_col_spec(self, **_: Any) -> str:
        return f'"?{self.name}"'


def hole(unknown: Unknown) -> object:
    """A value in an SQL expression that is not known before the migration runs; rendered as `:name`."""
    name = unknown.name if unknown.name.isidentifier() and unknown.name.isascii() else "unknown"
    return literal_column(f":{name}")


def refuse(unknown: Unknown) -> object:
    raise Uncertain(unknown)


def is_real(value: Value) -> bool:
    return isinstance(value, REAL)


def stand_in() -> None:
    """In the place of a function of the migration, where SQLAlchemy only keeps it."""


def real(machine: Machine, value: Value, on_unknown: HoleMaker = refuse, depth: int = 0) -> Any:
    """The object itself; raises `Uncertain` where that needs something unknown."""
    if value is None or value is Ellipsis or type(value) in PLAIN or isinstance(value, REAL):
        return value
    if depth > 30:
        raise Uncertain(Unknown("a value nested very deeply"))
    if isinstance(value, Unknown):
        return on_unknown(value)
    if id(value) in machine.uncertain:
        return on_unknown(Unknown("a container that was changed under a condition"))
    if isinstance(value, set | frozenset):  # as a list: SQLAlchemy would print a set in another order in each run
        return [real(machine, one, on_unknown, depth + 1) for one in sorted(value, key=repr)]
    if isinstance(value, list | tuple):
        items = [real(machine, one, on_unknown, depth + 1) for one in value]
        return items if isinstance(value, list) else type(value)(items)
    if isinstance(value, dict):
        return {
            real(machine, key, on_unknown, depth + 1): real(machine, one, on_unknown, depth + 1)
            for key, one in value.items()
        }
    if isinstance(value, Symbol):
        return _real_symbol(machine, value, on_unknown)
    if isinstance(value, (*PLAIN, slice, range)) or (isinstance(value, type) and issubclass(value, TypeEngine)):
        return value
    return on_unknown(Unknown("an object that the reader does not offer"))


def _real_symbol(machine: Machine, value: Symbol, on_unknown: HoleMaker) -> Any:
    match value:
        case RealClass():
            return value.target
        case EnumMember():
            return value.value if isinstance(value.value, str) and _is_text(value) else value.name
        case Function():
            return stand_in
        case Class(kind="type") | Instance(of=Class(kind="type")):
            return machine.library.real_type(machine, value)
        case Class(kind="enum"):
            return python_enum(machine, value)
        case Class(kind="model"):
            table = machine.library.table_of(machine, value)
            return on_unknown(Unknown(f"the table of the class `{value.name}`")) if table is None else table
    stands_for = machine.library.real_symbol(machine, value)
    return on_unknown(Unknown(value.described)) if stands_for is None else stands_for


def _is_text(member: EnumMember) -> bool:
    return any(getattr(base, "name", "") in ("str", "StrEnum") for base in member.of.ancestors())


def python_enum(machine: Machine, one: Class) -> Any:
    """An enum class of plain members, made here from names and values that were read."""
    members = machine.members_of_enum(one) or []
    pairs: list[tuple[str, object]] = []
    for member in members:
        if isinstance(member, EnumMember):
            plain = member.value if isinstance(member.value, PLAIN) else member.name
            pairs.append((member.name, plain))
    if not pairs:
        raise Uncertain(Unknown(f"the members of `{one.name}`"))
    try:
        return enum.Enum(one.name, pairs)
    except (ValueError, TypeError, AttributeError):
        raise Uncertain(Unknown(f"the members of `{one.name}`")) from None


def offered(value: object) -> Value:
    """What a real object gave back: only kinds that the reader knows how to hold."""
    if value is None or isinstance(value, _HELD):
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return (
            type(value)(offered(one) for one in value)
            if type(value) in (list, tuple, set, frozenset)
            else [offered(one) for one in value]
        )
    if isinstance(value, dict):
        return {offered(key): offered(one) for key, one in value.items()}
    return Unknown("an object of SQLAlchemy that the reader does not offer")
