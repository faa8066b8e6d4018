"""Indexes built, dropped and rebuilt concurrently, each in a revision of its own."""

from __future__ import annotations

import re
from collections.abc import Callable

from rules.context import Context
from rules.model.names import Name
from rules.model.operations import CreateIndex, DropIndex, Operation, Reindex
from rules.plans.draft import Draft, Moved, NoPlan, Step
from rules.plans.sql import qualified, sentence
from rules.plans.writing import executed, in_block, nothing, without_timeout

_CREATE = re.compile(r"CREATE(\s+UNIQUE)?\s+INDEX\s+(CONCURRENTLY\s+)?(IF\s+NOT\s+EXISTS\s+)?", re.IGNORECASE)
_REINDEX = re.compile(r"REINDEX\s+(?P<kind>INDEX|TABLE)\s+(CONCURRENTLY\s+)?", re.IGNORECASE)


def index_apart(op: CreateIndex, _: Context) -> Draft | NoPlan:
    """The index of a revision that does other things as well, or that hides behind a column."""
    if op.index is None or op.only or not _CREATE.match(sentence(op)):
        return NoPlan("The server picks the name of the index: give it one.")
    index = Name(op.index.name, op.table.schema)
    return Draft(
        f"build {op.index.name} concurrently, in a revision of its own",
        f"the same without the index {op.index.name}",
        (Moved(op),),
        (building(index, concurrent(sentence(op))),),
        undoes=drops_index(index),
        needed=(op.index.name, op.table.name) if op.unique else (op.index.name,),
    )


def concurrent(create: str) -> str:
    """The statement in its concurrent form, without IF NOT EXISTS."""
    return _CREATE.sub(lambda found: f"CREATE{(found[1] or '').upper()} INDEX CONCURRENTLY ", create, count=1)


def building(index: Name, create: str) -> Step:
    return Step(
        f"Build the index {index.name}",
        "index",
        guarded(index, create),
        in_block(executed(drop(index))),
        note="If the build fails, it leaves an index that is not valid; the next attempt drops it first.",
    )


def guarded(index: Name, create: str) -> tuple[str, ...]:
    """A concurrent build that first drops what a failed one left."""
    return without_timeout(executed(drop(index), create))


def drop(index: Name) -> str:
    return f"DROP INDEX CONCURRENTLY IF EXISTS {qualified(index)}"


def drops_index(index: Name) -> Callable[[Operation], bool]:
    return lambda op: isinstance(op, DropIndex) and op.index.key == index.key


def drop_apart(op: DropIndex, context: Context) -> Draft | NoPlan:
    """With the way back that the revision itself has."""
    back = [each for each in context.script.downgrade if _builds(each, op.index)]
    if len(back) != 1 or op.cascade or not _CREATE.match(sentence(back[0])):
        return NoPlan("`downgrade()` does not build the index again, so the way back is not known.")
    index = op.index
    step = Step(
        f"Drop the index {index.name}",
        "drop_index",
        in_block(executed(drop(index))),
        guarded(index, concurrent(sentence(back[0]))),
    )
    return Draft(
        f"drop {index.name} concurrently, in a revision of its own",
        f"the same without dropping the index {index.name}",
        (Moved(op),),
        (step,),
        undoes=lambda each: _builds(each, index),
        needed=(index.name,),
    )


def _builds(op: Operation, index: Name) -> bool:
    return isinstance(op, CreateIndex) and op.index is not None and op.index.name == index.name


def reindex_apart(op: Reindex, _: Context) -> Draft | NoPlan:
    found = _REINDEX.match(sentence(op))
    if found is None:
        return NoPlan("Only one index or the indexes of one table are rebuilt in a revision.")
    sql = _REINDEX.sub(lambda at: f"REINDEX {at['kind'].upper()} CONCURRENTLY ", sentence(op), count=1)
    step = Step(f"Rebuild {op.name.name}", "reindex", without_timeout(executed(sql)), nothing("it holds the same rows"))
    return Draft(
        f"rebuild {op.name.name} concurrently, in a revision of its own",
        f"the same without rebuilding {op.name.name}",
        (Moved(op),),
        (step,),
    )
