"""Whether a table's own constraints prove that its rows lie within a partition's bounds, or all outside of them: then
ATTACH reads no row of the one, and a new partition none of the DEFAULT one.

The server proves it as it proves a predicate of an index; here comparisons with plain literals count as a proof.
https://www.postgresql.org/docs/current/sql-altertable.html (ATTACH PARTITION)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from rules.model.columns import Check
from rules.postgres import trees
from rules.postgres.tokens import identifier
from rules.schema.objects import Table
from rules.schema.schema import Schema
from rules.schema.spans import Span, order, same, spans

_KEY = re.compile(r'(?P<kind>RANGE|LIST)\s*\(\s*(?P<column>[a-z_]\w*|"[^"]+")\s*\)\s*\Z', re.IGNORECASE)
_LITERAL = r"'(?:[^']|'')*'|\d+(?:\.\d+)?"
_RANGE = re.compile(
    rf"FOR\s+VALUES\s+FROM\s*\(\s*(?P<low>{_LITERAL}|MINVALUE)\s*\)\s*TO\s*\(\s*(?P<high>{_LITERAL}|MAXVALUE)\s*\)\s*\Z",
    re.IGNORECASE,
)
_LIST = re.compile(rf"FOR\s+VALUES\s+IN\s*\((?P<values>(?:\s*(?:{_LITERAL})\s*,?)++)\)\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Range:
    """From `low` on, below `high`; None: without an end."""

    low: str | None
    high: str | None

    def holds(self, span: Span) -> bool:
        return (self.low is None or _reaches(span.low, self.low)) and (
            self.high is None or _stays_below(span, self.high)
        )

    def misses(self, span: Span) -> bool:
        return (self.low is not None and _stays_below(span, self.low)) or (
            self.high is not None and _reaches(span.low, self.high)
        )


@dataclass(frozen=True, slots=True)
class _List:
    values: tuple[str, ...]

    def holds(self, span: Span) -> bool:
        return span.is_point and any(same(value, span.low or "") for value in self.values)

    def misses(self, span: Span) -> bool:
        return not any(span.may_hold(value) for value in self.values)


def _reaches(low: str | None, wanted: str) -> bool:
    return low is not None and order(low, wanted) in (0, 1)


def _stays_below(span: Span, end: str) -> bool:
    if span.high is None:
        return False
    found = order(span.high, end)
    return found == -1 or (found == 0 and span.open_above)


def within_bounds(table: Table, parent: Table, bound: str, schema: Schema) -> bool:
    """For a partition key of one column and bounds of plain literals; never for others."""
    column, limits = _column(parent), _limits(bound)
    found = table.column(column) if column is not None else None
    if column is None or limits is None or found is None:
        return False
    if found.nullable and not schema.proves_not_null(table.name, column):
        return False
    said = list(_said(table, column))
    if isinstance(limits, _List):
        return any(all(limits.holds(span) for span in each) for each in said)
    halves = (_Range(limits.low, None), _Range(None, limits.high))
    return all(
        half == _Range(None, None) or any(all(half.holds(span) for span in each) for each in said) for half in halves
    )


def outside_bounds(table: Table, parent: Table, bound: str) -> bool:
    """The same of a DEFAULT partition: a null lies outside of each range, and of a list that does not name it."""
    column, limits = _column(parent), _limits(bound)
    if column is None or limits is None:
        return False
    return any(all(limits.misses(span) for span in each) for each in _said(table, column))


def _column(parent: Table) -> str | None:
    key = _KEY.match((parent.partition_by or "").strip())
    return identifier(key["column"]) if key is not None else None


def _limits(bound: str) -> _Range | _List | None:
    if found := _LIST.match(bound.strip()):
        return _List(tuple(re.findall(_LITERAL, found["values"])))
    if found := _RANGE.match(bound.strip()):
        low, high = found["low"], found["high"]
        return _Range(None if low.upper() == "MINVALUE" else low, None if high.upper() == "MAXVALUE" else high)
    return None


def _said(table: Table, column: str) -> Iterator[list[Span]]:
    """Where the validated CHECKs let the column's values lie, for each part that must hold."""
    for constraint in table.constraints:
        if constraint.validated and isinstance(constraint.definition, Check):
            tree = trees.expression(constraint.definition.expression)
            whole = tree.unnest() if tree is not None else None
            for part in trees.parts(whole) if isinstance(whole, exp.And) else filter(None, [whole]):
                if (found := spans(part, column)) is not None:
                    yield found
