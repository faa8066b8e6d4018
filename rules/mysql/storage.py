"""How a table is stored, as far as its options say: engine, row format, character set.

Sources: https://dev.mysql.com/doc/refman/8.4/en/create-table.html#create-table-options,
https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-character-set
"""

from __future__ import annotations

import re

from msgspec.structs import replace

from rules.schema.objects import Table, TableColumn

_STRING = re.compile(r"'(?:[^'\\]|''|\\.)*'|\"(?:[^\"\\]|\"\"|\\.)*\"")
_CHARACTERS = re.compile(
    r"(?:DEFAULT\s+)?(?:(?:CHARACTER\s+SET|CHARSET)\s*=?\s*(?P<set>\w+)|COLLATE\s*=?\s*(?P<collation>\w+))",
    re.IGNORECASE,
)
_ENGINE = re.compile(r"\bENGINE\s*=?\s*(\w+)", re.IGNORECASE)
_ROW_FORMAT = re.compile(r"\bROW_FORMAT\s*=?\s*(\w+)|\b(KEY_BLOCK_SIZE)\b", re.IGNORECASE)
_CONVERSION = re.compile(r"CONVERT\s+TO\b", re.IGNORECASE)
_ALIASES = {"utf8": "utf8mb3"}
_USUAL = frozenset({"INNODB", "DYNAMIC", "COMPACT", "DEFAULT"})


def is_usual(table: Table) -> bool:
    """Whether it is a table of InnoDB in the format that it has by itself, as one is about which nothing is said."""
    options = _STRING.sub("''", table.options)
    engines, formats = _ENGINE.findall(options), [one or other for one, other in _ROW_FORMAT.findall(options)]
    return all(said[-1].upper() in _USUAL for said in (engines, formats) if said)


def character_set_of(table: Table) -> str | None:
    """That of its columns which say none, if it is known."""
    found = set(characters_in(table.options))
    return found.pop() if len(found) == 1 else None


def characters_of(column: TableColumn) -> str | None:
    """The character set that its definition says, be it by a collation."""
    said = column.character_set or (column.collation or "").partition("_")[0]
    return _ALIASES.get(said.lower(), said.lower()) or None


def characters_in(options: str) -> list[str]:
    """Each character set, which is also the beginning of its collations."""
    found = _CHARACTERS.finditer(_STRING.sub("''", options))
    named = ((it["set"] or it["collation"].partition("_")[0]).lower() for it in found)
    return [_ALIASES.get(name, name) for name in named]


def with_option(table: Table, action: str) -> Table:
    """After an action of ALTER TABLE. A conversion leaves no column with characters of its own."""
    if not _CONVERSION.match(action):
        return replace(table, options=f"{table.options} {action}".strip())
    columns = tuple(replace(column, character_set=None, collation=None) for column in table.columns)
    left = f"{_CHARACTERS.sub('', table.options)} {_CONVERSION.sub('', action)}"
    return replace(table, columns=columns, options=" ".join(left.split()))
