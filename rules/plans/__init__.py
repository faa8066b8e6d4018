"""Repairs that take several revisions: complete files in place of the one that has the finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rules.context import Context
from rules.model import operations as model
from rules.model.finding import Finding, Plan
from rules.model.operations import Operation
from rules.plans import (
    around,
    attaching,
    computing,
    counting,
    defaults,
    foreign_keys,
    indexes,
    inside,
    keys,
    labels,
    not_null,
    partitions,
    required,
    retyping,
    splitting,
    validating,
)
from rules.plans.assembling import plan_of
from rules.plans.draft import Draft, NoPlan

__all__ = ["PLANNED", "NoPlan", "plan_for"]

Maker = Callable[[Any, Context], Draft | NoPlan]

PLANNED: Mapping[str, Mapping[type[Operation], Maker]] = {
    "blocking-foreign-key": {model.AddForeignKey: foreign_keys.key_then_validate},
    "blocking-foreign-key-on-new-column": {model.AddForeignKey: foreign_keys.key_then_validate},
    "blocking-check": {model.AddCheck: validating.add_then_validate},
    "blocking-not-null": {
        model.SetNotNull: not_null.make_not_null,
        model.AddNotNullConstraint: validating.add_then_validate,
    },
    "blocking-unique-constraint": {model.AddUnique: keys.key_from_index},
    "blocking-primary-key": {model.AddPrimaryKey: keys.key_from_index},
    "not-valid-where-impossible": {
        model.AddForeignKey: foreign_keys.key_then_validate,
        model.AddUnique: keys.key_from_index,
        model.AddPrimaryKey: keys.key_from_index,
    },
    "rewriting-type-change": {model.AlterColumnType: retyping.beside_the_column},
    "required-column-without-default": {model.AddColumn: required.nullable_first},
    "check-inside-new-column": {model.AddColumn: inside.check_beside_the_column},
    "constrained-domain-column": {model.AddColumn: inside.base_type_with_a_check},
    "stored-generated-column-addition": {model.AddColumn: computing.computed_by_a_trigger},
    "auto-incrementing-column-addition": {model.AddColumn: counting.counted_for_new_rows_first},
    "scanning-partition-attach": {model.AttachPartition: attaching.attached_with_a_proof},
    "primary-key-over-nullable-columns": {model.AddPrimaryKey: keys.key_over_proved_columns},
    "not-valid-before-backfill": {model.AddCheck: required.filled_before_the_check},
    "forgotten-validation": dict.fromkeys(
        (
            model.AddColumn,
            model.DropColumn,
            model.AlterColumnType,
            model.SetNotNull,
            model.SetDefault,
            model.AddCheck,
            model.AddForeignKey,
        ),
        around.validated_before,
    ),
    "type-change-under-check": {model.AlterColumnType: around.check_added_again},
    "index-rebuilding-type-change": {model.AlterColumnType: around.index_built_again},
    "wide-lock-by-foreign-key-drop": {model.DropConstraint: splitting.key_dropped_apart},
    "wide-lock-by-table-drop": {model.DropTable: splitting.keys_dropped_before},
    "slow-work-under-lock": {
        model.CreateIndex: indexes.index_apart,
        model.ValidateConstraint: validating.validate_apart,
        **dict.fromkeys(
            (
                model.Insert,
                model.CreateTable,
                model.CreateObject,
                model.Copy,
                model.Select,
                model.Maintenance,
                model.RefreshView,
            ),
            splitting.slow_work_apart,
        ),
    },
    "autocommit-block-beside-other-work": {Operation: splitting.block_apart},
    "locks-on-several-tables": {Operation: splitting.one_table_per_revision},
    "enum-value-removal": {model.AlterColumnType: labels.label_forbidden},
    "partition-created-in-place": {model.CreateTable: splitting.partition_beside_its_parent},
    "narrowing-type-change": {model.AlterColumnType: retyping.limited_then_beside},
    "uncastable-type-change": {model.AlterColumnType: retyping.beside_the_column},
    "time-zone-dependent-type-change": {model.AlterColumnType: retyping.beside_the_column},
    "volatile-column-default": {model.AddColumn: defaults.default_for_new_rows_first},
    "blocking-index-creation": {model.CreateIndex: indexes.index_apart},
    "concurrently-inside-transaction": {
        model.CreateIndex: indexes.index_apart,
        model.DropIndex: indexes.drop_apart,
        model.Reindex: indexes.reindex_apart,
        model.DetachPartition: splitting.detached_apart,
    },
    "blocking-partitioned-index": {model.CreateIndex: partitions.partition_by_partition},
    "concurrently-on-partitioned-table": {model.CreateIndex: partitions.partition_by_partition},
    "blocking-domain-constraint": {model.AlterDomain: validating.domain_then_validate},
    "validation-under-lock": {model.ValidateConstraint: validating.validate_apart},
}
"""Rule -> the operation that its finding is about (`Operation` for any) -> who drafts the plan."""


def plan_for(finding: Finding, operation: Operation, context: Context) -> Plan | NoPlan:
    """The plan for a finding about that operation, not tried yet; why not, where something needed is not known."""
    makers = PLANNED.get(finding.rule, {})
    make = makers.get(type(operation)) or makers.get(Operation)
    if make is None:
        return NoPlan("No plan is made of such a statement; the rule's page says what to do.")
    draft = make(operation, context)
    return draft if isinstance(draft, NoPlan) else plan_of(draft, finding.rule, context)
