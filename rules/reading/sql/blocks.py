"""DO blocks: the statements inside a PL/pgSQL body, each as if it stood alone, conditional where the body decides.

Source: https://www.postgresql.org/docs/current/plpgsql-control-structures.html
"""

from __future__ import annotations

from collections.abc import Iterator

from rules.postgres.tokens import Token, TokenKind, string_value, tokens_of, words

DEPTH = 4
"""Blocks in strings of blocks: deeper ones stay unread."""
_SKIPPED = words("RAISE RETURN NULL GET OPEN FETCH CLOSE MOVE EXIT CONTINUE ASSERT DECLARE COMMIT ROLLBACK END")
_CLAUSE_WORDS = frozenset({"IF", "ELSIF", "ELSEIF", "WHILE", "CASE", "WHEN"})


class BodyStatement:
    """A statement of a body. `sql` is None where its text is computed when it runs."""

    __slots__ = ("conditional", "sql")

    def __init__(self, sql: str | None, conditional: bool) -> None:
        self.sql = sql
        self.conditional = conditional


def statements_of(body: str) -> Iterator[BodyStatement]:
    """In their order. Never raises; what is no statement of SQL (assignments, RAISE, RETURN) is left out."""
    return _Body(body).read()


class _Body:
    """One pass over the tokens; the depth of IF, CASE, LOOP and exception handlers tells what is conditional."""

    def __init__(self, body: str) -> None:
        self.body = body
        self.tokens = tokens_of(body)
        self.at = 0
        self.open: list[str] = []

    def read(self) -> Iterator[BodyStatement]:
        self._to_begin()
        while self.tokens[self.at].kind is not TokenKind.END:
            word = self.tokens[self.at].word
            if word in (";", "LOOP", "ELSE", "<<", ">>"):
                self.at += 1
                self._enter(word)
            elif word == "BEGIN":
                self.open.append("BEGIN")
                self.at += 1
            elif word == "DECLARE":
                self._to_begin()
            elif word == "EXCEPTION":
                self.open.append("EXCEPTION")
                self.at += 1
            elif word == "END":
                self._leave()
            elif word in _CLAUSE_WORDS:
                self._clause(word)
            elif word in ("FOR", "FOREACH"):
                self._skip_to("LOOP")
            else:
                yield from self._statement()

    @property
    def _conditional(self) -> bool:
        return any(word != "BEGIN" for word in self.open)

    def _to_begin(self) -> None:
        """Past declarations, whose defaults are no statements."""
        start = self.at
        self._skip_to("BEGIN")
        if self.tokens[self.at].kind is TokenKind.END:
            self.at = start
            if self.tokens[start].word == "DECLARE":
                self.at += 1

    def _skip_to(self, word: str) -> None:
        while self.tokens[self.at].kind is not TokenKind.END and self.tokens[self.at].word != word:
            self.at += 1

    def _enter(self, word: str) -> None:
        if word == "LOOP":
            self.open.append("LOOP")

    def _clause(self, word: str) -> None:
        """The condition of IF, ELSIF, WHILE, CASE or WHEN, up to its THEN or LOOP."""
        if word in ("IF", "CASE"):
            self.open.append(word)
        self.at += 1
        depth = 0
        while self.tokens[self.at].kind is not TokenKind.END:
            inner = self.tokens[self.at].word
            depth += (inner == "CASE") - (inner == "END" and depth > 0)
            if depth == 0 and (inner == "THEN" or (word == "WHILE" and inner == "LOOP")):
                self.at += inner == "THEN"
                return
            if depth == 0 and word == "CASE" and inner == "WHEN":
                return
            self.at += 1

    def _leave(self) -> None:
        self.at += 1
        kind = self.tokens[self.at].word
        closes = kind if kind in ("IF", "CASE", "LOOP") else "BEGIN"
        while self.open and self.open.pop() != closes:
            pass
        self._skip_to(";")

    def _statement(self) -> Iterator[BodyStatement]:
        start, depth = self.at, 0
        while self.tokens[self.at].kind is not TokenKind.END:
            word = self.tokens[self.at].word
            depth += (word == "(") - (word == ")")
            if word == ";" and depth <= 0:
                break
            self.at += 1
        tokens = self.tokens[start : self.at]
        head = tokens[0].word
        if len(tokens) > 1 and (tokens[1].word in (":=", "=") or head in _SKIPPED or tokens[1].word in (".", "[")):
            return
        if head in _SKIPPED or (tokens[0].kind is not TokenKind.WORD and head != "("):
            return
        text = self.body[tokens[0].start : tokens[-1].end]
        if head == "EXECUTE":
            yield BodyStatement(self._executed(tokens[1:]), self._conditional)
        elif head == "PERFORM":
            yield BodyStatement("SELECT" + text[len("PERFORM") :], self._conditional)
        else:
            yield BodyStatement(self._without_into(tokens, text), self._conditional)

    def _executed(self, tokens: list[Token]) -> str | None:
        """The text of EXECUTE 'constant'."""
        if not tokens or tokens[0].kind is not TokenKind.STRING:
            return None
        if len(tokens) > 1 and tokens[1].word not in ("INTO", "USING"):
            return None
        return string_value(self.body[tokens[0].start : tokens[0].end])

    def _without_into(self, tokens: list[Token], text: str) -> str:
        """SELECT ... INTO variable creates no table here."""
        if tokens[0].word not in ("SELECT", "WITH"):
            return text
        depth = 0
        for at, token in enumerate(tokens):
            depth += (token.word == "(") - (token.word == ")")
            if depth or token.word != "INTO" or tokens[at - 1].word == "INSERT":
                continue
            end = at + 1
            while end < len(tokens) and tokens[end].word not in ("FROM", "WHERE", "UNION", "ORDER", "LIMIT", "GROUP"):
                end += 1
            before = self.body[tokens[0].start : token.start]
            return before + (self.body[tokens[end].start : tokens[-1].end] if end < len(tokens) else "")
        return text
