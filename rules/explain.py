"""Writes a rule's page. The command, the comment on GitHub, the web page and the committed docs all are this text."""

from __future__ import annotations

from collections.abc import Iterator

from rules.dialects import called
from rules.guides import guides_of
from rules.registry import require_rule, rules
from rules.rule import Bad, Fixes, Good, Rule

PEERS = {
    "squawk": "squawk",
    "eugene": "eugene",
    "strong_migrations": "strong_migrations",
    "django-migration-linter": "django-migration-linter",
    "atlas": "Atlas",
    "pg-migration-lint": "pg-migration-lint",
    "migrationpilot": "MigrationPilot",
    "pgfence": "pgfence",
    "online_migrations": "online_migrations",
    "bytebase": "Bytebase",
    "sqlfluff": "SQLFluff",
    "pytest-alembic": "pytest-alembic",
}
"""The linters of `known_as`, by the name under which each is known."""

_REPAIRS = {
    Fixes.SUGGESTION: "dbbot suggests the edit where one edit is complete.",
    Fixes.PLAN: "The repair takes several revisions.",
    Fixes.BOTH: "dbbot suggests the edit where one edit is complete; otherwise the repair takes several revisions.",
    Fixes.NONE: "The repair is a decision that people take.",
}


def page(rule: Rule | str) -> str:
    """The page in Markdown. Raises `UnknownRule`, whose message names the nearest rule."""
    if isinstance(rule, str):
        rule = require_rule(rule)
    return "\n".join(_lines(rule)).rstrip() + "\n"


def index() -> str:
    """The list of all rules, by group, in Markdown."""
    lines = ["# Rules", ""]
    for group in dict.fromkeys(rule.group for rule in rules()):
        lines += [f"## {group}", "", "| rule | level | |", "|---|---|---|"]
        lines += [
            f"| [`{rule.name}`]({rule.group}/{rule.name}.md) | {rule.severity} | {rule.title} |"
            for rule in rules()
            if rule.group == group
        ]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def page_path(rule: Rule) -> str:
    """Where the page is committed, from the top of the repository."""
    return f"rules/docs/{rule.group}/{rule.name}.md"


def _lines(rule: Rule) -> Iterator[str]:
    _, _, rest = rule.page.partition("\n")
    yield f"# {rule.name}"
    yield ""
    yield f"**{rule.title}**"
    yield ""
    about = f" It speaks of {called(rule.dialects)}." if rule.dialects is not None else ""
    yield f"Group `{rule.group}`, {_level(rule)}.{about} {_REPAIRS[rule.fixes]}"
    yield ""
    yield from rest.strip().split("\n")
    yield ""
    for example in rule.examples:
        yield from _bad(example) if isinstance(example, Bad) else _good(example)
    yield from _silencing(rule)
    yield from _links(rule)


def _level(rule: Rule) -> str:
    if rule.severity == "off":
        return "off unless the settings name it"
    return f"level {rule.severity}"


def _bad(example: Bad) -> Iterator[str]:
    yield "## This draws a finding"
    yield ""
    yield from _shown(example)
    for number, text in enumerate(example.also, start=1):
        yield f"and {'the next revision' if number == 1 else 'the one after it'} of the same pull request:"
        yield ""
        yield from _code("python", text)
    if example.becomes is not None:
        yield "Suggested:"
        yield ""
        yield from _code("python", example.becomes)
    for text in example.also_become:
        yield "and above it:"
        yield ""
        yield from _code("python", text)
    if example.env_becomes is not None:
        yield "Suggested for env.py:"
        yield ""
        yield from _code("python", example.env_becomes)


def _good(example: Good) -> Iterator[str]:
    yield "## This does not"
    yield ""
    yield from _shown(example)
    for text in example.also:
        yield from _code("python", text)
    yield f"Nothing is said here: {example.because}."
    yield ""


def _shown(example: Bad | Good) -> Iterator[str]:
    if example.settings:
        yield from _code("yaml", example.settings)
    for path, text in (*example.modules_were, *example.modules):
        yield f"`{path}`{', at the base' if (path, text) in example.modules_were else ''}:"
        yield ""
        yield from _code("python", text)
    yield from _code("python", example.text)
    if example.env is not None:
        yield "with this env.py:"
        yield ""
        yield from _code("python", example.env)


def _code(language: str, text: str) -> Iterator[str]:
    yield f"```{language}"
    yield from text.strip("\n").split("\n")
    yield "```"
    yield ""


def _silencing(rule: Rule) -> Iterator[str]:
    yield "## Where it does not apply"
    yield ""
    yield "Say so on the line, with the reason, or set its level for the repository in `.github/dbbot.yml`:"
    yield ""
    yield from _code("python", f"# dbbot: ignore[{rule.name}] because ...")
    yield from _code("yaml", f"rules:\n  {rule.name}: off")


def _links(rule: Rule) -> Iterator[str]:
    if rule.references:
        yield "## Read more"
        yield ""
        yield from (f"- <{reference}>" for reference in rule.references)
        yield ""
    if guides := guides_of(rule.name):
        yield f"Guides: {', '.join(f'`{guide}`' for guide in guides)}."
        yield ""
    if rule.known_as:
        known = "; ".join(
            f"{PEERS.get(linter, linter)}: {', '.join(f'`{name}`' for name in names)}"
            for linter, names in rule.known_as.items()
        )
        yield f"Others speak of the same hazard as {known}."
        yield ""
    if rule.formerly:
        yield f"Formerly {', '.join(f'`{name}`' for name in rule.formerly)}."
        yield ""
