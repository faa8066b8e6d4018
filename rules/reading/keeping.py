"""One reading, a script or the problem with it, as it is kept, and back.

Text and path are not in it: who asks for a reading has them, and a place in the file itself has no path. Statements
stand once and operations name them by their number, so that the operations of one statement share it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Union

from msgspec import MsgspecError
from msgspec.json import Decoder, Encoder
from msgspec.structs import force_setattr, replace

from rules.model.environment import Environment
from rules.model.frozen import Frozen, OneOf
from rules.model.operations import Operation, Statement
from rules.model.place import Place
from rules.model.script import Ignore, MigrationScript, SyntaxProblem
from rules.reading.half_read import Read

Reading = MigrationScript | SyntaxProblem


class Damaged(Exception):
    """Not what is kept of a reading."""


def subclasses_of(kind: type[Operation]) -> Iterator[type[Operation]]:
    for one in kind.__subclasses__():
        yield one
        yield from subclasses_of(one)


if TYPE_CHECKING:
    AnyOperation = Operation
else:
    AnyOperation = Union[tuple(subclasses_of(Operation))]  # noqa: UP007


class KeptDirection(OneOf):
    """`sent` of the statements are sent, in order, and stand first; each operation with the number of its statement."""

    sent: int = 0
    statements: tuple[Statement, ...] = ()
    operations: tuple[tuple[int, AnyOperation], ...] = ()


class KeptScript(OneOf):
    """The fields of `MigrationScript`."""

    revision: str
    parents: tuple[str, ...]
    branch_labels: tuple[str, ...]
    depends_on: tuple[str, ...]
    docstring: str
    has_upgrade: bool
    has_downgrade: bool
    places: tuple[tuple[str, Place], ...]
    upgrade: KeptDirection
    downgrade: KeptDirection
    ignores: tuple[Ignore, ...]


Found = KeptScript | KeptDirection | SyntaxProblem | Environment


class Kept(Frozen):
    """`found`, and what it depends on: questions for modules with their answers, digests of files, and of the past."""

    questions: tuple[tuple[str, int, str, str | None], ...]
    used: tuple[tuple[str, str | None], ...]
    past: str | None
    found: Found


_ENCODER = Encoder()
_DECODER = Decoder(Kept)
_ELSEWHERE = Statement("", Place("", 0))
"""In the place of a statement that is named by its number."""


def to_bytes(kept: Kept) -> bytes | None:
    """None for what has no form as JSON: half of a surrogate pair, of which two halves would come back as one."""
    try:
        return _ENCODER.encode(kept)
    except UnicodeEncodeError:
        return None


def from_bytes(data: bytes) -> Kept:
    """Raises `Damaged` for anything that `to_bytes` does not give."""
    try:
        return _DECODER.decode(data)
    except (MsgspecError, UnicodeDecodeError, RecursionError):
        raise Damaged from None


def kept_reading(reading: Reading) -> KeptScript | SyntaxProblem:
    path = reading.path if isinstance(reading, MigrationScript) else reading.place.path
    if isinstance(reading, SyntaxProblem):
        return replace(reading, place=_away(reading.place, path))
    return KeptScript(
        reading.revision,
        reading.parents,
        reading.branch_labels,
        reading.depends_on,
        reading.docstring,
        reading.has_upgrade,
        reading.has_downgrade,
        tuple([(word, _away(place, path)) for word, place in reading.places]),
        kept_direction(Read(reading.upgrade, reading.upgrade_statements), path),
        kept_direction(Read(reading.downgrade, reading.downgrade_statements), path),
        tuple([replace(ignore, place=_away(ignore.place, path)) for ignore in reading.ignores]),
    )


def reading_of(kept: KeptScript | SyntaxProblem, path: str, text: str) -> Reading:
    """Of what was just decoded: its places are set in place. Raises `Damaged` for numbers without a statement."""
    if isinstance(kept, SyntaxProblem):
        _at_home(kept.place, path)
        return kept
    for _, place in kept.places:
        _at_home(place, path)
    for ignore in kept.ignores:
        _at_home(ignore.place, path)
    up, down = direction_of(kept.upgrade, path), direction_of(kept.downgrade, path)
    return MigrationScript(
        path,
        text,
        kept.revision,
        kept.parents,
        kept.branch_labels,
        kept.depends_on,
        kept.docstring,
        up.operations,
        down.operations,
        kept.ignores,
        kept.has_upgrade,
        kept.has_downgrade,
        up.statements,
        down.statements,
        kept.places,
    )


def kept_direction(read: Read, path: str) -> KeptDirection:
    table = list(read.statements)
    numbers = {id(statement): at for at, statement in reversed(list(enumerate(table)))}
    rows = []
    for operation in read.operations:
        key = id(operation.statement)
        if key not in numbers:
            numbers[key] = len(table)
            table.append(operation.statement)
        rows.append((numbers[key], replace(operation, statement=_ELSEWHERE)))
    statements = [replace(statement, place=_away(statement.place, path)) for statement in table]
    return KeptDirection(len(read.statements), tuple(statements), tuple(rows))


def direction_of(kept: KeptDirection, path: str) -> Read:
    """Like `reading_of`."""
    table, sent = kept.statements, kept.sent
    if not 0 <= sent <= len(table):
        raise Damaged
    for statement in table:
        _at_home(statement.place, path)
    for number, operation in kept.operations:
        if not 0 <= number < len(table):
            raise Damaged
        force_setattr(operation, "statement", table[number])
    return Read(tuple([operation for _, operation in kept.operations]), table[:sent])


def _away(place: Place, home: str) -> Place:
    via = None if place.via is None else _away(place.via, home)
    return replace(place, path="" if place.path == home else place.path, via=via)


def _at_home(place: Place, home: str) -> None:
    if not place.path:
        force_setattr(place, "path", home)
    if place.via is not None:
        _at_home(place.via, home)
