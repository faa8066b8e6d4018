"""The page of facts: each sample statement with what `locks_of` says, by server version where they differ."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rules.locking.pairs import DEFAULTS, IN_UTC, TYPE_CHANGES
from rules.locking.sample import Sample
from rules.locking.samples import SAMPLES
from rules.locks import LockFact, locks_of
from rules.model.operations import Operation, Statement
from rules.model.place import Place
from rules.postgres.lock_modes import LockMode
from rules.postgres.type_changes import TypeChange
from rules.reading.sql import operations_of
from rules.schema import Schema

MEASURED_ON = (12, 13, 14, 15, 16, 17, 18)
"""Servers that `make servers` asks; `make test` asks those of them that need no fetching."""
_COSTS = {
    TypeChange.FREE: "kept | kept",
    TypeChange.INDEXES: "kept | built anew",
    TypeChange.REWRITE: "written anew | built anew",
    TypeChange.FAILS: "refused without USING | ",
}


def page() -> str:
    """Markdown; made from the same samples that the tests measure."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# What PostgreSQL does"
    yield ""
    yield "Each line is a statement that the tests send to real servers"
    yield f"(PostgreSQL {', '.join(map(str, MEASURED_ON))}): locks are read from `pg_locks` in the open transaction,"
    yield "a rewrite from the table's file number, a scan from the server's counters. A line that a server contradicts"
    yield "fails the tests. What is said holds for versions 12 to 18 unless a line names one."
    yield from _modes()
    for heading, samples in SAMPLES.items():
        yield from ("", f"## {heading}", "")
        yield "| statement | lock | on | who waits | table |"
        yield "|---|---|---|---|---|"
        for sample in samples:
            yield from _rows(sample)
    yield from _types()
    yield from _defaults()


def _modes() -> Iterator[str]:
    yield from ("", "## Lock modes", "", "| mode | who waits | excluded by |", "|---|---|---|")
    for mode in LockMode:
        excluded = ", ".join(other for other in LockMode if mode.excludes(other))
        yield f"| {mode} | {mode.blocks} | {excluded} |"
    yield from ("", "A lock is kept until the transaction ends. A request that waits makes every later conflicting")
    yield "request wait behind it. Source: https://www.postgresql.org/docs/current/explicit-locking.html"


def _read(sql: str) -> tuple[Operation, ...]:
    return operations_of(Statement(sql, Place("", 1)))


def _rows(sample: Sample) -> Iterator[str]:
    schema = Schema.empty()
    for statement in sample.setup:
        for operation in _read(statement):
            schema = schema.after(operation)
    (operation,) = _read(sample.sql)
    said = {version: locks_of(operation, schema, version) for version in MEASURED_ON if version >= sample.since}
    for facts, group in groupby(said, key=said.__getitem__):
        yield from _rows_of(sample, facts, _versions(tuple(group)))


def _versions(same: tuple[int, ...]) -> str:
    """Which versions a row is about, if not all."""
    if same[-1] < MEASURED_ON[-1]:
        return f" ({same[0]} to {same[-1]})" if len(same) > 1 else f" ({same[0]})"
    return f" ({same[0]}+)" if same[0] > MEASURED_ON[0] else ""


def _rows_of(sample: Sample, facts: tuple[LockFact, ...], since: str) -> Iterator[str]:
    last = sample.setup[-1]
    after = f"<br>after `{last}`" if last.startswith(("ALTER", "CREATE UNIQUE")) else ""
    shown = f"`{sample.sql}`{since}{after}".replace("|", "\\|")
    if not facts:
        yield f"| {shown} | none | | nobody | kept |"
    for count, fact in enumerate(facts):
        tables = ", ".join(f"`{name}`" for name in fact.tables)
        yield f"| {shown if count == 0 else ''} | {fact.mode} | {tables} | {_who(fact)} | {_work(fact)} |"


def _who(fact: LockFact) -> str:
    return "nobody" if fact.blocks == "nothing" else str(fact.blocks)


def _work(fact: LockFact) -> str:
    if fact.rewrites:
        return "written anew"
    return "read through" if fact.scans else "kept"


def _types() -> Iterator[str]:
    yield from ("", "## Type changes", "", "All under ACCESS EXCLUSIVE. A pair not listed counts as writing anew.", "")
    yield from ("| from | to | table | index on the column |", "|---|---|---|---|")
    for old, new, cost in TYPE_CHANGES:
        yield f"| `{old}` | `{new}` | {_COSTS[cost]} |"
    for old, new, cost in IN_UTC:
        yield f"| `{old}` | `{new}`, session in UTC | {_COSTS[cost]} |"


def _defaults() -> Iterator[str]:
    yield from ("", "## Defaults of a new column", "", "A volatile default writes the table anew; others do not.", "")
    yield from ("| default | volatility | table |", "|---|---|---|")
    for _, default, volatility, since in DEFAULTS:
        version = f" ({since}+)" if since > 12 else ""
        table = "written anew" if volatility == "volatile" else "kept"
        yield f"| `{default}`{version} | {volatility} | {table} |".replace("||", "\\|\\|")
