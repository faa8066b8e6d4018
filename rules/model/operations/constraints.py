"""Constraints: added, validated, dropped."""

from __future__ import annotations

from rules.model.columns import Check, Exclusion, ForeignKey, NotNull, PrimaryKey, Unique
from rules.model.names import Name
from rules.model.operations.base import Operation


class AddForeignKey(Operation):
    table: Name
    constraint: ForeignKey


class AddCheck(Operation):
    table: Name
    constraint: Check


class AddUnique(Operation):
    table: Name
    constraint: Unique


class AddPrimaryKey(Operation):
    table: Name
    constraint: PrimaryKey


class AddExclusion(Operation):
    table: Name
    constraint: Exclusion


class AddNotNullConstraint(Operation):
    table: Name
    constraint: NotNull


class ValidateConstraint(Operation):
    table: Name
    name: str


class DropConstraint(Operation):
    table: Name
    name: str
    if_exists: bool = False
    cascade: bool = False


class RenameConstraint(Operation):
    table: Name
    name: str
    new_name: str
