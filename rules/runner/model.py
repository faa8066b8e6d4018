"""The nouns of this room. What cannot be told is unknown, not false."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from rules.model.place import Place
from rules.rewriting.source import Source


@dataclass(frozen=True, slots=True)
class Option:
    """One keyword of a call. `value` is the expression behind it, names followed; None where that leads nowhere."""

    name: str
    place: Place
    value: ast.expr | None
    conditional: bool = False
    """Given on one side of an `if` only."""
    varies: bool = False
    """Decided by an environment variable."""

    @property
    def constant(self) -> object:
        """The plain value; `...` where it is not one."""
        return self.value.value if isinstance(self.value, ast.Constant) else ...


@dataclass(frozen=True, slots=True)
class Configure:
    """One `context.configure(...)` that runs on a connection. `complete`: no `**options` that could not be followed."""

    place: Place
    node: ast.Call = field(repr=False)
    options: Mapping[str, Option]
    complete: bool

    def constant(self, name: str, default: object = None) -> object:
        """The plain value of an option; `...` where it cannot be told."""
        option = self.options.get(name)
        if option is None:
            return default if self.complete else ...
        return ... if option.conditional or option.varies else option.constant


@dataclass(frozen=True, slots=True)
class SessionSetting:
    """A server setting for every connection of the run; `value` is None where it is computed."""

    name: str
    value: str | None
    place: Place
    varies: bool = False


@dataclass(frozen=True, slots=True)
class AdvisoryLock:
    """`function` is `pg_advisory_lock` or `pg_advisory_xact_lock`."""

    function: str
    place: Place


@dataclass(frozen=True, slots=True)
class Callback:
    """A function given as `on_version_apply`."""

    name: str
    parameters: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Runner:
    """`path` is that of env.py. `sessions_known`: every engine is made in sight, so that a missing setting is missing.

    `engine` is the place where the connection is made, that of the first `configure` where it is made elsewhere.
    """

    path: str
    source: Source = field(repr=False)
    configures: tuple[Configure, ...] = ()
    settings: tuple[SessionSetting, ...] = ()
    sessions_known: bool = False
    engine: Place | None = None
    engines: tuple[ast.Call, ...] = field(default=(), repr=False)
    driver: str | None = None
    stray: tuple[tuple[Place, str], ...] = ()
    """Statements on the connection before `configure` that nothing ends: place, and the call as written."""
    autocommit: tuple[Place, ...] = ()
    """Where the connection of a run is put into AUTOCOMMIT."""
    locks: tuple[AdvisoryLock, ...] = ()
    callbacks: tuple[Callback, ...] = ()
    loop: tuple[Place, str] | None = None
    """A loop over several addresses that runs every revision for each: its place, and what it goes through."""

    def setting(self, name: str) -> SessionSetting | None:
        return next((each for each in self.settings if each.name == name), None)

    @property
    def place(self) -> Place:
        """Where what concerns the run as a whole is said."""
        if self.engine is not None:
            return self.engine
        return self.configures[0].place if self.configures else Place(self.path, 1, 0, 1, 0)

    def everywhere(self, name: str, value: object, default: object = None) -> bool:
        """Whether every `configure` is known to have that value for an option."""
        return bool(self.configures) and all(each.constant(name, default) == value for each in self.configures)
