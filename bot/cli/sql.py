"""`dbbot sql`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from bot.cli import options
from bot.cli.options import Asked
from bot.cli.printing import print_result

if TYPE_CHECKING:
    from bot.cli.listing import Listed


@click.command()
@click.argument("revisions", nargs=-1, metavar="[REVISION ...]")
@options.folder_option
@options.reading
@options.choosing
@click.option("--down", is_flag=True, help="Of downgrade, the newest first.")
@options.output("text", "json")
@options.asking
def sql(revisions: tuple[str, ...], asked: Asked, down: bool, form: str, target: str | None) -> None:
    """Print the SQL that Alembic would send.

    REVISION is an id, its beginning, or a file; without one, the new revisions.
    """
    from bot.cli.listing import listed
    from bot.cli.repository import opened
    from rules.model.operations import Direction

    with opened(asked, revisions) as repository:
        found = listed(repository, Direction.DOWNGRADE if down else Direction.UPGRADE)
    print_result(_json(found) if form == "json" else "\n".join(_lines(found)), target)


def _lines(found: tuple[Listed, ...]) -> Iterator[str]:
    from bot.review.markdown import cleaned

    if not found:
        yield "-- No new migration; name revisions, or use --all."
    for one in found:
        yield cleaned(f"-- {one.script.revision}, {one.direction.value}: {one.script.path}")
        for unread in one.unread:
            yield cleaned(f"-- line {unread.place.line} not read: {' '.join(unread.reason.split())}")
        yield ""
        transactional = True
        for statement in one.statements:
            if statement.transactional != transactional:
                transactional = statement.transactional
                yield f"-- {'in' if transactional else 'outside'} the transaction"
            if statement.conditional:
                yield "-- only under a condition:"
            yield f"{cleaned(statement.sql).rstrip().removesuffix(';')};"
            yield ""


def _json(found: tuple[Listed, ...]) -> str:
    from bot.cli.formats.json import VERSION, as_json, unread_object

    return as_json(
        {
            "version": VERSION,
            "revisions": [
                {
                    "revision": one.script.revision,
                    "path": one.script.path,
                    "direction": one.direction.value,
                    "statements": [
                        {
                            "sql": statement.sql,
                            "line": statement.line,
                            "transactional": statement.transactional,
                            "conditional": statement.conditional,
                        }
                        for statement in one.statements
                    ],
                    "complete": one.complete,
                    "unread": [unread_object(unread) for unread in one.unread],
                }
                for one in found
            ],
        }
    )
