"""`op.sync_enum_values` of alembic-postgresql-enum: the labels of an enum changed by making the type anew."""

from __future__ import annotations

from rules.model.names import Name
from rules.model.operations import OpaqueKind
from rules.reading.interpreter.machine import Machine
from rules.reading.offers.enum_statements import Column, Sync, statements
from rules.reading.offers.execution import send_statement
from rules.reading.offers.real import Uncertain, real
from rules.reading.values import Arguments, Namespace, Native, Symbol, Unknown, Value

PACKAGE = "alembic_postgresql_enum"
MODULES = ("", ".get_enum_data", ".get_enum_data.types", ".sql_commands.indexes")
COMMON, ARRAY = "common", "array"


class Parts(Symbol):
    """`TableReference(...)` or `TableIndex(...)`: what it was given."""

    __slots__ = ("given",)

    def __init__(self, given: Arguments) -> None:
        self.given = given


def enum_plugin_namespaces() -> dict[str, Namespace]:
    names: dict[str, Value] = {
        "ColumnType": Namespace(f"{PACKAGE}.ColumnType", {"COMMON": COMMON, "ARRAY": ARRAY}),
        "TableReference": Native(f"{PACKAGE}.TableReference", lambda given, _: Parts(given)),
        "TableIndex": Native(f"{PACKAGE}.TableIndex", lambda given, _: Parts(given)),
    }
    return {f"{PACKAGE}{module}": Namespace(f"{PACKAGE}{module}", names) for module in MODULES}


def sync_enum_values(machine: Machine, arguments: Arguments) -> Value:
    if machine.record.renderer.dialect.name != "postgresql":
        return None
    try:
        sent = list(statements(_sync(machine, arguments)))
    except Uncertain as uncertain:
        machine.record.opaque(machine, OpaqueKind.CALL, f"`op.sync_enum_values` depends on {uncertain.unknown.why}")
        return None
    for sql in sent:
        send_statement(machine, sql, arguments.node)
    return None


def _sync(machine: Machine, arguments: Arguments) -> Sync:
    schema = _text(machine, arguments.get(0, "enum_schema"))
    columns = _items(machine, arguments.get(3, "affected_columns"))
    renamed = [_items(machine, one) for one in _items(machine, arguments.get(4, "enum_values_to_rename", ()))]
    indexes = [_given(one) for one in _items(machine, arguments.get(5, "indexes_to_recreate") or ())]
    return Sync(
        schema,
        _text(machine, arguments.get(1, "enum_name")),
        [_text(machine, one) for one in _items(machine, arguments.get(2, "new_values"))],
        [_column(machine, one, schema) for one in columns],
        [(_text(machine, one[0]), _text(machine, one[-1])) for one in renamed if one],
        [(_text(machine, one.get(0, "name")), _text(machine, one.get(1, "definition"))) for one in indexes],
    )


def _text(machine: Machine, value: Value) -> str:
    found = real(machine, value)
    if not isinstance(found, str):
        raise Uncertain(Unknown("arguments that are not known"))
    return found


def _items(machine: Machine, value: Value) -> list[Value]:
    if isinstance(value, Unknown):
        raise Uncertain(value)
    if not isinstance(value, list | tuple) or id(value) in machine.uncertain or id(value) in machine.open:
        raise Uncertain(Unknown("arguments that are not known"))
    return list(value)


def _given(value: Value) -> Arguments:
    if not isinstance(value, Parts):
        raise Uncertain(value if isinstance(value, Unknown) else Unknown("arguments that are not known"))
    return value.given


def _column(machine: Machine, value: Value, type_schema: str) -> Column:
    """Of an older migration a pair of names: the package asks the server for the default then."""
    if isinstance(value, tuple) and len(value) in (2, 3):
        table, name = _text(machine, value[0]), _text(machine, value[1])
        return Column(table, name, type_schema, ARRAY in value[2:], _default_now(machine, table, name, type_schema))
    given = _given(value)
    schema, default = given.get(2, "table_schema", type_schema), given.get(4, "existing_server_default")
    return Column(
        _text(machine, given.get(0, "table_name")),
        _text(machine, given.get(1, "column_name")),
        None if schema is None else _text(machine, schema),
        given.get(3, "column_type", COMMON) == ARRAY,
        None if default is None else _text(machine, default),
    )


def _default_now(machine: Machine, table: str, name: str, schema: str) -> str | None:
    now = machine.library.schema_now(machine)
    known = None if now is None else now.table(Name(table, schema))
    column = None if known is None else known.column(name)
    if column is None:
        raise Uncertain(Unknown(f"the default of `{table}.{name}`, that is asked of the server"))
    return column.default
