"""Breaks rules on purpose, one condition at a time, and asks their tests: a mutant that no test notices survives.

    python -m tests.mutants [--group GROUP] [--each N] [--seed N] [RULE ...]

Of each rule file N mutants are tried (0: all): a comparison turned round, half of an `and` or `or` left out, a `not`
taken away, an `if` that always or never holds, a `case` or a listed type left out, a result replaced, a number or a
listed name changed. Every mutant runs the tests that name its rule, in a process of its own, until one fails. Prints
the survivors and the share by group. Those that `mutants_explained.toml` explains are no survivors; an entry there that
is about no mutant, or about one that is noticed, is stale, and told.
"""

from __future__ import annotations

import argparse
import ast
import gc
import inspect
import os
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from importlib.abc import SourceLoader
from pathlib import Path
from types import ModuleType

import pytest
from _pytest.runner import runtestprotocol

from rules import registry
from tests.explained import LIST, Explained, read_explained, stale
from tests.mutations import Mutant, mutants

TESTS = Path(__file__).parent / "rules"
LONGEST = 60
"""Seconds of a mutant's tests; one that takes longer runs in circles, which is noticed."""


class _Changed(SourceLoader):
    """Loads a mutant as the file that it was made from."""

    def __init__(self, tree: ast.Module, path: str) -> None:
        self.tree = tree
        self.path = path

    def get_filename(self, fullname: str) -> str:
        return self.path

    def get_data(self, path: str) -> bytes:
        return ast.unparse(self.tree).encode()


def put_in(mutant: Mutant) -> None:
    """The mutant in place of its rule's module, wherever that is known."""
    put_in_place(sys.modules[mutant.rule.module], mutant.broken())
    for cached in (registry.rules, registry._by_name, registry._known_names):
        cached.cache_clear()
    registry._CHECKS.clear()


def put_in_place(module: ModuleType, tree: ast.Module) -> None:
    """Another text of a module, for all that have imported from it."""
    before = dict(vars(module))
    _Changed(tree, module.__file__ or "").exec_module(module)
    for other in list(sys.modules.values()):
        if (getattr(other, "__name__", "") or "").startswith(("rules.", "tests.")):
            for name, value in list(vars(other).items()):
                if name in before and value is before[name] and callable(value):
                    setattr(other, name, vars(module)[name])


class Breaking:
    """A plugin of pytest: the tests are collected once, and run for each mutant in a child of this process."""

    def __init__(self, chosen: Sequence[Mutant], explained: Sequence[Explained]) -> None:
        self.chosen = chosen
        self.explained = explained
        self.survivors: list[Mutant] = []
        self.noticed: list[Mutant] = []
        self.ran = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        asked: dict[str, list[pytest.Item]] = {mutant.rule.name: [] for mutant in self.chosen}
        for item in session.items:
            for name in rules_asked(item) & asked.keys():
                asked[name].append(item)
        self.ran = self._are_sound([item for items in asked.values() for item in items])
        gc.freeze()
        for number, mutant in enumerate(self.chosen if self.ran else (), 1):
            if self._is_noticed(mutant, asked[mutant.rule.name]):
                self.noticed.append(mutant)
            elif not any(entry.is_about(mutant) for entry in self.explained):
                self.survivors.append(mutant)
                print(f"\n{mutant.rule.module}:{mutant.line}: {mutant.what}", flush=True)
            if number % 50 == 0:
                print(f"\n({number} of {len(self.chosen)})", flush=True)
        return True

    def _are_sound(self, items: Sequence[pytest.Item]) -> bool:
        """Whether all pass before anything is broken. What they have read of the examples, no child reads again."""
        failing = [item.nodeid for item in dict.fromkeys(items) if _fails(item)]
        for name in failing:
            print(f"\n{name} fails", flush=True)
        return not failing

    def _is_noticed(self, mutant: Mutant, items: list[pytest.Item]) -> bool:
        """The test that notices it is asked first about the next one."""
        told, tell = os.pipe()
        child = os.fork()
        if child == 0:
            signal.alarm(LONGEST)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os._exit(_end_of(mutant, items, tell))
        os.close(tell)
        with open(told, encoding="ascii") as answer:
            number = answer.read()
        if number:
            items.insert(0, items.pop(int(number)))
        return os.waitpid(child, 0)[1] != 0


