"""The result on standard output, or in a file; nothing else goes there."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import click

from bot.cli.trouble import WrongInput
from rules.model.finding import Finding, Severity
from rules.model.review import Review


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a format writes down. `texts` has the files that suggestions edit; paths are relative to `folder`."""

    review: Review
    texts: Mapping[str, str]
    folder: Path = Path()
    colours: bool = False

    @property
    def standing(self) -> tuple[Finding, ...]:
        return tuple(finding for finding in self.review.standing if finding.severity is not Severity.OFF)

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.standing)

    @property
    def silenced(self) -> int:
        return sum(finding.silenced is not None for finding in self.review.findings)

    def fails_at(self, level: str) -> bool:
        return level != "never" and any(finding.severity.at_least(Severity(level)) for finding in self.standing)


def colours_wanted(target: str | None) -> bool:
    return target is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def print_result(text: str, target: str | None) -> None:
    """Raises WrongInput if the file cannot be written."""
    content = (text if text.endswith("\n") or not text else f"{text}\n").encode("utf-8", "replace")
    if target is None:
        click.echo(content, nl=False)
        return
    try:
        Path(target).write_bytes(content)
    except OSError as error:
        raise WrongInput(f"`{target}` cannot be written: {error.strerror}.") from None
