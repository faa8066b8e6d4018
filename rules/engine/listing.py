"""What new revisions send, and what of them was not read: listed, not judged."""

from __future__ import annotations

from rules.dialects import JUDGED
from rules.model.operations import Direction, Opaque, OpaqueKind
from rules.model.place import Place
from rules.model.review import StatementLine, UnreadPlace
from rules.model.script import MigrationScript
from rules.reading.literals import lines_of, place_on


def statements_of(script: MigrationScript, direction: Direction = Direction.UPGRADE) -> tuple[StatementLine, ...]:
    """The statements of one direction, as Alembic prints them."""
    return tuple(
        StatementLine(
            script.revision,
            script.path,
            direction,
            statement.sql,
            statement.place.line,
            statement.transactional,
            statement.conditional,
        )
        for statement in script.statements(direction)
        if statement.sql
    )


def unread_of(script: MigrationScript, dialect: str = JUDGED) -> tuple[UnreadPlace, ...]:
    """Of another database than PostgreSQL a statement whose text is known counts as read, of whatever kind it is."""
    return tuple(
        UnreadPlace(_place(operation, script), script.revision, direction, operation.reason)
        for direction in Direction
        for operation in script.operations(direction)
        if isinstance(operation, Opaque) and (dialect == JUDGED or operation.kind is not OpaqueKind.STATEMENT)
    )


def _place(operation: Opaque, script: MigrationScript) -> Place:
    """That of its finding."""
    lines = lines_of(script.text, operation, script.operations(operation.statement.direction))
    return operation.place if lines is None else place_on(script.text, script.path, lines)