def _end_of(mutant: Mutant, items: Sequence[pytest.Item], tell: int) -> int:
    """1 once a test fails, whose number is told; 0 if all pass."""
    try:
        put_in(mutant)
        for number, item in enumerate(items):
            if _fails(item):
                os.write(tell, str(number).encode("ascii"))
                return 1
    except BaseException:
        return 1
    return 0


def _fails(item: pytest.Item) -> bool:
    """What a whole run shares, such as a server, outlives the test."""
    return any(report.failed for report in runtestprotocol(item, log=False, nextitem=item.session))  # type: ignore[arg-type]


def rules_asked(item: pytest.Item) -> set[str]:
    """The rules that a test is about. A test of the catalogue says so by its example, another one says their names:
    itself, in a parameter, by a constant of its file, in a function that it calls, or the file by its own name."""
    assert isinstance(item, pytest.Function)
    if item.path.name == "test_catalogue.py":
        _, _, parameter = item.name.partition("[")
        stem, _, number = parameter.rstrip("]").rpartition("-")
        return {parameter.rstrip("]"), stem if number.isdigit() else ""}
    given = {value for value in getattr(getattr(item, "callspec", None), "params", {}).values() if _is_name(value)}
    return (given or _rules_named(item.function)) | {item.path.stem.removeprefix("test_").replace("_", "-")}


@cache
def _rules_named(test: Callable[..., object]) -> set[str]:
    own = test.__globals__
    text = inspect.getsource(test)
    texts = [
        text,
        *(inspect.getsource(one) for name, one in own.items() if inspect.isfunction(one) and f"{name}(" in text),
    ]
    constants = {name: value for name, value in own.items() if _is_name(value)}
    written = {name for text in texts for name in re.findall(r'"([a-z-]+)"', text) if _is_name(name)}
    return written | {
        value for name, value in constants.items() if any(re.search(rf"\b{name}\b", text) for text in texts)
    }


def _is_name(value: object) -> bool:
    return isinstance(value, str) and registry.rule_named(value) is not None


def main() -> None:
    parser = argparse.ArgumentParser(description="Break rules and see whether their tests notice.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--group", action="append", default=[])
    parser.add_argument("--each", type=int, default=3, help="mutants of each rule; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    made: list[Mutant] = []
    chosen: list[Mutant] = []
    for rule in registry.rules():
        if (options.names and rule.name not in options.names) or (options.group and rule.group not in options.group):
            continue
        found = list(mutants(rule))
        made += found
        picked = random.Random(f"{options.seed} {rule.name}").sample(found, min(len(found), options.each or len(found)))
        chosen += sorted(picked, key=lambda mutant: mutant.line)
    explained = read_explained(LIST.read_text(encoding="utf-8"))
    breaking = Breaking(chosen, explained)
    files = [str(TESTS / "test_catalogue.py"), str(TESTS / "catalogue")]
    pytest.main([*files, "-qq", "-o", "addopts=", "-p", "no:xdist", "-p", "no:cacheprovider"], plugins=[breaking])
    if not breaking.ran:
        raise SystemExit("The tests fail before anything is broken, or could not be collected.")
    print_shares(breaking)
    needless = stale(explained, made)
    needless += [entry for entry in explained if any(entry.is_about(mutant) for mutant in breaking.noticed)]
    for entry in needless:
        print(f"stale: {entry}")
    sys.exit(1 if breaking.survivors or needless else 0)


def print_shares(breaking: Breaking) -> None:
    tried, noticed, survived = (
        Counter(one.rule.group for one in each) for each in (breaking.chosen, breaking.noticed, breaking.survivors)
    )
    for group, count in [*tried.items(), ("together", tried.total())]:
        seen, left = (found.total() if group == "together" else found[group] for found in (noticed, survived))
        print(f"{group:15} {count:4} mutants, {seen:4} noticed, {count - seen - left:3} explained, {left:3} survive")


if __name__ == "__main__":
    main()
