"""The suggestions of the rules about the way back: the missing statements in the file's own style."""

from __future__ import annotations

from collections.abc import Sequence

from rules.context import Context
from rules.model.finding import Suggestion
from rules.model.script import MigrationScript
from rules.rewriting import Source
from rules.rollback import inserting
from rules.rollback.calls import Calls, Piece, lines_of
from rules.rollback.inverses import inverse_of
from rules.rollback.mending import mends_of
from rules.rollback.style import Style, style_of
from rules.rollback.way_back import WayBack
from rules.schema import Schema
from rules.schema.differences import Difference


def whole_way_back(script: MigrationScript, context: Context, title: str) -> Suggestion | None:
    """The inverse of every operation, last first; None if one has none."""
    style = _style(script, context)
    if style is None or not style.op:
        return None
    pieces: list[Piece] = []
    for step, after in zip(reversed(context.steps), _schemas_above(context, script), strict=True):
        inverse = inverse_of(step.operation, step.schema, after, Calls(style, step.schema))
        if inverse is None:
            return None
        pieces += inverse
    if not pieces:
        return None
    lines = lines_of(pieces, style)
    if script.has_downgrade:
        return inserting.below(script, lines, title)
    return inserting.as_function(script, lines, title)


def _schemas_above(context: Context, script: MigrationScript) -> list[Schema]:
    """The schema after each step, last first."""
    steps = context.steps
    if not steps:
        return []
    end = steps[-1].schema.after(steps[-1].operation, revision=script.revision, new=True)
    return [end, *(step.schema for step in reversed(steps[1:]))]


def rest_of_way_back(
    script: MigrationScript, context: Context, back: WayBack, found: Sequence[Difference], title: str
) -> Suggestion | None:
    """What mends those differences, below what `downgrade()` does."""
    style = _style(script, context)
    pieces = None if style is None or not style.op else mends_of(found, Calls(style, back.start))
    return inserting.below(script, lines_of(pieces, style), title) if pieces and style else None


def _style(script: MigrationScript, context: Context) -> Style | None:
    source = Source.of(script.path, script.text)
    if source is None:
        return None
    return style_of(source, convention=bool(context.environment.naming_convention))
