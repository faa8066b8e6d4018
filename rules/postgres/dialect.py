"""sqlglot's Postgres dialect, held to PostgreSQL's own lexical rules and operators; only `trees.py` imports it.

Queries and expressions are what it is for. DDL is read by descent over the tokens (rules/reading/sql).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import ParseError
from sqlglot.parsers.postgres import PostgresParser
from sqlglot.tokenizer_core import Token as TreeToken
from sqlglot.tokenizer_core import TokenType

from rules.postgres.tokens import Token, TokenKind, identifier, string_value, tokens_of, words

_FOREIGN = words(
    "ANTI APPLY ASOF AUTOINCREMENT AUTO_INCREMENT BIGDECIMAL BIGNUM BIGNUMERIC BINARY BLOB BYTE CACHE CLOB DATETIME "
    "DECFLOAT DECIMAL32 DECIMAL64 DECIMAL128 DECIMAL256 ENUM EXEC FILE FIXED FORMAT GEOGRAPHY GEOMETRY GLOB HUGEINT "
    "INT1 INT16 INT32 INT64 INT128 INT256 KEEP KILL LIST LONG LONGBLOB LONGTEXT LONGVARCHAR MAP MEDIUMBLOB MEDIUMINT "
    "MEDIUMTEXT NAMESPACE NULLABLE NUMBER NVARCHAR NVARCHAR2 OBJECT OPTIMIZE OVERWRITE PARTITIONED_BY PERCENT PIVOT "
    "PRAGMA QUALIFY REF REGEXP RLIKE SEMI SETTINGS SHORT STR STRAIGHT_JOIN STRING STRUCT TIMESTAMPLTZ TIMESTAMPNTZ "
    "TIMESTAMP_LTZ TIMESTAMP_NTZ TIME_NS TINYBLOB TINYINT TINYTEXT UHUGEINT UINT UINT128 UINT256 UNCACHE UNNEST "
    "UNPIVOT USE VARBINARY VARCHAR2 VARIANT VECTOR XOR"
)
"""Keywords of other databases: in PostgreSQL they are names like any other."""
_KEYWORDS = {word: kind for word, kind in Postgres.Tokenizer.KEYWORDS.items() if word not in _FOREIGN}
_PAIRS = {tuple(phrase.split()): kind for phrase, kind in _KEYWORDS.items() if phrase.count(" ") == 1}
_FIRST_OF_PAIR = frozenset(first for first, _ in _PAIRS)
_SYMBOLS = {
    "(": TokenType.L_PAREN,
    ")": TokenType.R_PAREN,
    "[": TokenType.L_BRACKET,
    "]": TokenType.R_BRACKET,
    ",": TokenType.COMMA,
    ".": TokenType.DOT,
    ";": TokenType.SEMICOLON,
    ":": TokenType.COLON,
    "::": TokenType.DCOLON,
    ":=": TokenType.COLON_EQ,
    "=>": TokenType.FARROW,
    "?": TokenType.PLACEHOLDER,
    "=": TokenType.EQ,
    "<>": TokenType.NEQ,
    "!=": TokenType.NEQ,
    "<": TokenType.LT,
    ">": TokenType.GT,
    "<=": TokenType.LTE,
    ">=": TokenType.GTE,
    "+": TokenType.PLUS,
    "-": TokenType.DASH,
    "*": TokenType.STAR,
    "/": TokenType.SLASH,
    "%": TokenType.MOD,
    "%%": TokenType.MOD,
    "^": TokenType.CARET,
}
_ANY_OPERATOR = TokenType.AMP
"""Every other operator has one and the same precedence.
https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-PRECEDENCE"""
_LETS_SIGNS_END = frozenset("~!@#%^&|`?")


class AnyOperator(exp.Expression, exp.Binary):
    """`a OP b` for an operator without a precedence of its own."""


class AnyPrefix(exp.Unary):
    """`OP a`."""


def tree_tokens(tokens: Sequence[Token], text: str) -> list[TreeToken]:
    """PostgreSQL's tokens as sqlglot has them, names as the server stores them, with their offsets in the text."""
    found: list[TreeToken] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        source = text[token.start : token.end]
        match token.kind:
            case TokenKind.WORD:
                following = tokens[at + 1] if at + 1 < len(tokens) else token
                if token.word in _FIRST_OF_PAIR and (pair := _PAIRS.get((token.word, following.word))):
                    found.append(_token(pair, f"{token.word} {following.word}", token.start, following.end))
                    at += 1
                else:
                    kind = _KEYWORDS.get(token.word, TokenType.VAR)
                    found.append(_token(kind, identifier(source), token.start, token.end))
            case TokenKind.QUOTED:
                found.append(_token(TokenType.IDENTIFIER, identifier(source), token.start, token.end))
            case TokenKind.STRING:
                found.append(_token(TokenType.STRING, string_value(source), token.start, token.end))
            case TokenKind.NUMBER:
                found.append(_token(TokenType.NUMBER, source, token.start, token.end))
            case TokenKind.SYMBOL:
                found += _operators(source, token.start)
            case TokenKind.UNCLOSED:
                raise ParseError("a string, a quoted name or a comment has no end")
        at += 1
    return found


