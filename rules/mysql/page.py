"""The page of facts: what each sample makes the server do, on MySQL 8 and on MariaDB 10 and 11."""

from __future__ import annotations

from collections.abc import Iterator

from rules.mysql.algorithms import Online
from rules.mysql.samples import ALTERED, TABLES, said_of
from rules.mysql.server import Server

SERVERS = {
    "MySQL 8": Server(mariadb=False, major=8),
    "MariaDB 10": Server(mariadb=True, major=10),
    "MariaDB 11": Server(mariadb=True, major=11),
}
_INTRODUCTION = """\
How `ALTER TABLE` is carried out on a table of InnoDB when the statement does not say it: the algorithm, the least lock,
and whether the whole table is written anew. Measured on MariaDB 10.11 by the tests, where the machine has one: each
algorithm and each lock is asked for until the server takes it. What stands under MySQL 8 (8.0 from 8.0.29 on, 8.4) and
MariaDB 11 (11.4) was measured on none, nor compared with their manuals row by row; these have the last word:
<https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html>,
<https://mariadb.com/kb/en/innodb-online-ddl-overview/>. `LOCK=SHARED` makes writes wait, `NONE` nobody; every statement
waits a moment for all who use the table.

Each statement about the schema commits by itself, so that a revision that fails half-way stays half applied:
<https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html>."""
_WITHOUT_CHECKS = "t ADD CONSTRAINT k FOREIGN KEY (p_id) REFERENCES p (id)"


def page() -> str:
    """Markdown; made from the samples that the tests send to a MariaDB."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# What MySQL and MariaDB do"
    yield ""
    yield from _INTRODUCTION.split("\n")
    yield from ("", "```sql", *(f"{table};" for table in TABLES.values()), "```")
    for heading, samples in ALTERED.items():
        yield from ("", f"## {heading}", "", f"| `ALTER TABLE ...` | {' | '.join(SERVERS)} |", "|---|---|---|---|")
        for altered in samples:
            yield _row(altered, f"`{altered}`", checks=True)
            if altered == _WITHOUT_CHECKS:
                yield _row(altered, "the same with `foreign_key_checks = 0`", checks=False)


def _row(altered: str, shown: str, *, checks: bool) -> str:
    said = (_cell(said_of(altered, server, checks=checks)) for server in SERVERS.values())
    return f"| {shown} | {' | '.join(said)} |"


def _cell(found: Online | None) -> str:
    if found is None:
        return "not known"
    return f"{found.algorithm}, {found.lock}{', written anew' if found.rebuilds else ''}"
