"""One revision file -> a `MigrationScript`, or the reason why it is none. Never raises, whatever the text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache, partial

from rules.model.environment import Environment
from rules.model.operations import Direction, Opaque, OpaqueKind, Operation, Statement
from rules.model.place import Place
from rules.model.script import MigrationScript, SyntaxProblem
from rules.reading.bounds import BoundReached
from rules.reading.half_read import Read
from rules.reading.interpreter import comprehensions, contexts, expressions, statements
from rules.reading.interpreter.frames import MISSING, Raised, Return, Scope, Signal
from rules.reading.interpreter.machine import Machine
from rules.reading.library import Library
from rules.reading.metadata import Heading, plain_heading, read_heading
from rules.reading.modules import Shelf
from rules.reading.recording import Emission, Origin, Record, operations_in
from rules.reading.rendering import Renderer
from rules.reading.source import FAULT, TOO_DEEP, Source, parse
from rules.reading.values import Arguments, ExceptionValue, Function
from rules.schema import Schema

Past = Callable[[], Schema]
"""What the earlier revisions leave: folded only if a migration asks its inspector something."""
READERS = (comprehensions, contexts, expressions, statements)
"""Importing them registers what they read."""


def read_script(
    path: str,
    text: str,
    texts: Mapping[str, str] = {},
    environment: Environment = Environment(),  # noqa: B008 (frozen)
    *,
    dialect: str = "postgresql",
    schema: Schema | None = None,
    offline: bool = False,
    shelf: Shelf | None = None,
) -> MigrationScript | SyntaxProblem:
    """Reads both directions. `texts` answers for imported modules of the repository by their paths.

    `schema` is what the earlier revisions leave: inspectors answer from it. `offline` reads the side of
    `context.is_offline_mode()` that `alembic upgrade --sql` takes; without it, the one that a server sees.
    `shelf` holds the texts where several files are read.
    """
    past = None if schema is None else partial(_same, schema)
    source = parse(path, text)
    if isinstance(source, SyntaxProblem):
        return source
    shelf = shelf or Shelf(texts)
    script = read_upward(source, text, shelf, environment, dialect, past, offline)
    if isinstance(script, SyntaxProblem):
        return script
    after = None if past is None else partial(_after, past, script.upgrade)
    downgrade = read_direction(source, Direction.DOWNGRADE, shelf, environment, dialect, after, offline)
    return replace(script, downgrade=downgrade.operations, downgrade_statements=downgrade.statements)


def _same(schema: Schema) -> Schema:
    return schema


def read_upward(
    source: Source,
    text: str,
    shelf: Shelf,
    environment: Environment,
    dialect: str,
    past: Past | None,
    offline: bool = False,
) -> MigrationScript | SyntaxProblem:
    """The script but for its downgrade; `text` is the whole file's, which the source may have a little less of."""
    path = source.path
    heading = _heading(source, shelf, environment, dialect)
    if heading.revision is None:
        reason = "its `revision` is not known before it runs" if heading.stated else "it assigns no `revision`"
        place = heading.place_of("revision") or Place(path, 1, 0, 1, 0)
        return SyntaxProblem(place, reason)
    upgrade = read_direction(source, Direction.UPGRADE, shelf, environment, dialect, past, offline)
    words = {word for word, _ in heading.places}
    return MigrationScript(
        path,
        text,
        heading.revision,
        heading.parents,
        heading.branch_labels,
        heading.depends_on,
        heading.docstring,
        upgrade.operations,
        has_upgrade="upgrade" in words,
        has_downgrade="downgrade" in words,
        upgrade_statements=upgrade.statements,
        places=heading.places,
    )


def _after(past: Past, operations: tuple[Operation, ...]) -> Schema:
    schema = past()
    for operation in operations:
        schema = schema.after(operation)
    return schema.begun()


