"""Revision files written into the repository: all of them, or none."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bot.cli.trouble import WrongInput
from rules.model.finding import PlannedRevision


def write_revisions(folder: Path, revisions: Sequence[PlannedRevision], replaces: str = "") -> None:
    """Raises WrongInput, before anything is written, if a file other than `replaces` is there already."""
    paths = [folder / revision.path for revision in revisions]
    there = next((path for path in paths if path.exists() and path != folder / replaces), None)
    if there is not None:
        raise WrongInput(f"`{there}` is there already; nothing was written. Move it away, then write it anew.")
    for path, revision in zip(paths, revisions, strict=True):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(revision.text, "utf-8", newline="")
        except OSError as error:
            raise WrongInput(f"`{path}` cannot be written: {error.strerror}.") from None
