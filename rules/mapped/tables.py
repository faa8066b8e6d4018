"""One of SQLAlchemy's tables -> `MappedTable`; its types through the SQL that Alembic renders, as in migrations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import NullType

from rules.mapped.model import MappedColumn, MappedTable, Reference
from rules.mapped.reader import DOUBT
from rules.model.columns import DataType
from rules.model.names import DEFAULT_SCHEMA, Name
from rules.model.operations import CreateTable as CreateTableOperation
from rules.model.operations import Statement
from rules.model.place import Place
from rules.reading.interpreter.frames import MISSING
from rules.reading.interpreter.machine import Machine
from rules.reading.sql import operations_of
from rules.reading.values import Value


def built(
    table: Value,
    place: Place,
    machine: Machine,
    owned: Value,
    *,
    metadata: sa.MetaData | None = None,
    places: Mapping[str, Place] | None = None,
    names_only: Sequence[str] = (),
    whole: bool = True,
    keys_whole: bool = True,
) -> MappedTable | None:
    """`names_only` are columns that could not be read; `places` where each column stands, if not at `place`."""
    if not isinstance(table, sa.Table):
        return None
    types = _types(table, machine)
    doubtful = any(column.info.get(DOUBT) for column in table.columns)
    columns = [
        MappedColumn(column.name, (places or {}).get(column.name, place), types.get(column.name), _nullable(column))
        for column in table.columns
    ]
    known = {column.name for column in columns}
    columns += [MappedColumn(name, place) for name in names_only if name not in known]
    return MappedTable(
        Name(table.name, table.schema),
        place,
        tuple(columns),
        tuple(column.name for column in table.primary_key),
        frozenset(keys for index in table.indexes if not index.unique and (keys := _keys(index.expressions))),
        frozenset(_uniques(table)),
        frozenset(_references(table)),
        whole and not table.info.get(DOUBT),
        keys_whole and not doubtful and not names_only and not table.info.get(DOUBT),
        _is_owned(metadata if metadata is not None else table.metadata, owned),
    )


def _is_owned(metadata: sa.MetaData, owned: Value) -> bool | None:
    known = owned if isinstance(owned, list | tuple) else [owned]
    if any(each is metadata for each in known):
        return True
    if owned is MISSING or not all(isinstance(each, sa.MetaData) for each in known):
        return None
    return False


def _nullable(column: sa.Column[Any]) -> bool:
    return bool(column.nullable) and not column.primary_key


def _types(table: sa.Table, machine: Machine) -> dict[str, DataType]:
    """The type of each column as a migration would write it; without those that come from another table's key."""
    plain = sa.Table(
        table.name,
        sa.MetaData(),
        *(sa.Column(c.name, c.type, autoincrement=False) for c in table.columns if not isinstance(c.type, NullType)),
        schema=table.schema,
    )
    if not plain.columns:
        return {}
    sql = str(CreateTable(plain).compile(dialect=machine.record.renderer.dialect))
    found: dict[str, DataType] = {}
    for operation in operations_of(Statement(sql, Place(machine.scope.source.path, 1)), "postgresql"):
        if isinstance(operation, CreateTableOperation):
            found.update({column.name: column.type for column in operation.columns if _is_known(column.type)})
    return found


def _is_known(kind: DataType) -> bool:
    """The reader writes `"?Name"` for a type, or a length, that it could not learn."""
    return kind.known and "?" not in str(kind)


def _keys(expressions: Any) -> tuple[str, ...]:
    """The columns of an index; empty if one is an expression."""
    names = [one.name if isinstance(one, sa.Column) else "" for one in expressions]
    return tuple(names) if all(names) else ()


def _uniques(table: sa.Table) -> Any:
    for constraint in table.constraints:
        if isinstance(constraint, sa.UniqueConstraint):
            yield tuple(column.name for column in constraint.columns)
    for index in table.indexes:
        if index.unique and (keys := _keys(index.expressions)):
            yield keys


def _references(table: sa.Table) -> Any:
    for constraint in table.foreign_key_constraints:
        target = constraint.elements[0].target_fullname
        *schema, name, _ = target.split(".")
        yield Reference(tuple(constraint.column_keys), (schema[0] if schema else table.schema or DEFAULT_SCHEMA, name))
