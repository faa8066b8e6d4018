"""Constraints: added, validated, dropped."""

from __future__ import annotations

from dataclasses import dataclass

from rules.model.columns import Check, Exclusion, ForeignKey, NotNull, PrimaryKey, Unique
from rules.model.names import Name
from rules.model.operations.base import Operation


@dataclass(frozen=True, slots=True)
class AddForeignKey(Operation):
    table: Name
    constraint: ForeignKey


@dataclass(frozen=True, slots=True)
class AddCheck(Operation):
    table: Name
    constraint: Check


@dataclass(frozen=True, slots=True)
class AddUnique(Operation):
    table: Name
    constraint: Unique


@dataclass(frozen=True, slots=True)
class AddPrimaryKey(Operation):
    table: Name
    constraint: PrimaryKey


@dataclass(frozen=True, slots=True)
class AddExclusion(Operation):
    table: Name
    constraint: Exclusion


@dataclass(frozen=True, slots=True)
class AddNotNullConstraint(Operation):
    table: Name
    constraint: NotNull


@dataclass(frozen=True, slots=True)
class ValidateConstraint(Operation):
    table: Name
    name: str


@dataclass(frozen=True, slots=True)
class DropConstraint(Operation):
    table: Name
    name: str
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class RenameConstraint(Operation):
    table: Name
    name: str
    new_name: str
