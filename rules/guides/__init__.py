"""The twelve guides: topics that stay true because rules enforce them."""

from __future__ import annotations

from functools import cache

from rules.registry import rule_named, rules


@cache
def guides_of(rule: str) -> tuple[str, ...]:
    """The guides that a rule enforces, in their order."""
    found = rule_named(rule)
    group = found.group if found else ""
    return tuple(guide for guide, (groups, names) in ENFORCED_BY.items() if group in groups or rule in names)


@cache
def rules_of(guide: str) -> tuple[str, ...]:
    """The names of the rules that enforce a guide, as far as the catalogue has them."""
    return tuple(rule.name for rule in rules() if guide in guides_of(rule.name))


ENFORCED_BY: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "alembic-autogenerate": (
        (),
        (
            "missing-target-metadata",
            "unregistered-model",
            "blind-autogenerate",
            "unmanaged-table-drop",
            "dropped-but-still-modelled",
            "rename-as-drop-and-add",
            "table-recreation",
            "model-change-without-migration",
            "migration-without-model-change",
            "unknown-object",
            "existing-object",
            "enum-type-never-created",
            "enum-type-created-again",
            "quoted-function-default",
            "computed-column-without-persisted",
            "required-column-without-default",
            "duplicate-column",
            "truncated-identifier",
            "batch-table-recreation",
            "empty-migration",
            "header-contradicting-revision",
        ),
    ),
    "alembic-data-migration": (
        ("data",),
        (
            "commit-inside-migration",
            "transaction-begun-inside-migration",
            "second-connection-inside-migration",
            "await-inside-migration",
            "unescaped-colon",
            "several-statements-at-once",
            "application-model-in-migration",
            "blocking-not-null",
            "not-valid-before-backfill",
        ),
    ),
    "alembic-branching": (
        (),
        (
            "multiple-heads",
            "parent-shared-with-open-pull-request",
            "duplicate-revision-id",
            "unknown-parent",
            "revision-cycle",
            "illegal-revision-id",
            "revision-id-too-long",
            "file-name-contradicting-revision",
            "duplicate-branch-label",
            "inserted-below-head",
            "revision-dated-before-parent",
            "operations-in-merge-revision",
            "merge-that-cannot-be-undone",
            "every-revision-on-every-database",
        ),
    ),
    "schema-normalization": (
        ("types",),
        (
            "several-values-in-one-column",
            "repeated-column-group",
            "natural-primary-key",
            "table-without-primary-key",
            "junction-without-unique-pair",
            "id-column-without-foreign-key",
            "foreign-key-without-on-delete",
            "amount-without-check",
            "table-without-timestamps",
            "table-without-soft-delete",
            "unique-ignoring-soft-delete",
            "unlogged-table",
            "naming-convention-break",
            "unqualified-table-name",
            "constrained-domain",
            "foreign-key-type-clash",
            "foreign-key-narrower-than-key",
        ),
    ),
    "schema-indexing": (
        (),
        (
            "foreign-key-without-index",
            "redundant-index",
            "wide-index",
            "too-many-indexes",
            "index-led-by-few-values",
            "btree-on-document",
            "hash-index",
            "index-without-operator-class",
            "index-on-changing-expression",
            "vector-too-wide-to-index",
            "missing-extension",
            "blocking-index-creation",
            "blocking-partitioned-index",
            "blocking-index-drop",
            "blocking-reindex",
            "constraint-index-drop",
            "index-dropped-before-replacement",
            "masked-invalid-index",
            "unnamed-index",
            "corruptible-concurrent-index",
            "concurrently-on-partitioned-table",
            "concurrently-inside-transaction",
            "concurrently-inside-another-statement",
            "autocommit-block-beside-other-work",
            "unrepeatable-autocommit-block",
            "half-applied-revision",
            "unique-over-existing-rows",
        ),
    ),
    "schema-nosql": (
        (),
        (
            "btree-on-document",
            "json-instead-of-jsonb",
        ),
    ),
    "versioning-changelog": (
        (),
        (
            "undocumented-migration",
            "undocumented-table",
            "header-contradicting-revision",
            "several-changes-in-one-migration",
            "version-table-edit",
            "mutable-audit-table",
            "view-column-removal",
            "over-generous-grant",
            "definer-function-without-search-path",
        ),
    ),
    "versioning-rollback": (
        ("rollback",),
        (
            "drop-of-unnamed-constraint",
            "unnamed-constraint",
            "edited-applied-revision",
            "deleted-applied-revision",
        ),
    ),
    "versioning-drift": (
        ("runner",),
        (
            "environment-dependent-migration",
            "environment-value-in-migration",
            "settings-differing-by-environment",
            "edited-applied-revision",
            "deleted-applied-revision",
            "misleading-existence-guard",
            "masked-invalid-index",
            "forgotten-validation",
            "advisory-lock-inside-migration",
            "secret-in-migration",
            "enum-type-created-again",
            "set-local-before-autocommit-block",
            "setting-left-behind",
            "runtime-branch",
            "offline-breaking-read",
        ),
    ),
    "db-selection": (
        (),
        (),
    ),
    "migration-zero-downtime": (
        (
            "rewrites",
            "constraints",
            "compatibility",
        ),
        (
            "slow-work-under-lock",
            "backfill-under-lock",
            "one-way-sync-trigger",
            "one-transaction-for-all-revisions",
            "enum-value-used-too-early",
            "transaction-control-in-sql",
            "statement-refused-in-transaction",
        ),
    ),
    "migration-rollback": (
        ("locks",),
        (
            "lock-without-timeout",
            "lock-timeout-over-concurrent-build",
            "statement-without-timeout",
            "autovacuum-turned-off",
            "stale-statistics",
        ),
    ),
}
"""Guide -> whole groups, and single rules."""
