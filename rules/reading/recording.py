"""What a direction would send, in order, each with the call that causes it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rules.model.frozen import Frozen
from rules.model.names import Name
from rules.model.operations import (
    AlterColumnType,
    Harmless,
    Opaque,
    OpaqueKind,
    Operation,
    Raises,
    RedefineColumn,
    Statement,
)
from rules.model.place import Place
from rules.reading.bounds import MAX_STATEMENTS, BoundReached
from rules.reading.rendering import Existing, Renderer
from rules.reading.source import Source
from rules.reading.sql import operations_of
from rules.reading.unknown_types import marked
from rules.reading.values import Arguments, ExceptionValue, Instance, Value

if TYPE_CHECKING:
    from rules.reading.interpreter.frames import Scope
    from rules.reading.interpreter.machine import Machine

Maker = Callable[[Statement], Sequence[Operation]]


_REFUSED_INSIDE = re.compile(
    r"\A\s*(VACUUM\b|(CREATE|DROP|REINDEX|ALTER)\b.*\bCONCURRENTLY\b)", re.IGNORECASE | re.DOTALL
)


class Outside(Enum):
    """Whether the driver's connection has left the transaction."""

    NO = auto()
    PERHAPS = auto()
    YES = auto()


class Emission(Frozen):
    """One statement; `make` gives its operations where its text does not tell them."""

    statement: Statement
    make: Maker | None = None
    existing: Existing | None = None


class Origin(Frozen):
    """Where a statement comes from, kept for those that are sent later (batch mode)."""

    place: Place
    cause: str
    conditional: bool


def operations_in(emission: Emission, dialect: str) -> list[Operation]:
    if emission.make is not None:
        return list(emission.make(emission.statement))
    found = [marked(one) for one in operations_of(emission.statement, dialect)]
    return found if emission.existing is None else [_with_existing(one, emission.existing) for one in found]


def _with_existing(operation: Operation, existing: Existing) -> Operation:
    """With what the call said about the column as it was."""
    if isinstance(operation, RedefineColumn):
        return replace(operation, said=existing.said)
    if not isinstance(operation, AlterColumnType):
        return operation
    text = f"ALTER TABLE t ALTER COLUMN c TYPE {existing.type}"
    read = operations_of(replace(operation.statement, sql=text)) if existing.type else ()
    kind = next((marked(one) for one in read if isinstance(one, AlterColumnType)), None)
    known = kind.type if isinstance(kind, AlterColumnType) else None
    return replace(operation, existing_type=known, existing_nullable=existing.nullable)


def _nothing(statement: Statement) -> tuple[Operation, ...]:
    return (Harmless(statement, "DROP TABLE"),)


def unite(emissions: list[Emission], starts: Sequence[int], conditional: bool) -> int:
    """Of the branches that start there, the statements that all begin with stay once. How many are taken out."""
    ends = [*starts[1:], len(emissions)]
    branches = [emissions[start:end] for start, end in zip(starts, ends, strict=True)]
    common = 0
    for group in zip(*branches, strict=False):
        if any(not _is_same(group[0], other) for other in group):
            break
        common += 1
    if not common or len(branches) < 2:
        return 0
    first = [replace(one, statement=replace(one.statement, conditional=conditional)) for one in branches[0][:common]]
    emissions[starts[0] :] = first + [one for branch in branches for one in branch[common:]]
    return common * (len(branches) - 1)


def _is_same(one: Emission, other: Emission) -> bool:
    """Sent alike; where in the file they stand does not matter."""
    if one.make is not None or other.make is not None:
        return False
    return replace(one.statement, place=other.statement.place, cause=other.statement.cause) == other.statement


def _nowhere(_: str) -> None:
    """Nobody reads: what is printed now belongs to nothing."""


