"""The revision that joins several heads, as a complete file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from datetime import datetime

from rules.joining.naming import Naming
from rules.model.finding import PlannedRevision
from rules.model.script import MigrationScript
from rules.wording import listed

ID_LENGTH = 12
_CREATED = re.compile(r"^Create Date:[ \t]*(\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?)", re.MULTILINE)
_WORDS = re.compile(r"[\w.]+\Z", re.ASCII)


def merge_revision(
    heads: Sequence[MigrationScript],
    naming: Naming,
    taken: Collection[str],
    at: datetime | None = None,
    folder: str | None = None,
) -> PlannedRevision:
    """Follows all `heads`, in their order, and lies beside the first, if not in another `folder`.

    The same heads get the same id, so that two people who join them make the same file; `taken` are the ids there
    are. Without `at` it is dated like the younger of the heads, so that it stands behind them.
    """
    parents = tuple(head.revision for head in heads)
    named = listed(parents) if all(_WORDS.match(parent) for parent in parents) else f"{len(parents)} heads"
    revision = fresh_id("merge", parents, taken)
    at = at or _youngest(heads)
    folder = heads[0].path.rpartition("/")[0] if folder is None else folder
    path = naming.path(folder, revision, f"merge {named}", at)
    return PlannedRevision(f"Merge {named}.", path, _text(revision, parents, named, at))


def fresh_id(what: str, parts: Sequence[str], taken: Collection[str]) -> str:
    """Twelve hexadecimal digits, as Alembic's own: the same for the same parts."""
    for number in range(len(taken) + 1):
        written = "\0".join((what, *parts, str(number)))
        found = hashlib.sha256(written.encode(errors="replace")).hexdigest()[:ID_LENGTH]
        if found not in taken:
            break
    return found


def _youngest(heads: Sequence[MigrationScript]) -> datetime | None:
    dates = [moment for head in heads if (moment := created(head))]
    return max(dates) if len(dates) == len(heads) else None


def created(script: MigrationScript) -> datetime | None:
    """As the docstring's `Create Date:` says, without fractions and zone."""
    found = _CREATED.search(script.docstring)
    try:
        return datetime.fromisoformat(found[1]) if found else None
    except ValueError:
        return None


def _text(revision: str, parents: Sequence[str], named: str, at: datetime | None) -> str:
    """Ids of strangers stand in the docstring only where they are plain words."""
    revises = [f"Revises: {', '.join(parents)}"] if all(_WORDS.match(parent) for parent in parents) else []
    dated = [f"Create Date: {at.isoformat(sep=' ', timespec='seconds')}"] if at else []
    return "\n".join(
        [
            f'"""Merge {named}.',
            "",
            f"Revision ID: {revision}",
            *revises,
            *dated,
            "",
            '"""',
            "",
            "# revision identifiers, used by Alembic.",
            f"revision = {_literal(revision)}",
            f"down_revision = ({', '.join(map(_literal, parents))})",
            "branch_labels = None",
            "depends_on = None",
            "",
            "",
            "def upgrade() -> None:",
            "    pass",
            "",
            "",
            "def downgrade() -> None:",
            "    pass",
            "",
        ]
    )


def _literal(text: str) -> str:
    return f'"{text}"' if _WORDS.match(text) else ascii(text)
