"""PostgreSQL's lexical rules: SQL text as tokens, each with its span.

Source: https://www.postgresql.org/docs/current/sql-syntax-lexical.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import IntEnum
from functools import cache, lru_cache
from typing import NamedTuple


class TokenKind(IntEnum):
    WORD = 1
    """A bare word: keyword or identifier; which of the two, the grammar decides."""
    QUOTED = 2
    """An identifier in double quotes."""
    STRING = 3
    NUMBER = 4
    SYMBOL = 5
    """Punctuation or an operator."""
    UNCLOSED = 6
    """A string, quoted name or comment without its end; reaches to the end of the text."""
    END = 7


class Token(NamedTuple):
    """`word` is what grammars compare with: a bare word in upper case, or the symbol; empty for all others.

    `start` and `end` are offsets in characters; the end is exclusive.
    """

    kind: TokenKind
    word: str
    start: int
    end: int


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set to look up in."""
    return frozenset(text.split())


LETTER = r"[^\x00-@\[-^`{-\x7f]"
"""Of a name: a letter, an underscore, or anything beyond ASCII. Told by what it is not, which is compiled ten times as
fast as so long a range."""
LETTER_OR_DIGIT = r"[^\x00-/:-@\[-^`{-\x7f]"
LETTER_DIGIT_OR_DOLLAR = r"[^\x00-#%-/:-@\[-^`{-\x7f]"
_BLANK = r"(?:[ \t\n\r\f\v]++|--[^\n]*+)*+"
_PATTERN = rf"""{_BLANK}(?:
    (?P<comment>/\*)
  | (?P<string>(?:[bBxXnN]|[uU]&)?'(?:[^']++|'')*+'|[eE]'(?:[^'\\]++|\\.|'')*+')
  | (?P<quoted>(?:[uU]&)?"(?:[^"]++|"")*+")
  | (?P<dollar>\$(?:{LETTER}{LETTER_OR_DIGIT}*+)?\$)
  | (?P<unclosed>(?:[uU]&)?["']|[bBxXnNeE]')
  | (?P<word>{LETTER}{LETTER_DIGIT_OR_DOLLAR}*+)
  | (?P<number>(?:[0-9][0-9_]*+(?:\.(?!\.)[0-9_]*+)?|\.[0-9][0-9_]*+)(?:[eE][-+]?[0-9]+)?{LETTER_OR_DIGIT}*+|\$[0-9]+)
  | (?P<symbol>::|:=|\.\.|(?:(?!--|/\*)[-+*/<>=~!@\#%^&|`?])++|.)
)"""
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_KINDS = (
    None,
    None,
    TokenKind.STRING,
    TokenKind.QUOTED,
    None,
    None,
    TokenKind.WORD,
    TokenKind.NUMBER,
    TokenKind.SYMBOL,
)
"""By the number of the group; None for those whose end has to be looked for."""
_COMPARED = (TokenKind.WORD, TokenKind.SYMBOL)
_made = tuple.__new__
"""A token from a tuple of its fields: every statement is cut into tokens, and by name it takes twice as long."""


@cache
def _matcher(backticks: bool) -> Callable[[str, int], re.Match[str] | None]:
    """Of the next token and the blanks before it; made when it is asked for, since that takes a while."""
    pattern = _PATTERN.replace("(?P<quoted>", "(?P<quoted>`[^`]*+`|") if backticks else _PATTERN
    return re.compile(pattern, re.VERBOSE | re.DOTALL).match


def tokens_of(text: str, *, backticks: bool = False) -> list[Token]:
    """The tokens of a text, comments and blanks left out, with one END token at the end. Linear; never raises.

    `backticks` also quote a name, as in MySQL and SQLite.
    """
    tokens: list[Token] = []
    append, match = tokens.append, _matcher(backticks)
    position, end = 0, len(text)
    while found := match(text, position):
        group = found.lastindex or 0
        start, position = found.span(group)
        kind = _KINDS[group]
        if kind is not None:
            word = text[start:position].upper() if kind in _COMPARED else ""
            append(_made(Token, (kind, word, start, position)))
        else:
            closing = _closing(text, found)
            position = end if closing is None else closing
            if closing is None:
                append(Token(TokenKind.UNCLOSED, "", start, end))
            elif found.lastgroup == "dollar":
                append(Token(TokenKind.STRING, "", start, position))
    append(Token(TokenKind.END, "", end, end))
    return tokens


def _closing(text: str, opening: re.Match[str]) -> int | None:
    """Where a dollar quote or a comment ends; None where it does not."""
    if opening.lastgroup == "dollar":
        tag = opening["dollar"]
        at = text.find(tag, opening.end())
        return None if at < 0 else at + len(tag)
    if opening.lastgroup == "comment":
        depth = 1
        for edge in _COMMENT_EDGE.finditer(text, opening.end()):
            depth += 1 if edge.group() == "/*" else -1
            if depth == 0:
                return edge.end()
    return None


_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
LONGEST_NAME = 63
"""Bytes, NAMEDATALEN - 1: longer names are cut. https://www.postgresql.org/docs/current/sql-syntax-lexical.html"""


@lru_cache(4096)
def identifier(text: str) -> str:
    """The name that the server stores for an identifier as written: folded, unquoted, cut to 63 bytes."""
    if text.endswith("`"):
        name = text[1:-1]
    elif text.endswith('"'):
        unquoted = text[text.index('"') + 1 : -1].replace('""', '"')
        name = _unicode_escapes(unquoted) if text[0] in "uU" else unquoted
    else:
        name = text.lower() if text.isascii() else text.translate(_LOWER)
    if len(name) <= LONGEST_NAME // 4:
        return name
    return name.encode("utf-8", "replace")[:LONGEST_NAME].decode("utf-8", "ignore")


def string_value(text: str) -> str:
    """The value of a string constant as written; escapes of E'' other than the common ones stay as they are."""
    if text.startswith("$"):
        tag = text[: text.index("$", 1) + 1]
        return text[len(tag) : -len(tag)]
    opening = text.index("'")
    inner = text[opening + 1 : -1].replace("''", "'")
    prefix = text[:opening].upper()
    if prefix == "E":
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), inner, flags=re.DOTALL)
    return _unicode_escapes(inner) if prefix == "U&" else inner


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


def _unicode_escapes(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        if found[0] == "\\\\":
            return "\\"
        code = int(found[1] or found[2], 16)
        return chr(code) if code < 0x110000 else found[0]

    return re.sub(r"\\\\|\\([0-9A-Fa-f]{4})|\\\+([0-9A-Fa-f]{6})", character, text)
