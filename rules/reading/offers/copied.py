"""A table as Alembic's batch mode finds it in SQLite, from the replayed schema: what is copied when nobody says."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from alembic.ddl.sqlite import SQLiteImpl
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.sql.elements import conv
from sqlalchemy.util import OrderedSet

from rules.model.columns import Check, DataType, ForeignKey, PrimaryKey, Unique
from rules.schema import Index, Table, TableColumn, TableConstraint

_OPTIONS = {"on_delete": "ondelete", "on_update": "onupdate"}


def copied(table: Table, naming_convention: Mapping[str, str], impl: SQLiteImpl) -> sa.Table:
    """With the constraints that reflection finds: a CHECK without a name is lost, as in the database."""
    elements: list[Any] = [_column(column, impl) for column in table.columns]
    elements += [made for constraint in table.constraints if (made := _constraint(constraint)) is not None]
    metadata = sa.MetaData(naming_convention=dict(naming_convention))
    target = sa.Table(table.name.name, metadata, *elements, schema=table.name.schema)
    for index in table.indexes:
        if index.constraint is None:
            _index(index, target)
    return target


def in_order(table: sa.Table) -> sa.Table:
    """With constraints and indexes in the order in which they were made: in a set it would change from run to run."""
    made = attrgetter("_creation_order")
    table.constraints = OrderedSet(sorted(table.constraints, key=made))
    table.indexes = OrderedSet(sorted(table.indexes, key=lambda index: str(index.name)))
    return table


def _column(column: TableColumn, impl: SQLiteImpl) -> sa.Column[Any]:
    text = column.default
    if text is not None and impl._guess_if_default_is_unparenthesized_sql_expr(text):
        text = f"({text})"
    default = None if text is None else sa.DefaultClause(sa.text(text))
    return sa.Column(column.name, _type(column.type), nullable=column.nullable, server_default=default)


def _type(kind: DataType) -> Any:
    """What SQLAlchemy takes the words of a type for: whether a copy needs a CAST hangs on it."""
    arguments = f"({', '.join(kind.arguments)})" if kind.arguments else ""
    return SQLiteDialect()._resolve_type_affinity(f"{kind.name.upper()}{arguments}")  # type: ignore[no-untyped-call]


def _constraint(constraint: TableConstraint) -> sa.Constraint | None:
    definition = constraint.definition
    name = conv(definition.name) if definition.name else None
    match definition:
        case PrimaryKey():
            return sa.PrimaryKeyConstraint(*constraint.columns, name=name)
        case Unique():
            return sa.UniqueConstraint(*constraint.columns, name=name)
        case ForeignKey() as key:
            owner = f"{key.target.schema}." if key.target.schema else ""
            referred = [f"{owner}{key.target.name}.{column}" for column in key.target_columns]
            options = {_OPTIONS[one]: getattr(key, one) for one in _OPTIONS if getattr(key, one)}
            return sa.ForeignKeyConstraint(list(key.columns), referred, name=name, **options)
        case Check(expression=expression) if name is not None:
            return sa.CheckConstraint(sa.text(expression), name=name)
    return None


def _index(index: Index, target: sa.Table) -> None:
    keys = [target.c[key.column] if key.column and key.column in target.c else sa.text(key.text) for key in index.keys]
    predicate: dict[str, Any] = {} if index.predicate is None else {"sqlite_where": sa.text(index.predicate)}
    sa.Index(index.name.name, *keys, unique=index.unique, _table=target, **predicate)
