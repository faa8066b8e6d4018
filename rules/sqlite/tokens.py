"""SQLite's lexical rules: names in double quotes, backticks or brackets, no escapes in strings, comments that nest not.

Sources: https://www.sqlite.org/lang_keywords.html, https://www.sqlite.org/lang_expr.html#literal_values_constants_,
https://www.sqlite.org/lang_comment.html
"""

from __future__ import annotations

import re

from rules.mysql.tokens import scanned
from rules.postgres.tokens import LETTER, LETTER_DIGIT_OR_DOLLAR, Token

_TOKEN = re.compile(
    rf"""
    (?P<blank>(?:[ \t\n\r\f]+|--[^\n]*+|/\*.*?(?:\*/|\Z))++)
  | (?P<string>[xX]?'(?:[^']++|'')*+')
  | (?P<quoted>"(?:[^"]++|"")*+"|`(?:[^`]++|``)*+`|\[[^\]]*+\])
  | (?P<unclosed>[`"'\[]|[xX]')
  | (?P<number>(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?)
  | (?P<word>{LETTER}{LETTER_DIGIT_OR_DOLLAR}*+)
  | (?P<symbol>->>|->|(?:(?!--|/\*)[-+*/<>=~!%^&|?])++|.)
""",
    re.VERBOSE | re.DOTALL,
)


def tokens_of(text: str) -> list[Token]:
    """As those of PostgreSQL. A comment without its end reaches to the end of the text, as for the server."""
    return scanned(text, _TOKEN)


def identifier(text: str) -> str:
    """A name as it is written; SQLite compares names without regard to case."""
    if text[0] == "[":
        return text[1:-1]
    return text[1:-1].replace(text[0] * 2, text[0]) if text[0] in '"`' else text
