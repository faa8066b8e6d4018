"""Sending one SQL statement: text, construct, or something that is not known."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.engine import Compiled
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.dml import ValuesBase
from sqlalchemy.sql.elements import ClauseElement, TextClause
from sqlalchemy.sql.selectable import TableClause
from sqlalchemy.types import NullType

from rules.model.operations import OpaqueKind
from rules.reading.offers.construction import guarded
from rules.reading.offers.real import Uncertain, hole, real
from rules.reading.recording import literal_of
from rules.reading.values import Arguments, Choice, EnumMember, Unknown, UnknownText, Value, unknown_within

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine


def send_statement(machine: Machine, statement: Value, node: ast.Call | None) -> Value:
    """Returns the rows, that nobody knows."""
    if machine.loading:
        return Unknown("the rows of a query")
    if isinstance(statement, EnumMember):
        statement = statement.value
    if isinstance(statement, Choice):
        return machine.each(statement, lambda option: send_statement(machine, option, node))
    if isinstance(statement, UnknownText):
        reason = f"a part of the SQL text is not known before it runs ({statement.why})"
        machine.record.opaque(machine, OpaqueKind.SQL, reason, machine.library.tables_in(machine, statement.outline))
    elif isinstance(statement, Unknown):
        machine.record.opaque(machine, OpaqueKind.SQL, f"the SQL is not known before it runs ({statement.why})")
    else:
        _send_known(machine, statement, node)
    return Unknown("the rows of a query", "rows")


def _send_known(machine: Machine, statement: Value, node: ast.Call | None) -> None:
    try:
        construct = real(machine, statement, hole)
    except Uncertain as uncertain:
        machine.record.opaque(machine, OpaqueKind.SQL, f"the SQL is not known before it runs ({uncertain.unknown.why})")
        return
    if not isinstance(construct, str | ClauseElement):
        machine.record.opaque(machine, OpaqueKind.SQL, "what is sent is neither SQL text nor a construct of SQLAlchemy")
        return
    if isinstance(construct, str | TextClause):
        _note_literal(machine, statement, node)
        machine.record.unbound, machine.record.given = _placeholders(construct, node)
    try:
        guarded(_render, machine, construct)
    finally:
        machine.record.literal, machine.record.unbound, machine.record.given = None, (), False


def _placeholders(construct: str | TextClause, node: ast.Call | None) -> tuple[tuple[str, ...], bool]:
    """Those of a text that get no value from it nor from the call, and whether others get one that nobody knows."""
    clause = text(construct) if isinstance(construct, str) else construct
    given = getattr(clause, "_params", {})  # where `.params(...)` keeps its values since SQLAlchemy 2.1
    bound = clause._bindparams.items()
    without = tuple(name for name, one in bound if one.required and name not in given)
    unknown = any(given.get(name, one.value) is None for name, one in bound if name not in without)
    if node is None or len(node.args) + len(node.keywords) > 1:
        return (), unknown or (bool(without) and node is not None)
    return without, unknown


def _render(machine: Machine, construct: Any) -> None:
    """As Alembic prints it, and where it cannot, with named parameters for what has no literal form."""
    if isinstance(construct, ValuesBase):
        _complete(machine, construct)
    try:
        machine.record.renderer.send(construct)
    except (CompileError, NotImplementedError):
        options = {"render_postcompile": True}
        compiled = construct.compile(dialect=machine.record.renderer.dialect, compile_kwargs=options)
        machine.record.sent(_with_plain_values(compiled).replace("\t", "    ").strip())


def _with_plain_values(compiled: Compiled) -> str:
    """Texts and numbers for columns without a type are sent as they are; every other parameter keeps its name."""
    values = compiled.params

    def written(found: re.Match[str]) -> str:
        match values.get(found[1]):
            case str(value):
                return "'" + value.replace("'", "''") + "'"
            case bool(value):
                return str(value).lower()
            case int(value) | float(value):
                return str(value)
        return found[0]

    return re.sub(r"(?<!:):(\w+)", written, str(compiled))


def _complete(machine: Machine, construct: ValuesBase) -> None:
    for row in (construct._values or {}, *(row for rows in construct._multi_values for row in rows)):
        if isinstance(row, Mapping):
            machine.library.reflected.complete(machine, construct.table, row)


def insert_rows(machine: Machine, arguments: Arguments) -> bool:
    """`op.bulk_insert(table, rows)` with values that are not known or not printed: each row, `:name` in their place."""
    table, rows = arguments.get(0, "table"), arguments.get(1, "rows")
    if not isinstance(table, TableClause) or not isinstance(rows, list) or machine.loading:
        return False
    if not all(isinstance(row, dict) for row in rows):
        return False
    for row in rows:
        machine.library.reflected.complete(machine, table, row)
    is_doubtful = machine.is_doubtful(rows)
    if not (unknown_within(rows) or is_doubtful or _has_untyped_columns(table)):
        return False
    machine.forks += is_doubtful
    try:
        return all(_insert_row(machine, table, row) for row in rows)
    finally:
        machine.forks -= is_doubtful


def _insert_row(machine: Machine, table: TableClause, row: dict[Value, Value]) -> bool:
    values = {
        key: hole(Unknown(value.why, key)) if isinstance(value, Unknown) else value
        for key, value in row.items()
        if isinstance(key, str)
    }
    try:
        statement = guarded(table.insert().inline().values, real(machine, values, hole))
    except Uncertain:
        return False
    send_statement(machine, statement, None)
    return True


def _has_untyped_columns(table: TableClause) -> bool:
    """Alembic prints no values for them, and sends them all the same."""
    return any(isinstance(column.type, NullType) for column in table.columns)


def send_text(machine: Machine, sql: str, node: ast.Call | None) -> Value:
    """`exec_driver_sql`: the text as it is, without parameters of SQLAlchemy's."""
    _note_literal(machine, sql, node)
    machine.record.sent(sql.strip())
    machine.record.literal = None
    return Unknown("the rows of a query", "rows")


def _note_literal(machine: Machine, statement: Value, node: ast.Call | None) -> None:
    """A literal over several lines in the call itself; or wherever a variable, a loop or an argument brings it from."""
    source = machine.record.source
    if node is None or not machine.calls or machine.calls[-1][0].source is not source:
        return
    written = machine.written.get(id(statement))
    literal = literal_of(node) or (written[1] if written is not None else None)
    if literal is None:
        return
    call, place = source.place(node), source.place(literal)
    if place.last_line > place.line or not (call.line <= place.line <= call.last_line):
        machine.record.literal = place
