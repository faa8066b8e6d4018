"""What a query names: from its tree, or, where it has none, from its words.

Words err on the side of more: a column may count as a table, the name of a type as a function; none is missed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rules.model.names import Name
from rules.postgres.tokens import Token, TokenKind, identifier, tokens_of, words

_NAMES = (TokenKind.WORD, TokenKind.QUOTED)
_BEFORE_TABLE = words("FROM JOIN USING ONLY LATERAL TABLE")
_ENDS_FROM = words("WHERE GROUP ORDER HAVING LIMIT OFFSET FETCH WINDOW UNION INTERSECT EXCEPT RETURNING SET SELECT")
_NO_TABLE = _BEFORE_TABLE | _ENDS_FROM | words("VALUES INTO")
_NO_FUNCTION = words("IN VALUES EXISTS ANY ALL SOME AND OR NOT ON USING AS WHEN THEN ELSE CASE ROW OVER FILTER BY")


def tables_read(sql: str) -> tuple[Name, ...]:
    """Each table and view that a query reads, once, in order; names of its WITH queries left out."""
    from rules.postgres import trees  # here, since few migrations need sqlglot and it takes long to load

    tree = trees.query(sql)
    return trees.tables_read(tree) if tree is not None else tables_named(tokens_of(sql), sql)


def tables_of_view(definition: str) -> tuple[Name, ...]:
    """Of a view from its columns or its AS on."""
    from rules.postgres import trees  # as above

    tree = trees.view(definition)
    return trees.tables_read(tree) if tree is not None else tables_named(tokens_of(definition), definition)


def tables_named(tokens: Sequence[Token], text: str) -> tuple[Name, ...]:
    """Each name after FROM, JOIN, USING or a comma of their lists, once, in order, that no `(` follows."""
    names: dict[Name, None] = {}
    defined = _defined(tokens, text)
    listed = False
    for at, token in enumerate(tokens[:-1]):
        if token.word in _BEFORE_TABLE:
            listed = True
        elif token.word in _ENDS_FROM:
            listed = False
        before = tokens[at - 1].word if at else ""
        if token.kind not in _NAMES or token.word in _NO_TABLE:
            continue
        if before in _BEFORE_TABLE or (listed and before in (",", "(")):
            name, following = _name(tokens, text, at)
            if following != "(" and name not in defined:
                names.setdefault(name)
    return tuple(names)


def _defined(tokens: Sequence[Token], text: str) -> set[Name]:
    """The first name that each WITH gives; those after it count as tables."""
    return {
        Name(identifier(text[token.start : token.end]))
        for before, token in pairwise(tokens)
        if before.word in ("WITH", "RECURSIVE") and token.kind in _NAMES
    }


def _name(tokens: Sequence[Token], text: str, at: int) -> tuple[Name, str]:
    """A name with its schema, and the word after it."""
    parts = [identifier(text[tokens[at].start : tokens[at].end])]
    while tokens[at + 1].word == "." and at + 2 < len(tokens) and tokens[at + 2].kind in _NAMES:
        at += 2
        parts.append(identifier(text[tokens[at].start : tokens[at].end]))
    return Name(parts[-1], parts[-2] if len(parts) > 1 else None), tokens[at + 1].word


def functions_named(tokens: Sequence[Token], text: str) -> tuple[str, ...]:
    """Each name before a `(`, without schema, once, in order."""
    return tuple(
        dict.fromkeys(
            identifier(text[token.start : token.end])
            for token, after in pairwise(tokens)
            if after.word == "(" and token.kind in _NAMES and token.word not in _NO_FUNCTION
        )
    )
