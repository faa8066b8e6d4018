"""Sending one SQL statement: text, construct, or something that is not known."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import CompileError
from sqlalchemy.sql.elements import ClauseElement, TextClause

from rules.model.operations import OpaqueKind
from rules.reading.offers.construction import guarded
from rules.reading.offers.real import Uncertain, hole, real
from rules.reading.recording import literal_of
from rules.reading.values import EnumMember, Unknown, UnknownText, Value

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine


def send_statement(machine: Machine, statement: Value, node: ast.Call | None) -> Value:
    """Returns the rows, that nobody knows."""
    if machine.loading:
        return Unknown("the rows of a query")
    if isinstance(statement, EnumMember):
        statement = statement.value
    if isinstance(statement, UnknownText):
        reason = f"a part of the SQL text is not known before it runs: {statement.why}"
        machine.record.opaque(machine, OpaqueKind.SQL, reason, machine.library.tables_in(statement.outline))
    elif isinstance(statement, Unknown):
        machine.record.opaque(machine, OpaqueKind.SQL, f"the SQL is not known before it runs: {statement.why}")
    else:
        _send_known(machine, statement, node)
    return Unknown("the rows of a query", "rows")


def _send_known(machine: Machine, statement: Value, node: ast.Call | None) -> None:
    try:
        construct = real(machine, statement, hole)
    except Uncertain as uncertain:
        machine.record.opaque(machine, OpaqueKind.SQL, f"the SQL is not known before it runs: {uncertain.unknown.why}")
        return
    if not isinstance(construct, str | ClauseElement):
        machine.record.opaque(machine, OpaqueKind.SQL, "what is sent is neither SQL text nor a construct of SQLAlchemy")
        return
    if isinstance(construct, str | TextClause):
        _note_literal(machine, node)
    try:
        guarded(_render, machine, construct)
    finally:
        machine.record.literal = None


def _render(machine: Machine, construct: Any) -> None:
    """As Alembic prints it; with named parameters where a value has no literal form."""
    try:
        machine.record.renderer.send(construct)
    except (CompileError, NotImplementedError):
        compiled = construct.compile(dialect=machine.record.renderer.dialect)
        machine.record.sent(str(compiled).replace("\t", "    ").strip())


def send_text(machine: Machine, sql: str, node: ast.Call | None) -> Value:
    """`exec_driver_sql`: the text as it is, without parameters of SQLAlchemy's."""
    _note_literal(machine, node)
    machine.record.sent(sql.strip())
    machine.record.literal = None
    return Unknown("the rows of a query", "rows")


def _note_literal(machine: Machine, node: ast.Call | None) -> None:
    literal = literal_of(node)
    if literal is not None and machine.calls and machine.calls[-1][0].source is machine.record.source:
        place = machine.record.source.place(literal)
        if place.last_line > place.line:
            machine.record.literal = place
