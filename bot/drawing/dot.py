"""The graph in Graphviz's language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.review.markdown import cleaned, cut
from rules.model.drawing import Dot, Drawing, Mark, Shape


def dot(drawings: Sequence[Drawing]) -> str:
    """One digraph, with a cluster for each script location; the newest revision on top."""
    lines = [
        "digraph revisions {",
        '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="monospace", fontsize=11];',
        "  edge [dir=back, arrowsize=0.6];",
    ]
    for at, drawing in enumerate(drawings):
        lines += [f"  subgraph cluster_{at} {{", f"    label={_quoted(drawing.path)};"]
        lines += (f"    {line}" for line in _inner(drawing, at))
        lines.append("  }")
    return "\n".join([*lines, "}"])


def _inner(drawing: Drawing, at: int) -> Iterator[str]:
    for each in drawing.dots:
        yield f"r{at}_{each.number} [label={_label(each)}{_style(each)}];"
    for link in drawing.links:
        yield f"r{at}_{link.above} -> r{at}_{link.below}{'' if link.follows else ' [style=dashed]'};"


def _style(each: Dot) -> str:
    if each.shape is Shape.GAP:
        return ", shape=plaintext, style=solid"
    if each.shape is Shape.MISSING:
        return ', style="rounded,dashed", color="#9a6700"'
    fill = ', fillcolor="#ddf4ff"' if Mark.NEW in each.marks else ""
    return fill + (', color="#cf222e", penwidth=2' if Mark.FAULT in each.marks else "")


def _label(each: Dot) -> str:
    lines = (each.name, cut(each.title, 60), ", ".join(each.words))
    return _quoted("\n".join(line for line in lines if line))


def _quoted(text: str) -> str:
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"') for line in cleaned(text).split("\n"))
    return '"' + "\\n".join(escaped) + '"'
