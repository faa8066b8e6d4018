"""The graph as a Mermaid flowchart; time runs downwards, so that what is new stands last.

GitHub draws at most 500 edges and 50,000 characters: https://mermaid.js.org/config/schema-docs/config.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.review.markdown import cleaned, cut
from rules.model.drawing import Dot, Drawing, Mark, Shape

LONGEST = 48_000
MOST_LINKS = 480
_STYLES = (
    "classDef new fill:#ddf4ff,stroke:#0969da,color:#0a3069",
    "classDef fault fill:#ffebe9,stroke:#cf222e,stroke-width:2px,color:#82071e",
    "classDef gap fill:transparent,stroke:transparent,color:#6e7781",
    "classDef missing fill:#fff8c5,stroke:#9a6700,stroke-dasharray:4 3,color:#4d2d00",
)


def mermaid(drawings: Sequence[Drawing]) -> str:
    """One flowchart; a frame for each script location where there are several."""
    lines = ["flowchart TD"]
    for at, drawing in enumerate(drawings):
        inner = list(_inner(drawing, at))
        if len(drawings) > 1:
            inner = [f'subgraph s{at}["{_label(drawing.path, 200)}"]', *(f"  {line}" for line in inner), "end"]
        lines += (f"  {line}" for line in inner)
    classes = {class_ for drawing in drawings for dot in drawing.dots for class_ in _classes(dot)}
    lines += (f"  {style}" for style in _STYLES if style.split()[1] in classes)
    return "\n".join(lines)


def is_drawable(drawing: Drawing, chart: str) -> bool:
    """Whether GitHub draws it."""
    return len(drawing.dots) > 1 and len(drawing.links) <= MOST_LINKS and len(chart) <= LONGEST


def _inner(drawing: Drawing, at: int) -> Iterator[str]:
    for dot in reversed(drawing.dots):
        left, right = ('(["', '"])') if dot.shape is Shape.GAP else ('["', '"]')
        classes = _classes(dot)
        yield f"r{at}_{dot.number}{left}{_words(dot)}{right}{f':::{classes[0]}' if classes else ''}"
    for link in reversed(drawing.links):
        yield f"r{at}_{link.below} {'-->' if link.follows else '-.->'} r{at}_{link.above}"


def _classes(dot: Dot) -> list[str]:
    """The one that matters most first: Mermaid takes one behind a node."""
    if dot.shape in (Shape.GAP, Shape.MISSING):
        return [dot.shape.value]
    return [name for name, holds in (("fault", Mark.FAULT in dot.marks), ("new", Mark.NEW in dot.marks)) if holds]


def _words(dot: Dot) -> str:
    """Lines of our own making; everything else is spelled out so that it cannot be markup."""
    lines = [_label(dot.name, 60), _label(dot.title, 60), _label(", ".join(dot.words), 100)]
    return "<br/>".join(line for line in lines if line)


def _label(text: str, limit: int) -> str:
    """Letters and digits as they are, everything else as `#NN;`, Mermaid's own escape."""
    return "".join(
        character if character.isalnum() or character in " _" else f"#{ord(character)};"
        for character in cut(" ".join(cleaned(text).split()), limit)
    )
