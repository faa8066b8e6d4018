"""Workflow commands of GitHub Actions: findings become annotations of the run."""

from __future__ import annotations

from bot.cli.formats.text import counts
from bot.cli.printing import Sheet
from bot.review.markdown import cleaned
from rules.model.finding import Finding, Severity

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "notice"}


def written(sheet: Sheet) -> str:
    """Paths are those from the top of the repository, if the command runs there."""
    lines = [_command(finding, sheet) for finding in sheet.standing]
    return "\n".join([*lines, counts(sheet)])


def _command(finding: Finding, sheet: Sheet) -> str:
    place = finding.place
    properties = {
        "file": (sheet.folder / place.path).as_posix(),
        "line": str(place.line),
        "endLine": str(place.last_line),
        "col": str(place.column + 1),
        "title": finding.rule,
    }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {listed}::{_data(f'{finding.message} {finding.advice}'.strip())}"


def _data(text: str) -> str:
    """As the workflow toolkit escapes it; a line that a migration writes must not become a command."""
    return cleaned(text.replace("\r", "\n")).replace("%", "%25").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
