"""What a rule is: its page, its examples, its checks, and the finding that they make."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar, overload

from rules.dialects import JUDGED, dialects_of_group
from rules.model.finding import Finding, Plan, Severity, Suggestion
from rules.model.operations import Operation
from rules.model.place import Place
from rules.model.script import Ignore, MigrationScript, SyntaxProblem

if TYPE_CHECKING:
    from rules.context import Context, Scene
    from rules.history.extra_heads import ExtraHead
    from rules.history.merged import DeletedRevisions, EditedRevision, InsertedRevision
    from rules.history.neighbours import SharedParent
    from rules.ignores import IgnoreUse
    from rules.mapped.drift import ModelChange, UnmappedColumn
    from rules.model.review import GraphProblem
    from rules.runner import Run
    from rules.settings import Settings, SettingsProblem

    About = TypeVar("About", bound=Operation | MigrationScript)
    Matter = TypeVar(
        "Matter",
        bound=SyntaxProblem
        | GraphProblem
        | ExtraHead
        | IgnoreUse
        | Ignore
        | SettingsProblem
        | Settings
        | EditedRevision
        | DeletedRevisions
        | InsertedRevision
        | SharedParent
        | Run
        | ModelChange
        | UnmappedColumn,
    )
    Check = Callable[[About, Context], Iterator[Finding]]
    AnyCheck = Callable[[Any, Context], Iterator[Finding]]
    SceneCheck = Callable[[Matter, Scene], Iterator[Finding]]


class Fixes(StrEnum):
    """How a finding of the rule can be repaired."""

    SUGGESTION = "suggestion"
    """One edit at one place."""
    PLAN = "plan"
    """Several revisions."""
    BOTH = "both"
    """One edit where it is complete, several revisions otherwise."""
    NONE = "none"
    """A decision of people."""


class InDowngrade(StrEnum):
    """What a rule says about `downgrade()`."""

    SILENT = "silent"
    LOWER = "one level lower"
    SAME = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A migration on top of the shop that `rules.examples` lays out.

    `before` is one more revision beneath it that is history, `beside` another one of the history that follows the shop
    too, `also` further new revisions of the same pull request, above it. Each is the functions of a revision; the
    machinery writes the header, unless the text has its own.
    `was` is what the base has of the example's own revision, `gone` a revision 0002 that only the base has,
    `elsewhere` a revision of the open pull request #12.
    `env` replaces env.py, `env_becomes` is it after the suggestion; `modules` are further files of the repository (path
    and text), `modules_were` those that the base has otherwise. `settings` is a settings file, `statistics` a
    statistics file. `fails` is a part of the error with which Alembic or the server refuse the example; empty where it
    runs. `dialect` is the database that it is for.
    """

    before: str = ""
    beside: str = ""
    also: tuple[str, ...] = ()
    was: str = ""
    gone: str = ""
    elsewhere: str = ""
    env: str | None = None
    env_becomes: str | None = None
    modules: tuple[tuple[str, str], ...] = ()
    modules_were: tuple[tuple[str, str], ...] = ()
    settings: str = ""
    statistics: str = ""
    server_version: int | None = None
    fails: str = ""
    dialect: str = JUDGED


@dataclass(frozen=True, slots=True)
class Bad(Example):
    """Draws exactly one finding, that of its rule; `becomes` is the text after its suggestion was accepted.

    `also_become` are the texts of `also` then, where the suggestion changes them too.
    """

    text: str
    becomes: str | None = None
    also_become: tuple[str, ...] = ()

    @property
    def repaired(self) -> Bad:
        """The same with what else its suggestion changes."""
        return replace(self, also=self.also_become or self.also)


@dataclass(frozen=True, slots=True)
class Good(Example):
    """Draws no finding of any rule; `because` ends the sentence "Nothing is said here: ..."."""

    text: str
    because: str


@dataclass(slots=True)
class Rule:
    """One rule. Name and group come from the module's path, the page from its docstring."""

    module: str
    page: str
    severity: Severity
    examples: tuple[Bad | Good, ...] = ()
    references: tuple[str, ...] = ()
    known_as: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    formerly: tuple[str, ...] = ()
    """Names that it had before: ignore comments and settings that say one of them go on to hold."""
    fixes: Fixes = Fixes.NONE
    downgrade: InDowngrade = InDowngrade.SILENT
    fold: bool = False
    """One finding per migration, that lists all places."""
    size_bound: bool = False
    """Silent on small tables, one level graver on large ones."""
    changes_schema: bool = False
    """Its suggestion leaves another schema, and is meant to; or the migration fails, and leaves none to compare."""
    dialects: frozenset[str] | None = None
    """The databases of whose migrations it speaks; None for those that its group speaks of."""
    checks: list[tuple[type, Callable[..., Iterator[Finding]]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page = inspect.cleandoc(self.page)

    @property
    def name(self) -> str:
        return self.module.rpartition(".")[2].replace("_", "-")

    @property
    def group(self) -> str:
        return self.module.split(".")[-2]

    def speaks_of(self, dialect: str) -> bool:
        return dialect in (dialects_of_group(self.group) if self.dialects is None else self.dialects)

    @property
    def title(self) -> str:
        """The first line of the page: one sentence, with its full stop."""
        return self.page.partition("\n")[0]

    @property
    def suggests(self) -> bool:
        return self.fixes in (Fixes.SUGGESTION, Fixes.BOTH)

    if TYPE_CHECKING:

        @overload
        def on(self, kind: type[About], /) -> Callable[[Check[About]], Check[About]]: ...
        @overload
        def on(self, kind: type[Matter], /) -> Callable[[SceneCheck[Matter]], SceneCheck[Matter]]: ...
        @overload
        def on(self, *kinds: type[Operation]) -> Callable[[AnyCheck], AnyCheck]: ...

    def on(self, *kinds):  # type: ignore[no-untyped-def]
        """Registers a check for a type and its subclasses; operations and scripts come with their `Context`."""

        def register(check):  # type: ignore[no-untyped-def]
            self.checks.extend((kind, check) for kind in kinds)
            return check

        return register

    def finding(
        self,
        place: Place,
        message: str,
        *,
        advice: str,
        suggestion: Suggestion | None = None,
        plan: Plan | None = None,
        subject: str = "",
        severity: Severity | None = None,
    ) -> Finding:
        """`subject` tells findings of this rule in one revision apart; by default the engine takes the statement.

        A `plan` is said only where the suggestion is not. `severity` is another default than the rule's.
        """
        return Finding(
            self.name,
            severity or self.severity,
            place,
            message,
            advice,
            suggestion=suggestion,
            plan=plan,
            subject=subject,
        )
