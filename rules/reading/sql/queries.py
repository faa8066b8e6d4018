"""What a query names: the tables it reads, the functions it calls. Works on tokens, in one pass, at any depth."""

from __future__ import annotations

from collections.abc import Sequence

from rules.model.names import Name
from rules.postgres.tokens import Token, TokenKind, identifier, words

_NAMES = (TokenKind.WORD, TokenKind.QUOTED)
_ENDS_FROM = words(
    "WHERE GROUP ORDER HAVING LIMIT OFFSET FETCH WINDOW UNION INTERSECT EXCEPT RETURNING SET FOR VALUES WHEN SELECT"
)
_QUERY_HEADS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "MERGE", "TABLE"})
_FROM_IN_FUNCTIONS = frozenset({"EXTRACT", "SUBSTRING", "TRIM", "OVERLAY", "POSITION"})
_BEFORE_TABLE = frozenset({"LATERAL", "ONLY"})
_NOT_FUNCTIONS = words(
    "IN VALUES EXISTS ANY ALL SOME AND OR NOT ON USING AS WHEN THEN ELSE CASE SELECT FROM WHERE ARRAY ROW "
    "OVER FILTER WITHIN GROUP BY INTO TABLE UNION EXCEPT INTERSECT LIMIT OFFSET HAVING IS LIKE ILIKE "
    "BETWEEN DISTINCT RETURNING LATERAL MATERIALIZED SETS ROLLUP CUBE KEY CONFLICT COLUMN SET"
)
_TYPES_WITH_MODIFIERS = frozenset({"NUMERIC", "DECIMAL", "VARCHAR", "CHAR", "CHARACTER", "VARYING", "BIT", "VARBIT"})


def tables_read(tokens: Sequence[Token], text: str, *, from_list: bool = False) -> tuple[Name, ...]:
    """Each table and view after FROM, JOIN or USING, once, in order; names of CTEs and functions left out.

    `from_list` says that the tokens start inside a FROM list.
    """
    return _Tables(tokens, text, from_list).found()


class _Tables:
    """Walks the tokens with a stack of parentheses; for each, whether a FROM list is open and a table expected."""

    def __init__(self, tokens: Sequence[Token], text: str, from_list: bool) -> None:
        self.tokens, self.text = tokens, text
        self.ctes = cte_names(tokens, text)
        self.in_list, self.expected = from_list, from_list
        self.stack: list[tuple[bool, bool]] = []
        self.names: dict[Name, None] = {}

    def found(self) -> tuple[Name, ...]:
        at, last = 0, len(self.tokens)
        while at < last:
            at = self._step(at)
        return tuple(self.names)

    def _step(self, at: int) -> int:
        token = self.tokens[at]
        word = token.word
        if word == "(":
            self.stack.append((self.in_list, False))
            inner = self._word(at + 1)
            function = at > 0 and self.tokens[at - 1].word in _FROM_IN_FUNCTIONS
            self.in_list = self.expected = self.expected and inner not in _QUERY_HEADS and not function
            if function:
                return self._after_function(at)
        elif word == ")":
            self.in_list, self.expected = self.stack.pop() if self.stack else (False, False)
        elif word == ",":
            self.expected = self.in_list
        elif word == "JOIN":
            self.expected = True
        elif word == "FROM":
            if not (at and self.tokens[at - 1].word == "DISTINCT" and self._is_distinct(at)):
                self.in_list = self.expected = True
        elif word == "USING":
            self.in_list = self.expected = self._word(at + 1) != "(" or self._word(at + 2) in _QUERY_HEADS
        elif word in _ENDS_FROM:
            self.in_list = self.expected = False
        elif self.expected and word not in _BEFORE_TABLE and token.kind in _NAMES:
            self.expected = False
            return self._table(at)
        return at + 1

    def _after_function(self, at: int) -> int:
        """Past the FROM of `extract(epoch FROM x)`, which starts no list."""
        depth, here = 1, at + 1
        while here < len(self.tokens) and depth:
            word = self.tokens[here].word
            depth += (word == "(") - (word == ")")
            if depth == 1 and word == "FROM":
                return here + 1
            if depth == 2 and word == "(":
                return here  # a nested call or query: read it as usual
            here += 1
        return here - 1 if not depth else here

    def _is_distinct(self, at: int) -> bool:
        return at > 1 and self.tokens[at - 2].word in ("IS", "NOT")

    def _word(self, at: int) -> str:
        return self.tokens[at].word if at < len(self.tokens) else ""

    def _table(self, at: int) -> int:
        parts = [identifier(self.text[self.tokens[at].start : self.tokens[at].end])]
        at += 1
        while self._word(at) == "." and at + 1 < len(self.tokens) and self.tokens[at + 1].kind in _NAMES:
            parts.append(identifier(self.text[self.tokens[at + 1].start : self.tokens[at + 1].end]))
            at += 2
        name = Name(parts[-1], parts[-2] if len(parts) > 1 else None)
        if self._word(at) != "(" and not (len(parts) == 1 and name.name in self.ctes):
            self.names.setdefault(name)
        return at


def cte_names(tokens: Sequence[Token], text: str) -> frozenset[str]:
    """Names that WITH gives, of this query and of those inside it."""
    names: set[str] = set()
    for at, token in enumerate(tokens):
        if token.word != "AS" or at == 0:
            continue
        after = at + 1
        while after < len(tokens) and tokens[after].word in ("NOT", "MATERIALIZED"):
            after += 1
        if after + 1 >= len(tokens) or tokens[after].word != "(" or tokens[after + 1].word not in _QUERY_HEADS:
            continue
        before = at - 1
        if tokens[before].word == ")":
            while before > 0 and tokens[before].word != "(":
                before -= 1
            before -= 1
        if before >= 0 and tokens[before].kind in _NAMES:
            names.add(identifier(text[tokens[before].start : tokens[before].end]))
    return frozenset(names)


def functions_called(tokens: Sequence[Token], text: str) -> tuple[str, ...]:
    """The names of the functions called, lower case, without schema, each once, in order."""
    names: dict[str, None] = {}
    ctes = cte_names(tokens, text)
    for at, token in enumerate(tokens[:-1]):
        if token.kind not in _NAMES or tokens[at + 1].word != "(" or token.word in _NOT_FUNCTIONS:
            continue
        if token.word in _TYPES_WITH_MODIFIERS or (at and tokens[at - 1].word in ("INTO", "TABLE", "AS", "JOIN", "::")):
            continue
        name = identifier(text[token.start : token.end])
        if name not in ctes:
            names.setdefault(name)
    return tuple(names)
