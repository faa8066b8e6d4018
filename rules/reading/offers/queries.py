"""`session.query(...)`: a query is built here, and sent when it is asked for its rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from rules.model.names import Name
from rules.model.operations import Delete, OpaqueKind, Rows, Select, Statement, Update
from rules.reading.interpreter.frames import Raised
from rules.reading.interpreter.machine import Machine
from rules.reading.offers.construction import guarded
from rules.reading.offers.models import model_attribute, table_of
from rules.reading.offers.real import Uncertain, hole, real
from rules.reading.values import Arguments, Class, Native, Symbol, Unknown, Value

SAME = frozenset(
    [
        "options",
        "execution_options",
        "enable_eagerloads",
        "populate_existing",
        "with_entities",
        "order_by",
        "group_by",
        "having",
        "distinct",
        "limit",
        "offset",
        "yield_per",
        "select_from",
        "params",
        "with_for_update",
        "correlate",
        "autoflush",
        "enable_assertions",
        "add_columns",
        "add_entity",
        "with_labels",
        "prefix_with",
        "with_hint",
    ]
)
ROWS = frozenset(
    [
        "all",
        "first",
        "one",
        "one_or_none",
        "scalar",
        "scalars",
        "get",
        "count",
        "exists",
        "fetchall",
        "partitions",
        "value",
    ]
)
JOINS = frozenset({"join", "outerjoin"})


class RowValue(Unknown):
    """A row, or rows, of a query; `model` is the class that it is an instance of, where that is known."""

    __slots__ = ("model",)

    def __init__(self, model: Class | None = None, name: str = "row") -> None:
        super().__init__("the rows of a query", name)
        self.model = model


@dataclass(slots=True, eq=False)
class QueryValue(Symbol):
    entities: tuple[Value, ...]
    filters: tuple[Value, ...] = ()
    joined: tuple[Value, ...] = ()
    whole: bool = True
    """False once something was added that changes which rows it means, and could not be followed."""

    def attribute(self, name: str, machine: Machine) -> Value:
        if name in ("filter", "where"):
            return Native(name, lambda arguments, _: replace(self, filters=(*self.filters, *arguments.positional)))
        if name == "filter_by":
            return Native(name, self._filter_by)
        if name in JOINS:
            return Native(
                name, lambda arguments, _: replace(self, joined=(*self.joined, *arguments.positional[:1]), whole=False)
            )
        if name in SAME:
            return Native(name, lambda _, __: self)
        if name in ROWS:
            return Native(name, lambda arguments, machine: self.sent(machine, tuple(arguments.positional)))
        if name == "update":
            return Native(name, self._update)
        if name == "delete":
            return Native(name, self._delete)
        return Native(name, lambda _, __: replace(self, whole=False))

    def items(self, machine: Machine) -> list[Value] | None:
        self.sent(machine, ())
        return None

    def truth(self) -> bool | None:
        return None

    @property
    def described(self) -> str:
        return "a query"

    @property
    def model(self) -> Class | None:
        first = self.entities[0] if self.entities else None
        return first if isinstance(first, Class) and first.kind == "model" else None

    def row(self) -> RowValue:
        return RowValue(self.model if len(self.entities) == 1 else None)

    def _filter_by(self, arguments: Arguments, machine: Machine) -> Value:
        added: list[Value] = []
        for name, value in arguments.keywords.items():
            column = None if self.model is None else model_attribute(machine, self.model, name)
            if isinstance(column, ColumnElement):
                added.append(_equal(machine, column, value))
            else:
                added.append(Unknown("a condition of a query"))
        return replace(self, filters=(*self.filters, *added))

    # Sending

    def sent(self, machine: Machine, _: tuple[Value, ...]) -> RowValue:
        """Its SELECT; without text where that could not be built."""
        tables = self._tables(machine)
        built = self._select(machine)
        if built is not None:
            try:
                guarded(machine.record.renderer.send, built)
                return self.row()
            except Raised:
                pass
        sources = tuple(name_of(table) for table in tables)
        machine.record.add(machine, "", lambda statement: (Select(statement, sources),))
        return self.row()

    def _select(self, machine: Machine) -> sa.Select[Any] | None:
        try:
            columns = [real(machine, one) for one in self.entities]
            built = guarded(sa.select, *columns)
            filters = self._filters(machine)
            if filters is None or not self.whole or machine.loading:
                return None
            selected: sa.Select[Any] = guarded(built.where, *filters)
            return selected
        except (Uncertain, Raised):
            return None

    def _filters(self, machine: Machine) -> list[Any] | None:
        """None if one of them could not be read."""
        try:
            made = [real(machine, one) for one in self.filters]
        except Uncertain:
            return None
        return made if all(isinstance(one, ColumnElement) for one in made) else None

    def _tables(self, machine: Machine) -> list[sa.Table]:
        found: list[sa.Table] = []
        for one in (*self.entities, *self.joined):
            table = table_of(machine, one) if isinstance(one, Class) and one.kind == "model" else None
            if isinstance(one, sa.Column) and isinstance(one.table, sa.Table):
                table = one.table
            if isinstance(one, sa.Table):
                table = one
            if table is not None and table not in found:
                found.append(table)
        return found

    def _target(self, machine: Machine, verb: str) -> sa.Table | None:
        tables = self._tables(machine)
        if tables:
            return tables[0]
        machine.record.opaque(machine, OpaqueKind.SQL, f"a query {verb} rows of a table that is not known")
        return None

    def _update(self, arguments: Arguments, machine: Machine) -> Value:
        table = self._target(machine, "updates")
        if table is None:
            return Unknown("a number of rows")
        values = arguments.get(0, "values")
        columns = (
            tuple(key if isinstance(key, str) else str(getattr(key, "name", "")) for key in values)
            if isinstance(values, dict)
            else ()
        )
        filters = self._filters(machine)
        if filters is not None and self.whole and isinstance(values, dict):
            try:
                given = {
                    name: real(machine, value, lambda _, name=name: hole(Unknown("a value", name)))  # type: ignore[misc]
                    for name, value in zip(columns, values.values(), strict=True)
                }
                guarded(machine.record.renderer.send, guarded(table.update().where(*filters).values, given))
                return Unknown("a number of rows")
            except (Raised, Uncertain):
                pass
        condition = "?" if self.filters or self.joined else None
        rows = Rows.UNBOUNDED if condition else Rows.ALL

        def make(statement: Statement) -> tuple[Update]:
            return (Update(statement, name_of(table), columns, condition, rows),)

        machine.record.add(machine, "", make)
        return Unknown("a number of rows")

    def _delete(self, arguments: Arguments, machine: Machine) -> Value:
        table = self._target(machine, "deletes")
        if table is None:
            return Unknown("a number of rows")
        filters = self._filters(machine)
        if filters is not None and self.whole:
            try:
                guarded(machine.record.renderer.send, guarded(table.delete().where, *filters))
                return Unknown("a number of rows")
            except Raised:
                pass
        condition = "?" if self.filters or self.joined else None
        rows = Rows.UNBOUNDED if condition else Rows.ALL
        machine.record.add(machine, "", lambda statement: (Delete(statement, name_of(table), condition, rows),))
        return Unknown("a number of rows")


def _equal(machine: Machine, column: Any, value: Value) -> Value:
    try:
        made: Value = guarded(lambda: column == real(machine, value, hole))
        return made
    except Uncertain as uncertain:
        return uncertain.unknown


def name_of(table: sa.Table) -> Name:
    return Name(str(table.name), str(table.schema) if table.schema else None)
