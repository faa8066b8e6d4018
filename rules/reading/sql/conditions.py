"""How many rows a condition lets through, as far as its text tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rules.model.operations import Rows
from rules.postgres.tokens import Token, TokenKind

_KEYS = frozenset({"ID", "UUID", "GUID", "PK", "CTID", "OID"})
"""Columns that are keys by their name alone; the schema knows more."""
_CONSTANTS = (TokenKind.STRING, TokenKind.NUMBER)
_LONGEST = 20_000
"""Tokens of a condition that is looked into."""
_LOWER, _UPPER = frozenset({">", ">="}), frozenset({"<", "<="})


def rows_reached(tokens: Sequence[Token], text: str) -> Rows:
    """Of a statement's tokens from its SET, FROM or SELECT on: its own WHERE and LIMIT decide, not those inside."""
    own = list(_outermost(tokens))
    words = [token.word for token in own]
    if _limits(words):
        return Rows.BOUNDED
    if "WHERE" not in words:
        return Rows.ALL
    start = words.index("WHERE") + 1
    return Rows.BOUNDED if _bounds(_condition(tokens, own[start - 1]), text) else Rows.UNBOUNDED


def _outermost(tokens: Sequence[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        if token.word == ")":
            depth -= 1
        if depth == 0:
            yield token
        if token.word == "(":
            depth += 1


def _limits(words: Sequence[str]) -> bool:
    for at, word in enumerate(words[:-1]):
        if word == "FETCH" or (word == "LIMIT" and words[at + 1] not in ("ALL", "NULL")):
            return True
    return False


def _condition(tokens: Sequence[Token], where: Token) -> list[Token]:
    start = next(at for at, token in enumerate(tokens) if token is where) + 1
    depth = 0
    for at in range(start, len(tokens)):
        word = tokens[at].word
        depth += (word == "(") - (word == ")")
        if depth < 0 or (depth == 0 and word in ("RETURNING", "GROUP", "ORDER", "UNION", "ON")):
            return list(tokens[start:at])
    return [token for token in tokens[start:] if token.kind is not TokenKind.END]


def _bounds(condition: Sequence[Token], text: str) -> bool:
    """Whether one of the parts joined by AND holds for a handful of rows."""
    if len(condition) > _LONGEST:
        return False
    while _wrapped(condition):
        condition = condition[1:-1]
    if any(token.word == "OR" for token in _outermost(condition)):
        return False
    parts = [_without_qualifier(part) for part in _parts(condition)]
    return any(_bounds_alone(part, text) for part in parts) or _is_range(parts)


def _wrapped(condition: Sequence[Token]) -> bool:
    if len(condition) < 2 or condition[0].word != "(" or condition[-1].word != ")":
        return False
    depth = 0
    for at, token in enumerate(condition):
        depth += (token.word == "(") - (token.word == ")")
        if depth == 0:
            return at == len(condition) - 1
    return False


def _parts(condition: Sequence[Token]) -> list[list[Token]]:
    parts: list[list[Token]] = [[]]
    depth, between = 0, False
    for token in condition:
        depth += (token.word == "(") - (token.word == ")")
        between = between or (depth == 0 and token.word == "BETWEEN")
        if depth == 0 and token.word == "AND":
            if not between:
                parts.append([])
                continue
            between = False
        parts[-1].append(token)
    return parts


def _without_qualifier(part: list[Token]) -> list[Token]:
    """`t.id = 1` as `id = 1`."""
    while len(part) > 2 and part[1].word == ".":
        part = part[2:]
    return part


def _bounds_alone(part: Sequence[Token], text: str) -> bool:
    words = [token.word for token in part]
    if words in (["FALSE"], ["NULL"]):
        return True
    if len(part) == 3 and words[1] == "=" and _is_constant(part[0]) and _is_constant(part[2]):
        return text[part[0].start : part[0].end] != text[part[2].start : part[2].end]
    if len(words) < 3 or (words[0] or _quoted(part[0], text)) not in _KEYS:
        return False
    if words[1] == "BETWEEN":
        return True
    if words[1] == "=":
        return _is_constant(part[2]) or words[2] in (":", "%") or "LIMIT" in words or words[2] in ("ANY", "CURRENT")
    if words[1] == "IN":
        return not any(word == "SELECT" for word in words) or _limits(words)
    return False


def _quoted(token: Token, text: str) -> str:
    return text[token.start : token.end].strip('"').upper() if token.kind is TokenKind.QUOTED else ""


def _is_constant(token: Token) -> bool:
    return token.kind in _CONSTANTS


def _is_range(parts: Sequence[Sequence[Token]]) -> bool:
    """`id >= 1 AND id < 1000`."""
    lower = {part[0].word for part in parts if len(part) > 2 and part[1].word in _LOWER and _constant_end(part)}
    upper = {part[0].word for part in parts if len(part) > 2 and part[1].word in _UPPER and _constant_end(part)}
    return any(word for word in lower & upper)


def _constant_end(part: Sequence[Token]) -> bool:
    return _is_constant(part[2]) or part[2].word in (":", "%")
