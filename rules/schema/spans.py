"""Where a condition lets the values of a column lie, as far as it compares the column with plain literals."""

from __future__ import annotations

import re
from decimal import Decimal

from msgspec.structs import replace
from sqlglot import exp

from rules.model.frozen import Frozen
from rules.postgres import trees

_MOMENT = re.compile(r"'\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d)?'\Z")
"""Dates and times that sort as their texts do."""


class Span(Frozen):
    """Literals as in SQL; None: without an end. `but` are values between the ends that it leaves out."""

    low: str | None = None
    high: str | None = None
    open_above: bool = False
    but: tuple[str, ...] = ()

    @property
    def is_point(self) -> bool:
        return self.low is not None and self.low == self.high

    def may_hold(self, value: str) -> bool:
        """False only where that is certain."""
        if self.is_point:
            return same(value, self.low or "")
        if any(same(value, other) for other in self.but):
            return False
        below = self.low is not None and order(value, self.low) == -1
        above = order(value, self.high) if self.high is not None else -1
        return not (below or above == 1 or (above == 0 and self.open_above))


def order(one: str, other: str) -> int | None:
    """-1, 0 or 1 as the first is less than, equal to or greater than the second; None where that is not known."""
    if one == other:
        return 0
    if "'" not in one + other:
        first, second = Decimal(one), Decimal(other)
        return (first > second) - (first < second)
    if len(one) == len(other) and _MOMENT.match(one) and _MOMENT.match(other):
        return 1 if one > other else -1
    return None


def same(one: str, other: str) -> bool:
    return one == other or order(one, other) == 0


def spans(condition: exp.Expr, column: str, *, negated: bool = False) -> list[Span] | None:
    """A value of the column lies in one of them; none at all where it is null; None where the condition is silent."""
    condition = condition.unnest()
    match condition:
        case exp.Not(this=inner):
            return spans(inner, column, negated=not negated)
        case exp.And() | exp.Or():
            found = [spans(part, column, negated=negated) for part in trees.parts(condition)]
            known = [each for each in found if each is not None]
            if isinstance(condition, exp.And) is not negated:
                return _meeting(known)
            return [span for each in known for span in each] if len(known) == len(found) else None
        case exp.Is(this=tested, expression=exp.Null()) if _is_column(tested, column):
            return [] if bool(condition.args.get("negate")) is negated else None
        case exp.Between(this=tested, args={"low": low, "high": high}) if _is_column(tested, column) and not negated:
            return _closed(_literal(low), _literal(high))
        case exp.In(this=tested, expressions=values) if _is_column(tested, column):
            return _points([_literal(value) for value in values], negated)
        case exp.EQ(this=tested, expression=value) if _is_column(tested, column):
            return _points([_literal(value)], negated)
        case exp.NEQ(this=tested, expression=value) if _is_column(tested, column):
            return _points([_literal(value)], not negated)
        case exp.Binary(this=tested, expression=value) if _is_column(tested, column):
            literal = _literal(value)
            return _compared(condition, literal, negated) if literal is not None else None
    return None


def _meeting(known: list[list[Span]]) -> list[Span] | None:
    """Of conditions that hold together: two that each say one end say both; otherwise the first one says enough."""
    if len(known) == 2 and all(len(each) == 1 for each in known):
        (one,), (other,) = known
        if one.high is None and other.low is None and not one.but:
            return [replace(other, low=one.low)]
        if other.high is None and one.low is None and not other.but:
            return [replace(one, low=other.low)]
    return known[0] if known else None


def _compared(condition: exp.Expr, literal: str, negated: bool) -> list[Span] | None:
    match condition:
        case exp.GTE() | exp.GT():
            return [Span(high=literal, open_above=isinstance(condition, exp.GTE))] if negated else [Span(literal)]
        case exp.LT() | exp.LTE():
            return [Span(literal)] if negated else [Span(high=literal, open_above=isinstance(condition, exp.LT))]
    return None


def _closed(low: str | None, high: str | None) -> list[Span] | None:
    return [Span(low, high)] if low is not None and high is not None else None


def _points(values: list[str | None], negated: bool) -> list[Span] | None:
    literals = [value for value in values if value is not None]
    if len(literals) < len(values):
        return None
    return [Span(but=tuple(literals))] if negated else [Span(literal, literal) for literal in literals]


def _is_column(tested: exp.Expr, column: str) -> bool:
    return isinstance(tested, exp.Column) and tested.name == column


def _literal(value: exp.Expr) -> str | None:
    """As written in a bound; casts are left out."""
    value = value.unnest()
    while isinstance(value, exp.Cast):
        value = value.this
    if not isinstance(value, exp.Literal):
        return None
    return "'" + value.name.replace("'", "''") + "'" if value.is_string else value.name
