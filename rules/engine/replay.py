"""The schema that each revision meets: folded over the graph along what each revision needs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from rules.context import Step
from rules.history import History
from rules.model.operations import Direction
from rules.model.script import MigrationScript
from rules.schema import Schema

_EMPTY = Schema.empty()


class Replay:
    """Schemas by revision, each computed once, when it is asked for.

    `known` are states computed before, of revisions whose line has not changed since. Revisions in `new` mark what
    they create as new, and share a connection. `start` is what the first revision meets, and each one of a cycle.
    """

    def __init__(
        self,
        history: History,
        new: Collection[str],
        start: Schema = _EMPTY,
        known: Mapping[str, Schema] | None = None,
    ) -> None:
        self.history = history
        self.new = new
        self.start = start
        self.states: dict[str, Schema] = dict(known or {})
        self._position = {revision: at for at, revision in enumerate(history.order)}

    def in_order(self, revisions: Iterable[str]) -> list[str]:
        """Those of the history, in the order in which they run."""
        return sorted((each for each in revisions if each in self._position), key=self._position.__getitem__)

    def before(self, revision: str) -> Schema:
        """What the parents of a revision leave, with all that they stand on."""
        here = self._position[revision]
        needs = [need for need in self.history.needs[revision] if self._position[need] < here]  # not in a cycle
        if not needs:
            return self.start
        state = self.after(needs[0])
        if len(needs) > 1:
            counted = self.history.ancestors(needs[0])
            wanted = frozenset().union(*(self.history.ancestors(need) for need in needs[1:])) - counted
            for other in self.history.order:
                if other in wanted:
                    state = self._applied(state, other)
        return state if revision in self.new and needs[0] in self.new else state.begun()

    def after(self, revision: str) -> Schema:
        """What a revision leaves; found once, with all that it needs, and not by recursion: lines are long."""
        waiting, missing = [revision], set()
        while waiting:
            one = waiting.pop()
            if one not in self.states and one not in missing:
                missing.add(one)
                waiting.extend(self.history.needs[one])
        for one in sorted(missing, key=self._position.__getitem__):
            self.states[one] = self._applied(self.before(one), one)
        return self.states[revision]

    def unchanged(self, edited: Iterable[str]) -> dict[str, Schema]:
        """The states found so far that do not depend on any of the edited revisions."""
        stale = {revision for revision in edited if revision in self.history.scripts}
        for revision in self.history.order:
            if stale.intersection(self.history.needs[revision]):
                stale.add(revision)
        return {revision: state for revision, state in self.states.items() if revision not in stale}

    def beneath(self, revision: str) -> dict[str, Schema]:
        """The states found so far of what a revision stands on, which do not depend on it."""
        return {need: self.states[need] for need in self.history.needs.get(revision, ()) if need in self.states}

    def _applied(self, state: Schema, revision: str) -> Schema:
        new = revision in self.new
        for operation in self.history.scripts[revision].upgrade:
            state = state.after(operation, revision=revision, new=new)
        return state


def steps_of(
    script: MigrationScript, direction: Direction, start: Schema, server_version: int
) -> tuple[tuple[Step, ...], Schema]:
    """The operations of one direction with the schema that each meets, and the schema at the end."""
    steps = []
    state = start.begun() if direction is Direction.DOWNGRADE else start
    for operation in script.operations(direction):
        steps.append(Step(operation, state, script, server_version))
        state = state.after(operation, revision=script.revision, new=True)
    return tuple(steps), state
