"""Pull requests and reviews made by hand, as small as a test needs them."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import Any

from bot.model.snapshot import Change, ChangedFile, EarlierComment, PullRequestSnapshot, Repository
from rules.model.finding import Edit, Finding, Severity, Suggestion
from rules.model.operations import Direction
from rules.model.place import Place
from rules.model.review import LocationReport, Review

PATH = "migrations/versions/ab12_add_email.py"
HEAD, BASE = "1" * 40, "2" * 40
TEXT = '''"""add email"""

from alembic import op

revision = "ab12"
down_revision = "aa11"


def upgrade():
    op.create_index("ix_users_email", "users", ["email"])


def downgrade():
    op.drop_index("ix_users_email")
'''
INDEX_LINE = 10


def patch_between(before: str, after: str, context: int = 3) -> str | None:
    """A patch as GitHub sends it: hunks alone, None without any."""

    def rows(text: str) -> list[str]:
        return text.split("\n")[:-1] if text.endswith("\n") else text.split("\n") if text else []

    lines = list(difflib.unified_diff(rows(before), rows(after), lineterm="", n=context))[2:]
    return "\n".join(lines) or None


def added(path: str = PATH, text: str = TEXT) -> ChangedFile:
    return ChangedFile(path, Change.ADDED, patch_between("", text))


def snapshot(*changed: ChangedFile, texts: dict[str, str] | None = None, **more: Any) -> PullRequestSnapshot:
    whole = PullRequestSnapshot(
        repository=Repository(1, "shop/backend", 9),
        number=7,
        title="Add email",
        state="open",
        draft=False,
        head_sha=HEAD,
        base_sha=BASE,
        base_ref="main",
        from_fork=False,
        changed=changed or (added(),),
        texts=texts if texts is not None else {PATH: TEXT},
    )
    return replace(whole, **more)


def finding(
    fingerprint: str = "f1", line: int = INDEX_LINE, severity: Severity = Severity.ERROR, **more: Any
) -> Finding:
    whole = Finding(
        rule="blocking-index-creation",
        severity=severity,
        place=Place(PATH, line, 4, line, 57),
        message="Building `ix_users_email` makes every write to `users` wait until it is built.",
        advice="Build it concurrently, outside the transaction.",
        revision="ab12",
        direction=Direction.UPGRADE,
        fingerprint=fingerprint,
    )
    return replace(whole, **more)


def concurrently() -> Suggestion:
    text = (
        "with op.get_context().autocommit_block():\n"
        '        op.create_index("ix_users_email", "users", ["email"], postgresql_concurrently=True)'
    )
    return Suggestion("Build it concurrently", (Edit(PATH, INDEX_LINE, 4, INDEX_LINE, 57, text),))


def review(*findings: Finding, **more: Any) -> Review:
    location = LocationReport("migrations", "postgresql", 2, ("ab12",), ("ab12",))
    return replace(Review(locations=(location,), findings=findings), **more)


def earlier(fingerprint: str | None = "f1", **more: Any) -> EarlierComment:
    return replace(EarlierComment(id=5, thread_id=f"thread-{fingerprint}", path=PATH, fingerprint=fingerprint), **more)
