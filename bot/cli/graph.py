"""`dbbot graph`."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from bot.cli import options
from bot.cli.options import Asked
from bot.cli.printing import print_result

if TYPE_CHECKING:
    from rules.history import History

FORMATS = ("text", "mermaid", "dot", "json")


@click.command()
@options.folder_argument
@options.reading
@options.output(*FORMATS)
@options.asking
def graph(asked: Asked, form: str, target: str | None) -> int:
    """Print the revision graph: heads, bases, branches, problems.

    Ends with 1 if the graph has a problem.
    """
    from bot.cli.repository import opened
    from rules.history import history_of
    from rules.reading import read_location

    with opened(replace(asked, judge_all=True)) as repository:
        graphs = [
            (where.path, history_of(read_location(where, repository.texts, readings=repository.readings).scripts))
            for where in repository.locations
        ]
    written: Callable[[list[tuple[str, History]]], str] = pkgutil.resolve_name(f"bot.cli.drawing:{form}")
    print_result(written(graphs), target)
    return 1 if any(history.problems for _, history in graphs) else 0