class Record:
    """Collects statements. `risks` counts those that may fail on the server."""

    def __init__(self, source: Source, renderer: Renderer) -> None:
        self.source = source
        self.renderer = renderer
        self.emissions: list[Emission] = []
        self.risks = 0
        self.blocks = 0
        self.block: int | None = None
        self.outside: Outside = Outside.NO
        self.between = -1
        """How many statements there were when the transaction was ended last; the next one begins another."""
        self.origin: Origin | None = None
        self.literal: Place | None = None
        """Where the SQL text that is being sent stands, if it stands in the file as a literal."""
        self.unbound: tuple[str, ...] = ()
        """Placeholders without a value in the SQL text that is being sent."""
        self.given = False
        """Whether the call that sends it gives some of them values."""
        self._machine: Machine | None = None
        self._said: set[tuple[Place, str]] = set()

    def attach(self, machine: Machine) -> None:
        self._machine = machine
        self.renderer.sink.receive = self.sent

    def detach(self) -> None:
        self._machine = None
        self.renderer.sink.receive = _nowhere

    def sent(self, text: str) -> None:
        if self._machine is not None and not self._machine.loading:
            self.add(self._machine, text)

    def add(self, machine: Machine, sql: str, make: Maker | None = None) -> None:
        if machine.loading:
            return
        self.risks += 1
        if len(self.emissions) >= MAX_STATEMENTS:
            raise BoundReached(f"it sends more than {MAX_STATEMENTS:,} statements")
        machine.budget.room_for(len(sql), 10**9)
        origin = self.origin or self.here(machine)
        statement = Statement(
            sql,
            origin.place,
            machine.direction,
            origin.cause,
            transactional=self.block is None and not self.is_outside(sql),
            block=self.block,
            conditional=origin.conditional,
            caught=machine.catching > 0,
            unbound=self.unbound,
            given=self.given,
        )
        self.emissions.append(Emission(statement, make, self.renderer.existing))

    def leave_transaction(self, machine: Machine, left: bool) -> None:
        """The driver's own autocommit is switched."""
        self.outside = (Outside.PERHAPS if machine.conditional else Outside.YES) if left else Outside.NO

    @property
    def is_between_transactions(self) -> bool:
        return self.outside is Outside.YES or self.between == len(self.emissions)

    def outside_of(self, machine: Machine, function: Value, arguments: Arguments) -> Value:
        """A call that sends on a connection that is in no transaction."""
        before, self.outside = self.outside, Outside.YES
        try:
            return machine.call(function, arguments)
        finally:
            self.outside = before

    def is_outside(self, sql: str) -> bool:
        """Where autocommit hangs on a condition, what can only run there runs there."""
        return self.outside is Outside.YES or (self.outside is Outside.PERHAPS and bool(_REFUSED_INSIDE.search(sql)))

    def opaque(
        self, machine: Machine, kind: OpaqueKind, reason: str, tables: Sequence[Name] = (), sql: str = ""
    ) -> None:
        """Says that something could not be read; once for each place."""
        if machine.loading:
            return
        place = (self.origin or self.here(machine)).place
        if (place, reason) in self._said:
            return
        self._said.add((place, reason))
        self.add(machine, sql, lambda statement: (Opaque(statement, kind, reason, tuple(tables)),))

    def read_as_a_copy(self, first: int) -> None:
        """The statements from there on copy a table: dropping it takes nothing, since the copy takes its place."""
        self.emissions[first:] = [
            replace(one, make=_nothing) if one.statement.sql.lstrip().startswith("DROP TABLE") else one
            for one in self.emissions[first:]
        ]

    def raises(self, machine: Machine, error: Value) -> None:
        """The function ends here by an error of its own."""
        kind = error.kinds[0] if isinstance(error, ExceptionValue) else "an error"
        kind = error.of.name if isinstance(error, Instance) else kind
        message = error.message if isinstance(error, ExceptionValue) else ""
        self.add(machine, "", lambda statement: (Raises(statement, kind, message),))

    def at_statement(self, machine: Machine, scope: Scope, statement: ast.stmt) -> Origin:
        """Of an error outside of any call."""
        place = scope.source.place(statement)
        if scope.source is self.source:
            return Origin(place, "", machine.conditional)
        origin = self.here(machine)
        return replace(origin, place=replace(origin.place, via=place))

    def here(self, machine: Machine) -> Origin:
        """The innermost call in the migration's own file, and the one that it leads to elsewhere."""
        from rules.reading.interpreter.unread import called_name

        if not machine.calls:
            if machine.current is not None and machine.current[0].source is self.source:
                return Origin(self.source.place(machine.current[1]), "", machine.conditional)
            return Origin(Place(self.source.path, 1, 0, 1, 0), "", machine.conditional)
        scope, node = machine.calls[-1]
        cause = called_name(node)
        if scope.source is self.source:
            place = self.source.place(node)
            if self.literal is not None:
                place = replace(place, via=self.literal)
            return Origin(place, cause, machine.conditional)
        via = scope.source.place(node)
        own = next((one for around, one in reversed(machine.calls) if around.source is self.source), None)
        if own is None:
            return Origin(via, cause, machine.conditional)
        return Origin(replace(self.source.place(own), via=via), cause, machine.conditional)


AROUND_TEXT = ("format", "strip", "lstrip", "rstrip", "bindparams", "params", "columns", "execution_options")
"""Methods whose result is the same text in the main."""


def literal_of(node: ast.Call | None) -> ast.Constant | ast.JoinedStr | None:
    """The SQL literal in `op.execute("...")`, `op.execute(sa.text("..." % x).bindparams(...))` and kin."""
    first: ast.expr | None = node.args[0] if node is not None and node.args else None
    for _ in range(6):
        match first:
            case ast.Constant(value=str()):
                return first
            case ast.JoinedStr():
                return first
            case ast.BinOp(op=ast.Mod(), left=inner):
                first = inner
            case ast.Call(func=ast.Attribute(value=inner, attr=attr)) if attr in AROUND_TEXT:
                first = inner
            case ast.Call(args=[inner, *_]):
                first = inner
            case _:
                return None
    return None
