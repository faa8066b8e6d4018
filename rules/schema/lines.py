"""A schema as sorted lines, one for each object and column: what two schemas are compared by."""

from __future__ import annotations

from msgspec.structs import replace

from rules.model.columns import DataType, ForeignKey, Generated, PrimaryKey, Unique
from rules.model.names import DEFAULT_SCHEMA, Name, quoted
from rules.postgres.types import BUILT_IN
from rules.schema.objects import ConstraintKind, Index, Table, TableColumn, TableConstraint
from rules.schema.schema import Schema

_NO_ACTION = (None, "NO ACTION")
_IDENTITY = (Generated.IDENTITY_ALWAYS, Generated.IDENTITY_BY_DEFAULT)


def lines(schema: Schema) -> tuple[str, ...]:
    """Tables with columns, constraints and indexes, types, sequences, views, triggers; of defaults only that they are.

    Column order, comments and the text of expressions are left out. The default schema's name is left out.
    """
    found: list[str] = []
    for table in schema.tables:
        if not table.temporary:
            found += _of_table(table)
    found += [f"enum {_name(it.name)} {', '.join(sorted(it.labels))}" for it in schema.enums.values()]
    found += [f"domain {_name(it.name)} {it.base}{' default' if it.default else ''}" for it in schema.domains.values()]
    found += [f"sequence {_name(it.name)}" for it in schema.sequences.values()]
    for view in schema.views.values():
        found.append(f"{'materialized view' if view.materialized else 'view'} {_name(view.name)}")
        found += [_of_index(view.name, index) for index in view.indexes]
    return tuple(sorted(found))


def _name(name: Name) -> str:
    schema, plain = name.key
    return plain if schema == DEFAULT_SCHEMA else f"{schema}.{plain}"


def _of_table(table: Table) -> list[str]:
    name = _name(table.name)
    return [
        f"table {name}{' partitioned' if table.partitioned else ''}",
        *(_of_column(name, column) for column in table.columns),
        *(_of_constraint(name, it) for it in table.constraints if it.kind is not ConstraintKind.NOT_NULL),
        *(_of_index(table.name, index) for index in table.indexes),
        *(f"trigger {name}.{trigger.name}" for trigger in table.triggers),
    ]


def _of_column(table: str, column: TableColumn) -> str:
    filled = ""
    if column.generated in _IDENTITY:
        filled = " identity"
    elif column.expression is not None:
        filled = " generated"
    elif column.default is not None or column.generated is Generated.SERIAL:
        filled = " default"
    return f"column {table}.{column.name} {_type(column.type)}{'' if column.nullable else ' not null'}{filled}"


def _type(type_: DataType) -> str:
    """As the catalogs print it: the name of a user's type in quotes where it needs them."""
    if type_.name in BUILT_IN or type_.name.startswith(("interval", '"')):
        return str(type_)
    return str(replace(type_, name=quoted(type_.name), schema=None if type_.schema == DEFAULT_SCHEMA else type_.schema))


def _of_constraint(table: str, constraint: TableConstraint) -> str:
    columns = "" if constraint.kind in (ConstraintKind.CHECK, ConstraintKind.EXCLUDE) else _listed(constraint.columns)
    target = ""
    if isinstance(constraint.definition, ForeignKey):
        target = f" -> {_name(constraint.definition.target)}{_listed(constraint.definition.target_columns)}"
        target += _options(constraint.definition)
    elif isinstance(constraint.definition, PrimaryKey | Unique) and constraint.definition.deferrable:
        target = " deferrable"
    valid = "" if constraint.validated else " not valid"
    return f"constraint {table}.{constraint.name} {constraint.kind}{columns}{target}{valid}"


def _options(key: ForeignKey) -> str:
    actions = (("delete", key.on_delete), ("update", key.on_update))
    said = [f" on {event} {action.partition(' (')[0].lower()}" for event, action in actions if action not in _NO_ACTION]
    said += [" match full"] if key.match == "FULL" else []
    return "".join(said) + (" deferrable" if key.deferrable else "") + (" deferred" if key.deferred else "")


def _listed(columns: tuple[str, ...]) -> str:
    return f" ({', '.join(columns)})"


def _of_index(owner: Name, index: Index) -> str:
    unique = "unique " if index.unique else ""
    keys = ", ".join(column or "..." for column in index.columns)
    partial = "" if index.predicate is None else " partial"
    valid = "" if index.valid else " invalid"
    return f"index {_name(index.name)} on {owner.name} {unique}{index.method} ({keys}){partial}{valid}"
