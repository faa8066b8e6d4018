"""Which databases a script location may be for, and what can be judged of each."""

from __future__ import annotations

from collections.abc import Iterable
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


POSTGRESQL = frozenset({JUDGED})
MYSQL = frozenset({"mysql", "mariadb"})
SQLITE = frozenset({"sqlite"})
READ = POSTGRESQL | MYSQL | SQLITE
"""Those whose statements dbbot reads in their own spelling."""
LOCKS_KNOWN = POSTGRESQL | MYSQL
"""Those of which dbbot says who waits."""
_CALLED = {"postgresql": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB", "sqlite": "SQLite"}


def dialects_of_group(group: str) -> frozenset[str]:
    """Of which databases the rules of a group speak, unless one of them says so itself."""
    return frozenset(DIALECTS) if group in EVERYWHERE else POSTGRESQL


def called(dialects: Iterable[str]) -> str:
    """As people write the names: `MySQL and MariaDB`."""
    names = [_CALLED.get(one, one) for one in DIALECTS if one in dialects]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


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
    few = f", and the few about {_CALLED[dialect]}" if dialect in READ else ""
    return (
        f"`{path}` is for `{dialect}`: only the rules about the revision graph, the way back and reading{few} have "
        "judged it. dbbot knows the locks, rewrites and types of PostgreSQL."
    )
