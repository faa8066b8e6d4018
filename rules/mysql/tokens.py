"""MySQL's and MariaDB's lexical rules, in the default SQL mode: double quotes hold a string, backslashes escape.

Sources: https://dev.mysql.com/doc/refman/8.4/en/string-literals.html,
https://dev.mysql.com/doc/refman/8.4/en/identifiers.html, https://dev.mysql.com/doc/refman/8.4/en/comments.html
"""

from __future__ import annotations

import re

from rules.postgres.tokens import LETTER_DIGIT_OR_DOLLAR, Token, TokenKind

_TOKEN = re.compile(
    rf"""
    (?P<blank>(?:[ \t\n\r\f\v]+|--(?=[ \t\n\r\f\v]|\Z)[^\n]*+|\#[^\n]*+|/\*(?!!).*?\*/|/\*!\d*|\*/)++)
  | (?P<string>(?:[bBxXnN]|_[A-Za-z0-9]++)?'(?:[^'\\]++|\\.|'')*+'|"(?:[^"\\]++|\\.|"")*+")
  | (?P<quoted>`(?:[^`]++|``)*+`)
  | (?P<unclosed>[`"']|[bBxXnN]'|/\*)
  | (?P<number>(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?(?!{LETTER_DIGIT_OR_DOLLAR}))
  | (?P<word>{LETTER_DIGIT_OR_DOLLAR}++)
  | (?P<symbol>:=|->>|->|(?:(?!--\s|/\*|\*/)[-+*/<>=~!@%^&|?])++|.)
""",
    re.VERBOSE | re.DOTALL,
)
_KINDS = {
    "string": TokenKind.STRING,
    "quoted": TokenKind.QUOTED,
    "number": TokenKind.NUMBER,
    "word": TokenKind.WORD,
    "symbol": TokenKind.SYMBOL,
}


def tokens_of(text: str) -> list[Token]:
    """As those of PostgreSQL; what stands in `/*! ... */` is text of the statement, since the server runs it."""
    return scanned(text, _TOKEN)


def scanned(text: str, pattern: re.Pattern[str]) -> list[Token]:
    """The tokens that a pattern's groups name, with one END token at the end. Linear; never raises."""
    tokens: list[Token] = []
    position, end = 0, len(text)
    while position < end:
        found = pattern.match(text, position)
        if found is None:  # not reached: the last alternative takes any character
            break
        start, position = position, found.end()
        group = found.lastgroup or ""
        if group == "blank":
            continue
        if group == "unclosed":
            tokens.append(Token(TokenKind.UNCLOSED, "", start, end))
            break
        word = found.group().upper() if group in ("word", "symbol") else ""
        tokens.append(Token(_KINDS[group], word, start, position))
    tokens.append(Token(TokenKind.END, "", end, end))
    return tokens


def identifier(text: str) -> str:
    """A name as it is written: whether upper case matters, the server's file system decides."""
    return text[1:-1].replace("``", "`") if text.startswith("`") else text


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "0": "\0", "Z": "\x1a", "%": "\\%", "_": "\\_"}


def string_value(text: str) -> str:
    """The value of a string constant as written."""
    quote = text[-1]
    inner = text[text.index(quote) + 1 : -1].replace(quote * 2, quote)
    return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), inner, flags=re.DOTALL)
