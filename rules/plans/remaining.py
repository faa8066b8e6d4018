"""The revision that a plan replaces, without what the plan's steps do: an exact edit of its text, or none."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from rules.model.finding import Edit
from rules.model.operations import Direction, Do, Harmless, Opaque, Operation, Raises
from rules.model.place import Place
from rules.model.script import MigrationScript
from rules.plans.draft import Draft, Moved, NoPlan
from rules.plans.writing import docstring_lines, execute
from rules.rewriting import Call, Source, apply_edits, assigned_value
from rules.rewriting.keywords import added_keyword

_REVISION_ID = re.compile(r"^Revision ID:[ \t]*(?P<id>\S+)[ \t]*$", re.MULTILINE)
_REVISES = re.compile(r"^Revises:[^\r\n]*", re.MULTILINE)


def stays_whole(draft: Draft) -> bool:
    """Whether something takes the place of what is moved, so that the old text remains."""
    return any(moved.instead or moved.keyword for moved in draft.moved)


def is_alone(script: MigrationScript, draft: Draft) -> bool:
    """Whether what is moved is all that the upgrade does."""
    gone = {id(moved.operation.statement) for moved in draft.moved}
    return all(id(op.statement) in gone or isinstance(op, Harmless) for op in script.upgrade)


def is_replaced_whole(script: MigrationScript, draft: Draft) -> bool:
    """Whether nothing is left of either direction once the steps do their part."""
    back = (op for op in script.downgrade if not isinstance(op, Raises))
    return (
        bool(draft.moved)
        and not stays_whole(draft)
        and is_alone(script, draft)
        and all(draft.undoes(op) for op in back)
    )


def why_not_moved(script: MigrationScript, draft: Draft) -> str | None:
    """None where each moved statement is plainly there, and nothing below it needs what it does."""
    operations = script.upgrade
    if unread := next((op for op in (*operations, *script.downgrade) if isinstance(op, Opaque)), None):
        return f"Line {unread.place.line} could not be read, so what the revision needs is not known."
    moved = [each.operation for each in draft.moved]
    for op in moved:
        if reason := _why_fixed(op, operations, draft):
            return (
                f"The statement of line {op.place.line} {reason}: only what stands by itself in `upgrade()` is moved."
            )
    if not moved or not draft.needed:
        return None
    first = min(operations.index(op) for op in moved)
    mentions = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in draft.needed), re.IGNORECASE)
    later = (op for op in operations[first:] if op not in moved and not any(op.place == it.place for it in moved))
    needs = next((op for op in later if mentions.search(op.sql)), None)
    return f"Line {needs.place.line} needs what would be done later." if needs else None


def _why_fixed(op: Operation, operations: Sequence[Operation], draft: Draft) -> str | None:
    if op.statement.conditional:
        return "stands under a condition"
    if op.statement.block is not None and not draft.from_block:
        return "stands in an `autocommit_block()`"
    if not op.place.is_direct:
        return "stands in a helper"
    same = [other for other in operations if other.statement is op.statement]
    if any(not any(other is each.operation for each in draft.moved) for other in same):
        return "does several things at once"
    if any(isinstance(other, Do) and other.place == op.place for other in operations):
        return "stands in a DO block"
    return None


def remaining_text(
    script: MigrationScript, draft: Draft, revision: str, place: str, parent: str | None = None
) -> str | NoPlan:
    """The file under its new id; `place` is put into its docstring; `parent` where it gets another one.

    No plan where an edit would be incomplete.
    """
    source = Source.of(script.path, script.text)
    heading = _heading_edits(source, script, revision, place, parent) if source else None
    if source is None or heading is None:
        return NoPlan("Its docstring or its `revision` is not written so that they can be edited safely.")
    edits = list(heading)
    calls: list[Call] = []
    for direction, moved in ((Direction.UPGRADE, draft.moved), (Direction.DOWNGRADE, tuple(_undone(script, draft)))):
        for at in dict.fromkeys(each.operation.place for each in moved):
            call = _call_at(source, at)
            if call is None:
                return NoPlan(f"Line {at.line} is no call that stands by itself in `{direction.value}()`.")
            written = _written_instead(script.operations(direction), moved, at, source, call)
            if written is None:
                calls.append(call)
            elif isinstance(written, Edit):
                edits.append(written)
            else:
                return NoPlan(f"Line {at.line} cannot be written anew: {written}.")
    edits.extend(_without(source, calls))
    edited = apply_edits(script.text, edits)
    return NoPlan("Two edits of the file would meet.") if edited is None else edited


def _undone(script: MigrationScript, draft: Draft) -> Iterator[Moved]:
    """What the downgrade no longer does itself; nothing where the revision remains in the place of what is moved."""
    if not stays_whole(draft):
        yield from (Moved(op) for op in script.downgrade if draft.undoes(op))


def _call_at(source: Source, place: Place) -> Call | None:
    call = source.call_at(place)
    if call is None or not source.stands_alone(call.statement):
        return None
    return None if any(not isinstance(one, ast.With) for one in call.around) else call


def _written_instead(
    operations: Sequence[Operation], moved: Sequence[Moved], place: Place, source: Source, call: Call
) -> Edit | str | None:
    """The edit at one call: another keyword, or other statements; None where it goes, a word where it cannot."""
    here = {id(each.operation.statement): each for each in moved if each.operation.place == place}
    statements = {id(op.statement): op.sql for op in operations if op.place == place}
    keyword = next((each.keyword for each in here.values() if each.keyword), None)
    if keyword and len(statements) == 1 and call.has_fixed_arguments:
        return added_keyword(call, *keyword) or "no room for the keyword"
    texts = [
        sql for key, text in statements.items() for sql in ([text] if key not in here else list(here[key].instead))
    ]
    if not texts:
        return None
    if call.around or any(not sql.strip() for sql in texts):
        return "it stands in a block"
    indentation = source.line(call.statement.lineno)[: source.start_of(call.statement)[1]]
    lines = [line for sql in texts for line in execute(sql)]
    return source.replace(call.statement, f"{source.newline}{indentation}".join(lines))


def _without(source: Source, calls: Sequence[Call]) -> Iterator[Edit]:
    """Those statements and the blocks that they leave empty, with their lines; `pass` where a function is left so."""
    gone = {id(call.statement) for call in calls}
    for function in source.functions:
        body = [one for one in function.body if not _is_docstring(one)]
        leaving = [one for one in body if _is_gone(one, gone)]
        if leaving and len(leaving) == len(body):
            yield source.replace(leaving.pop(0), "pass")
        yield from (_line_edit(source, one) for one in leaving)
        for block in body:
            if isinstance(block, ast.With) and block not in leaving and not _is_gone(block, gone):
                yield from (_line_edit(source, one) for one in _inside(block, gone))


def _is_gone(statement: ast.stmt, gone: set[int]) -> bool:
    if isinstance(statement, ast.With):
        return all(_is_gone(one, gone) for one in statement.body)
    return id(statement) in gone


def _inside(block: ast.With, gone: set[int]) -> Iterator[ast.stmt]:
    for one in block.body:
        if _is_gone(one, gone):
            yield one
        elif isinstance(one, ast.With):
            yield from _inside(one, gone)


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _line_edit(source: Source, statement: ast.stmt) -> Edit:
    (line, _), (end, column) = source.start_of(statement), source.end_of(statement)
    return source.edit((line, 0), (end + 1, 0) if end < len(source.starts) else (end, column), "")


def _heading_edits(
    source: Source, script: MigrationScript, revision: str, place: str, parent: str | None
) -> list[Edit] | None:
    edits = [
        assigned_value(script.text, script.place_of("revision"), "revision", revision),
        _docstring_edit(source, script, revision, place, parent),
    ]
    if parent is not None:
        edits.append(assigned_value(script.text, script.place_of("down_revision"), "down_revision", parent))
    whole = [edit for edit in edits if edit is not None]
    return whole if len(whole) == len(edits) else None


def _docstring_edit(
    source: Source, script: MigrationScript, revision: str, place: str, parent: str | None
) -> Edit | None:
    """Its place in the plan below the docstring's first line, and the id of its `Revision ID:` line."""
    lines = docstring_lines(place)
    first = source.tree.body[0] if source.tree.body else None
    if first is None or not _is_docstring(first):
        return source.edit((1, 0), (1, 0), source.newline.join(['"""' + lines[0], *lines[1:-1], '"""', "", ""]))
    written = source.segment(first)
    quotes = written[-3:]
    if quotes not in ('"""', "'''") or not written.startswith(quotes):
        return None
    title, newline, rest = written[3:-3].partition(source.newline)
    found = _REVISION_ID.search(rest)
    if found and found["id"] == script.revision:
        rest = f"{rest[: found.start('id')]}{revision}{rest[found.end('id') :]}"
    if parent is not None:
        rest = _REVISES.sub(f"Revises: {parent}", rest, count=1)
    below = rest if not newline or rest.startswith(source.newline) else source.newline + rest
    text = source.newline.join([title, "", *lines]) + below
    return source.replace(first, f"{quotes}{text}{quotes}")