def _heading(source: Source, shelf: Shelf, environment: Environment, dialect: str) -> Heading:
    plain = plain_heading(source)
    if plain is not None:
        return plain
    machine = _machine(source, Direction.UPGRADE, shelf, environment, dialect)
    try:
        return read_heading(machine, source)
    except Exception:
        return Heading(None, (), (), (), "", (), True)
    finally:
        machine.let_go()


def _machine(source: Source, direction: Direction, shelf: Shelf, environment: Environment, dialect: str) -> Machine:
    renderer = _renderer(dialect, environment.naming_convention)
    renderer.forget()
    record = Record(source, renderer)
    machine = Machine(Scope.of(source), Library(shelf), record, direction)
    record.attach(machine)
    machine.environment = environment
    return machine


@lru_cache(maxsize=8)
def _renderer(dialect: str, naming_convention: tuple[tuple[str, str], ...]) -> Renderer:
    return Renderer(dialect, naming_convention)


def read_direction(
    source: Source,
    direction: Direction,
    shelf: Shelf,
    environment: Environment,
    dialect: str,
    past: Past | None,
    offline: bool,
) -> Read:
    machine = _machine(source, direction, shelf, environment, dialect)
    machine.offline = offline
    machine.past = past
    try:
        _run(machine, direction)
    except BoundReached as bound:
        _stopped(machine, f"reading stopped here: {bound}", bound.origin)
    except Raised as raised:
        _ended_by_error(machine, raised)
    except Signal:
        pass
    except (RecursionError, MemoryError):
        _stopped(machine, f"reading stopped here: {TOO_DEEP}")
    except Exception as fault:
        _stopped(machine, f"{FAULT}: {type(fault).__name__}")
    emissions = machine.record.emissions
    operations = tuple(one for emission in emissions for one in operations_in(emission, dialect))
    machine.let_go()
    return Read(operations, tuple(emission.statement for emission in emissions if emission.statement.sql))


def _run(machine: Machine, direction: Direction) -> None:
    function = machine.global_name(str(direction), machine.scope)
    if function is MISSING:
        return
    if not isinstance(function, Function):
        machine.record.opaque(machine, OpaqueKind.CALL, f"`{direction}` is not a function that can be read")
        return
    try:
        for arguments in _calls(function, machine.scope):
            machine.call(function, arguments)
    except Return:
        return


def _calls(function: Function, scope: Scope) -> list[Arguments]:
    """Alembic's template for several databases calls `upgrade(engine_name)` for each, to run `upgrade_NAME`."""
    spec = function.node.args
    prefix = f"{function.name}_"
    engines = [name.removeprefix(prefix) for name in scope.bindings if name.startswith(prefix)]
    if len(spec.args) - len(spec.defaults) != 1 or not engines:
        return [Arguments(complete=False)]
    return [Arguments([engine]) for engine in engines]


def _stopped(machine: Machine, reason: str, origin: Origin | None = None) -> None:
    machine.frames.clear()
    machine.forks = 0
    machine.record.origin = origin
    try:
        machine.record.opaque(machine, OpaqueKind.CALL, reason)
    except BoundReached:
        place = Place(machine.scope.source.path, 1, 0, 1, 0) if origin is None else origin.place
        statement = Statement("", place, machine.direction)
        machine.record.emissions.append(Emission(statement, lambda one: (Opaque(one, OpaqueKind.CALL, reason),)))


def _ended_by_error(machine: Machine, raised: Raised) -> None:
    """A `raise` of the migration's own is understood; an error of a call may be our misreading."""
    if not raised.explicit:
        _stopped(machine, _raised_reason(raised), raised.origin)
        return
    machine.frames.clear()
    machine.forks = 0
    machine.record.origin = raised.origin
    machine.record.raises(machine, raised.value)


def _raised_reason(raised: Raised) -> str:
    value = raised.value
    if isinstance(value, ExceptionValue):
        detail = f": {value.message}" if value.message else ""
        return f"reading of the function ends here with `{value.kinds[0]}`{detail}"
    return "reading of the function ends here with an error"
