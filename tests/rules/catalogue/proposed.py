"""A pull request over two merged revisions, and what one rule says of it."""

from __future__ import annotations

from rules.engine import review
from rules.model.finding import Finding

NOTE = 'op.add_column("orders", sa.Column("note", sa.Text()))'

FOLDER = "m/versions"


def revision(id_: str, down: str | None, body: str = NOTE, *, back: str = "pass", more: str = "", doc: str = "") -> str:
    return (
        f"{doc}import sqlalchemy as sa\nfrom alembic import op\n\n"
        f"revision = {id_!r}\ndown_revision = {down!r}\n{more}\n"
        f"\ndef upgrade():\n    {body}\n\n\ndef downgrade():\n    {back}\n"
    )


CREATE = 'op.create_table("orders", sa.Column("id", sa.BigInteger(), primary_key=True))'

BASE = {
    "m/env.py": "",
    f"{FOLDER}/a.py": revision("aaaa11", None, CREATE),
    f"{FOLDER}/b.py": revision("bbbb22", "aaaa11"),
}


def said(rule: str, changed: dict[str, str | None], **options: object) -> tuple[Finding, ...]:
    """What one rule says of a pull request that adds, replaces (text) or deletes (None) files of FOLDER."""
    texts = dict(BASE)
    for name, text in changed.items():
        if text is None:
            del texts[f"{FOLDER}/{name}"]
        else:
            texts[f"{FOLDER}/{name}"] = text
    new = [f"{FOLDER}/{name}" for name, text in changed.items() if text is not None]
    found = review(texts, new=new, base_texts=BASE, **options)  # type: ignore[arg-type]
    assert not found.crashed
    return tuple(finding for finding in found.standing if finding.rule == rule)
