"""`session.query(...)`: a query is built here, and sent when it is asked for its rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.selectable import LABEL_STYLE_TABLENAME_PLUS_COL

from rules.model.names import Name
from rules.model.operations import Delete, OpaqueKind, Rows, Select, Statement, Update
from rules.reading.interpreter.frames import Raised
from rules.reading.interpreter.machine import Machine
from rules.reading.offers.construction import guarded
from rules.reading.offers.models import model_attribute, related, table_of
from rules.reading.offers.real import Uncertain, hole, real
from rules.reading.values import Arguments, Class, Native, Symbol, Unknown, Value

SAME = frozenset(
    [
        "options",
        "execution_options",
        "enable_eagerloads",
        "populate_existing",
        "yield_per",
        "params",
        "autoflush",
        "enable_assertions",
        "with_labels",
        "prefix_with",
        "with_hint",
    ]
)
"""They change nothing that shows in the SQL, or nothing that matters there."""
CLAUSES = frozenset(
    ["order_by", "group_by", "having", "distinct", "limit", "offset", "select_from", "with_for_update", "correlate"]
)
"""Methods of `Select` too, called on it as they were called here."""
WITHIN = frozenset(["subquery", "scalar_subquery", "as_scalar", "cte", "exists", "label"])
"""They send nothing: the query becomes a part of another statement."""
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
        "fetchall",
        "partitions",
        "value",
    ]
)
JOINS = frozenset({"join", "outerjoin"})
Call = tuple[str, Arguments]
"""Of a method of the query, by name."""


class RowValue(Unknown):
    """A row, or rows, of a query; `model` is the class that it is an instance of, where that is known."""

    __slots__ = ("model",)

    def __init__(self, model: Class | None = None, name: str = "row") -> None:
        super().__init__("the rows of a query", name)
        self.model = model

    def attribute(self, name: str, machine: Machine) -> Value:
        target = None if self.model is None else related(machine, self.model, name)
        return Unknown(self.why, name) if target is None else RowValue(target, name)


@dataclass(slots=True, eq=False, repr=False)
class QueryValue(Symbol):
    entities: tuple[Value, ...]
    filters: tuple[Value, ...] = ()
    joins: tuple[Call, ...] = ()
    clauses: tuple[Call, ...] = ()
    whole: bool = True
    """False once something was added that changes which rows it means, and could not be followed."""

    def attribute(self, name: str, machine: Machine) -> Value:
        if name in ("filter", "where"):
            return Native(name, lambda arguments, _: replace(self, filters=(*self.filters, *arguments.positional)))
        if name == "filter_by":
            return Native(name, self._filter_by)
        if name in JOINS:
            return Native(name, lambda arguments, _: replace(self, joins=(*self.joins, (name, arguments))))
        if name in CLAUSES:
            return Native(name, lambda arguments, _: replace(self, clauses=(*self.clauses, (name, arguments))))
        if name in SAME:
            return Native(name, lambda _, __: self)
        if name == "with_entities":
            return Native(name, lambda arguments, _: replace(self, entities=tuple(arguments.positional)))
        if name in ("add_columns", "add_entity", "add_column"):
            return Native(name, lambda given, _: replace(self, entities=(*self.entities, *given.positional)))
        if name in WITHIN:
            return Native(name, lambda arguments, machine: self._within(machine, name, arguments))
        if name in ("statement", "selectable"):
            return self._part(machine)
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

    @property
    def is_plain(self) -> bool:
        """Its rows are those of one table that its conditions hold for."""
        return self.whole and not self.joins and not self.clauses

    def row(self) -> RowValue:
        return RowValue(self.model if len(self.entities) == 1 else None)

    def _filter_by(self, arguments: Arguments, machine: Machine) -> Value:
        last = self.joins[-1][1].get(0, "target") if self.joins else self.model
        tables = self._tables(machine)
        added: list[Value] = []
        for name, value in arguments.keywords.items():
            column = model_attribute(machine, last, name) if isinstance(last, Class) else None
            if last is None and tables and name in tables[0].c:
                column = tables[0].c[name]
            if isinstance(column, ColumnElement):
                added.append(_equal(machine, column, value))
            else:
                added.append(Unknown("a condition of a query"))
        return replace(self, filters=(*self.filters, *added))

    # Sending

    def sent(self, machine: Machine, _: tuple[Value, ...]) -> RowValue:
        """Its SELECT; without text where that could not be built."""
        tables = self._tables(machine)
        built = self.select(machine)
        if built is not None:
            try:
                guarded(machine.record.renderer.send, built)
                return self.row()
            except Raised:
                pass
        sources = tuple(name_of(table) for table in tables)
        machine.record.add(machine, "", lambda statement: (Select(statement, sources),))
        return self.row()

    def select(self, machine: Machine, labelled: bool = False) -> sa.Select[Any] | None:
        """The statement that it stands for; None if a part of it is not known. `labelled` as the ORM names columns."""
        if not self.whole or machine.loading:
            return None
        try:
            columns = [real(machine, one) for one in self.entities]
            filters = self._filters(machine)
            if filters is None:
                return None
            built: sa.Select[Any] = guarded(sa.select, *columns)
            for name, arguments in self.joins:
                built = _joined(machine, built, name, arguments)
            built = guarded(built.where, *filters)
            for name, arguments in self.clauses:
                built = _called(machine, built, name, arguments)
            return built.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL) if labelled else built
        except (Uncertain, Raised):
            return None

    def _part(self, machine: Machine) -> Value:
        built = self.select(machine)
        return Unknown("a query of which a part is not known", "query") if built is None else built

    def _within(self, machine: Machine, name: str, arguments: Arguments) -> Value:
        built = self._part(machine)
        return built if isinstance(built, Unknown) else machine.call(machine.attribute(built, name), arguments)

    def _filters(self, machine: Machine) -> list[Any] | None:
        """None if one of them could not be read."""
        try:
            made = [real(machine, one) for one in self.filters]
        except Uncertain:
            return None
        return made if all(isinstance(one, ColumnElement) for one in made) else None

    def _tables(self, machine: Machine) -> list[sa.Table]:
        found: list[sa.Table] = []
        for one in (*self.entities, *(given.get(0, "target") for _, given in self.joins)):
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
        if filters is not None and self.is_plain and isinstance(values, dict):
            try:
                given = {
                    name: real(machine, value, lambda _, name=name: hole(Unknown("a value", name)))  # type: ignore[misc]
                    for name, value in zip(columns, values.values(), strict=True)
                }
                guarded(machine.record.renderer.send, guarded(table.update().where(*filters).values, given))
                return Unknown("a number of rows")
            except (Raised, Uncertain):
                pass
        condition = "?" if self.filters or self.joins else None
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
        if filters is not None and self.is_plain:
            try:
                guarded(machine.record.renderer.send, guarded(table.delete().where, *filters))
                return Unknown("a number of rows")
            except Raised:
                pass
        condition = "?" if self.filters or self.joins else None
        rows = Rows.UNBOUNDED if condition else Rows.ALL
        machine.record.add(machine, "", lambda statement: (Delete(statement, name_of(table), condition, rows),))
        return Unknown("a number of rows")


def _joined(machine: Machine, built: sa.Select[Any], name: str, arguments: Arguments) -> sa.Select[Any]:
    """Along a relationship, or with a condition that is not known: `Uncertain`."""
    positional = [real(machine, one) for one in arguments.positional]
    keywords = {key: real(machine, one) for key, one in arguments.keywords.items() if key in ("isouter", "full")}
    made: sa.Select[Any] = guarded(getattr(built, name), *positional, **keywords)
    return made


def _called(machine: Machine, built: sa.Select[Any], name: str, arguments: Arguments) -> sa.Select[Any]:
    positional = [real(machine, one, hole) for one in arguments.positional]
    made: sa.Select[Any] = guarded(getattr(built, name), *positional)
    return made


def _equal(machine: Machine, column: Any, value: Value) -> Value:
    try:
        made: Value = guarded(lambda: column == real(machine, value, hole))
        return made
    except Uncertain as uncertain:
        return uncertain.unknown


def name_of(table: sa.Table) -> Name:
    return Name(str(table.name), str(table.schema) if table.schema else None)
