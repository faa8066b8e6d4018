"""Breaks rules on purpose, one condition at a time, and asks their tests: a mutant that no test notices survives.

    python -m tests.mutants [--group GROUP] [--each N] [--seed N] [RULE ...]

Of each rule file N mutants are tried (0: all): a comparison turned round, half of an `and` or `or` left out, a `not`
taken away, an `if` that always or never holds, a `case` left out, a result replaced, a number or a listed name changed.
Every mutant runs the tests that name its rule, in a process of its own. Prints the survivors and the share by group.
"""

from __future__ import annotations

import argparse
import ast
import copy
import inspect
import os
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.abc import SourceLoader
from pathlib import Path
from types import ModuleType

import pytest
from _pytest.runner import runtestprotocol

from rules import registry
from rules.rule import Rule

TESTS = Path(__file__).parent / "rules"
LONGEST = 60
"""Seconds of a mutant's tests; one that takes longer runs in circles, which is noticed."""
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


@dataclass(frozen=True)
class Mutant:
    rule: Rule
    line: int
    what: str
    tree: ast.Module = field(repr=False)


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Every mutant of a rule's file, in the order of its lines. Its page and its examples are left as they are."""
    module = sys.modules[rule.module]
    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    for at, node in enumerate(ast.walk(tree)):
        if _is_of_the_page(node, tree):
            continue
        for what, change in changes(node):
            copied = copy.deepcopy(tree)
            for number, other in enumerate(ast.walk(copied)):
                if number == at:
                    change(other)
                    break
            yield Mutant(rule, getattr(node, "lineno", 0), what, ast.fix_missing_locations(copied))


def _is_of_the_page(node: ast.AST, tree: ast.Module) -> bool:
    """Inside `rule = Rule(...)`, an import, or a text for people."""
    line = getattr(node, "lineno", None)
    if line is None:
        return True
    for statement in tree.body:
        if statement.lineno <= line <= (statement.end_lineno or line):
            match statement:
                case ast.Assign(targets=[ast.Name(id="rule")]) | ast.Import() | ast.ImportFrom() | ast.Expr():
                    return True
    return False


def changes(node: ast.AST) -> Iterator[tuple[str, object]]:
    """What can be done to a node: a word for people, and the function that does it to a copy."""
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in _TURNED:
            other = _TURNED[type(operator)]
            yield f"{type(operator).__name__} -> {other.__name__}", lambda n: setattr(n, "ops", [other()])
        case ast.BoolOp(values=values):
            for number in range(len(values)):
                yield f"without `{ast.unparse(values[number])[:50]}`", _without("values", number)
        case ast.UnaryOp(op=ast.Not()):
            yield "without `not`", lambda n: setattr(n, "op", ast.UAdd()) or setattr(n, "operand", _as_int(n.operand))
        case ast.If(test=test) | ast.IfExp(test=test):
            if not isinstance(node, ast.If) or not _is_only_for_types(node):
                yield f"always `{ast.unparse(test)[:50]}`", lambda n: setattr(n, "test", ast.Constant(True))
                yield f"never `{ast.unparse(test)[:50]}`", lambda n: setattr(n, "test", ast.Constant(False))
        case ast.comprehension(ifs=ifs):
            for number in range(len(ifs)):
                yield f"without `if {ast.unparse(ifs[number])[:50]}`", _without("ifs", number)
        case ast.Match(cases=cases) if len(cases) > 1:
            for number, one in enumerate(cases):
                yield f"without `case {ast.unparse(one.pattern)[:50]}`", _without("cases", number)
        case ast.match_case(guard=ast.expr() as guard):
            yield f"without `if {ast.unparse(guard)[:50]}`", lambda n: setattr(n, "guard", None)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield f"None for `{ast.unparse(value)[:50]}`", lambda n: setattr(n, "value", ast.Constant(None))
        case ast.Constant(value=bool() as value):
            yield f"{value} -> {not value}", lambda n: setattr(n, "value", not n.value)
        case ast.Constant(value=int() as value):
            yield f"{value} -> {value + 1}", lambda n: setattr(n, "value", n.value + 1)
        case ast.Tuple(elts=elements) | ast.Set(elts=elements) if all(isinstance(e, ast.Constant) for e in elements):
            for number, one in enumerate(elements):
                yield f"without {ast.unparse(one)}", _without("elts", number)


def _without(name: str, number: int) -> object:
    return lambda node: setattr(node, name, [*getattr(node, name)[:number], *getattr(node, name)[number + 1 :]])


