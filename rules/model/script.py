"""A migration as read: its place in the graph and what it does in each direction."""

from __future__ import annotations

from dataclasses import dataclass, field

from rules.model.frozen import Frozen, OneOf
from rules.model.operations import Direction, Opaque, Operation, Statement
from rules.model.place import Place


class Ignore(Frozen):
    """An ignore comment. `reason` is None where the author gave none; `whole_file` for `ignore-file`.

    `lines` are the lines (from 1, inclusive) whose findings it silences; empty for `whole_file`.
    """

    place: Place
    rules: tuple[str, ...]
    reason: str | None
    whole_file: bool = False
    lines: tuple[int, int] | None = None


class SyntaxProblem(OneOf):
    """Why a file in a version location is not a migration: it does not parse, or names no revision."""

    place: Place
    reason: str


@dataclass(frozen=True, slots=True)
class MigrationScript:
    """One revision file. `text` is kept because suggestions are edits of it."""

    path: str
    text: str = field(repr=False)
    revision: str
    parents: tuple[str, ...] = ()
    """`down_revision`; empty for a base; abbreviated ids as written."""
    branch_labels: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    docstring: str = ""
    upgrade: tuple[Operation, ...] = ()
    downgrade: tuple[Operation, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    has_upgrade: bool = True
    has_downgrade: bool = True
    upgrade_statements: tuple[Statement, ...] = ()
    """As Alembic prints them, one for each; operations of a part of a statement (a DO body) have the part's text."""
    downgrade_statements: tuple[Statement, ...] = ()
    places: tuple[tuple[str, Place], ...] = ()
    """Where `revision`, `down_revision`, `upgrade`, `downgrade` stand, by that word."""

    def operations(self, direction: Direction) -> tuple[Operation, ...]:
        return self.upgrade if direction is Direction.UPGRADE else self.downgrade

    def statements(self, direction: Direction) -> tuple[Statement, ...]:
        """What is sent, in order; those without text (a commit, something unread) are left out."""
        return self.upgrade_statements if direction is Direction.UPGRADE else self.downgrade_statements

    def place_of(self, word: str) -> Place:
        """The place of an assignment or function of the module; the file's first line where it has none."""
        return next((place for name, place in self.places if name == word), Place(self.path, 1, 0, 1, 0))

    @property
    def unread(self) -> tuple[Opaque, ...]:
        return tuple(op for op in (*self.upgrade, *self.downgrade) if isinstance(op, Opaque))
