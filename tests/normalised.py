"""What a schema says in SQL (keys and conditions of indexes, defaults, checks), as a server writes it down.

The server is given our text for something new beside the real one, and both are compared as it prints them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from rules.model.columns import Check
from rules.model.names import Name
from rules.schema import Index, Schema, Table

_PROBE = "dbbot_probe"
_DEFAULT = """
SELECT pg_get_expr(d.adbin, d.adrelid)
  FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
 WHERE d.adrelid = %s::regclass AND a.attname = %s
"""
_CHECK = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s"
_INDEX = "SELECT pg_get_indexdef(oid) FROM pg_class WHERE oid = %s::regclass"
_OWN = re.compile(r"^CREATE (UNIQUE )?INDEX \S+ ON|NULLS NOT DISTINCT| NO INHERIT| NOT VALID| NOT ENFORCED")
"""What is compared elsewhere, or is another one's on purpose."""


@dataclass(frozen=True)
class _Said:
    """`probe` makes it anew in our words; `question` asks how it is printed, `real` and `ours` which of the two."""

    what: str
    probe: str
    question: str
    real: tuple[str, ...]
    ours: tuple[str, ...]


def differences(connection: psycopg.Connection, schema: Schema) -> tuple[int, list[str]]:
    """How many texts there are to compare, and those that the server understands otherwise, or not at all."""
    count, found = 0, list[str]()
    for said in _all(schema):
        real = _printed(connection, said.question, said.real)
        if real is None:
            continue  # not there: the lines of the catalogs say so
        count += 1
        try:
            with connection.transaction(force_rollback=True):
                connection.execute(said.probe.encode())
                ours = _printed(connection, said.question, said.ours)
        except psycopg.Error as error:
            ours = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        if ours != real:
            found.append(f"{said.what}: server {real}, said {ours}")
    return count, found


def _printed(connection: psycopg.Connection, question: str, names: tuple[str, ...]) -> str | None:
    row = connection.execute(question.encode(), names).fetchone()
    return None if row is None else _OWN.sub("", row[0]).strip()


def _all(schema: Schema) -> Iterator[_Said]:
    for table in schema.tables:
        if not table.temporary:
            yield from _of_table(table)


def _of_table(table: Table) -> Iterator[_Said]:
    name = _whole(table.name)
    for column in table.columns:
        if column.default is not None and column.expression is None:
            place, names = f"{table.name}.{column.name}", (name, column.name)
            probe = f"ALTER TABLE ONLY {name} ALTER COLUMN {_quoted(column.name)} SET DEFAULT {column.default}"
            yield _Said(f"default of {place}", probe, _DEFAULT, names, names)
    for constraint in table.constraints:
        if isinstance(constraint.definition, Check):
            probe = f"ALTER TABLE {name} ADD CONSTRAINT {_PROBE} CHECK ({constraint.definition.expression}) NOT VALID"
            yield _Said(f"check {table.name}.{constraint.name}", probe, _CHECK, (name, constraint.name), (name, _PROBE))
    for index in table.indexes:
        probe = _whole(Name(_PROBE, table.name.schema))
        yield _Said(f"index {index.name}", _built(index, name), _INDEX, (_whole(index.name),), (probe,))


def _built(index: Index, table: str) -> str:
    keys = ", ".join(_quoted(key.column) if key.text == key.column else key.text for key in index.keys)
    include = f" INCLUDE ({', '.join(map(_quoted, index.include))})" if index.include else ""
    where = f" WHERE {index.predicate}" if index.predicate else ""
    return f"CREATE INDEX {_PROBE} ON {table} USING {index.method} ({keys}){include}{where}"


def _whole(name: Name) -> str:
    return ".".join(map(_quoted, name.key))


def _quoted(name: str) -> str:
    """Also a word that the server keeps for itself."""
    return '"' + name.replace('"', '""') + '"'