def _as_int(node: ast.expr) -> ast.expr:
    """`+bool(x)`: what `not x` negates, as a number."""
    return ast.Call(ast.Name("bool", ast.Load()), [node], [])


def _is_only_for_types(node: ast.If) -> bool:
    """`if source is None: return`: asked so that types agree, and never so in a test."""
    return ast.unparse(node.test) in ("source is None", "TYPE_CHECKING")


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
    put_in_place(sys.modules[mutant.rule.module], mutant.tree)
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

    def __init__(self, chosen: Sequence[Mutant]) -> None:
        self.chosen = chosen
        self.survivors: list[Mutant] = []
        self.ran = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        asked = {
            name: [item for item in session.items if asks_about(item, rule)]
            for name, rule in {mutant.rule.name: mutant.rule for mutant in self.chosen}.items()
        }
        self.ran = not self._is_noticed(None, [item for items in asked.values() for item in items])
        for number, mutant in enumerate(self.chosen if self.ran else (), 1):
            if not self._is_noticed(mutant, asked[mutant.rule.name]):
                self.survivors.append(mutant)
                print(f"\n{mutant.rule.module}:{mutant.line}: {mutant.what}", flush=True)
            if number % 50 == 0:
                print(f"\n({number} of {len(self.chosen)})", flush=True)
        return True

    def _is_noticed(self, mutant: Mutant | None, items: Sequence[pytest.Item]) -> bool:
        child = os.fork()
        if child == 0:
            signal.alarm(LONGEST if mutant else 0)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os._exit(1 if self._fails(mutant, items) else 0)
        _, status = os.waitpid(child, 0)
        return status != 0

    def _fails(self, mutant: Mutant | None, items: Sequence[pytest.Item]) -> bool:
        try:
            if mutant is not None:
                put_in(mutant)
            return any(report.failed for item in items for report in runtestprotocol(item, log=False))
        except BaseException:
            return True


def asks_about(item: pytest.Item, rule: Rule) -> bool:
    """A test of the catalogue with one of its examples, or one that says the rule's name: itself, in a parameter, by a
    constant of its file, or in a function that it calls."""
    assert isinstance(item, pytest.Function)
    if item.path.name == "test_catalogue.py":
        _, _, parameter = item.name.partition("[")
        stem, _, number = parameter.rstrip("]").rpartition("-")
        return rule.name in (parameter.rstrip("]"), stem if number.isdigit() else "")
    given = [value for value in getattr(getattr(item, "callspec", None), "params", {}).values() if _is_name(value)]
    if given:
        return rule.name in given
    own = vars(item.module)
    constants = {name for name, value in own.items() if value == rule.name}
    texts = [inspect.getsource(item.function)]
    texts += [inspect.getsource(one) for name, one in own.items() if inspect.isfunction(one) and f"{name}(" in texts[0]]
    return any(f'"{rule.name}"' in text or any(re.search(rf"\b{one}\b", text) for one in constants) for text in texts)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and registry.rule_named(value) is not None


def main() -> None:
    parser = argparse.ArgumentParser(description="Break rules and see whether their tests notice.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--group", action="append", default=[])
    parser.add_argument("--each", type=int, default=3, help="mutants of each rule; 0: all")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chosen: list[Mutant] = []
    for rule in registry.rules():
        if (options.names and rule.name not in options.names) or (options.group and rule.group not in options.group):
            continue
        found = list(mutants(rule))
        picked = random.Random(f"{options.seed} {rule.name}").sample(found, min(len(found), options.each or len(found)))
        chosen += sorted(picked, key=lambda mutant: mutant.line)
    breaking = Breaking(chosen)
    files = [str(TESTS / "test_catalogue.py"), str(TESTS / "catalogue")]
    pytest.main([*files, "-qq", "-o", "addopts=", "-p", "no:xdist", "-p", "no:cacheprovider"], plugins=[breaking])
    if not breaking.ran:
        raise SystemExit("The tests fail before anything is broken, or could not be collected.")
    made, survived = (Counter(one.rule.group for one in each) for each in (chosen, breaking.survivors))
    for group in made:
        print(f"{group:15} {made[group]:4} mutants, {made[group] - survived[group]:4} noticed")
    print(f"{'together':15} {len(chosen):4} mutants, {len(chosen) - len(breaking.survivors):4} noticed")
    sys.exit(1 if breaking.survivors else 0)


if __name__ == "__main__":
    main()
