"""Revision graphs by the thousand, sound ones and broken ones, the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from rules.model.script import MigrationScript


def sound(random: Random) -> list[MigrationScript]:
    """A graph that Alembic accepts, its files in any order; `path` sorts in another order than the ids."""
    ids = _ids(random, random.choice((0, 1, 2, 3, 5, 8, 13, 30)))
    labels = iter(random.sample(["pay", "users", "core", "web", "x", "ledger"], 6))
    scripts: list[MigrationScript] = []
    declared: list[str] = []
    for number, revision in enumerate(ids):
        earlier = ids[:number]
        parents = _some(random, earlier, (0.08, 0.75, 0.13, 0.04))
        if random.random() < 0.5 and number:
            parents = (ids[number - 1],) if random.random() < 0.7 else parents
        needs = _some(random, [*earlier, *declared], (0.85, 0.1, 0.05))
        own: tuple[str, ...] = ()
        if random.random() < 0.12 and (label := next(labels, None)):
            own = (label, f"{label}2") if random.random() < 0.2 else (label,)
            declared.extend(own)
        path = f"versions/{random.randrange(10**6):06}_{number}.py"
        scripts.append(MigrationScript(path, "", revision, parents, own, needs))
    random.shuffle(scripts)
    return scripts


def broken(random: Random) -> tuple[str, list[MigrationScript]]:
    """A sound graph with one fault, and the name of the fault. Some faults happen to make no difference."""
    scripts = sound(random)
    while not scripts:
        scripts = sound(random)
    kind = random.choice(list(FAULTS))
    return kind, FAULTS[kind](random, scripts)


def _ids(random: Random, count: int) -> list[str]:
    """Half of them share a beginning, so that abbreviations have several matches."""
    found: list[str] = []
    while len(found) < count:
        start = random.choice(("", "", "abcd", "12ef"))
        revision = start + "".join(random.choice("0123456789abcdef") for _ in range(12 - len(start)))
        if revision not in found:
            found.append(revision)
    return found


def _some(random: Random, among: list[str], chances: tuple[float, ...]) -> tuple[str, ...]:
    count = random.choices(range(len(chances)), chances)[0]
    return tuple(random.sample(among, min(count, len(among))))


def _replaced(scripts: list[MigrationScript], position: int, **changes: object) -> list[MigrationScript]:
    return [replace(each, **changes) if at == position else each for at, each in enumerate(scripts)]  # type: ignore[arg-type]


def _missing(random: Random, scripts: list[MigrationScript]) -> list[MigrationScript]:
    at = random.randrange(len(scripts))
    if random.random() < 0.5:
        return _replaced(scripts, at, parents=(*scripts[at].parents, "feedfacebeef"))
    return _replaced(scripts, at, depends_on=("feedfacebeef",))


def _removed(random: Random, scripts: list[MigrationScript]) -> list[MigrationScript]:
    return [each for at, each in enumerate(scripts) if at != random.randrange(len(scripts))]


def _abbreviated(random: Random, scripts: list[MigrationScript]) -> list[MigrationScript]:
    at, other = random.randrange(len(scripts)), random.choice(scripts).revision
    short = other[: random.randrange(2, 11)]
    if random.random() < 0.5:
        return _replaced(scripts, at, parents=(short,))
    return _replaced(scripts, at, depends_on=(short,))


def _label_as_parent(random: Random, scripts: list[MigrationScript]) -> list[MigrationScript]:
    at, other = random.randrange(len(scripts)), random.randrange(len(scripts))
    labelled = _replaced(scripts, other, branch_labels=("stable",))
    return _replaced(labelled, at, parents=("stable",))


def _itself(random: Random, scripts: list[MigrationScript]) -> list[MigrationScript]:
    at = random.randrange(len(scripts))
    word = random.choice(("parents", "depends_on"))
    return _replaced(scripts, at, **{word: (scripts[at].revision,)})


def _cycle(random: Random, scripts: list[MigrationScript]) -> list[MigrationScript]:
    """Without labels: Alembic follows a label around a cycle for ever."""
    ids = {each.revision for each in scripts}
    scripts = [
        replace(each, branch_labels=(), depends_on=tuple(need for need in each.depends_on if need in ids))
        for each in scripts
    ]
    at, other = random.randrange(len(scripts)), random.choice(scripts).revision
    word = random.choice(("parents", "depends_on"))
    return _replaced(scripts, at, **{word: (*getattr(scripts[at], word), other)})


def _same_id(random: Random, scripts: list[MigrationScript]) -> list[MigrationScript]:
    copied = replace(random.choice(scripts), path="versions/copied.py")
    return [*scripts, replace(copied, branch_labels=())]


def _same_label(random: Random, scripts: list[MigrationScript]) -> list[MigrationScript]:
    extra = MigrationScript("versions/one.py", "", "0ne", (), ("twice",))
    label = random.choice(("twice", random.choice(scripts).revision))
    return [*scripts, extra, MigrationScript("versions/two.py", "", "tw0", ("0ne",), (label,))]


def _illegal(random: Random, scripts: list[MigrationScript]) -> list[MigrationScript]:
    return [*scripts, MigrationScript("versions/illegal.py", "", f"a{random.choice('@-+:')}b")]


FAULTS: dict[str, Callable[[Random, list[MigrationScript]], list[MigrationScript]]] = {
    "missing": _missing,
    "removed": _removed,
    "abbreviated": _abbreviated,
    "label as parent": _label_as_parent,
    "itself": _itself,
    "cycle": _cycle,
    "same id": _same_id,
    "same label": _same_label,
    "illegal": _illegal,
}
