"""What an expression says about columns: which it mentions, what it proves, how a rename changes it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rules.model.columns import Check, Constraint, NotNull
from rules.model.names import quoted
from rules.postgres.tokens import Token, TokenKind, identifier, tokens_of

_NAMES = (TokenKind.WORD, TokenKind.QUOTED)
_DEEPEST = 50
_LONGEST = 2000
"""Tokens of a CHECK that is looked into; a longer one proves nothing."""


@lru_cache(8192)
def identifiers(expression: str) -> frozenset[str]:
    """Every name in an expression that is not called as a function; keywords are among them."""
    tokens = tokens_of(expression)
    return frozenset(
        identifier(expression[token.start : token.end])
        for at, token in enumerate(tokens)
        if token.kind in _NAMES and tokens[at + 1].word not in ("(", ".") and (at == 0 or tokens[at - 1].word != "::")
    )


@lru_cache(8192)
def functions(expression: str) -> tuple[str, ...]:
    """The functions that an expression calls, lower case, without their schema, in order."""
    tokens = tokens_of(expression)
    return tuple(
        identifier(expression[token.start : token.end])
        for at, token in enumerate(tokens)
        if token.kind in _NAMES and tokens[at + 1].word == "("
    )


def renamed(expression: str, old: str, new: str) -> str:
    """The expression with one column under another name."""
    if old not in identifiers(expression):
        return expression
    parts, end = [], 0
    tokens = tokens_of(expression)
    for at, token in enumerate(tokens):
        if token.kind not in _NAMES or tokens[at + 1].word in ("(", "."):
            continue
        if identifier(expression[token.start : token.end]) == old:
            parts += [expression[end : token.start], quoted(new)]
            end = token.end
    return "".join([*parts, expression[end:]])


def proves_not_null(constraint: Constraint, column: str) -> bool:
    """`c IS NOT NULL`, `NOT (c IS NULL)`, or one of them inside an AND, as the server proves it; not inside an OR."""
    if isinstance(constraint, NotNull):
        return constraint.column == column
    if not isinstance(constraint, Check):
        return False
    return _proves(tokens_of(constraint.expression)[:-1], constraint.expression, column, 0)


def _proves(tokens: Sequence[Token], text: str, column: str, depth: int) -> bool:
    if depth > _DEEPEST or len(tokens) > _LONGEST:
        return False
    tokens = _unwrapped(tokens)
    if any(token.word == "OR" for token in _outer(tokens)):
        return False
    parts = _conjuncts(tokens)
    if len(parts) > 1:
        return any(_proves(part, text, column, depth + 1) for part in parts)
    words = [token.word for token in tokens]
    if words[-3:] == ["IS", "NOT", "NULL"]:
        return _is_column(_unwrapped(tokens[:-3]), text, column)
    if words[:1] == ["NOT"]:
        inner = _unwrapped(tokens[1:])
        return [token.word for token in inner[-2:]] == ["IS", "NULL"] and _is_column(
            _unwrapped(inner[:-2]), text, column
        )
    return False


def _is_column(tokens: Sequence[Token], text: str, column: str) -> bool:
    """`c`, or `t.c`."""
    if len(tokens) == 3 and tokens[1].word == ".":
        tokens = tokens[2:]
    return len(tokens) == 1 and tokens[0].kind in _NAMES and identifier(text[tokens[0].start : tokens[0].end]) == column


def _unwrapped(tokens: Sequence[Token]) -> Sequence[Token]:
    """Without the parentheses around the whole."""
    while len(tokens) > 1 and tokens[0].word == "(" and _closing(tokens) == len(tokens) - 1:
        tokens = tokens[1:-1]
    return tokens


def _closing(tokens: Sequence[Token]) -> int:
    depth = 0
    for at, token in enumerate(tokens):
        depth += (token.word == "(") - (token.word == ")")
        if depth == 0:
            return at
    return -1


def _outer(tokens: Sequence[Token]) -> list[Token]:
    found, depth = [], 0
    for token in tokens:
        depth -= token.word == ")"
        if depth == 0:
            found.append(token)
        depth += token.word == "("
    return found


def _conjuncts(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    parts: list[Sequence[Token]] = []
    start = depth = 0
    between = False
    for at, token in enumerate(tokens):
        depth += (token.word == "(") - (token.word == ")")
        between = between or (depth == 0 and token.word == "BETWEEN")
        if depth == 0 and token.word == "AND":
            if between:
                between = False
                continue
            parts.append(tokens[start:at])
            start = at + 1
    return [*parts, tokens[start:]]
