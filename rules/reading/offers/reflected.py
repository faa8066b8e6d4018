"""Tables that are reflected: columns from the replayed schema, the others as the migration names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.base import ColumnCollection
from sqlalchemy.sql.elements import BindParameter, ColumnClause
from sqlalchemy.types import TypeEngine

from rules.model.names import Name
from rules.reading.bounds import COST_OF_ITEMS
from rules.reading.offers.construction import guarded
from rules.reading.offers.reflection import fill
from rules.reading.values import Arguments, Value

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine

TYPES: tuple[tuple[type, type[TypeEngine[Any]]], ...] = (
    (bool, sa.Boolean), (int, sa.Integer), (float, sa.Float), (Decimal, sa.Numeric), (str, sa.Text),
    (bytes, sa.LargeBinary), (datetime, sa.DateTime), (date, sa.Date), (UUID, sa.Uuid), (dict, sa.JSON),
    (list, sa.JSON),
)  # fmt: skip
"""Of a column of which only a value is known."""
COST_OF_TABLE = 200
"""Steps that making one counts as."""


class ReflectedTables(dict[Value, Value]):
    """`metadata.tables`: one that is not known to be there is made when it is asked for."""

    def __init__(self, known: Mapping[str, sa.Table], make: Callable[[str], sa.Table]) -> None:
        super().__init__(known.items())
        self._make = make

    def __missing__(self, key: Value) -> Value:
        if not isinstance(key, str):
            raise KeyError(key)
        return self._make(key)


class Reflected:
    """What one reading reflects."""

    def __init__(self) -> None:
        self._tables: dict[int, sa.Table] = {}
        self._metadata: dict[int, sa.MetaData] = {}

    def is_open(self, columns: ColumnCollection[Any, Any]) -> bool:
        """Whether these are the columns of a reflected table, of which not all are known."""
        return id(columns) in self._tables

    def column(self, columns: ColumnCollection[Any, Any], name: str) -> ColumnClause[Any] | None:
        """One that nobody has seen made; None if all of the table are known."""
        table = self._tables.get(id(columns))
        return None if table is None else ColumnClause(name, _selectable=table)

    def every_column(self, value: Value) -> Value:
        """`table.*` for a table of which not all are known; anything else as it is."""
        if isinstance(value, sa.Table) and self.is_open(value.c):
            return ColumnClause("*", is_literal=True, _selectable=value)
        return value

    def holds(self, metadata: sa.MetaData) -> bool:
        """Whether tables of the database were reflected into it."""
        return id(metadata) in self._metadata

    def fill(self, machine: Machine, table: sa.Table) -> None:
        schema = machine.library.schema_now(machine)
        name = Name(str(table.name), str(table.schema) if table.schema else None)
        known = None if schema is None else schema.table(name)
        if known is not None:
            guarded(fill, table, known)
        if known is None or not known.complete:
            self._tables[id(table.c)] = table

    def all(self, machine: Machine, metadata: sa.MetaData, arguments: Arguments) -> None:
        """`metadata.reflect(bind, schema, views, only)`."""
        self._metadata[id(metadata)] = metadata
        where, only = arguments.get(1, "schema"), arguments.get(3, "only")
        named = where if isinstance(where, str) else None
        for name in only if isinstance(only, list | tuple | set) else self._known(machine, named):
            if isinstance(name, str):
                self.table(machine, metadata, name, named)

    def _known(self, machine: Machine, schema: str | None) -> Iterable[str]:
        known = machine.library.schema_now(machine)
        tables = () if known is None else known.tables
        return [table.name.name for table in tables if table.name.key[0] == (schema or "public")]

    def table(self, machine: Machine, metadata: sa.MetaData, name: str, schema: str | None = None) -> sa.Table:
        key = f"{schema}.{name}" if schema else name
        if key in metadata.tables:
            return metadata.tables[key]
        machine.budget.step(COST_OF_TABLE)
        made: sa.Table = guarded(sa.Table, name, metadata, schema=schema)
        self.fill(machine, made)
        return made

    def tables(self, machine: Machine, metadata: sa.MetaData) -> ReflectedTables:
        def make(key: str) -> sa.Table:
            schema, _, name = key.rpartition(".")
            return self.table(machine, metadata, name, schema or None)

        machine.budget.step(len(metadata.tables) // COST_OF_ITEMS)
        found = ReflectedTables(metadata.tables, make)
        machine.open[id(found)] = found
        return found

    def complete(self, machine: Machine, table: object, values: Mapping[Any, object]) -> None:
        """Gives a reflected table the columns that are written to."""
        if not isinstance(table, sa.Table) or not self.is_open(table.c):
            return
        machine.budget.step(len(values) + len(table.c))
        for name, value in values.items():
            if isinstance(name, str) and name not in table.c:
                guarded(table.append_column, sa.Column(name, type_of_value(value)))


def type_of_value(value: object) -> TypeEngine[Any]:
    value = value.value if isinstance(value, BindParameter) else value
    return next((made() for kind, made in TYPES if isinstance(value, kind)), sa.types.NULLTYPE)
