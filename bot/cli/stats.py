"""`dbbot stats`: the query that a person runs, and the file made of its answer. dbbot itself never connects."""

from __future__ import annotations

import json
from typing import IO, Any

import click

from bot.cli.printing import print_result
from bot.cli.trouble import WrongInput


@click.command()
@click.argument("answer", required=False, type=click.File("r", encoding="utf-8", errors="replace"))
@click.option("--output", "target", metavar="FILE", help="Default: standard output.")
def stats(answer: IO[str] | None, target: str | None) -> None:
    """Print the SQL that reads table sizes, or make the statistics file of its ANSWER.

    \b
    psql -XAtc "$(dbbot stats)" > answer
    dbbot stats answer --output sizes.json

    Commit the file and name it in the settings: `statistics: sizes.json`. ANSWER `-` is standard input.
    """
    from rules.settings.statistics import QUERY

    if answer is None:
        print_result(QUERY, target)
        return
    print_result(_file_of(answer.read()), target)


def _file_of(answer: str) -> str:
    """The JSON in what the client printed, checked, one table a line. Raises WrongInput."""
    from rules.settings.statistics import MAXIMUM_SIZE, read_statistics

    if len(answer) > MAXIMUM_SIZE:
        raise WrongInput(f"The answer has {len(answer):,} characters; at most {MAXIMUM_SIZE:,} are read.")
    start, end = answer.find("{"), answer.rfind("}")
    if start < 0 or end < start:
        raise WrongInput("There is no JSON in the answer; run the query with `psql -XAt`.")
    text = answer[start : end + 1]
    read = read_statistics(text)
    if isinstance(read, str):
        raise WrongInput(f"{read} Run the query with `psql -XAt`.")
    return _laid_out(json.loads(text))


def _laid_out(found: dict[str, Any]) -> str:
    """Sorted by name, so that a new answer differs only in the lines of the tables that changed."""
    tables = found.pop("tables", None) or {}
    head = [f"  {json.dumps(name)}: {json.dumps(value)}," for name, value in found.items()]
    rows = [f"    {json.dumps(name)}: {json.dumps(tables[name])}" for name in sorted(tables)]
    return "\n".join(["{", *head, '  "tables": {', ",\n".join(rows), "  }", "}"])
