"""`dbbot locks`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from bot.cli import options
from bot.cli.options import Asked
from bot.cli.printing import print_result

if TYPE_CHECKING:
    from bot.cli.listing import Listed
    from rules.model.locks import LockMoment


@click.command()
@click.argument("revisions", nargs=-1, metavar="[REVISION ...]")
@options.folder_option
@options.reading
@options.choosing
@click.option("--down", is_flag=True, help="Of downgrade, the newest first.")
@options.output("text", "json")
@options.asking
def locks(revisions: tuple[str, ...], asked: Asked, down: bool, form: str, target: str | None) -> None:
    """Print which locks the SQL takes, who waits, and for how long; the worst moment first.

    REVISION is an id, its beginning, or a file; without one, the new revisions.
    """
    from bot.cli.listing import locked
    from bot.cli.repository import opened
    from rules.model.operations import Direction

    with opened(asked, revisions) as repository:
        found, moments = locked(repository, Direction.DOWNGRADE if down else Direction.UPGRADE)
        text = _json(found, moments) if form == "json" else "\n".join(_lines(found, moments))
    print_result(text, target)


def _lines(found: Sequence[Listed], moments: Sequence[LockMoment]) -> Iterator[str]:
    from bot.review.markdown import cleaned

    if not found:
        yield "No new migration; name revisions, or use --all."
    for moment in moments:
        yield from (cleaned(line) for line in _moment(moment))
        yield ""
    locking = {(moment.revision, moment.direction) for moment in moments}
    for one in found:
        heading = f"{one.script.path} ({one.script.revision}, {one.direction.value})"
        if (one.script.revision, one.direction) not in locking:
            yield cleaned(f"{heading}: {_without_moments(one)}")
        for unread in one.unread:
            yield cleaned(f"{one.script.path}:{unread.place.line} not read, its locks are unknown")


def _without_moments(one: Listed) -> str:
    from rules.dialects import LOCKS_KNOWN

    if one.dialect not in LOCKS_KNOWN:
        return f"dbbot does not know the locks of {one.dialect}"
    return "no lock that anybody waits for" if one.complete else "no lock known"


def _moment(moment: LockMoment) -> Iterator[str]:
    from bot.review.locking import how_long, locks_in, who_waits
    from bot.review.markdown import cut

    yield f"{moment.place} ({moment.revision}, {moment.direction.value})"
    yield f"  {cut(' '.join(moment.sql.split()), 110)}"
    if not moment.known:
        yield "  dbbot does not know what the server does here"
        return
    yield f"  locks  {_plain(locks_in(moment)) or 'nothing'}"
    yield f"  waits  {_plain(who_waits(moment))}"
    yield f"  time   {_plain(how_long(moment))}"
    yield f"  until  {_until(moment)}"


def _plain(text: str) -> str:
    return text.replace("`", "")


def _until(moment: LockMoment) -> str:
    if moment.transaction is None:
        return "the statement ends"
    after = f", {moment.held_for} statement{'' if moment.held_for == 1 else 's'} later" if moment.held_for else ""
    return f"the commit{after}"


def _json(found: Sequence[Listed], moments: Sequence[LockMoment]) -> str:
    from bot.cli.formats.json import VERSION, as_json, lock_object, unread_object

    return as_json(
        {
            "version": VERSION,
            "locks": [lock_object(row) for moment in moments for row in moment.locks],
            "unread": [unread_object(unread) for one in found for unread in one.unread],
        }
    )