def _token(kind: TokenType, text: str, start: int, end: int) -> TreeToken:
    return TreeToken(kind, text, 1, start, start, end - 1)


def _operators(symbol: str, start: int) -> list[TreeToken]:
    """One operator; a sign, `%` or `?` at its end may be the next one's: `a=-1`, `a=%s`, `a=?`."""
    end = len(symbol)
    while end > 1 and symbol[:end] not in _SYMBOLS:
        sign = symbol[end - 1] in "+-" and not _LETS_SIGNS_END & set(symbol[:end])
        placeholder = symbol[end - 1] in "%?" and symbol[: end - 1] in _SYMBOLS
        if not sign and not placeholder:
            break
        end -= 1
    head = _token(_SYMBOLS.get(symbol[:end], _ANY_OPERATOR), symbol[:end], start, start + end)
    return [head] if end == len(symbol) else [head, *_operators(symbol[end:], start + end)]


def _called(name: str, parse: Callable[[Any], exp.Expr | None]) -> Callable[[Any], exp.Expr | None]:
    """A function with a grammar of its own, which keeps its name."""

    def parsed(parser: Any) -> exp.Expr | None:
        opening = parser._tokens[parser._index - 2]
        found = parse(parser)
        if found is not None:
            found.update_positions(opening)
            found.meta["called"] = name.lower()
        return found

    return parsed


_OWN_GRAMMAR = words(
    "EXTRACT JSON_OBJECT JSON_OBJECTAGG JSON_TABLE JSON_VALUE NORMALIZE OVERLAY POSITION SUBSTRING TRIM XMLELEMENT "
    "XMLTABLE"
)
_STEPS, _STEPS_AT_LEAST = 12, 1000
"""Of the parser for each token, beyond which a text is given up: it looks ahead by trying, which can double and double
again (`ARRAY[ARRAY[...`, `numeric(numeric(...`)."""


class TooManySteps(Exception):
    """No ParseError: the parser would take that for a try that failed."""


class PostgreSQL(Postgres):
    """No function is renamed or rebuilt, no text is guessed at: what is not understood raises `ParseError`."""

    INDEX_OFFSET = 0  # a[1] stays a[1]

    class Tokenizer(Postgres.Tokenizer):
        def tokenize(self, sql: str) -> list[TreeToken]:
            return tree_tokens(tokens_of(sql)[:-1], sql)

    class Parser(PostgresParser):
        FUNCTIONS: ClassVar[dict[str, Any]] = {}
        FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            "CAST": PostgresParser.FUNCTION_PARSERS["CAST"],
            **{name: _called(name, PostgresParser.FUNCTION_PARSERS[name]) for name in _OWN_GRAMMAR},
        }
        NO_PAREN_FUNCTION_PARSERS: ClassVar[dict[str, Any]] = {
            name: PostgresParser.NO_PAREN_FUNCTION_PARSERS[name] for name in ("ANY", "CASE", "VARIADIC")
        }
        BITWISE: ClassVar[dict[TokenType, Any]] = {_ANY_OPERATOR: AnyOperator}
        UNARY_PARSERS: ClassVar[dict[TokenType, Any]] = {
            **PostgresParser.UNARY_PARSERS,
            _ANY_OPERATOR: lambda self: self.expression(AnyPrefix(this=self._parse_unary())),
        }

        def parse(self, raw_tokens: list[TreeToken], sql: str) -> list[exp.Expr | None]:
            self.steps_left = _STEPS * len(raw_tokens) + _STEPS_AT_LEAST
            return super().parse(raw_tokens, sql)

        def _advance(self, times: int = 1) -> None:
            self.steps_left -= 1
            if self.steps_left < 0:
                raise TooManySteps
            super()._advance(times)

        def _parse_where(self, skip_where_token: bool = False) -> exp.Where | None:
            start = self._next.start
            found = super()._parse_where(skip_where_token)
            if found is not None:
                found.meta["span"] = (start, self._prev.end + 1)
            return found

        def _parse_insert_table(self) -> exp.Expr | None:
            found = super()._parse_insert_table()
            if self._match_text_seq("OVERRIDING"):
                self._advance(2)  # SYSTEM VALUE, USER VALUE
            return found

        def _parse_command(self) -> exp.Command:
            raise ParseError("a query or an expression is expected")

        def _parse_as_command(self, start: TreeToken) -> exp.Command:  # noqa: ARG002 - the base class names it
            raise ParseError("a query or an expression is expected")

        def raise_error(self, message: str, token: TreeToken | None = None) -> None:  # noqa: ARG002
            raise ParseError(message)
