"""`dbbot check`."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable

import click

from bot.cli import options
from bot.cli.options import Asked
from bot.cli.printing import Sheet, colours_wanted, print_result

FORMATS = ("text", "json", "sarif", "junit", "github", "markdown")
"""Each is a module of `bot.cli.formats` with a function `written(sheet: Sheet) -> str`."""


@click.command()
@options.folder_argument
@options.reading
@options.choosing
@options.output(*FORMATS)
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "notice", "never"]),
    help="Default: error, or as the settings say.",
)
@options.asking
def check(asked: Asked, form: str, target: str | None, fail_on: str | None) -> int:
    """Judge the new migrations of a repository.

    PATH is a repository or a folder of revisions; default: here. New is what the merge base with the default branch
    does not have, unless --base, --new or --all say otherwise.
    """
    from bot.cli.repository import opened
    from rules.engine import review

    with opened(asked) as repository:
        found = review(
            repository.texts,
            new=repository.is_new,
            base_texts=repository.base_texts,
            settings=repository.settings,
            roots=repository.roots,
            judge_all=asked.judge_all,
            readings=repository.readings,
            changed=repository.changed,
        )
        if repository.new is not None:
            repository.new.require_all_met()
    sheet = Sheet(found, repository.texts, asked.folder, colours=colours_wanted(target))
    written: Callable[[Sheet], str] = pkgutil.resolve_name(f"bot.cli.formats.{form}:written")
    print_result(written(sheet), target)
    return 1 if sheet.fails_at(fail_on or repository.settings.fail_on) else 0
