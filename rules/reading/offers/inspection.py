"""`sa.inspect(bind)`: answers from the schema that the earlier revisions leave, else unknown.

What was never seen created may still exist (a history may start late), so absence is never an answer.
"""

from __future__ import annotations

from collections.abc import Callable

from rules.model.names import Name
from rules.reading.interpreter.machine import Machine
from rules.reading.offers import reflection
from rules.reading.values import Arguments, Native, Symbol, Unknown, Value
from rules.schema import Schema, Table
from rules.schema.paths import DEFAULT
from rules.schema.resolving import table_named

ABOUT_TABLE: dict[str, Callable[[Table], Value]] = {
    "get_columns": reflection.columns_of,
    "get_indexes": reflection.indexes_of,
    "get_foreign_keys": reflection.foreign_keys_of,
    "get_unique_constraints": reflection.uniques_of,
    "get_check_constraints": reflection.checks_of,
    "get_pk_constraint": reflection.primary_key_of,
}


class InspectorValue(Symbol):
    __slots__ = ()

    def attribute(self, name: str, machine: Machine) -> Value:
        from rules.reading.offers.connection import ConnectionValue, DialectValue

        match name:
            case "dialect":
                return DialectValue()
            case "bind" | "engine":
                return ConnectionValue()
            case "clear_cache":
                return Native(name, lambda _, __: None)
            case "default_schema_name":
                schema = machine.library.schema_now(machine)
                return "public" if schema is None else default_space(schema)
        return Native(name, lambda arguments, machine: answer(machine, name, arguments))

    @property
    def described(self) -> str:
        return "the inspector"


def answer(machine: Machine, name: str, arguments: Arguments) -> Value:
    schema = machine.library.schema_now(machine)
    unknown = Unknown("the state of the database", "found")
    if schema is None or not arguments.complete:
        return unknown
    match name:
        case "has_table":
            table = table_asked_for(schema, arguments)
            return True if table is not None else unknown
        case "has_index":
            known = _has_index(schema, arguments)
            return unknown if known is None else known
        case "get_table_names":
            names: list[Value] = [
                table.name.name for table in schema.tables if _in_schema(table, arguments.get(0, "schema"), schema)
            ]
            return machine.opened(names)
        case "get_view_names":
            return machine.opened([view.name.name for view in schema.views.values()])
        case "get_enums":
            enums = [
                {"name": one.name.name, "labels": list(one.labels), "schema": one.name.schema or "public"}
                for one in schema.enums.values()
            ]
            return machine.opened(list(enums))
    about = ABOUT_TABLE.get(name)
    table = table_asked_for(schema, arguments)
    if about is None or table is None:
        return unknown
    found = about(table)
    if not table.complete and isinstance(found, list):
        return machine.opened(found)
    return found if table.complete else unknown


def table_asked_for(schema: Schema, arguments: Arguments) -> Table | None:
    name, where = arguments.get(0, "table_name"), arguments.keywords.get("schema")
    if not isinstance(name, str) or isinstance(where, Unknown):
        return None
    if isinstance(where, str):
        return schema.table(Name(str(name), where))
    return schema.table(table_named(schema, Name(str(name))))


def _in_schema(table: Table, where: Value, schema: Schema) -> bool:
    return table.name.key[0] == (where if isinstance(where, str) else default_space(schema))


def default_space(schema: Schema) -> str:
    """Where an unqualified name is made; under a path that nobody knows public stands for it."""
    return (schema.path.now or DEFAULT)[0]


def _has_index(schema: Schema, arguments: Arguments) -> bool | None:
    table = table_asked_for(schema, arguments)
    name = arguments.get(1, "index_name")
    if table is None or not table.complete or not isinstance(name, str):
        return None
    return table.index(name) is not None
