"""`dbbot graph`."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from bot.cli import options
from bot.cli.options import Asked
from bot.cli.printing import print_result
from bot.cli.trouble import WrongInput
from bot.cli.writing import write_revisions

if TYPE_CHECKING:
    from bot.cli.drawing import Shown
    from rules.engine.case import Case
    from rules.model.finding import PlannedRevision

FORMATS = ("text", "mermaid", "dot", "svg", "json")


@click.command()
@options.folder_argument
@options.reading
@click.option("--base", metavar="REF", help="What this git ref does not have is marked as new.")
@click.option("--part", is_flag=True, help="Only what is new, the heads, and what they follow.")
@click.option("--merge", is_flag=True, help="Print the revision that joins the heads, instead of a picture.")
@click.option("--write", is_flag=True, help="With --merge: write it into the folder of the revisions.")
@options.output(*FORMATS)
@options.asking
def graph(asked: Asked, part: bool, merge: bool, write: bool, form: str, target: str | None) -> int:
    """Print the revision graph: heads, bases, branches, problems.

    Ends with 1 if the graph has a problem.
    """
    if write and not merge:
        raise WrongInput("`--write` goes with `--merge`: only a merge revision is written.")
    if merge and form not in ("text", "json"):
        raise WrongInput(f"A merge revision is printed as text or json, not as {form}.")
    cases = _opened(asked)
    if merge:
        return _merge(asked, cases, write, form, target)
    shown = [_shown(case, part) for case in cases]
    written: Callable[[Sequence[Shown]], str] = pkgutil.resolve_name(f"bot.cli.drawing:{form}")
    print_result(written(shown), target)
    return 1 if any(each.history.problems for each in shown) else 0


def _opened(asked: Asked) -> list[Case]:
    from bot.cli.repository import opened
    from rules.engine.case import open_case

    with opened(asked) as folder:
        return [
            open_case(
                where,
                folder.texts,
                folder.base_texts,
                folder.settings,
                folder.is_new,
                False,
                readings=folder.readings,
            )
            for where in folder.locations
        ]


def _shown(case: Case, only_part: bool) -> Shown:
    from bot.cli.drawing import Shown
    from rules.history.drawing import part, whole

    history, new, path = case.scene.history, case.scene.new, case.scene.where.path
    if not only_part:
        return Shown(history, whole(path, history, new), new)
    faulty = {each for problem in history.problems for each in problem.revisions}
    around = [*history.heads, *(each for each in reversed(history.order) if each in new or each in faulty)]
    return Shown(history, part(path, history, around, new=new, faulty=faulty), new)


def _merge(asked: Asked, cases: Sequence[Case], write: bool, form: str, target: str | None) -> int:
    from rules.engine.joining import joined_heads

    revisions = [each for case in cases for each in joined_heads(case, datetime.now(UTC))]
    if write:
        write_revisions(asked.folder, revisions)
    if not revisions and form == "text":
        click.echo("dbbot: there is nothing to merge; each branch has one head.", err=True)
        return 0
    print_result(_json(revisions) if form == "json" else _text(revisions, written=write), target)
    return 0


def _text(revisions: Sequence[PlannedRevision], *, written: bool) -> str:
    from bot.review.markdown import cleaned

    if written:
        return cleaned("\n".join(f"{each.path}: {each.title}" for each in revisions))
    if len(revisions) == 1:
        return cleaned(f"# {revisions[0].path}\n{revisions[0].text}")
    return cleaned("\n\n".join(f"# --- {each.path}\n{each.text}" for each in revisions))


def _json(revisions: Sequence[PlannedRevision]) -> str:
    from bot.cli.formats.json import VERSION, as_json

    listed = [{"title": each.title, "path": each.path, "text": each.text} for each in revisions]
    return as_json({"version": VERSION, "revisions": listed})
