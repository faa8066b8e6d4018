"""The statements that make an enum anew with other labels, as alembic-postgresql-enum sends them.

The old type is renamed, the new one made, each column cast through text. Operators between both types stand there
meanwhile, for what compares the columns. The package lays the same statements out over several lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

OPERATORS = (("!=", "new_old_not_equals"), ("=", "new_old_equals"))


@dataclass(frozen=True)
class Column:
    table: str
    name: str
    schema: str | None
    is_array: bool
    default: str | None

    @property
    def altering(self) -> str:
        schema = f'"{self.schema}".' if self.schema else ""
        return f'ALTER TABLE {schema}"{self.table}" ALTER COLUMN "{self.name}"'


@dataclass(frozen=True)
class Sync:
    schema: str
    name: str
    labels: list[str]
    columns: list[Column]
    renamed: list[tuple[str, str]]
    indexes: list[tuple[str, str]]

    @property
    def new(self) -> str:
        return f'"{self.schema}"."{self.name}"'

    @property
    def old(self) -> str:
        return f'"{self.schema}"."{self.name}_old"'

    def renaming(self, sql: str, *casts: str) -> str:
        """With the labels that get another name, where one of the casts follows them."""
        for old, new in self.renamed:
            for cast in casts:
                sql = sql.replace(f"'{old}'{cast}", f"'{new}'{cast}").replace(f'"{old}"{cast}', f'"{new}"{cast}')
        return sql


def statements(sync: Sync) -> Iterator[str]:
    labels = ", ".join(f"'{label}'" for label in sync.labels)
    yield f'ALTER TYPE {sync.new} RENAME TO "{sync.name}_old"'
    yield f"CREATE TYPE {sync.new} AS ENUM({labels})"
    between = f"new_enum_val {sync.new}, old_enum_val {sync.old}"
    for operator, function in OPERATORS:
        yield (
            f'CREATE FUNCTION "{sync.schema}".{function}( {between} ) RETURNS boolean AS $$ SELECT new_enum_val::text '
            f"{operator} {_renamed('old_enum_val', sync, '')}; $$ LANGUAGE SQL IMMUTABLE"
        )
        yield (
            f'CREATE OPERATOR "{sync.schema}".{operator} ( leftarg = {sync.new}, rightarg = {sync.old}, '
            f'procedure = "{sync.schema}".{function} )'
        )
    for index, _ in sync.indexes:
        yield f"DROP INDEX IF EXISTS {_quoted(index)}"
    for column in sync.columns:
        yield from _cast(sync, column)
    for operator, function in OPERATORS:
        yield f'DROP OPERATOR IF EXISTS "{sync.schema}".{operator} ( {sync.new}, {sync.old} )'
        yield f'DROP FUNCTION "{sync.schema}".{function}( {between} )'
    yield f"DROP TYPE {sync.old}"
    for _, definition in sync.indexes:
        yield sync.renaming(definition, f"::{sync.name}", f"::{sync.schema}.{sync.name}")


def _quoted(index: str) -> str:
    return ".".join(f'"{part.strip(chr(34))}"' for part in index.rsplit(".", 1))


def _renamed(value: str, sync: Sync, cast: str) -> str:
    if not sync.renamed:
        return f"{value}::text{cast}"
    cases = " ".join(f"WHEN {value}::text = '{old}' THEN '{new}'{cast}" for old, new in sync.renamed)
    return f"CASE {cases} ELSE {value}::text{cast} END"


def _cast(sync: Sync, column: Column) -> Iterator[str]:
    if column.default is not None:
        yield f"{column.altering} DROP DEFAULT"
    if column.is_array:
        array = f'"{column.name}"::text[]'
        for old, new in sync.renamed:
            array = f"array_replace({array}, '{old}', '{new}')"
        yield f"{column.altering} TYPE {sync.new}[] USING {array}::{sync.new}[]"
    else:
        yield f"{column.altering} TYPE {sync.new} USING " + _renamed(f'"{column.name}"', sync, f"::{sync.new}")
    if column.default is not None:
        yield f"{column.altering} SET DEFAULT {_default(sync, column.default)}"


def _default(sync: Sync, default: str) -> str:
    """Cast to the new type instead of the old one."""
    kind, renamed = f"{sync.schema}.{sync.name}", sync.renaming(default, "")
    if renamed.startswith("ARRAY["):
        return re.sub(r"::[.\w]+", f"::{kind}", renamed)
    return f"{renamed.partition('::')[0]}::{kind}" + "[]" * default.endswith("[]")
