"""A migration on top of the shop, judged whole."""

from __future__ import annotations

from typing import Any

from rules.engine import review
from rules.examples import repository
from rules.model.review import Review
from rules.rule import Bad


def judged(text: str, **around: Any) -> Review:
    """`around` is what an example may say beside its text."""
    laid_out = repository(Bad(text, **around), text)
    return review(laid_out.texts, new=laid_out.new, settings=laid_out.settings)


def upgrade(*lines: str) -> str:
    """A migration whose `upgrade()` has these lines."""
    body = "\n".join(f"    {line}" if line else "" for line in lines)
    return f"def upgrade() -> None:\n{body}\n\n\ndef downgrade() -> None:\n    pass  # no way back is tried\n"
