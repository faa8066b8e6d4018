"""A part of the summary, cut to its room with a sentence that says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.review.markdown import Markdown


@dataclass(frozen=True, slots=True)
class Section:
    """`title` is our own text; `folded` sections open at a click."""

    title: str
    rows: tuple[Markdown, ...]
    lead: Markdown | None = None
    left_out: Markdown | None = None
    folded: bool = False


def fitted(
    title: str,
    rows: Sequence[Markdown],
    limit: int,
    *,
    header: tuple[Markdown, ...] = (),
    lead: Markdown | None = None,
    folded: bool = False,
    more: str,
) -> Section | None:
    """The rows that fit into `limit` characters; None without rows. `more` is the noun for those that do not."""
    if not rows:
        return None
    shown: list[Markdown] = []
    room = limit
    for row in rows:
        room -= len(row) + 1
        if room < 0:
            break
        shown.append(row)
    missing = len(rows) - len(shown)
    left_out = f"{missing:,} more {more}{'' if missing == 1 else 's'} had no room here." if missing else ""
    return Section(title, (*header, *shown), lead, Markdown(left_out) or None, folded)


def short_names(paths: Sequence[str]) -> dict[str, str]:
    """The file's name alone where no other path ends in the same one."""
    last = {path: path.rsplit("/", 1)[-1] for path in paths}
    return {path: name if list(last.values()).count(name) == 1 else path for path, name in last.items()}
