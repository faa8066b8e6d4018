"""One reading, a script or the problem with it, as plain data and back.

Path and text are not in the data: who asks for a reading has them. Statements stand once and operations name them by
their number, so that the operations of one statement share it again.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from rules.model.operations import Direction, Operation, Statement
from rules.model.place import Place
from rules.model.script import Ignore, MigrationScript, SyntaxProblem
from rules.reading.data import Codec, Damaged, codec_of, fields_codec, place_in, place_out, subclasses_of
from rules.reading.half_read import Read

Reading = MigrationScript | SyntaxProblem


def to_data(reading: Reading) -> list[Any]:
    if isinstance(reading, SyntaxProblem):
        return [place_out(reading.place), reading.reason]
    path = reading.path
    return [
        reading.revision,
        reading.parents,
        reading.branch_labels,
        reading.depends_on,
        reading.docstring,
        reading.has_upgrade,
        reading.has_downgrade,
        [[word, place_out(place, path)] for word, place in reading.places],
        _direction_out(reading.upgrade_statements, reading.upgrade, path),
        _direction_out(reading.downgrade_statements, reading.downgrade, path),
        _ignores()[0](reading.ignores),
    ]


def from_data(data: Any, path: str, text: str) -> Reading:
    """Raises `Damaged` for anything that `to_data` does not give."""
    try:
        return _reading(data, path, text)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise Damaged from None


def downgrade_to_data(read: Read, path: str) -> list[Any]:
    return _direction_out(read.statements, read.operations, path)


def downgrade_from_data(data: Any, path: str) -> Read:
    """Raises `Damaged` for anything that `downgrade_to_data` does not give."""
    try:
        statements, operations = _direction_in(data, path)
    except (ValueError, TypeError, AttributeError, RecursionError):
        raise Damaged from None
    return Read(operations, statements)


def _reading(data: Any, path: str, text: str) -> Reading:
    if type(data) is list and len(data) == 2:
        return SyntaxProblem(place_in(data[0]), _str(data[1]))
    revision, parents, labels, depends_on, docstring, has_upgrade, has_downgrade, places, up, down, ignores = data
    if not (type(has_upgrade) is type(has_downgrade) is bool):
        raise Damaged
    upgrade_statements, upgrade = _direction_in(up, path)
    downgrade_statements, downgrade = _direction_in(down, path)
    return MigrationScript(
        path,
        text,
        _str(revision),
        _strings()[1](parents),
        _strings()[1](labels),
        _strings()[1](depends_on),
        _str(docstring),
        upgrade,
        downgrade,
        _ignores()[1](ignores),
        has_upgrade,
        has_downgrade,
        upgrade_statements,
        downgrade_statements,
        tuple([(_str(word), place_in(place, path)) for word, place in places]),
    )


def _str(data: Any) -> str:
    if type(data) is not str:
        raise Damaged
    return data


@cache
def _strings() -> Codec:
    return codec_of(tuple[str, ...])


@cache
def _ignores() -> Codec:
    return codec_of(tuple[Ignore, ...])


def _direction_out(statements: tuple[Statement, ...], operations: tuple[Operation, ...], path: str) -> list[Any]:
    """How many statements are sent; all statements, those first; the operations."""
    table = list(statements)
    numbers = {id(statement): at for at, statement in reversed(list(enumerate(table)))}
    rows = []
    for operation in operations:
        key = id(operation.statement)
        if key not in numbers:
            numbers[key] = len(table)
            table.append(operation.statement)
        kind = type(operation)
        rows.append([kind.__name__, numbers[key], *_operation_codec(kind.__name__)[0](operation)])
    return [len(statements), [_statement_out(statement, path) for statement in table], rows]


def _direction_in(data: Any, path: str) -> tuple[tuple[Statement, ...], tuple[Operation, ...]]:
    sent, rows, operations = data
    table = [_statement_in(row, path) for row in rows]
    if type(sent) is not int or not 0 <= sent <= len(table):
        raise Damaged
    return tuple(table[:sent]), tuple([_operation_in(row, table) for row in operations])


def _operation_in(row: Any, table: list[Statement]) -> Operation:
    name, number, *rest = row
    if type(name) is not str or type(number) is not int or not 0 <= number < len(table):
        raise Damaged
    operation: Operation = _operation_codec(name)[1](rest, table[number])
    return operation


@cache
def _operations() -> dict[str, type[Operation]]:
    return {kind.__name__: kind for kind in subclasses_of(Operation)}


@cache
def _operation_codec(name: str) -> Codec:
    """All fields but the statement. Raises Damaged for a name that no operation has."""
    kind = _operations().get(name)
    if kind is None:
        raise Damaged
    return fields_codec(kind, given=1)


_USUAL: tuple[Any, ...] = (False, True, None, False, False, ())
"""Of a statement: to downgrade, transactional, block, conditional, caught, unbound."""


def _statement_out(statement: Statement, path: str) -> list[Any]:
    downgrade = statement.direction is Direction.DOWNGRADE
    row: tuple[Any, ...] = (statement.sql, place_out(statement.place, path), statement.cause)
    runs = (downgrade, statement.transactional, statement.block, statement.conditional, statement.caught)
    rest = (*runs, statement.unbound)
    return [*row, *rest] if rest[1:] != _USUAL[1:] else [*row, downgrade]


def _statement_in(row: Any, path: str) -> Statement:
    sql, place, cause, downgrade, *rest = row
    if not (type(sql) is type(cause) is str and type(downgrade) is bool):
        raise Damaged
    direction = Direction.DOWNGRADE if downgrade else Direction.UPGRADE
    where: Place = place_in(place, path)
    if not rest:
        return Statement(sql, where, direction, cause)
    transactional, block, conditional, caught, unbound = rest
    flags = type(transactional) is type(conditional) is type(caught) is bool
    if not (flags and (block is None or type(block) is int)):
        raise Damaged
    return Statement(sql, where, direction, cause, transactional, block, conditional, caught, _strings()[1](unbound))
