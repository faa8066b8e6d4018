"""A table as it stands before a batch that recreates it: what Alembic would reflect."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.schema import FetchedValue
from sqlalchemy.util import OrderedSet

from rules.model.columns import Check, ForeignKey, Generated, PrimaryKey, Unique
from rules.model.operations import IndexKey
from rules.reading.offers.reflection import real_type
from rules.schema import Index, Table, TableColumn, TableConstraint

IDENTITIES = (Generated.IDENTITY_ALWAYS, Generated.IDENTITY_BY_DEFAULT)


def copy_of(known: Table, dialect: str) -> sa.Table | None:
    """None where not all of it is known.

    PostgreSQL names what the statement leaves unnamed, and a reflected constraint bears that name.
    """
    if not known.complete or not all(_is_whole(one) for one in known.constraints):
        return None
    columns = [_column(column) for column in known.columns]
    named = dialect == "postgresql"
    constraints = [made for one in known.constraints for made in [_constraint(one, named)] if made is not None]
    table = sa.Table(known.name.name, sa.MetaData(), *columns, *constraints, schema=known.name.schema)
    for index in known.indexes:
        if index.constraint is None:
            _index(index, table)
    return in_order(table)


def _is_whole(constraint: TableConstraint) -> bool:
    return not isinstance(constraint.definition, ForeignKey) or bool(constraint.definition.target_columns)


def in_order(table: sa.Table) -> sa.Table:
    """Constraints and indexes in the order in which they were made: SQLAlchemy keeps them in sets."""
    table.constraints = OrderedSet(sorted(table.constraints, key=lambda one: one._creation_order))
    table.indexes = OrderedSet(sorted(table.indexes, key=lambda one: str(one.name)))
    return table


def _column(column: TableColumn) -> sa.Column[Any]:
    default: FetchedValue | None = None
    if column.generated in IDENTITIES:
        default = sa.Identity(always=column.generated is Generated.IDENTITY_ALWAYS)
    elif column.generated in (Generated.STORED, Generated.VIRTUAL):
        default = sa.Computed(column.expression or "", persisted=column.generated is Generated.STORED)
    elif column.default is not None:
        default = sa.DefaultClause(sa.text(column.default.replace(":", "\\:")))
    numbered = column.generated is Generated.SERIAL or column.generated in IDENTITIES
    kind = real_type(column.type)
    return sa.Column(column.name, kind, *_items(default), nullable=column.nullable, autoincrement=numbered)


def _items(default: FetchedValue | None) -> tuple[Any, ...]:
    return () if default is None else (default,)


def _constraint(constraint: TableConstraint, named: bool) -> sa.Constraint | None:
    name = constraint.name if named else constraint.definition.name
    match constraint.definition:
        case PrimaryKey():
            return sa.PrimaryKeyConstraint(*constraint.columns, name=name)
        case Unique():
            return sa.UniqueConstraint(*constraint.columns, name=name)
        case Check(expression=expression):
            return sa.CheckConstraint(expression.replace(":", "\\:"), name=name)
        case ForeignKey(target=target) as key:
            place = ".".join(part for part in (target.schema, target.name) if part)
            return sa.ForeignKeyConstraint(
                list(key.columns),
                [f"{place}.{column}" for column in key.target_columns],
                name=name,
                ondelete=key.on_delete,
                onupdate=key.on_update,
            )
    return None


def _index(index: Index, table: sa.Table) -> None:
    options: dict[str, Any] = {}
    if index.predicate:
        options["postgresql_where"] = sa.text(index.predicate.replace(":", "\\:"))
    if index.method != "btree":
        options["postgresql_using"] = index.method
    if index.include:
        options["postgresql_include"] = list(index.include)
    sa.Index(index.name.name, *_keys(index.keys, table), unique=index.unique, **options)


def _keys(keys: Iterable[IndexKey], table: sa.Table) -> list[Any]:
    return [table.c[key.column] if key.column == key.text else sa.text(key.text) for key in keys]
