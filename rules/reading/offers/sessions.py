"""ORM sessions over the migration's connection: what they would send, as far as it shows in the text."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from rules.model.operations import Harmless, OpaqueKind
from rules.reading.interpreter.contexts import Context
from rules.reading.interpreter.machine import Machine
from rules.reading.interpreter.truth import items_of, rounds_of
from rules.reading.offers.connection import ConnectionValue, QuietContext
from rules.reading.offers.execution import send_statement
from rules.reading.offers.models import table_of
from rules.reading.offers.queries import QueryValue, RowValue
from rules.reading.offers.real import Uncertain, hole, real
from rules.reading.values import Arguments, Class, Instance, Native, Unknown, Value

NOTHING = ("flush", "close", "expunge_all", "expire_all", "expunge", "expire", "refresh", "remove")


class SessionValue(Context):
    __slots__ = ()

    def attribute(self, name: str, machine: Machine) -> Value:
        if name in NOTHING:
            return Native(name, lambda _, __: None)
        match name:
            case "execute" | "scalar" | "scalars":
                return ConnectionValue().attribute(name, machine)
            case "query":
                return Native(name, lambda arguments, _: QueryValue(tuple(arguments.positional)))
            case "get":
                return Native(name, _get)
            case "add" | "merge":
                return Native(name, lambda arguments, machine: _add(machine, arguments.get(0, "instance")))
            case "add_all" | "bulk_save_objects":
                return Native(name, lambda arguments, machine: _add_all(machine, arguments.get(0, "instances")))
            case "bulk_insert_mappings" | "bulk_update_mappings":
                return Native(name, lambda arguments, machine: _bulk(machine, name, arguments))
            case "delete":
                return Native(name, lambda arguments, machine: _delete(machine, arguments.get(0, "instance")))
            case "commit" | "rollback":
                return Native(name, lambda _, machine: _ended(machine, name))
            case "begin" | "begin_nested":
                return Native(name, lambda _, __: QuietContext())
            case "no_autoflush":
                return QuietContext()
            case "bind":
                return ConnectionValue()
            case "connection" | "get_bind":
                return Native(name, lambda _, __: ConnectionValue())
        return Unknown(f"`{name}` of a session", name)

    def call(self, arguments: Arguments, machine: Machine) -> Value:
        return self

    @property
    def described(self) -> str:
        return "the session"


def _ended(machine: Machine, name: str) -> Value:
    """On the migration's connection a session's commit ends nothing and frees nothing."""
    machine.record.add(machine, "", lambda statement: (Harmless(statement, f"SESSION {name.upper()}"),))
    return None


def _get(arguments: Arguments, machine: Machine) -> Value:
    entity = arguments.get(0, "entity")
    return QueryValue((entity,)).sent(machine, ())


def _add(machine: Machine, value: Value) -> Value:
    """INSERT, for a new instance of a model; a row that was read is only kept."""
    if isinstance(value, Instance) and value.of.kind == "model":
        _insert(machine, value.of, value.fields)
    elif not isinstance(value, RowValue):
        machine.record.opaque(machine, OpaqueKind.SQL, "an object is added to the session whose table is not known")
    return value


def _add_all(machine: Machine, value: Value) -> Value:
    if isinstance(value, Unknown) and not isinstance(value, RowValue):
        machine.record.opaque(machine, OpaqueKind.SQL, "objects are added to the session that are not known")
        return None
    values, certain = rounds_of(machine, value)
    machine.forks += not certain
    try:
        for one in values:
            _add(machine, one)
    finally:
        machine.forks -= not certain
    return None


def _insert(machine: Machine, model: Class, fields: dict[str, Value]) -> None:
    table = table_of(machine, model)
    if table is None:
        reason = f"an object of `{model.name}` is added to the session, whose table is not known"
        machine.record.opaque(machine, OpaqueKind.SQL, reason)
        return
    values: dict[str, Any] = {}
    for name, value in fields.items():
        if name in table.c:
            values[name] = _plain(machine, value, name)
    send_statement(machine, table.insert().inline().values(**values), None)


def _plain(machine: Machine, value: Value, name: str) -> Any:
    try:
        return real(machine, value)
    except Uncertain:
        return hole(Unknown("a value", name))


def _bulk(machine: Machine, name: str, arguments: Arguments) -> Value:
    model = arguments.get(0, "mapper")
    table = table_of(machine, model) if isinstance(model, Class) else None
    if table is None:
        machine.record.opaque(machine, OpaqueKind.SQL, "rows are written to a table that is not known")
        return None
    rows = items_of(machine, arguments.get(1, "mappings"))
    first = rows[0] if rows and isinstance(rows[0], dict) else {}
    columns = {key: hole(Unknown("a value", key)) for key in first if isinstance(key, str) and key in table.c}
    if name == "bulk_insert_mappings":
        send_statement(machine, table.insert().inline().values(**columns), None)
    else:
        send_statement(machine, table.update().where(of_one_row(table)).values(**columns), None)
    return None


def _delete(machine: Machine, value: Value) -> Value:
    model = value.model if isinstance(value, RowValue) else value.of if isinstance(value, Instance) else None
    table = table_of(machine, model) if model is not None else None
    if table is None:
        machine.record.opaque(
            machine, OpaqueKind.SQL, "an object is deleted through the session, whose table is not known"
        )
    else:
        send_statement(machine, table.delete().where(of_one_row(table)), None)
    return None


def row_changed(machine: Machine, row: RowValue, name: str, value: Value) -> None:
    """An attribute of a row that was read is set: the session will send an UPDATE of that row."""
    table = None if row.model is None else table_of(machine, row.model)
    if table is None:
        machine.record.opaque(
            machine, OpaqueKind.SQL, "a row of a table that is not known is changed through the session"
        )
    elif name in table.c:
        changed = table.update().where(of_one_row(table)).values({name: _plain(machine, value, name)})
        send_statement(machine, changed, None)


def of_one_row(table: sa.Table) -> Any:
    """`id = :id`, by the primary key."""
    keys = list(table.primary_key.columns) or list(table.c)[:1]
    return sa.and_(*(column == hole(Unknown("a key", str(column.name))) for column in keys))


def session_names() -> dict[str, dict[str, Value]]:
    session = Native("Session", lambda _, __: SessionValue())
    maker = Native("sessionmaker", lambda _, __: session)
    orm: dict[str, Value] = {
        "Session": session,
        "sessionmaker": maker,
        "scoped_session": Native("scoped_session", lambda _, __: SessionValue()),
    }
    orm |= {
        name: Native(name, lambda _, __: Unknown("an option of a query"))
        for name in ("joinedload", "selectinload", "load_only", "subqueryload", "contains_eager", "lazyload", "noload")
    }
    return {"sqlalchemy.orm": orm, "sqlalchemy.orm.session": orm}
