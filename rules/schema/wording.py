"""Whether two expressions say the same, whatever their spelling: casts, parentheses, case and quotes left aside."""

from __future__ import annotations

import re
from functools import lru_cache

from rules.postgres.tokens import Token, TokenKind, identifier, tokens_of, words

_MORE_OF_A_TYPE = words("VARYING PRECISION WITH WITHOUT TIME ZONE")
_SAME = {"now ( )": "current_timestamp", "'true'": "true", "'t'": "true", "'false'": "false", "'f'": "false"}
_NUMBER = re.compile(r"'(-?[0-9]+(?:\.[0-9]+)?)'\Z")


def same_expression(one: str | None, other: str | None) -> bool:
    return one == other or (one is not None and other is not None and plain(one) == plain(other))


@lru_cache(2048)
def plain(text: str) -> str:
    """The tokens in one spelling, without casts and without parentheses around the whole."""
    tokens = tokens_of(text)[:-1]
    pieces: list[str] = []
    at = 0
    while at < len(tokens):
        if tokens[at].word == "::":
            at = _behind_type(tokens, at + 1)
            continue
        pieces.append(_piece(text, tokens[at]))
        at += 1
    while len(pieces) > 1 and pieces[0] == "(" and _closing(pieces) == len(pieces) - 1:
        pieces = pieces[1:-1]
    joined = " ".join(pieces).removesuffix(" ;")
    if joined[:2] in ("- ", "+ ") and joined[2:].replace(".", "").isdigit():
        joined = joined.replace(" ", "").lstrip("+")
    number = _NUMBER.match(joined)
    return number[1] if number else _SAME.get(joined, joined)


def _piece(text: str, token: Token) -> str:
    written = text[token.start : token.end]
    if token.kind in (TokenKind.WORD, TokenKind.QUOTED):
        return identifier(written)
    return written


def _behind_type(tokens: list[Token], at: int) -> int:
    """The index behind the type that begins there."""
    at += 1
    while at < len(tokens) and tokens[at].word == ".":
        at += 2
    while at < len(tokens):
        if tokens[at].word in _MORE_OF_A_TYPE or (tokens[at].word == "[" or tokens[at].word == "]"):
            at += 1
        elif tokens[at].word == "(":
            while at < len(tokens) and tokens[at].word != ")":
                at += 1
            at += 1
        else:
            break
    return at


def _closing(pieces: list[str]) -> int:
    """Where the parenthesis closes that opens first."""
    depth = 0
    for at, piece in enumerate(pieces):
        depth += (piece == "(") - (piece == ")")
        if depth == 0:
            return at
    return -1
