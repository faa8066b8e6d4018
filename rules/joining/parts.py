"""The pieces of a database that an operation can write or read, and when two of them are the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from rules.model.names import DEFAULT_SCHEMA, Name

WHOLE = ""
"""A thing itself: that it is there, and its name."""
ALL = "*"
"""Everything inside it, of a table all columns."""


class PartKind(StrEnum):
    TABLE = "table"
    ROWS = "rows"
    NAME = "name"
    """Tables, views, indexes and sequences share their names."""
    CONSTRAINT = "constraint"
    PRIVILEGES = "privileges"
    COMMENT = "comment"
    TYPE = "type"
    OBJECT = "object"


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """`inside` is a column or a constraint, or one of WHOLE and ALL."""

    kind: PartKind
    key: tuple[str, str]
    inside: str = WHOLE

    def meets(self, other: Part) -> bool:
        if (self.kind, self.key) != (other.kind, other.key):
            return False
        return self.inside == other.inside or bool({self.inside, other.inside} & {WHOLE, ALL})

    def __str__(self) -> str:
        """For people, with its name in backticks."""
        schema, name = self.key
        name = name if schema in (DEFAULT_SCHEMA, "") else f"{schema}.{name}"
        match self.kind:
            case PartKind.TABLE if self.inside not in (WHOLE, ALL):
                return f"column `{name}.{self.inside}`"
            case PartKind.ROWS:
                return f"the rows of `{name}`"
            case PartKind.NAME:
                return f"`{name}`"
            case PartKind.CONSTRAINT if self.inside not in (WHOLE, ALL):
                return f"constraint `{self.inside}` of `{name}`"
            case PartKind.PRIVILEGES | PartKind.COMMENT:
                return f"the {self.kind.value} of `{name}`"
            case PartKind.OBJECT:
                return f"{schema} `{self.key[1]}`"
        return f"{self.kind.value} `{name}`"


@dataclass(frozen=True, slots=True)
class Touch:
    writes: frozenset[Part] = field(default_factory=frozenset)
    reads: frozenset[Part] = field(default_factory=frozenset)

    def __or__(self, other: Touch) -> Touch:
        return Touch(self.writes | other.writes, self.reads | other.reads)


def writing(*parts: Part) -> Touch:
    return Touch(writes=frozenset(parts))


def reading(*parts: Part) -> Touch:
    return Touch(reads=frozenset(parts))


def table(name: Name, inside: str = WHOLE) -> Part:
    return Part(PartKind.TABLE, name.key, inside)


def columns(name: Name, those: Iterable[str]) -> tuple[Part, ...]:
    return tuple(table(name, column) for column in those)


def rows(name: Name) -> Part:
    return Part(PartKind.ROWS, name.key, ALL)


def named(name: Name) -> Part:
    return Part(PartKind.NAME, name.key)


def type_(schema: str | None, name: str) -> Part:
    return Part(PartKind.TYPE, (schema or DEFAULT_SCHEMA, name))


def thing(kind: str, name: Name) -> Part:
    """Whatever has a kind and a name of its own."""
    return Part(PartKind.OBJECT, (kind, str(name)))
