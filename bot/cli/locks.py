"""`dbbot locks`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from bot.cli import options
from bot.cli.options import Asked
from bot.cli.printing import print_result

if TYPE_CHECKING:
    from bot.cli.listing import Listed
    from rules.model.review import LockRow


@click.command()
@click.argument("revisions", nargs=-1, metavar="[REVISION ...]")
@options.folder_option
@options.reading
@options.choosing
@click.option("--down", is_flag=True, help="Of downgrade, the newest first.")
@options.output("text", "json")
@options.asking
def locks(revisions: tuple[str, ...], asked: Asked, down: bool, form: str, target: str | None) -> None:
    """Print which locks the SQL takes, on what, and who waits.

    REVISION is an id, its beginning, or a file; without one, the new revisions.
    """
    from bot.cli.listing import listed
    from bot.cli.repository import opened
    from rules.model.operations import Direction

    with opened(asked, revisions) as repository:
        found = listed(repository, Direction.DOWNGRADE if down else Direction.UPGRADE)
        text = _json(found) if form == "json" else "\n".join(_lines(found))
    print_result(text, target)


def _lines(found: tuple[Listed, ...]) -> Iterator[str]:
    from bot.review.markdown import cleaned, cut

    if not found:
        yield "No new migration; name revisions, or use --all."
    for one in found:
        rows = one.locks
        yield cleaned(f"{one.script.revision}, {one.direction.value}: {one.script.path}")
        statement = None
        for row in rows:
            if (row.sql, row.place) != statement:
                statement = (row.sql, row.place)
                yield f"  line {row.place.line}: {cut(cleaned(' '.join(row.sql.split())), 100)}"
            yield f"    {cleaned(_row(row))}"
        if not rows:
            yield "  no lock that anybody waits for" if one.complete else "  no lock known"
        for unread in one.unread:
            yield cleaned(f"  line {unread.place.line}: not read, its locks are unknown")
        yield ""


def _row(row: LockRow) -> str:
    from rules.model.review import Blocks

    waits = "nobody waits" if row.blocks is Blocks.NOTHING else f"{row.blocks.value} wait"
    work = [word for word, true in (("rewrites the table", row.rewrites), ("reads all of it", row.scans)) if true]
    return ", ".join((f"{row.lock} on {', '.join(row.tables) or 'no table'}", waits, *work))


def _json(found: tuple[Listed, ...]) -> str:
    from bot.cli.formats.json import VERSION, as_json, lock_object, unread_object

    return as_json(
        {
            "version": VERSION,
            "locks": [lock_object(row) for one in found for row in one.locks],
            "unread": [unread_object(unread) for one in found for unread in one.unread],
        }
    )
