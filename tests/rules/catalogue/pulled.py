"""A pull request of a few files over two merged revisions, and what one rule says of it."""

from __future__ import annotations

from rules.engine import review
from rules.model.finding import Finding

FOLDER = "m/versions"
NOTE = 'op.add_column("orders", sa.Column("note", sa.Text()))'
CREATE = 'op.create_table("orders", sa.Column("id", sa.BigInteger(), primary_key=True))'
IDLE = 'op.execute("SELECT 1")'


def revision(id_: str, down: object, body: str = IDLE, *, back: str = "pass", more: str = "", doc: str = "") -> str:
    return (
        f"{doc}import sqlalchemy as sa\nfrom alembic import op\n\n"
        f"revision = {id_!r}\ndown_revision = {down!r}\n{more}\n"
        f"\ndef upgrade():\n    {body}\n\n\ndef downgrade():\n    {back}\n"
    )


BASE = {"a.py": revision("aaaa11", None, CREATE), "b.py": revision("bbbb22", "aaaa11", NOTE)}


def said(
    rule: str, changed: dict[str, str], base: dict[str, str] = BASE, *, gone: tuple[str, ...] = (), **options: object
) -> tuple[Finding, ...]:
    """What one rule says of a pull request that adds or replaces some files of FOLDER and deletes others."""
    before = {"m/env.py": ""} | {f"{FOLDER}/{name}": text for name, text in base.items()}
    after = {path: text for path, text in before.items() if path.rpartition("/")[2] not in gone}
    new = {f"{FOLDER}/{name}": text for name, text in changed.items()}
    found = review({**after, **new}, new=list(new), base_texts=before, **options)  # type: ignore[arg-type]
    assert not found.crashed
    return tuple(finding for finding in found.standing if finding.rule == rule)
