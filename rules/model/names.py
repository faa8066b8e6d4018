"""Names of database objects: quoting is decided here, once."""

from __future__ import annotations

import re

from rules.model.frozen import Frozen

DEFAULT_SCHEMA = "public"
_PLAIN = re.compile(r"[a-z_][a-z0-9_$]*\Z")


class Name(Frozen, order=True):
    """The name of a table, index, type, sequence, view or function, as the server stores it (case folded, unquoted).

    `schema` is None where the statement did not say; two names are the same object if `key` is equal.
    """

    name: str
    schema: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        """(schema, name) with the default schema filled in."""
        return (self.schema or DEFAULT_SCHEMA, self.name)

    @property
    def is_of_the_system(self) -> bool:
        """A catalog of the server: as big as the schema, not as the data."""
        return self.schema in ("pg_catalog", "information_schema") or (
            self.schema is None and self.name.startswith("pg_")
        )

    @property
    def sql(self) -> str:
        """As written in SQL, quoted where PostgreSQL needs it."""
        return quoted(self.name) if self.schema is None else f"{quoted(self.schema)}.{quoted(self.name)}"

    def __str__(self) -> str:
        """As written in messages: unquoted."""
        return self.name if self.schema is None else f"{self.schema}.{self.name}"


def quoted(identifier: str) -> str:
    """An identifier as SQL; plain ones stay bare. Keywords are quoted by whoever renders a whole statement."""
    return identifier if _PLAIN.match(identifier) else '"' + identifier.replace('"', '""') + '"'
