"""Names in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MOST = 4
"""Names that one sentence holds."""


def named(names: Iterable[object], most: int = MOST) -> str:
    """`a`, `b` and `c`, each once; of more than `most` the last ones are counted."""
    return listed([f"`{name}`" for name in dict.fromkeys(map(str, names))], most)


def listed(words: Sequence[str], most: int | None = None) -> str:
    """a, b and c."""
    if most is not None and len(words) > most:
        return f"{', '.join(words[: most - 1])} and {len(words) - most + 1} more"
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)
