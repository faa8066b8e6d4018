"""The nouns of this room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.model.columns import DataType
from rules.model.names import Name
from rules.model.place import Place

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """`type` and `nullable` are None where the model does not tell them plainly."""

    name: str
    place: Place
    type: DataType | None = None
    nullable: bool | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key; `target` is a table."""

    columns: tuple[str, ...]
    target: Key


@dataclass(frozen=True, slots=True)
class MappedTable:
    """One mapped table. `indexes` and `uniques` are the columns that each covers; a unique index is a unique.

    `whole`: every column was read, so that what is missing here is missing there. `keys_whole`: so was every index
    and constraint. `owned`: its metadata is the one that env.py migrates; None where that could not be told.
    """

    name: Name
    place: Place
    columns: tuple[MappedColumn, ...] = ()
    primary: tuple[str, ...] = ()
    indexes: frozenset[tuple[str, ...]] = frozenset()
    uniques: frozenset[tuple[str, ...]] = frozenset()
    references: frozenset[Reference] = frozenset()
    whole: bool = True
    keys_whole: bool = True
    owned: bool | None = None

    def column(self, name: str) -> MappedColumn | None:
        return next((column for column in self.columns if column.name == name), None)


@dataclass(frozen=True, slots=True)
class Mapped:
    """`unread` are files with models of which at least one could not be read as a table."""

    tables: Mapping[Key, MappedTable] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()
