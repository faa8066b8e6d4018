"""The names that the server picks for constraints, indexes and sequences without one.

Source: `makeObjectName` and `ChooseIndexName` behaviour as described in
https://www.postgresql.org/docs/current/sql-createindex.html and measured by the tests.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from rules.model.operations import IndexKey
from rules.mysql import naming as mysql
from rules.postgres.tokens import LONGEST_NAME, TokenKind, identifier, tokens_of


def chosen(table: str, columns: str, label: str, taken: Callable[[str], bool]) -> str:
    """`table_columns_label`, the longer part cut first, a number behind the label until the name is free."""
    count = 0
    while True:
        name = _joined(table, columns, label + (str(count) if count else ""))
        if not taken(name):
            return name
        count += 1


def _joined(first: str, second: str, label: str) -> str:
    left, right = first.encode(), second.encode()[:LONGEST_NAME]
    room = LONGEST_NAME - len(label) - 1 - (1 if right else 0)
    keep_left, keep_right = len(left), len(right)
    while keep_left + keep_right > room:
        if keep_left > keep_right:
            keep_left -= 1
        else:
            keep_right -= 1
    parts = [left[:keep_left].decode("utf-8", "ignore"), right[:keep_right].decode("utf-8", "ignore"), label]
    return "_".join(part for part in parts if part)


COPY = "_alembic_tmp_"
"""Begins the name of the table that Alembic's batch mode fills before it takes the place of the other."""


def of_constraint(
    dialect: str, table: str, columns: Sequence[str], label: str, known: Collection[str], taken: Callable[[str], bool]
) -> str:
    """`known` are the names of the table's constraints and indexes, `taken` tells of all that share their names."""
    if dialect == "sqlite":  # there it has no name: one for us, that a copy of the table keeps
        return chosen(table.removeprefix(COPY), "_".join(columns), label, known.__contains__)
    if dialect not in ("mysql", "mariadb"):
        return chosen(table, "" if label == "pkey" else "_".join(columns), label, taken)
    match label:
        case "pkey":
            return mysql.PRIMARY
        case "fkey":
            return mysql.foreign_key(table, known)
        case "key":
            return mysql.unique(columns[0] if columns else table, known)
    return mysql.check(table, known, mariadb=dialect == "mariadb")


def of_keys(keys: Sequence[IndexKey]) -> str:
    """The middle part of an index's name: columns, the function of `lower(c)`, or `expr`; numbered where repeated."""
    names: list[str] = []
    for key in keys:
        base = key.column or _of_expression(key.text)
        name, count = base, 0
        while name in names:
            count += 1
            name = f"{base}{count}"
        names.append(name)
    return "_".join(names)


def _of_expression(text: str) -> str:
    tokens = tokens_of(text)
    start = 0
    while tokens[start].word == "(":
        start += 1
    token = tokens[start]
    called = token.kind in (TokenKind.WORD, TokenKind.QUOTED) and tokens[start + 1].word == "("
    if called and (start == 0 or tokens[-2].word == ")"):
        return identifier(text[token.start : token.end])
    return "expr"
