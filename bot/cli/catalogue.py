"""`dbbot rules`."""

from __future__ import annotations

import click

from bot.cli import options
from bot.cli.printing import print_result


@click.command("rules")
@options.output("text", "json")
def catalogue(form: str, target: str | None) -> None:
    """Print the catalogue: every rule with its level and its title."""
    print_result(_json() if form == "json" else _text(), target)


def _text() -> str:
    from rules.registry import rules

    width = max((len(rule.name) for rule in rules()), default=0)
    return "\n".join(f"{rule.group:<13} {rule.name:<{width}} {rule.severity.value:<8} {rule.title}" for rule in rules())


def _json() -> str:
    from bot.cli.formats.json import as_json
    from rules.publishing import published_rules

    return as_json(published_rules())
