"""Why Alembic would refuse a graph, or stop at it: one problem for each reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rules.history.order import cycles
from rules.history.reference import Index
from rules.model.review import GraphProblem
from rules.model.script import MigrationScript

ILLEGAL_CHARACTERS = "@-+:"
"""Alembic, `Revision.verify_rev_id`: they mean something in the arguments of its commands."""


def problems_of(
    files: Sequence[MigrationScript],
    first: Mapping[str, MigrationScript],
    index: Index,
    needs: Mapping[str, tuple[str, ...]],
    heads: Mapping[str, frozenset[str]],
) -> Iterator[GraphProblem]:
    """`first` is the file that stands for each id, `heads` the branch labels of each head."""
    yield from _duplicates(files, first)
    yield from _unknown_parents(files, index)
    yield from _cycles(first, needs)
    yield from _names(files, first)
    yield from _several_heads(first, heads)


def _duplicates(files: Sequence[MigrationScript], first: Mapping[str, MigrationScript]) -> Iterator[GraphProblem]:
    for script in files:
        if (other := first[script.revision]) is not script:
            message = f"Revision `{script.revision}` is declared by `{other.path}` and again by `{script.path}`."
            yield GraphProblem("duplicate-revision-id", (script.revision,), (script.path, other.path), message)


def _unknown_parents(files: Sequence[MigrationScript], index: Index) -> Iterator[GraphProblem]:
    for script in files:
        for reference in (*index.parents_of(script), *index.dependencies_of(script)):
            if reference.trouble:
                message = f"`{script.revision}` follows {reference.trouble}."
                yield GraphProblem("unknown-parent", (script.revision, reference.written), (script.path,), message)


def _cycles(first: Mapping[str, MigrationScript], needs: Mapping[str, tuple[str, ...]]) -> Iterator[GraphProblem]:
    for cycle in cycles(needs):
        named = ", ".join(f"`{revision}`" for revision in cycle)
        message = f"`{cycle[0]}` follows itself." if len(cycle) == 1 else f"These revisions follow each other: {named}."
        yield GraphProblem("revision-cycle", cycle, tuple(first[revision].path for revision in cycle), message)


def _names(files: Sequence[MigrationScript], first: Mapping[str, MigrationScript]) -> Iterator[GraphProblem]:
    labelled: dict[str, MigrationScript] = {}
    for script in files:
        illegal = [character for character in ILLEGAL_CHARACTERS if character in script.revision]
        if illegal:
            message = f"Alembic accepts no {' '.join(f'`{character}`' for character in illegal)} in a revision id."
            yield GraphProblem("illegal-revision-id", (script.revision,), (script.path,), message)
        for label in script.branch_labels:
            other = labelled.setdefault(label, script)
            if other is not script:
                message = f"Branch label `{label}` is declared by `{other.path}` and again by `{script.path}`."
                revisions = (script.revision, other.revision)
                yield GraphProblem("duplicate-branch-label", revisions, (script.path, other.path), message)
            elif label in first:
                message = f"Branch label `{label}` is also the id of a revision, `{first[label].path}`."
                paths = tuple(dict.fromkeys((script.path, first[label].path)))
                yield GraphProblem("duplicate-branch-label", (script.revision, label), paths, message)


def _several_heads(first: Mapping[str, MigrationScript], heads: Mapping[str, frozenset[str]]) -> Iterator[GraphProblem]:
    branches: dict[frozenset[str], list[str]] = {}
    for head, labels in heads.items():
        branches.setdefault(labels, []).append(head)
    for labels, revisions in branches.items():
        if len(revisions) > 1:
            branch = f" on branch `{'`, `'.join(sorted(labels))}`" if labels else ""
            named = ", ".join(f"`{revision}`" for revision in revisions)
            paths = tuple(first[revision].path for revision in revisions)
            message = f"There are {len(revisions)} heads{branch}: {named}."
            yield GraphProblem("multiple-heads", tuple(revisions), paths, message)
