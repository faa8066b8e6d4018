"""Which databases a script location may be for, and what can be judged of each."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Literal, get_args

Dialect = Literal["postgresql", "mysql", "mariadb", "sqlite", "oracle", "mssql"]
DIALECTS: tuple[str, ...] = get_args(Dialect)
"""Those that Alembic renders SQL for."""
JUDGED = "postgresql"
"""The one whose locks, rewrites and types dbbot knows."""
EVERYWHERE = frozenset({"history", "rollback", "reading", "ignores"})
"""Groups of rules that ask nothing of the database."""
_ALSO = {"postgres": "postgresql", "pg": "postgresql", "sqlite3": "sqlite", "mssqlserver": "mssql", "mysql8": "mysql"}


def is_judged(group: str, dialect: str) -> bool:
    """Whether rules of that group speak of migrations for that database."""
    return dialect == JUDGED or group in EVERYWHERE


def unknown_dialect(name: str) -> str:
    """A sentence for a name that is none."""
    lowered = name.strip().lower()
    near = [_ALSO[lowered]] if lowered in _ALSO else get_close_matches(lowered, DIALECTS, 1)
    hint = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(f'`{each}`' for each in DIALECTS)}."
    return f"There is no dialect `{name}`. {hint}"


def left_unjudged(path: str, dialect: str) -> str | None:
    """What the check has to say of a location for another database; None where everything was judged."""
    if dialect == JUDGED:
        return None
    return (
        f"`{path}` is for `{dialect}`: only the rules about the revision graph, the way back and reading have judged "
        "it. dbbot knows the locks, rewrites and types of PostgreSQL."
    )
