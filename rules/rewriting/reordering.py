"""Two neighbouring statements in the other order."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from itertools import pairwise

from rules.model.finding import Suggestion
from rules.model.place import Place
from rules.rewriting.fitting import suggestion_of
from rules.rewriting.source import Source


def swapped(
    text: str, first: Place, second: Place, title: str, *, under: tuple[str, str, str] | None = None
) -> Suggestion | None:
    """The call at `second` before the call at `first`; a `with` that holds nothing else goes with its call.

    `under` is (name, another name, statement): the second writes the other name, and the statement stands last.
    None if anything else, or a comment, stands between them.
    """
    source = Source.of(first.path, text)
    pair = None if source is None or first.path != second.path else _neighbours(source, first, second)
    if source is None or pair is None:
        return None
    one, other = pair
    if not source.stands_alone(one) or not source.stands_alone(other):
        return None
    above, below = _lines(source, one), _lines(source, other)
    between = [source.line(number) for number in range(above[-1] + 1, below[0])]
    if any(line.strip() for line in between):
        return None
    coming = [source.line(number) for number in below]
    last: list[str] = []
    if under is not None:
        renamed = _renamed(source, other, under[0], under[1])
        if renamed is None:
            return None
        coming, indentation = renamed, source.line(above[0])[: source.start_of(one)[1]]
        last = [f"{indentation}{under[2]}"]
    lines = [*coming, *between, *(source.line(number) for number in above), *last]
    start, end = (above[0], 0), (below[-1], len(source.line(below[-1])))
    return suggestion_of(text, [source.edit(start, end, source.newline.join(lines))], title)


def run_of_calls(source: Source, places: Sequence[Place]) -> list[ast.stmt] | None:
    """The statements that the calls at those places are, if they follow each other with nothing between them."""
    units = [_units(source, place) for place in places]
    if not all(units):
        return None
    (body, start), *_ = units[0]
    if any(found[0][0] is not body or found[0][1] != start + at for at, found in enumerate(units)):
        return None
    calls = body[start : start + len(places)]
    if not all(source.stands_alone(call) for call in calls):
        return None
    for one, other in pairwise(calls):
        between = source.text[source.offset(source.end_of(one)) : source.offset(source.start_of(other))]
        if between.strip():
            return None
    return None if any("#" in source.segment(call) for call in calls) else calls


def _lines(source: Source, statement: ast.stmt) -> range:
    return range(source.start_of(statement)[0], source.end_of(statement)[0] + 1)


def _renamed(source: Source, statement: ast.stmt, name: str, other: str) -> list[str] | None:
    """The lines of a plain call with the name, written once, replaced."""
    if not isinstance(statement, ast.Expr):
        return None
    lines = _lines(source, statement)
    written = source.newline.join(source.line(number) for number in lines)
    changed, count = re.subn(rf"(?<![\w]){re.escape(name)}(?!\w)", other, written)
    return changed.split(source.newline) if count == 1 else None


def _neighbours(source: Source, first: Place, second: Place) -> tuple[ast.stmt, ast.stmt] | None:
    above, below = _units(source, first), _units(source, second)
    for body, at in above:
        for other, position in below:
            if other is body and position == at + 1:
                return body[at], body[position]
    return None


def _units(source: Source, place: Place) -> list[tuple[list[ast.stmt], int]]:
    """Where the call at a place stands: the body and its number in it; and likewise each `with` that holds it alone."""
    for function in source.functions:
        if function.name in ("upgrade", "downgrade"):
            found = _within(source, function.body, place)
            if found:
                return found
    return []


def _within(source: Source, body: list[ast.stmt], place: Place) -> list[tuple[list[ast.stmt], int]]:
    for at, statement in enumerate(body):
        match statement:
            case ast.Expr(value=ast.Call() as call) if call.lineno == place.line:
                if (*source.start_of(call), *source.end_of(call)) == _span(place):
                    return [(body, at)]
            case ast.With():
                if found := _within(source, statement.body, place):
                    return [*found, (body, at)] if len(statement.body) == 1 else found
            case ast.If():
                if found := _within(source, statement.body, place) or _within(source, statement.orelse, place):
                    return found
    return []


def _span(place: Place) -> tuple[int, int, int, int]:
    return place.line, place.column, place.end_line, place.end_column
