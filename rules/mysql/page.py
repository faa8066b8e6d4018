"""The page of facts: what each sample makes the server do, on MySQL 8 and 9 and on MariaDB 10 and 11."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rules.mysql.algorithms import Online
from rules.mysql.sample_keys import ASKED, UNCHECKED
from rules.mysql.sample_tables import BESIDE, TABLES
from rules.mysql.samples import ALTERED, is_refused, said_of
from rules.mysql.server import Server

SERVERS = {
    "MySQL 8": Server(mariadb=False, major=8),
    "MySQL 9": Server(mariadb=False, major=9),
    "MariaDB 10": Server(mariadb=True, major=10),
    "MariaDB 11": Server(mariadb=True, major=11),
}
_INTRODUCTION = """\
How `ALTER TABLE` is carried out on a table of InnoDB: the algorithm, the least lock, and whether the whole table is
written anew. `LOCK=SHARED` makes writes wait, `NONE` nobody; every statement waits a moment for all who use the table.

Each cell was measured on MySQL 8.0.46 and 8.4.13, on 9.7.4, on MariaDB 10.6.23 and 10.11.18, and on 11.4.7 and 11.8.9,
by tests that anybody can run again on servers of their own. Each statement is sent as it stands: rows taken over are a
copy, another number of the table in InnoDB's catalog is a table written anew. Then each algorithm and each lock is
asked for until the server takes it. What hangs on something that no migration tells, or was not asked, is "not known",
and no rule speaks of it; "refused" is what the server does not do at all. Of other versions nothing is said: MySQL
before 8.0.29 writes the table anew for a column that is dropped or not the last (measured on 8.0.28).

Without a `server_version` in the settings, only what the versions of a database agree on is said of it.

MySQL's manual was compared in what it says of columns, indexes and foreign keys, and agrees:
<https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html>. In one point the servers contradict it:
`LOCK=NONE` is taken where a foreign key cascades, which is denied there:
<https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-limitations.html>. MariaDB's agrees on columns that
are added, dropped and moved in the catalog alone (<https://mariadb.com/kb/en/innodb-online-ddl-overview/>), and that a
copy lets writes through from 11.2 on (<https://mariadb.com/kb/en/online-schema-change/>); where it begins to copy for a
longer string, only the servers tell.

Each statement about the schema commits by itself, so that a revision that fails half-way stays half applied:
<https://dev.mysql.com/doc/refman/8.4/en/implicit-commit.html>."""
_LONGEST = 100
_HEAD = f"| `ALTER TABLE ...` | {' | '.join(SERVERS)} |"


def page() -> str:
    """Markdown; made from the samples that the tests send to real servers."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# What MySQL and MariaDB do"
    yield ""
    yield from _INTRODUCTION.split("\n")
    for heading, samples in ALTERED.items():
        yield from _table(heading, samples)
    yield from _table("With `foreign_key_checks = 0`", UNCHECKED, checks=False)
    yield from _table("Where the statement says how", ASKED)
    yield from (
        "",
        "## The tables",
        "",
        "The database's character set is `utf8mb4`; no statement says so.",
        "",
        "```sql",
    )
    yield from (f"{_shortened(table)};" for table in (*TABLES.values(), *BESIDE.values()))
    yield "```"


def _table(heading: str, samples: Iterable[str], *, checks: bool = True) -> Iterator[str]:
    yield from ("", f"## {heading}", "", _HEAD, f"|{'---|' * (1 + len(SERVERS))}")
    for altered in samples:
        cells = (_cell(altered, server, checks=checks) for server in SERVERS.values())
        yield f"| `{_shortened(altered)}` | {' | '.join(cells)} |"


def _shortened(statement: str) -> str:
    """A list of hundreds of labels by its ends."""
    labels = statement.split(",")
    return f"{labels[0]}, ... ,{labels[-1]}" if len(labels) > _LONGEST else statement


def _cell(altered: str, server: Server, *, checks: bool) -> str:
    if is_refused(altered, server):
        return "refused"
    found: Online | None = said_of(altered, server, checks=checks)
    if found is None:
        return "not known"
    return f"{found.algorithm}, {found.lock}{', written anew' if found.rebuilds else ''}"
