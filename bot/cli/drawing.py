"""What `dbbot graph` prints: the pictures, with what stands above them, and the graph as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot import drawing
from bot.cli.formats.json import VERSION, as_json
from bot.review.markdown import cleaned
from rules.history import History
from rules.model.drawing import Drawing


@dataclass(frozen=True, slots=True)
class Shown:
    """One script location."""

    history: History
    drawing: Drawing
    new: frozenset[str] = frozenset()

    @property
    def path(self) -> str:
        return self.drawing.path


def text(shown: Sequence[Shown]) -> str:
    return "\n".join(line for each in shown for line in _text(each)).rstrip()


def mermaid(shown: Sequence[Shown]) -> str:
    return drawing.mermaid([each.drawing for each in shown])


def dot(shown: Sequence[Shown]) -> str:
    return drawing.dot([each.drawing for each in shown])


def svg(shown: Sequence[Shown]) -> str:
    return drawing.svg([each.drawing for each in shown])


def json(shown: Sequence[Shown]) -> str:
    return as_json({"version": VERSION, "script_locations": [_json(each) for each in shown]})


def _text(shown: Shown) -> Iterator[str]:
    history = shown.history
    yield cleaned(f"{shown.path or '.'}: {len(history.scripts)} revisions")
    yield cleaned(f"  heads: {', '.join(history.heads) or 'none'}")
    yield cleaned(f"  bases: {', '.join(history.bases) or 'none'}")
    for label, revisions in history.branch_labels.items():
        yield cleaned(f"  branch {label}: {', '.join(revisions)}")
    for problem in history.problems:
        yield cleaned(f"  problem ({problem.kind}): {problem.message}")
    yield ""
    yield from (f"  {line}" for line in drawing.text(shown.drawing).split("\n") if line)
    yield ""


def _json(shown: Shown) -> dict[str, object]:
    history = shown.history
    return {
        "path": shown.path,
        "heads": list(history.heads),
        "bases": list(history.bases),
        "branch_labels": {label: list(revisions) for label, revisions in history.branch_labels.items()},
        "problems": [
            {
                "kind": problem.kind,
                "revisions": list(problem.revisions),
                "paths": list(problem.paths),
                "message": problem.message,
            }
            for problem in history.problems
        ],
        "revisions": [
            {
                "revision": revision,
                "path": history.scripts[revision].path,
                "parents": list(history.parents[revision]),
                "depends_on": list(history.scripts[revision].depends_on),
                "new": revision in shown.new,
            }
            for revision in history.order
        ],
    }
