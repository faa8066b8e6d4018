"""A pull request as seen in one look. After it the network is closed until the plan is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Repository:
    """`id` and `installation_id` are GitHub's numbers; `full_name` is `owner/name`."""

    id: int
    full_name: str
    installation_id: int
    default_branch: str = "main"
    archived: bool = False


class Change(StrEnum):
    ADDED = "added"
    MODIFIED = "modified"
    REMOVED = "removed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """`patch` is a unified diff without file headers, against the merge base; None where there is none to place on."""

    path: str
    change: Change
    patch: str | None
    previous_path: str | None = None
    blob_sha: str | None = None


@dataclass(frozen=True, slots=True)
class EarlierComment:
    """A top-level review comment that this App wrote, by GitHub's word and not by its text alone.

    `fingerprint` is None if its marker is missing or damaged. `resolved` counts as a human's decision only if
    `resolved_by_us` is False; a hidden comment counts as resolved.
    """

    id: int
    thread_id: str | None
    path: str
    fingerprint: str | None
    resolved: bool = False
    resolved_by_us: bool = False
    outdated: bool = False
    answered: bool = False
    node_id: str | None = None
    """GraphQL's name of the comment, by which it can be hidden where the App may not resolve threads."""


@dataclass(frozen=True, slots=True)
class OpenRevision:
    """A revision that another open pull request to the same base adds."""

    pull: int
    title: str
    draft: bool
    path: str
    text: str
    head_sha: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that the review needed and could not have, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class PullRequestSnapshot:
    """Everything the review needs of a pull request.

    `texts` is the tree as it will be after the merge: base tip, overlaid by what the pull request changes; by
    repository-relative path; revision files, env.py, alembic.ini, pyproject.toml, and modules they import.
    `base_texts` is the same at the base tip. `settings_text` comes from the base, `settings_at_head` only if the
    pull request changes the settings file.
    """

    repository: Repository
    number: int
    title: str
    state: str
    draft: bool
    head_sha: str
    base_sha: str
    base_ref: str
    from_fork: bool
    changed: tuple[ChangedFile, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    base_texts: Mapping[str, str] = field(default_factory=dict)
    settings_path: str | None = None
    settings_text: str | None = None
    settings_at_head: str | None = None
    earlier: tuple[EarlierComment, ...] = ()
    reviewed_sha: str | None = None
    """The head of our newest review, by its marker."""
    elsewhere: tuple[OpenRevision, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
