"""A moment of the lock report in words: who waits, for how long, until when. Names stand in backticks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.review.wording import listed
from rules.model.locks import LockMoment, Waiting, Work
from rules.model.place import Place
from rules.model.size import Size

_MOST_NAMES = 5
_DONE = {
    Work.READ: "read whole",
    Work.INDEXED: "read whole, an index is built",
    Work.WRITTEN: "rows written",
    Work.REWRITTEN: "read and written whole, its indexes too",
}
_UNITS = ("bytes", "kB", "MB", "GB", "TB", "PB")


def locks_in(moment: LockMoment) -> str:
    """`SHARE` on `users`; the strongest first."""
    return "; ".join(f"`{row.lock}` on {_names(row.tables)}" if row.tables else f"`{row.lock}`" for row in moment.locks)


def who_waits(moment: LockMoment) -> str:
    """For its own locks, then for those that earlier statements of the transaction took."""
    groups: dict[tuple[Place, str, bool], list[Waiting]] = {}
    for wait in sorted(moment.waiting, key=lambda wait: wait.since != moment.place):
        groups.setdefault((wait.since, wait.blocks, wait.rows_only), []).append(wait)
    return "; ".join(_wait(group, moment) for group in groups.values()) or "nobody"


def _wait(group: Sequence[Waiting], moment: LockMoment) -> str:
    first = group[0]
    tables = _names([wait.table for wait in group])
    if first.rows_only:
        words = f"writes to the changed rows of {tables}"
    elif first.blocks == "schema changes":
        words = f"schema changes and VACUUM of {tables}"
    else:
        words = f"{first.blocks} of {tables}"
    return words if first.since == moment.place else f"{words}, since {_line(first.since, first.revision, moment)}"


def _line(place: Place, revision: str, moment: LockMoment) -> str:
    elsewhere = f" of `{revision}`" if place.path != moment.place.path else ""
    return f"line {place.line}{elsewhere}"


def how_long(moment: LockMoment) -> str:
    """What the time grows with, and how far behind the statement its locks are kept."""
    words = "a moment"
    if moment.work is not Work.NONE:
        over = _names((*moment.works_on, *moment.reads))
        words = f"grows with {over}: {_done(moment)}" if over else f"as long as it takes: {_done(moment)}"
        if moment.size is not None:
            words += f" ({size_in_words(moment.size)})"
    place = moment.stretched_by
    if place is not None:
        elsewhere = f" of `{place.path.rsplit('/', 1)[-1]}`" if place.path != moment.place.path else ""
        words += f"; kept to the commit, while line {place.line}{elsewhere} runs too"
    return words


def _done(moment: LockMoment) -> str:
    if moment.for_each is not None:
        return f"at most as many rows of {_names([moment.for_each])} written"
    if moment.reads:
        return f"rows of {_names(moment.works_on)} written, {_names(moment.reads)} read"
    return _DONE[moment.work]


def size_in_words(size: Size) -> str:
    """Two digits: a table grows while it is talked about."""
    return f"about {_rows(size.rows)}, {_bytes(size.bytes)}"


def _rows(rows: int) -> str:
    for unit, word in ((10**9, " billion"), (10**6, " million")):
        if rows >= unit * 0.995:
            return f"{_two_digits(rows / unit)}{word} rows"
    return f"{_two_digits(rows)} row{'' if rows == 1 else 's'}"


def _bytes(number: int) -> str:
    amount, unit = float(number), 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{_two_digits(amount)} {_UNITS[unit]}"


def _two_digits(number: float) -> str:
    if number >= 100:
        digits = len(str(int(number))) - 2
        return f"{round(number, -digits):,.0f}"
    return f"{number:.2g}"


def _names(names: Iterable[str]) -> str:
    every = [f"`{name}`" if " " not in name else name for name in names]
    if len(every) > _MOST_NAMES:
        every = [*every[: _MOST_NAMES - 1], f"{len(every) - _MOST_NAMES + 1} more"]
    return listed(every)
