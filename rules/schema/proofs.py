"""Whether an expression that holds for every row proves a column to be without nulls, as the server proves it.

The server takes the text apart by AND, OR and NOT and then looks for `c IS NOT NULL` itself; it does not reason about
operators or functions. https://www.postgresql.org/docs/current/sql-altertable.html (SET NOT NULL) and, in its source,
src/backend/optimizer/util/predtest.c and clauses.c; the tests ask real servers.
"""

from __future__ import annotations

from sqlglot import exp

from rules.postgres import trees


def excludes_null(condition: exp.Expr, column: str, *, negated: bool = False) -> bool:
    """Of a condition that is known not to be false; `negated`: that is known not to be true."""
    condition = condition.unnest()
    match condition:
        case exp.Not(this=inner):
            return excludes_null(inner, column, negated=not negated)
        case exp.And() | exp.Or():
            parts = [excludes_null(part, column, negated=negated) for part in trees.parts(condition)]
            return any(parts) if isinstance(condition, exp.And) is not negated else all(parts)
        case exp.Boolean(this=value):
            return bool(value) is negated  # a part of an OR that is never true decides nothing
        case exp.Is(this=tested, expression=exp.Null()):
            return _excludes(tested, column, bool(condition.args.get("negate")), negated)
        case exp.EQ(this=compared, expression=exp.Boolean(this=value)):
            return excludes_null(compared, column, negated=negated is bool(value))
        case exp.NEQ(this=compared, expression=exp.Boolean(this=value)):
            return excludes_null(compared, column, negated=negated is not bool(value))
        case exp.NullSafeNEQ(this=tested, expression=exp.Null()):
            return not negated and _is_column(tested, column)
        case exp.NullSafeEQ(this=tested, expression=exp.Null()):
            return negated and _is_column(tested, column)
    return False


def _excludes(tested: exp.Expr, column: str, is_not: bool, negated: bool) -> bool:
    """Of `tested IS [NOT] NULL`. `(a, b) IS NOT NULL` says it of each; its negation says it of one or another."""
    if isinstance(tested, exp.Tuple) or (isinstance(tested, exp.Anonymous) and tested.name == "row"):
        return is_not and not negated and any(_is_column(part, column) for part in tested.expressions)
    return is_not is not negated and _is_column(tested, column)


def _is_column(tested: exp.Expr, column: str) -> bool:
    """`c`, or `t.c`."""
    tested = tested.unnest()
    return isinstance(tested, exp.Column) and tested.name == column
