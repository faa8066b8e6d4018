"""What `batch_alter_table` is told besides about the table that it makes anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Table
from sqlalchemy.schema import SchemaItem

from rules.reading.offers.real import Uncertain, real
from rules.reading.values import Arguments, Unknown, Value

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine

_HARMLESS = frozenset({"resolve_fks"})
"""Of `reflect_kwargs`: what changes nothing about the table itself."""


@dataclass(frozen=True, slots=True)
class MoreAboutACopy:
    """`known` is False where one of them is not, or does to the reflected table what is not done here."""

    partial_reordering: tuple[Any, ...] = ()
    table_args: tuple[Any, ...] = ()
    table_kwargs: dict[str, Any] = field(default_factory=dict)
    reflect_args: tuple[Any, ...] = ()
    known: bool = True

    @classmethod
    def of(cls, machine: Machine, arguments: Arguments) -> MoreAboutACopy:
        reflecting = arguments.get(8, "reflect_kwargs")
        try:
            return cls(
                _several(machine, arguments.get(3, "partial_reordering")),
                _several(machine, arguments.get(5, "table_args")),
                _named(machine, arguments.get(6, "table_kwargs")),
                _several(machine, arguments.get(7, "reflect_args")),
                known=_HARMLESS.issuperset(_named(machine, reflecting)),
            )
        except Uncertain:
            return cls(known=False)


def _several(machine: Machine, value: Value) -> tuple[Any, ...]:
    found = real(machine, value)
    if found is None or isinstance(found, list | tuple):
        return tuple(found or ())
    raise Uncertain(Unknown("a list of another kind"))


def _named(machine: Machine, value: Value) -> dict[str, Any]:
    found = real(machine, value)
    if found is None or (isinstance(found, dict) and all(isinstance(name, str) for name in found)):
        return dict(found or {})
    raise Uncertain(Unknown("keywords of another kind"))


def overridden(table: Table, items: Iterable[Any]) -> None:
    """With columns and constraints that take the place of those that were reflected, or stand beside them."""
    for item in items:
        if isinstance(item, Column):
            table.append_column(item, replace_existing=True)
        elif isinstance(item, SchemaItem):
            item._set_parent_with_dispatch(table)
