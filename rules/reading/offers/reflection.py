"""The replayed schema in SQLAlchemy's terms: types, dictionaries of the inspector, reflected tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from rules.model.columns import Check, DataType, ForeignKey
from rules.reading.offers.own_types import RenderedType
from rules.reading.values import Value
from rules.schema import ConstraintKind, Index, Table, TableConstraint

NUMBERED: dict[str, Any] = {
    "character varying": sa.VARCHAR,
    "varchar": sa.VARCHAR,
    "character": sa.CHAR,
    "char": sa.CHAR,
    "numeric": sa.NUMERIC,
    "decimal": sa.NUMERIC,
}
PLAIN: dict[str, Any] = {
    "integer": sa.INTEGER,
    "int": sa.INTEGER,
    "serial": sa.INTEGER,
    "bigint": sa.BIGINT,
    "bigserial": sa.BIGINT,
    "smallint": sa.SMALLINT,
    "text": sa.TEXT,
    "boolean": sa.BOOLEAN,
    "date": sa.DATE,
    "real": sa.REAL,
    "double precision": postgresql.DOUBLE_PRECISION,
    "uuid": sa.UUID,
    "json": postgresql.JSON,
    "jsonb": postgresql.JSONB,
    "bytea": postgresql.BYTEA,
    "interval": postgresql.INTERVAL,
    "inet": postgresql.INET,
    "timestamp": postgresql.TIMESTAMP,
    "timestamp without time zone": postgresql.TIMESTAMP,
    "time": postgresql.TIME,
    "time without time zone": postgresql.TIME,
}


def real_type(kind: DataType) -> Any:
    """SQLAlchemy's type of that name; its text where there is none."""
    name = kind.name.lower()
    base: Any
    if name in NUMBERED:
        base = NUMBERED[name](*(int(one) for one in kind.arguments if one.isdecimal()))
    elif name in ("timestamp with time zone", "timestamptz"):
        base = postgresql.TIMESTAMP(timezone=True)
    elif name in PLAIN:
        base = PLAIN[name]()
    else:
        return RenderedType(str(kind))
    return postgresql.ARRAY(base, dimensions=kind.dimensions) if kind.dimensions else base


def columns_of(table: Table) -> list[dict[Value, Value]]:
    return [
        {
            "name": column.name,
            "type": real_type(column.type),
            "nullable": column.nullable,
            "default": column.default,
            "autoincrement": column.generated is not None,
            "comment": None,
        }
        for column in table.columns
    ]


def indexes_of(table: Table) -> list[dict[Value, Value]]:
    """Those of primary keys are left out, those of unique constraints say so."""
    primary = {constraint.index or constraint.name for constraint in table.constraints_of(ConstraintKind.PRIMARY_KEY)}
    return [_index(index) for index in table.indexes if index.name.name not in primary]


def _index(index: Index) -> dict[Value, Value]:
    found: dict[Value, Value] = {
        "name": index.name.name,
        "column_names": list(index.columns),
        "unique": index.unique,
        "include_columns": list(index.include),
        "dialect_options": {},
    }
    if index.constraint is not None:
        found["duplicates_constraint"] = index.constraint
    return found


def foreign_keys_of(table: Table) -> list[dict[Value, Value]]:
    found: list[dict[Value, Value]] = []
    for constraint in table.constraints_of(ConstraintKind.FOREIGN_KEY):
        definition = constraint.definition
        if isinstance(definition, ForeignKey):
            options: dict[Value, Value] = {}
            if definition.on_delete:
                options["ondelete"] = definition.on_delete
            if definition.on_update:
                options["onupdate"] = definition.on_update
            found.append(
                {
                    "name": constraint.name,
                    "constrained_columns": list(definition.columns),
                    "referred_schema": definition.target.schema,
                    "referred_table": definition.target.name,
                    "referred_columns": list(definition.target_columns),
                    "options": options,
                }
            )
    return found


def uniques_of(table: Table) -> list[dict[Value, Value]]:
    return [
        {"name": one.name, "column_names": list(one.columns), "duplicates_index": one.index}
        for one in table.constraints_of(ConstraintKind.UNIQUE)
    ]


def checks_of(table: Table) -> list[dict[Value, Value]]:
    return [
        {"name": one.name, "sqltext": one.definition.expression if isinstance(one.definition, Check) else ""}
        for one in table.constraints_of(ConstraintKind.CHECK)
    ]


def primary_key_of(table: Table) -> dict[Value, Value]:
    key = table.primary_key
    return {"name": key.name if key else None, "constrained_columns": list(key.columns) if key else []}


def fill(target: sa.Table, table: Table) -> None:
    """Columns and keys of a reflected table that it does not have yet."""
    key = table.primary_key
    for column in table.columns:
        if column.name not in target.c:
            primary = key is not None and column.name in key.columns
            target.append_column(
                sa.Column(column.name, real_type(column.type), nullable=column.nullable, primary_key=primary)
            )
    for constraint in table.constraints:
        made = _constraint(constraint, target)
        if made is not None:
            target.append_constraint(made)


def _constraint(constraint: TableConstraint, target: sa.Table) -> sa.Constraint | None:
    definition = constraint.definition
    if isinstance(definition, ForeignKey) and definition.target_columns:
        schema = f"{definition.target.schema}." if definition.target.schema else ""
        referred = [f"{schema}{definition.target.name}.{name}" for name in definition.target_columns]
        return sa.ForeignKeyConstraint(list(definition.columns), referred, name=constraint.name)
    if constraint.kind is ConstraintKind.UNIQUE and all(name in target.c for name in constraint.columns):
        return sa.UniqueConstraint(*constraint.columns, name=constraint.name)
    return None
