"""The part of the revision graph that is spoken of, for people: Mermaid in a comment, text in the check run."""

from __future__ import annotations

from collections.abc import Iterator

from bot import drawing
from bot.drawing.mermaid import is_drawable
from bot.review.markdown import Markdown, code, fenced
from rules.engine.drawing import DRAWN
from rules.model.drawing import Drawing
from rules.model.finding import Finding
from rules.model.review import Review


def chart_of(finding: Finding, review: Review) -> Markdown:
    """Of the location that the finding is in; empty for findings that no picture explains, or GitHub would not draw."""
    drawn = next(_of(finding, review), None) if finding.rule in DRAWN else None
    if drawn is None:
        return Markdown("")
    chart = drawing.mermaid([drawn])
    return fenced(chart, "mermaid") if is_drawable(drawn, chart) else Markdown("")


def pictures_of(review: Review) -> Iterator[Markdown]:
    """One for each location, under its path where there are several; a check run's text shows no Mermaid for sure."""
    drawn = [location.drawing for location in review.locations if location.drawing is not None]
    for each in drawn:
        title = f"{code(each.path or '.')}\n\n" if len(drawn) > 1 else ""
        yield Markdown(f"\n{title}{fenced(drawing.text(each), 'text')}")


def _of(finding: Finding, review: Review) -> Iterator[Drawing]:
    drawn = [location.drawing for location in review.locations if location.drawing is not None]
    yield from (each for each in drawn if finding.place.path.startswith(f"{each.path}/"))
    yield from drawn[:1] if len(drawn) == 1 else ()
