"""The search path of a session: what it is at one moment, and what changes it.

Source: https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATH
"""

from __future__ import annotations

from msgspec.structs import replace

from rules.model.frozen import Frozen
from rules.model.names import DEFAULT_SCHEMA
from rules.model.operations import Operation, Select, Setting, TransactionControl
from rules.postgres.tokens import TokenKind, identifier, string_value, tokens_of

Schemas = tuple[str, ...]
DEFAULT: Schemas = (DEFAULT_SCHEMA,)
_ALWAYS = ("pg_catalog", "pg_temp", "$user")
"""Searched anyway, or made for one session or role: nothing of a history lies there."""


class SearchPath(Frozen):
    """Schemas in the order in which they are searched; None where it cannot be told.

    `start` is what each connection of the run begins with, `session` what stands when the transaction ends.
    """

    start: Schemas | None = DEFAULT
    session: Schemas | None = DEFAULT
    now: Schemas | None = DEFAULT

    @classmethod
    def of(cls, start: Schemas | None) -> SearchPath:
        return cls(start, start, start)

    def begun(self) -> SearchPath:
        """As a connection of its own begins."""
        return self if self.session == self.now == self.start else SearchPath.of(self.start)

    def after(self, operation: Operation) -> SearchPath:
        """Once an operation has run; what hangs on a condition leaves it unknown."""
        if self.now != self.session and not operation.statement.transactional:
            return replace(self, now=self.session).after(operation)
        match operation:
            case TransactionControl(verb=verb) if verb.ends:
                return replace(self, now=self.session)
            case Setting(name=name, value=value, local=local) if name.lower() == "search_path":
                return self._set(self.start if value is None else schemas_in(value), local, operation)
            case Setting(name=name, value=None) if name.lower() == "all":
                return self._set(self.start, False, operation)
            case Select(settings=settings):
                path = self
                for name, value, local in settings:
                    if name == "search_path":
                        path = path._set(None if value is None else schemas_in(value), local, operation)
                return path
        return self

    def _set(self, path: Schemas | None, local: bool, operation: Operation) -> SearchPath:
        path = None if operation.statement.conditional else path
        if not local:
            return replace(self, session=path, now=path)
        return replace(self, now=path) if operation.statement.transactional else self


def schemas_in(text: str) -> Schemas | None:
    """Of the value as written; None where it names no schema, or is no list of names."""
    found: list[str] = []
    wants_name = True
    for token in tokens_of(text):
        if token.kind is TokenKind.END:
            break
        written = text[token.start : token.end]
        if not wants_name:
            if token.word != ",":
                return None
        elif token.kind in (TokenKind.WORD, TokenKind.QUOTED):
            found.append(identifier(written))
        elif token.kind is TokenKind.STRING:
            found.append(string_value(written))
        else:
            return None
        wants_name = not wants_name
    schemas = tuple(name for name in found if name and name not in _ALWAYS)
    return schemas or None
