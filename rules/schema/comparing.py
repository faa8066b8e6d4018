"""In which traits two versions of one column, constraint or index differ."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from msgspec.structs import replace

from rules.model.columns import Check, DataType, Exclusion, ForeignKey, Generated, Unique
from rules.model.names import DEFAULT_SCHEMA
from rules.postgres.types import BUILT_IN
from rules.schema.objects import Index, Table, TableColumn, TableConstraint
from rules.schema.wording import same_expression

_NO_ACTION = (None, "NO ACTION")


class Trait(StrEnum):
    TYPE = "type"
    COLLATION = "collation"
    NULLABLE = "nullable"
    DEFAULT = "default"
    GENERATED = "generated"
    KIND = "kind"
    COLUMNS = "columns"
    TARGET = "target"
    ACTIONS = "actions"
    CONDITION = "condition"
    VALIDATED = "validated"
    OPTIONS = "options"
    UNIQUE = "unique"
    METHOD = "method"
    VALID = "valid"
    ENABLED = "enabled"
    DEFINITION = "definition"
    LABELS = "labels"
    LOGGED = "logged"
    PARTITION = "partition"


def traits_of_table(before: Table, after: Table) -> Iterator[Trait]:
    if before.created and after.created and before.unlogged != after.unlogged:
        yield Trait.LOGGED
    one, other = (table.partition_of.key if table.partition_of else None for table in (before, after))
    if before.created and after.created and one != other:
        yield Trait.PARTITION


def traits_of_column(before: TableColumn, after: TableColumn) -> Iterator[Trait]:
    """A column whose type is not known on one side has no trait to compare."""
    if not (before.type.known and after.type.known):
        return
    if _type(before.type) != _type(after.type):
        yield Trait.TYPE
    if (before.collation or "default") != (after.collation or "default"):
        yield Trait.COLLATION
    if before.nullable != after.nullable:
        yield Trait.NULLABLE
    if _filled_by(before) != _filled_by(after) or not same_expression(before.expression, after.expression):
        yield Trait.GENERATED
    elif not same_expression(_default(before), _default(after)) and not _draws(before, after):
        yield Trait.DEFAULT


def _default(column: TableColumn) -> str | None:
    """`'FALSE'` is the same value of a boolean as `false`."""
    return column.default.lower() if column.default and column.type.name == "boolean" else column.default


def _type(type_: DataType) -> DataType:
    """With the schema that a user's type has where none is written."""
    return type_ if type_.schema or type_.name in BUILT_IN else replace(type_, schema=DEFAULT_SCHEMA)


def _filled_by(column: TableColumn) -> Generated | None:
    """A sequence behind a default is how SERIAL is made."""
    return None if column.generated is Generated.SERIAL else column.generated


def _draws(before: TableColumn, after: TableColumn) -> bool:
    """Whether both take their numbers from a sequence, one as SERIAL and one by a default."""
    return all(
        column.generated is Generated.SERIAL or (column.default or "").lower().startswith("nextval")
        for column in (before, after)
    )


def traits_of_constraint(before: TableConstraint, after: TableConstraint) -> Iterator[Trait]:
    if before.kind is not after.kind:
        yield Trait.KIND
        return
    if before.validated and not after.validated:
        yield Trait.VALIDATED
    match before.definition, after.definition:
        case Check(expression=one), Check(expression=other):
            if not same_expression(one, other):
                yield Trait.CONDITION
        case Exclusion(definition=one), Exclusion(definition=other):
            if not same_expression(one, other):
                yield Trait.CONDITION
        case ForeignKey() as key, ForeignKey() as other_key:
            yield from _traits_of_key(before, after, key, other_key)
        case Unique() as one_key, Unique() as two_key:
            if before.columns != after.columns:
                yield Trait.COLUMNS
            if (one_key.nulls_not_distinct, one_key.deferrable) != (two_key.nulls_not_distinct, two_key.deferrable):
                yield Trait.OPTIONS
        case _:
            if before.columns != after.columns:
                yield Trait.COLUMNS


def _traits_of_key(
    before: TableConstraint, after: TableConstraint, key: ForeignKey, other: ForeignKey
) -> Iterator[Trait]:
    if before.columns != after.columns:
        yield Trait.COLUMNS
    known = key.target_columns and other.target_columns
    if key.target.key != other.target.key or (known and key.target_columns != other.target_columns):
        yield Trait.TARGET
    if _action(key.on_delete) != _action(other.on_delete) or _action(key.on_update) != _action(other.on_update):
        yield Trait.ACTIONS
    if (key.deferrable, key.deferred, key.match) != (other.deferrable, other.deferred, other.match):
        yield Trait.OPTIONS


def _action(written: str | None) -> str | None:
    return None if written is None or written.upper() in _NO_ACTION else written.upper()


def _ascending(key: str) -> str:
    """The order that a key has anyway is left out."""
    return key[:-4] if key.upper().endswith(" ASC") else key


def traits_of_index(before: Index, after: Index) -> Iterator[Trait]:
    if (
        len(before.keys) != len(after.keys)
        or not all(
            same_expression(_ascending(one.text), _ascending(other.text))
            for one, other in zip(before.keys, after.keys, strict=True)
        )
        or before.include != after.include
    ):
        yield Trait.COLUMNS
    if before.unique != after.unique:
        yield Trait.UNIQUE
    if before.method != after.method:
        yield Trait.METHOD
    if not same_expression(before.predicate, after.predicate):
        yield Trait.CONDITION
    if before.valid and not after.valid:
        yield Trait.VALID
