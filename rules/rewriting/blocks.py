"""Blocks and statements put around statements, and taken away from them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from rules.model.finding import Edit, Suggestion
from rules.model.place import Place
from rules.rewriting.fitting import suggestion_of
from rules.rewriting.source import Source
from rules.rewriting.suggesting import AUTOCOMMIT_BLOCK
from rules.rewriting.wrapping import lines_inside_strings


def block_instead_of(
    text: str, opening: Place, inside: Sequence[Place], closing: Place | None, title: str
) -> Suggestion | None:
    """`autocommit_block()` in the place of one statement and around the next ones; `closing` behind them is removed.

    None unless they follow each other in one body, each a statement with its lines for itself.
    """
    source = Source.of(opening.path, text)
    if source is None:
        return None
    body = _body_with(source, opening)
    places = [opening, *inside, *([] if closing is None else [closing])]
    start = next((at for at, one in enumerate(body) if _is_call_at(source, one, opening)), len(body))
    statements = body[start : start + len(places)]
    if len(statements) < len(places) or not all(
        _is_call_at(source, one, place) and source.stands_alone(one)
        for one, place in zip(statements, places, strict=True)
    ):
        return None
    edits: list[Edit | None] = [source.replace(statements[0], AUTOCOMMIT_BLOCK)]
    kept = statements[1 : 1 + len(inside)]
    first, last = source.end_of(statements[0])[0] + 1, source.end_of(kept[-1])[0]
    edits.extend(shifted(source, range(first, last + 1), source.indent) or [None])
    if closing is not None:
        edits.append(_without_lines(source, statements[-1]))
    return suggestion_of(text, edits, title)


def without_with(text: str, place: Place, title: str) -> Suggestion | None:
    """The body of a `with` whose only context is the call at a place, one level less deep, without its header."""
    source = Source.of(place.path, text)
    if source is None:
        return None
    found = next((one for one in _statements(source) if isinstance(one, ast.With) and _opens(source, one, place)), None)
    if found is None:
        return None
    (line, column), (end, behind) = source.start_of(found), source.end_of(found.items[0].context_expr)
    if source.line(line)[:column].strip() or source.line(end)[behind:].strip() != ":":
        return None
    deeper = source.start_of(found.body[0])[1] - column
    edits: list[Edit | None] = [source.edit((line, 0), (end + 1, 0), "")]
    edits.extend(shifted(source, range(end + 1, source.end_of(found)[0] + 1), "", deeper) or [None])
    return suggestion_of(text, edits, title)


def unwrapped(source: Source, call: ast.Call, title: str) -> Suggestion | None:
    """The only argument of a call in place of the call, its lines moved left with it."""
    if len(call.args) != 1 or call.keywords:
        return None
    argument = call.args[0]
    (line, column), (first, start) = source.start_of(call), source.start_of(argument)
    (last, behind), end = source.end_of(argument), source.end_of(call)
    if "#" in source.text[source.offset((line, column)) : source.offset((first, start))]:
        return None
    if "#" in source.text[source.offset((last, behind)) : source.offset(end)]:
        return None
    edits: list[Edit | None] = [source.edit((line, column), (first, start), ""), source.edit((last, behind), end, "")]
    if first > line and last > first:
        indentation = len(source.line(line)) - len(source.line(line).lstrip())
        edits.extend(shifted(source, range(first + 1, last + 1), "", start - indentation) or [None])
    return suggestion_of(source.text, edits, title)


def shifted(source: Source, lines: range, deeper: str, shallower: int = 0) -> list[Edit] | None:
    """Lines indented by `deeper`, or moved left by that many characters; lines inside strings stay as they are."""
    fixed = lines_inside_strings(source)
    if fixed is None:
        return None
    edits = []
    for line in lines:
        written = source.line(line)
        if line in fixed or not written.strip():
            continue
        if written[:shallower].strip():
            return None
        edits.append(source.edit((line, 0), (line, shallower), deeper))
    return edits


def _without_lines(source: Source, statement: ast.stmt) -> Edit | None:
    """The statement with its whole lines removed; None if a comment stands behind it."""
    (line, _), (end, column) = source.start_of(statement), source.end_of(statement)
    if source.line(end)[column:].strip():
        return None
    if end < len(source.starts):
        return source.edit((line, 0), (end + 1, 0), "")
    return source.edit((line, 0), (end, column), "")


def _body_with(source: Source, place: Place) -> list[ast.stmt]:
    """The body, in `upgrade` or `downgrade`, that the call at a place is a statement of."""
    for body in _bodies(source):
        if any(_is_call_at(source, statement, place) for statement in body):
            return body
    return []


def _statements(source: Source) -> Iterator[ast.stmt]:
    for body in _bodies(source):
        yield from body


def _bodies(source: Source) -> Iterator[list[ast.stmt]]:
    """The bodies in which one edit has one effect: no loop, no helper function."""
    waiting = [function.body for function in source.functions if function.name in ("upgrade", "downgrade")]
    while waiting:
        body = waiting.pop()
        yield body
        for statement in body:
            match statement:
                case ast.With():
                    waiting.append(statement.body)
                case ast.If():
                    waiting += [statement.body, statement.orelse]


def _is_call_at(source: Source, statement: ast.stmt, place: Place) -> bool:
    return isinstance(statement, ast.Expr) and _spans(source, statement.value, place)


def _opens(source: Source, statement: ast.With, place: Place) -> bool:
    item = statement.items[0]
    return len(statement.items) == 1 and item.optional_vars is None and _spans(source, item.context_expr, place)


def _spans(source: Source, node: ast.expr, place: Place) -> bool:
    start, end = source.start_of(node), source.end_of(node)
    return start == (place.line, place.column) and end == (place.end_line, place.end_column)


def statements_around(
    text: str, place: Place, above: Sequence[str], below: Sequence[str], title: str
) -> Suggestion | None:
    """Statements of one line each on the lines above and below the call at a place."""
    source = Source.of(place.path, text)
    if source is None:
        return None
    statement = next((one for one in _statements(source) if _is_call_at(source, one, place)), None)
    if statement is None or not source.stands_alone(statement):
        return None
    (line, column), (end, _) = source.start_of(statement), source.end_of(statement)
    indentation, newline = source.line(line)[:column], source.newline
    behind = (end, len(source.line(end)))
    edits: list[Edit | None] = [
        source.edit((line, 0), (line, 0), "".join(f"{indentation}{one}{newline}" for one in above)),
        source.edit(behind, behind, "".join(f"{newline}{indentation}{one}" for one in below)),
    ]
    return suggestion_of(text, edits, title)


def setting_into_block(text: str, place: Place, name: str, title: str) -> Suggestion | None:
    """A `SET LOCAL` moved into the `with` that follows it: without LOCAL as its first statement, reset as its last."""
    source = Source.of(place.path, text)
    if source is None:
        return None
    body = _body_with(source, place)
    at = next((at for at, one in enumerate(body) if _is_call_at(source, one, place)), len(body))
    if at + 1 >= len(body):
        return None
    statement, block = body[at], body[at + 1]
    written = source.segment(statement)
    changed, count = re.subn(r"\bSET\s+LOCAL\b", "SET", written, flags=re.IGNORECASE)
    if count != 1 or "\n" in written or not isinstance(block, ast.With) or not source.stands_alone(statement):
        return None
    (first, column), (last, _) = source.start_of(block.body[0]), source.end_of(block.body[-1])
    if source.line(first)[:column].strip():
        return None
    indentation, behind = source.line(first)[:column], (last, len(source.line(last)))
    quote = '"' if '"' in written else "'"
    edits = [
        _without_lines(source, statement),
        source.edit((first, 0), (first, 0), f"{indentation}{changed}{source.newline}"),
        source.edit(behind, behind, f"{source.newline}{indentation}op.execute({quote}RESET {name}{quote})"),
    ]
    return suggestion_of(text, edits, title)
