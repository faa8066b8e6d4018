"""A script whose downgrade is read when somebody asks for it: most revisions of a history only ever go up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace

from rules.model.operations import Operation, Statement
from rules.model.script import Ignore, MigrationScript


@dataclass(frozen=True, slots=True)
class Read:
    """What one direction of a script does, and sends."""

    operations: tuple[Operation, ...] = ()
    statements: tuple[Statement, ...] = ()


class HalfRead(MigrationScript):
    """Says and equals what the whole script does: asked for its downgrade, it has it read, once."""

    __slots__ = ("_read_downgrade",)
    _read_downgrade: Callable[[], Read]

    @classmethod
    def of(cls, script: MigrationScript, read_downgrade: Callable[[], Read]) -> HalfRead:
        """`script` was read without its downgrade."""
        half = cls.__new__(cls)
        for name in _KNOWN:
            object.__setattr__(half, name, getattr(script, name))
        object.__setattr__(half, "_read_downgrade", read_downgrade)
        return half

    def __getattr__(self, name: str) -> object:
        if name not in _LATER:
            raise AttributeError(f"{type(self).__name__} has no `{name}`")
        read = self._read_downgrade()
        object.__setattr__(self, "downgrade", read.operations)
        object.__setattr__(self, "downgrade_statements", read.statements)
        return read.operations if name == "downgrade" else read.statements

    def __eq__(self, other: object) -> bool:
        """Whether the other has been read whole makes no difference."""
        if not isinstance(other, MigrationScript):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in (*_KNOWN, *_LATER))

    __hash__ = MigrationScript.__hash__


_LATER = ("downgrade", "downgrade_statements")
_KNOWN = tuple(one.name for one in fields(MigrationScript) if one.name not in _LATER)


def with_operations(
    script: MigrationScript,
    upgrade: tuple[Operation, ...],
    back: Callable[[tuple[Operation, ...]], tuple[Operation, ...]],
) -> MigrationScript:
    """The same script with others in their place; `back` makes those of the downgrade when it is asked for."""
    if not isinstance(script, HalfRead):
        return replace(script, upgrade=upgrade, downgrade=back(script.downgrade))
    half = HalfRead.of(script, lambda: Read(back(script.downgrade), script.downgrade_statements))
    object.__setattr__(half, "upgrade", upgrade)
    return half


def with_ignores(script: MigrationScript, ignores: tuple[Ignore, ...]) -> MigrationScript:
    """The same script; a downgrade that nobody asked for is still not read."""
    if not isinstance(script, HalfRead):
        return replace(script, ignores=ignores)
    half = HalfRead.of(script, lambda: Read(script.downgrade, script.downgrade_statements))
    object.__setattr__(half, "ignores", ignores)
    return half
