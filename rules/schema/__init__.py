"""The schema model and how each operation changes it."""

from rules.schema import columns, constraints, indexes, named, tables  # noqa: F401  each registers its changes
from rules.schema.objects import (
    ConstraintKind,
    Domain,
    EnumType,
    Function,
    Index,
    Origin,
    Sequence,
    Table,
    TableColumn,
    TableConstraint,
    Trigger,
    View,
)
from rules.schema.schema import Schema

__all__ = [
    "ConstraintKind",
    "Domain",
    "EnumType",
    "Function",
    "Index",
    "Origin",
    "Schema",
    "Sequence",
    "Table",
    "TableColumn",
    "TableConstraint",
    "Trigger",
    "View",
]
