"""The matter of the rules in group `runner`: the revisions of a pull request, and the env.py that runs them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from rules.context import Step
from rules.model.operations import CreateIndex, DropIndex, Operation, Reindex
from rules.model.place import Place
from rules.model.script import MigrationScript
from rules.runner.model import Runner

Steps = Callable[[MigrationScript], tuple[Step, ...]]


@dataclass(frozen=True, slots=True)
class Run:
    """`scripts` are the new ones, in the order in which they run; `texts` all that was read of the repository."""

    runner: Runner
    scripts: tuple[MigrationScript, ...]
    texts: Mapping[str, str] = field(repr=False)
    steps_of: Steps = field(repr=False)

    @property
    def place(self) -> Place:
        return self.runner.place

    def steps(self) -> Iterator[Step]:
        """All that `upgrade` does, revision after revision."""
        for script in self.scripts:
            yield from self.steps_of(script)

    def first_model(self, most: int) -> str | None:
        """The path of a file that declares a model; the files that say so in their name are looked into first."""
        scripts = {script.path for script in self.scripts}
        paths = (path for path in self.texts if path.endswith(".py") and path not in scripts)
        likely = sorted(
            (path for path in paths if not _BESIDE.search(path)),
            key=lambda path: ("model" not in path, path.count("/")),
        )
        return next((path for path in likely[:most] if _MODEL.search(self.texts.get(path) or "")), None)


_BESIDE = re.compile(r"(?:^|/)(?:tests?|testing|examples?|versions|docs)/|(?:^|/)(?:test_[^/]*|conftest|env)\.py$")
"""What no application maps its tables with."""
_MODEL = re.compile(r"^\s+__tablename__\s*[:=]|^class \w+\(.*\btable\s*=\s*True", re.MULTILINE)


def waits_long(operation: Operation) -> bool:
    """Whether it waits for every older transaction: a timeout ends it and leaves an invalid index behind."""
    return isinstance(operation, CreateIndex | DropIndex | Reindex) and operation.concurrently
