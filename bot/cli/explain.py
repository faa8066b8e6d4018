"""`dbbot explain`."""

from __future__ import annotations

import sys

import click

from bot.cli.printing import colours_wanted, print_result
from bot.cli.trouble import WrongInput


@click.command()
@click.argument("name", required=False)
def explain(name: str | None) -> None:
    """Print the page of a rule or a guide; without a name, the list."""
    from rules.explain import page
    from rules.registry import UnknownRule

    if name is None:
        print_result(_list(), None)
        return
    try:
        _show(page(name))
    except UnknownRule as error:
        raise WrongInput(f"{error} `dbbot explain` lists them all.") from None


def _list() -> str:
    from rules.registry import rules

    width = max((len(rule.name) for rule in rules()), default=0)
    lines: list[str] = []
    for group in dict.fromkeys(rule.group for rule in rules()):
        lines += (group, *(f"  {rule.name:<{width}}  {rule.title}" for rule in rules() if rule.group == group), "")
    return "\n".join(lines)


def _show(page: str) -> None:
    """Set in type on a terminal; elsewhere the Markdown itself."""
    if not colours_wanted(None):
        print_result(page, None)
        return
    from rich.console import Console
    from rich.markdown import Markdown

    Console(file=sys.stdout).print(Markdown(page))
