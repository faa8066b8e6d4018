"""What a plan changes, before it has ids and files: what leaves the revision, and the steps that follow it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rules.model.operations import Operation


@dataclass(frozen=True, slots=True)
class Step:
    """One revision. `upgrade` and `downgrade` are lines of Python, not indented.

    `module` stands above the functions.
    """

    title: str
    """One sentence without its full stop."""
    slug: str
    upgrade: tuple[str, ...]
    downgrade: tuple[str, ...]
    note: str = ""
    """What people have to know before it runs: whole sentences."""
    module: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Moved:
    """A statement that leaves its place. `instead` are the statements that take it; none where the steps do its work.

    `keyword` is what the call gets instead, where it is one that may be edited.
    """

    operation: Operation
    instead: tuple[str, ...] = ()
    keyword: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """`kept` says what the revision is without `moved`: "the same without i". `before` are steps that precede it."""

    title: str
    kept: str
    moved: tuple[Moved, ...]
    steps: tuple[Step, ...]
    undoes: Callable[[Operation], bool] = lambda _: False
    """Which operations of the old downgrade the steps undo themselves."""
    needed: tuple[str, ...] = ()
    """Names that no later statement of the revision may mention, since it would run before the steps."""
    before: tuple[Step, ...] = ()
    from_block: bool = False
    """Whether what is moved may stand in an `autocommit_block()`."""
    differs: str = ""
    """How the schema at the end is another one than the migration's own: a clause; empty where it is the same."""


@dataclass(frozen=True, slots=True)
class NoPlan:
    """Why there is none: whole sentences for the author of the migration."""

    reason: str
