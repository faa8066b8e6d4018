"""Whether a table's own constraints prove that its rows lie within a partition's bounds: then ATTACH reads none.

The server proves it as it proves a predicate of an index; here only what says the bounds themselves counts as a proof.
https://www.postgresql.org/docs/current/sql-altertable.html (ATTACH PARTITION)
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from rules.model.columns import Check
from rules.postgres import trees
from rules.schema.objects import Table
from rules.schema.schema import Schema

_KEY = re.compile(r'(?P<kind>RANGE|LIST)\s*\(\s*(?P<column>[a-z_]\w*|"[^"]+")\s*\)\s*\Z', re.IGNORECASE)
_LITERAL = r"'(?:[^']|'')*'|\d+(?:\.\d+)?"
_RANGE = re.compile(
    rf"FOR\s+VALUES\s+FROM\s*\(\s*(?P<low>{_LITERAL}|MINVALUE)\s*\)\s*TO\s*\(\s*(?P<high>{_LITERAL}|MAXVALUE)\s*\)\s*\Z",
    re.IGNORECASE,
)
_LIST = re.compile(rf"FOR\s+VALUES\s+IN\s*\((?P<values>(?:\s*(?:{_LITERAL})\s*,?)++)\)\s*\Z", re.IGNORECASE)


def within_bounds(table: Table, parent: Table, bound: str, schema: Schema) -> bool:
    """For a partition key of one column and bounds of plain literals; never for others."""
    key = _KEY.match((parent.partition_by or "").strip())
    if key is None:
        return False
    name = key["column"]
    column = name[1:-1] if name.startswith('"') else name.lower()
    found = table.column(column)
    if found is None or (found.nullable and not schema.proves_not_null(table.name, column)):
        return False
    conditions = list(_conditions(table))
    if key["kind"].upper() == "LIST":
        listed = _LIST.match(bound.strip())
        allowed = set(re.findall(_LITERAL, listed["values"])) if listed else set()
        return any(values and values <= allowed for values in (_values(each, column) for each in conditions))
    limits = _RANGE.match(bound.strip())
    return (
        limits is not None
        and (limits["low"].upper() == "MINVALUE" or _says(conditions, exp.GTE, column, limits["low"]))
        and (limits["high"].upper() == "MAXVALUE" or _says(conditions, exp.LT, column, limits["high"]))
    )


def _conditions(table: Table) -> Iterator[exp.Expr]:
    """What the validated CHECKs of a table say, each part that must hold."""
    for constraint in table.constraints:
        if constraint.validated and isinstance(constraint.definition, Check):
            tree = trees.expression(constraint.definition.expression)
            if tree is not None:
                whole = tree.unnest()
                yield from (part.unnest() for part in (trees.parts(whole) if isinstance(whole, exp.And) else [whole]))


def _says(conditions: list[exp.Expr], kind: type[exp.Binary], column: str, literal: str) -> bool:
    return any(
        isinstance(each, kind) and _is_column(each.this, column) and _literal(each.expression) == literal
        for each in conditions
    )


def _values(condition: exp.Expr, column: str) -> set[str]:
    """The literals that the column may be; empty where the condition does not list them."""
    match condition:
        case exp.EQ(this=tested, expression=value) if _is_column(tested, column):
            found = [_literal(value)]
        case exp.In(this=tested, expressions=values) if _is_column(tested, column):
            found = [_literal(value) for value in values]
        case _:
            return set()
    return {each for each in found if each is not None} if None not in found else set()


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
