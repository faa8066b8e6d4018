"""Whether two lines of revisions do the same in either order, decided on the schema model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rules.joining.parts import Part, Touch
from rules.joining.touching import touch_of
from rules.model.operations import Opaque, Operation
from rules.model.script import MigrationScript
from rules.schema import Schema
from rules.schema.lines import lines


@dataclass(frozen=True, slots=True)
class Turn:
    """One operation and what it touches."""

    script: MigrationScript
    operation: Operation
    touch: Touch


def what_ties(start: Schema, ours: Sequence[MigrationScript], theirs: Sequence[MigrationScript]) -> str:
    """Why one line has to run before the other, as words that follow "because"; empty if nothing does.

    `start` is what both stand on; each line is in the order in which it runs. What could not be read ties.
    """
    read: list[list[Turn]] = []
    for line in (theirs, ours):
        turns, schema = [], start
        for script in line:
            for operation in script.upgrade:
                touch = touch_of(operation, schema)
                if touch is None:
                    return _unknown(script, operation)
                turns.append(Turn(script, operation, touch))
                schema = schema.after(operation, revision=script.revision)
        read.append(turns)
    return _common(read[1], read[0]) or _unequal(start, ours, theirs)


def _unknown(script: MigrationScript, operation: Operation) -> str:
    cause = operation.statement.cause or " ".join(operation.sql.split())[:40]
    named = f"`{cause.replace('`', '')}`" if cause.strip("` ") else "an operation"
    verb = "could not be read" if isinstance(operation, Opaque) else "may reach further than it says"
    return f"{named} of `{script.revision}` (line {operation.place.line}) {verb}"


def _common(ours: Iterable[Turn], theirs: Sequence[Turn]) -> str:
    for mine in ours:
        for other in theirs:
            if part := _meeting(mine.touch.writes, other.touch.writes):
                return f"`{other.script.revision}` and `{mine.script.revision}` both change {part}"
            if part := _meeting(mine.touch.writes, other.touch.reads):
                return f"`{mine.script.revision}` changes {part}, which `{other.script.revision}` uses"
            if part := _meeting(mine.touch.reads, other.touch.writes):
                return f"`{other.script.revision}` changes {part}, which `{mine.script.revision}` uses"
    return ""


def _meeting(some: Iterable[Part], others: Iterable[Part]) -> Part | None:
    """The narrowest part that both have."""
    met = [max(one, other, key=lambda part: len(part.inside)) for one in some for other in others if one.meets(other)]
    return min(met, default=None)


def _unequal(start: Schema, ours: Sequence[MigrationScript], theirs: Sequence[MigrationScript]) -> str:
    """Folds both orders: what is not seen above would show here."""
    first, last = (_fold(_fold(start, one), other) for one, other in ((theirs, ours), (ours, theirs)))
    if first.unread == last.unread and lines(first) == lines(last) and _named(first) == _named(last):
        return ""
    return "the two orders end in different schemas"


def _named(schema: Schema) -> frozenset[object]:
    """The server picks names in the order in which it meets what has none: the same names may be other things."""
    return frozenset(
        (key, one.name, one.definition) for key, table in schema.relations.items() for one in table.constraints
    )


def _fold(schema: Schema, line: Iterable[MigrationScript]) -> Schema:
    for script in line:
        for operation in script.upgrade:
            schema = schema.after(operation, revision=script.revision)
    return schema
