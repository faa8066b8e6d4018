"""The names of SQLAlchemy that a migration may use; everything else of it is unknown."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from types import ModuleType

import sqlalchemy
from sqlalchemy import schema as sa_schema
from sqlalchemy import sql as sa_sql
from sqlalchemy import types as sa_types
from sqlalchemy.dialects import mssql, mysql, oracle, postgresql, sqlite
from sqlalchemy.sql import expression
from sqlalchemy.types import TypeEngine

from rules.reading.offers.exceptions import SQLALCHEMY, exception_class
from rules.reading.values import Namespace, Native, RealClass, Unknown, Value

SCHEMA = [
    "Column",
    "Table",
    "MetaData",
    "Index",
    "Constraint",
    "PrimaryKeyConstraint",
    "ForeignKey",
    "ForeignKeyConstraint",
    "UniqueConstraint",
    "CheckConstraint",
    "Computed",
    "Identity",
    "Sequence",
    "DefaultClause",
    "FetchedValue",
]
DDL = [
    "CreateTable",
    "DropTable",
    "CreateIndex",
    "DropIndex",
    "AddConstraint",
    "DropConstraint",
    "CreateSchema",
    "DropSchema",
    "CreateSequence",
    "DropSequence",
    "DDL",
    "SetTableComment",
    "DropTableComment",
    "SetColumnComment",
    "DropColumnComment",
    "conv",
]
EXPRESSION = [
    "text",
    "literal",
    "literal_column",
    "bindparam",
    "null",
    "true",
    "false",
    "func",
    "and_",
    "or_",
    "not_",
    "case",
    "cast",
    "try_cast",
    "type_coerce",
    "extract",
    "desc",
    "asc",
    "nullsfirst",
    "nullslast",
    "nulls_first",
    "nulls_last",
    "distinct",
    "exists",
    "select",
    "insert",
    "update",
    "delete",
    "table",
    "column",
    "values",
    "union",
    "union_all",
    "intersect",
    "intersect_all",
    "except_",
    "except_all",
    "alias",
    "join",
    "outerjoin",
    "tuple_",
    "within_group",
    "over",
    "between",
    "collate",
    "any_",
    "all_",
    "lateral",
    "cte",
    "quoted_name",
]
POSTGRESQL = [
    "insert",
    "aggregate_order_by",
    "array",
    "array_agg",
    "ExcludeConstraint",
    "to_tsvector",
    "to_tsquery",
    "hstore",
    "plainto_tsquery",
]


def _functions(module: ModuleType, names: Iterable[str], prefix: str) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name in names:
        target = getattr(module, name, None)
        if callable(target):
            found[name] = RealClass(f"{prefix}.{name}", target)
    return found


def _types(module: ModuleType, prefix: str) -> dict[str, Value]:
    return {
        name: RealClass(f"{prefix}.{name}", one)
        for name, one in vars(module).items()
        if inspect.isclass(one) and issubclass(one, TypeEngine) and not name.startswith("_")
    }


def _exceptions() -> dict[str, Value]:
    return {name: exception_class(name) for name in SQLALCHEMY}


def _mutables() -> dict[str, Value]:
    """`MutableDict.as_mutable(type)` gives the type, and listens to what becomes of values of it."""
    as_mutable = Native("Mutable.as_mutable", lambda arguments, _: arguments.get(0, "sqltype"))
    names = ("Mutable", "MutableDict", "MutableList", "MutableSet")
    return {name: Native(name, lambda _, __: Unknown("a value"), {"as_mutable": as_mutable}) for name in names}


def sqlalchemy_namespaces(extra: Mapping[str, Mapping[str, Value]]) -> dict[str, Namespace]:
    """Dotted name -> namespace. `extra` adds names of ours (`inspect`, `orm.Session` ...) by the same dotted names."""
    types = _types(sa_types, "sa")
    schema = {**_functions(sa_schema, [*SCHEMA, *DDL], "sa")}
    sql = _functions(sqlalchemy, EXPRESSION, "sa") | _functions(expression, EXPRESSION, "sa")
    types["SchemaType"] = RealClass("sa.SchemaType", sa_types.SchemaType)
    sql["func"] = RealClass("sa.func", sqlalchemy.func)
    core = types | schema | sql
    contents: dict[str, dict[str, Value]] = {
        "sqlalchemy": core,
        "sqlalchemy.types": types,
        "sqlalchemy.sql.sqltypes": types,
        "sqlalchemy.sql.type_api": types,
        "sqlalchemy.schema": schema,
        "sqlalchemy.sql.schema": schema,
        "sqlalchemy.sql.ddl": schema,
        "sqlalchemy.sql": core | _functions(sa_sql, EXPRESSION, "sa"),
        "sqlalchemy.sql.expression": sql,
        "sqlalchemy.sql.functions": {"func": sql["func"]},
        "sqlalchemy.sql.elements": sql | {"conv": schema["conv"]},
        "sqlalchemy.sql.naming": {"conv": schema["conv"]},
        "sqlalchemy.exc": _exceptions(),
        "sqlalchemy.ext.mutable": _mutables(),
    }
    for name, module in (
        ("postgresql", postgresql),
        ("mysql", mysql),
        ("sqlite", sqlite),
        ("mssql", mssql),
        ("oracle", oracle),
    ):
        own = _types(module, name)
        functions = POSTGRESQL if name == "postgresql" else ["insert"]
        own |= _functions(module, functions, name)
        contents[f"sqlalchemy.dialects.{name}"] = own
        contents[f"sqlalchemy.dialects.{name}.base"] = own
        for part in ("json", "array", "ranges", "hstore", "enumerated", "types", "named_types", "dml", "ext"):
            contents[f"sqlalchemy.dialects.{name}.{part}"] = own
    for dotted, members in extra.items():
        contents.setdefault(dotted, {}).update(members)
    return _linked(contents)


def _linked(contents: dict[str, dict[str, Value]]) -> dict[str, Namespace]:
    """Makes each namespace a member of the one around it."""
    for dotted in list(contents):
        while "." in dotted:
            dotted = dotted.rpartition(".")[0]
            contents.setdefault(dotted, {})
    spaces = {dotted: Namespace(dotted, members) for dotted, members in contents.items()}
    for dotted, space in spaces.items():
        around, _, name = dotted.rpartition(".")
        if around:
            contents[around].setdefault(name, space)
    return spaces
