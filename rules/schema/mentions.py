"""The SQL texts of a schema (defaults, conditions, keys of indexes) when what they name gets another name.

The server keeps references, not texts: a default that casts to a type goes on to do so under the type's new name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rules.model.columns import Check, Exclusion
from rules.model.names import Name, quoted
from rules.postgres.tokens import Token, TokenKind, identifier, tokens_of, words
from rules.schema.edits import all_tables
from rules.schema.objects import Index, Table, TableColumn, TableConstraint

if TYPE_CHECKING:
    from rules.schema.schema import Schema

Change = Callable[[str], str]
_NAMES = (TokenKind.WORD, TokenKind.QUOTED)
_BETWEEN = words("= <> != ( [ , ANY IN NOT ARRAY")
"""What may stand between a column and the labels that it is compared with."""


def function_renamed(schema: Schema, old: Name, new: Name) -> Schema:
    return _with_texts(schema, lambda text: _replaced(text, old.name, new.name, _is_called))


def type_renamed(schema: Schema, old: Name, new: Name) -> Schema:
    return _with_texts(schema, lambda text: _replaced(text, old.name, new.name, _is_cast_to))


def sequence_renamed(schema: Schema, old: Name, new: Name) -> Schema:
    """In `nextval('name')`; the name may say its schema."""

    def change(text: str) -> str:
        tokens = tokens_of(text)
        found = (token for at, token in enumerate(tokens) if at > 1 and tokens[at - 2].word == "NEXTVAL")
        return _with(text, ((token, _inside(text, token, old, new)) for token in found))

    return _with_texts(schema, change)


def _inside(text: str, token: Token, old: Name, new: Name) -> str:
    written = text[token.start + 1 : token.end - 1]
    before, dot, last = written.rpartition(".")
    return f"'{before}{dot}{quoted(new.name)}'" if identifier(last) == old.name else f"'{written}'"


def label_renamed(schema: Schema, type_: Name, old: str, new: str) -> Schema:
    """Where it is cast to the enum, compared with a column of it, or is the default of one."""
    before, after = _literal(old), _literal(new)

    def of_table(table: Table) -> Table:
        own = {it.name for it in table.columns if Name(it.type.name, it.type.schema).key == type_.key}
        if not own:
            return table
        table = _of_table(table, lambda text: _relabelled(text, before, after, type_.name, own))
        columns = (_with_default(it, before, after) if it.name in own else it for it in table.columns)
        return replace(table, columns=tuple(columns))

    return all_tables(schema, of_table)


def _literal(label: str) -> str:
    return "'" + label.replace("'", "''") + "'"


def _with_default(column: TableColumn, before: str, after: str) -> TableColumn:
    return replace(column, default=after) if column.default == before else column


def _relabelled(text: str, before: str, after: str, type_: str, columns: set[str]) -> str:
    tokens = tokens_of(text)
    found = (
        token
        for at, token in enumerate(tokens)
        if text[token.start : token.end] == before
        and (_is_cast(text, tokens, at, type_) or _is_compared(text, tokens, at, columns))
    )
    return _with(text, ((token, after) for token in found))


def _is_cast(text: str, tokens: Sequence[Token], at: int, type_: str) -> bool:
    rest = tokens[at + 1 : at + 5]
    named = [identifier(text[token.start : token.end]) for token in rest if token.kind in _NAMES]
    return bool(rest) and rest[0].word == "::" and type_ in named[:2]


def _is_compared(text: str, tokens: Sequence[Token], at: int, columns: set[str]) -> bool:
    back = at - 1
    while back >= 0 and (tokens[back].word in _BETWEEN or tokens[back].kind is TokenKind.STRING):
        back -= 1
    return 0 <= back < at - 1 and identifier(text[tokens[back].start : tokens[back].end]) in columns


def _is_called(tokens: Sequence[Token], at: int) -> bool:
    return tokens[at + 1].word == "("


def _is_cast_to(tokens: Sequence[Token], at: int) -> bool:
    if at > 1 and tokens[at - 1].word == ".":
        at -= 2
    return at > 0 and tokens[at - 1].word in ("::", "AS")


def _replaced(text: str, old: str, new: str, where: Callable[[Sequence[Token], int], bool]) -> str:
    tokens = tokens_of(text)
    found = (
        token
        for at, token in enumerate(tokens[:-1])
        if token.kind in _NAMES and identifier(text[token.start : token.end]) == old and where(tokens, at)
    )
    return _with(text, ((token, quoted(new)) for token in found))


def _with(text: str, changes: Iterator[tuple[Token, str]]) -> str:
    parts, end = [], 0
    for token, written in changes:
        parts += [text[end : token.start], written]
        end = token.end
    return "".join([*parts, text[end:]])


def _with_texts(schema: Schema, change: Change) -> Schema:
    return all_tables(schema, lambda table: _of_table(table, change))


def _of_table(table: Table, change: Change) -> Table:
    after = replace(
        table,
        columns=tuple(_column(one, change) for one in table.columns),
        constraints=tuple(_constraint(one, change) for one in table.constraints),
        indexes=tuple(_index(one, change) for one in table.indexes),
    )
    return table if after == table else after


def _column(column: TableColumn, change: Change) -> TableColumn:
    default, expression = (change(text) if text else text for text in (column.default, column.expression))
    return replace(column, default=default, expression=expression)


def _constraint(constraint: TableConstraint, change: Change) -> TableConstraint:
    match constraint.definition:
        case Check(expression=text) as check:
            return replace(constraint, definition=replace(check, expression=change(text)))
        case Exclusion(definition=text) as exclusion:
            return replace(constraint, definition=replace(exclusion, definition=change(text)))
    return constraint


def _index(index: Index, change: Change) -> Index:
    keys = tuple(key if key.column else replace(key, text=change(key.text)) for key in index.keys)
    return replace(index, keys=keys, predicate=change(index.predicate) if index.predicate else None)
