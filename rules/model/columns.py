"""Columns, types and constraints as a migration declares them."""

from __future__ import annotations

from enum import StrEnum

from rules.model.frozen import Frozen, OneOf
from rules.model.names import Name


class DataType(Frozen):
    """A type, normalised: `name` in PostgreSQL's own spelling (`integer`, `character varying`).

    `arguments` are the modifiers as written (`("12", "2")`), `dimensions` the number of array brackets,
    `schema` that of a user type. `known` is False for a type whose real name, or length, the reader could not learn.
    As a string it reads as in the system catalogs: `timestamp(3) with time zone`, `numeric(12,2)`.
    """

    name: str
    arguments: tuple[str, ...] = ()
    dimensions: int = 0
    schema: str | None = None
    known: bool = True

    def __str__(self) -> str:
        base = self.name if self.schema is None else f"{self.schema}.{self.name}"
        modifiers = f"({','.join(self.arguments)})" if self.arguments else ""
        kind, zone, _ = base.partition(" with")
        if zone and kind in ("time", "timestamp"):
            return f"{kind}{modifiers}{base[len(kind) :]}{'[]' * self.dimensions}"
        return f"{base}{modifiers}{'[]' * self.dimensions}"


class Generated(StrEnum):
    """How the server fills a column by itself."""

    STORED = "stored"
    VIRTUAL = "virtual"
    IDENTITY_ALWAYS = "identity always"
    IDENTITY_BY_DEFAULT = "identity by default"
    SERIAL = "serial"
    AUTO_INCREMENT = "auto increment"
    """Of MySQL, MariaDB and SQLite."""


class ForeignKey(OneOf):
    name: str | None
    columns: tuple[str, ...]
    target: Name
    target_columns: tuple[str, ...] = ()
    on_delete: str | None = None
    on_update: str | None = None
    deferrable: bool = False
    not_valid: bool = False
    deferred: bool = False
    """INITIALLY DEFERRED."""
    match: str | None = None
    """`FULL`; None for MATCH SIMPLE, which holds unless another is written."""

    @property
    def plain(self) -> bool:
        """Whether columns, target and actions say all of it."""
        return not self.deferrable and self.match is None and "(" not in (self.on_delete or "")


class Check(OneOf):
    name: str | None
    expression: str
    not_valid: bool = False
    no_inherit: bool = False


class Unique(OneOf):
    """`index` is the index it takes over (USING INDEX); `columns` is empty then."""

    name: str | None
    columns: tuple[str, ...]
    index: str | None = None
    nulls_not_distinct: bool = False
    deferrable: bool = False


class PrimaryKey(OneOf):
    """`index` is the index it takes over (USING INDEX); `columns` is empty then."""

    name: str | None
    columns: tuple[str, ...]
    index: str | None = None
    deferrable: bool = False


class Exclusion(OneOf):
    name: str | None
    definition: str


class NotNull(OneOf):
    """A named NOT NULL constraint (server 18 and newer)."""

    name: str | None
    column: str
    not_valid: bool = False


Constraint = ForeignKey | Check | Unique | PrimaryKey | Exclusion | NotNull


class Column(Frozen):
    """A column as declared. `default` is SQL text; `constraints` are those written inside the column's definition."""

    name: str
    type: DataType
    nullable: bool = True
    default: str | None = None
    generated: Generated | None = None
    expression: str | None = None
    """Of a generated column."""
    collation: str | None = None
    comment: str | None = None
    constraints: tuple[Constraint, ...] = ()
    character_set: str | None = None
    """As this and the next, of MySQL and MariaDB."""
    on_update: str | None = None
    """What an UPDATE of the row sets it to."""
    null_default: bool = False
    """DEFAULT NULL, in so many words: a domain's default does not hold then."""
