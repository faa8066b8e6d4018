"""Whether the history knows for sure that something is there, or is not: for the rules whose error must be true."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from rules.context import Context
from rules.model.environment import may_run_in_autocommit
from rules.model.names import Name
from rules.model.operations import CreateEnum, CreateIndex, CreateTable, Operation
from rules.schema import Table
from rules.schema.resolving import is_astray

_SPARING = re.compile(r"\s*ALTER\s+(?:FOREIGN\s+)?\w+\s+IF\s+EXISTS\b", re.IGNORECASE)
_CUTOFF = 0.8
"""Of likeness, between 0 and 1: a name that one slip of the fingers may have made of another."""


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The one name that is near; None where none is, or several are."""
    near = get_close_matches(name, sorted(set(names) - {name}), 3, _CUTOFF)
    return near[0] if len(near) == 1 else None


def is_expected(op: Operation, context: Context) -> bool:
    """Whether the migration goes on where the statement fails, and no transaction ends by it."""
    if not op.statement.caught:
        return False
    return not op.statement.transactional or may_run_in_autocommit(context.environment)


def spares_what_is_missing(op: Operation) -> bool:
    """`ALTER TABLE IF EXISTS` and its kin: where the name is not there nothing is done, and nothing fails."""
    return _SPARING.match(op.sql) is not None


def is_read_whole(context: Context) -> bool:
    """Whether all that ran before this moment was read, and each table it touches was seen created."""
    schema = context.schema
    if schema.unread or _is_astray(context):
        return False
    return all(table.created for table in schema.relations.values())


def _is_astray(context: Context) -> bool:
    """Whether the search path leaves open which object was meant, so far or here."""
    schema = context.schema
    return schema.astray or (bool(context.steps) and is_astray(schema, context.steps[context.position].operation))


def is_sure(table: Table, context: Context) -> bool:
    """Whether every column, constraint and index of a table is known at this moment."""
    known = table.created and table.complete and not table.inherits and not table.temporary
    unclear = context.schema.unread or _is_astray(context)
    return known and not unclear and not any(_is_unsure(op, table.name) for op in _before(context))


def _is_unsure(op: Operation, table: Name) -> bool:
    named = getattr(op, "table", None)
    about = named is not None and named.key == table.key
    return about and op.statement.conditional


def was_created(name: Name, kind: type[CreateTable] | type[CreateIndex] | type[CreateEnum], context: Context) -> bool:
    """Whether an earlier revision, or this one, created what is not there any more."""
    attribute = {CreateTable: "table", CreateIndex: "index", CreateEnum: "type"}[kind]
    for op in _before(context):
        if isinstance(op, kind) and not op.statement.conditional:
            found = getattr(op, attribute)
            if found is not None and found.key == name.key:
                return True
    return False


def _before(context: Context) -> Iterator[Operation]:
    """All operations that ran before this one, as far as this revision needs them; in the way back, the upgrade too."""
    history = context.history
    revision = context.script.revision
    for other in history.ancestors(revision) - {revision}:
        yield from history.scripts[other].upgrade
    if context.steps and context.steps[0].operation.statement.direction != "upgrade":
        yield from context.script.upgrade
    for step in context.steps[: context.position]:
        yield step.operation


def is_known_somewhere(name: Name, context: Context) -> bool:
    """Whether this schema or another has it: which one is meant, the search path decides."""
    schema = context.schema
    homes: tuple[Iterable[tuple[str, str]], ...] = (
        schema.relations,
        schema.views,
        schema.sequences,
        schema.index_owners,
        schema.enums,
    )
    return any(key[1] == name.name for home in homes for key in home)
