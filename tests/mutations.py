"""One condition of a file broken at a time: what can be done to each part of its syntax, and what shows nothing."""

from __future__ import annotations

import ast
import copy
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple

from rules.rule import Rule

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
_SHOWN = 40
"""Characters; a slice that ends there or later only keeps a text for people short."""


@dataclass(frozen=True)
class Mutant:
    """`text` is the line of the condition, `nth` counts from 1 those of its rule that are called the same there."""

    rule: Rule
    line: int
    what: str
    text: str
    nth: int
    broken: Callable[[], ast.Module] = field(repr=False)
    """The syntax of the file with it."""


class Change(NamedTuple):
    """A word for people, the function that does it to a copy of the node, and the part that it is about."""

    what: str
    make: Callable[..., object]
    about: ast.AST


def mutants(rule: Rule) -> Iterator[Mutant]:
    """Every mutant of a rule's file, in the order of its lines. Its page and its examples are left as they are."""
    module = sys.modules[rule.module]
    assert module.__file__ is not None
    text = Path(module.__file__).read_text(encoding="utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    silent = set(unobservable(tree))
    seen: Counter[tuple[str, str]] = Counter()
    for at, node in enumerate(ast.walk(tree)):
        if node in silent:
            continue
        for what, make, about in changes(node):
            line = line_of(about)
            written = lines[line - 1].strip()
            seen[what, written] += 1
            yield Mutant(rule, line, what, written, seen[what, written], partial(with_change, tree, at, make))


def with_change(tree: ast.Module, at: int, make: Callable[..., object]) -> ast.Module:
    """A copy with the node changed that stands at a number of `ast.walk`."""
    copied = copy.deepcopy(tree)
    make(next(node for number, node in enumerate(ast.walk(copied)) if number == at))
    return ast.fix_missing_locations(copied)


def line_of(about: ast.AST) -> int:
    match about:
        case ast.match_case(pattern=pattern):
            return pattern.lineno
        case ast.comprehension(target=target):
            return target.lineno
    return getattr(about, "lineno", 0)


def unobservable(tree: ast.Module) -> Iterator[ast.AST]:
    """What no test can see: the page, imports, annotations and other parameters of types, how a dataclass is made, how
    long a shown text may be, and `source is None`, which is asked so that types agree: what has operations parses."""
    for statement in tree.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="rule")]) | ast.Import() | ast.ImportFrom() | ast.Expr():
                yield from ast.walk(statement)
    for node in ast.walk(tree):
        match node:
            case ast.arg(annotation=ast.expr() as annotation) | ast.AnnAssign(annotation=annotation):
                yield from ast.walk(annotation)
            case ast.FunctionDef(returns=ast.expr() as annotation):
                yield from ast.walk(annotation)
            case ast.ClassDef(decorator_list=decorators):
                for decorator in decorators:
                    yield from ast.walk(decorator)
            case ast.Subscript(value=ast.Name(id="dict" | "list" | "set" | "tuple" | "type"), slice=parameters):
                yield from ast.walk(parameters)
            case ast.Slice(lower=None, upper=ast.Constant(value=int(end))) if end >= _SHOWN:
                yield from ast.walk(node)
            case ast.Compare() if _is_only_for_types(node):
                yield node


def changes(node: ast.AST) -> Iterator[Change]:
    """What can be done to a node."""
    match node:
        case ast.Compare(ops=operators):
            for number, operator in enumerate(operators):
                if (other := _TURNED.get(type(operator))) is not None:
                    yield Change(f"{type(operator).__name__} -> {other.__name__}", _turned(number, other), node)
        case ast.BoolOp(values=values):
            for number, value in enumerate(values):
                if not _is_only_for_types(value):
                    yield Change(f"without `{_short(value)}`", _without("values", number), value)
        case ast.UnaryOp(op=ast.Not()):
            yield Change("without `not`", _affirmed, node)
        case ast.If(test=test) | ast.IfExp(test=test):
            if not _is_only_for_types(test):
                yield Change(f"always `{_short(test)}`", _set("test", True), node)
                yield Change(f"never `{_short(test)}`", _set("test", False), node)
        case ast.comprehension(ifs=ifs):
            for number, one in enumerate(ifs):
                yield Change(f"without `if {_short(one)}`", _without("ifs", number), one)
        case ast.Match(cases=cases) if len(cases) > 1:
            for number, case in enumerate(cases):
                yield Change(f"without `case {_short(case.pattern)}`", _without("cases", number), case)
        case ast.match_case(guard=ast.expr() as guard):
            yield Change(f"without `if {_short(guard)}`", lambda n: setattr(n, "guard", None), guard)
        case ast.MatchOr(patterns=patterns):
            for number, pattern in enumerate(patterns):
                yield Change(f"without `{_short(pattern)}`", _without("patterns", number), pattern)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="rule"), attr="on"), args=kinds) if len(kinds) > 1:
            for number, kind in enumerate(kinds):
                yield Change(f"without `{_short(kind)}`", _without("args", number), kind)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            yield Change(f"without `{_short(right)}`", lambda n: setattr(n, "right", copy.deepcopy(n.left)), right)
            if not (isinstance(left, ast.BinOp) and isinstance(left.op, ast.BitOr)):
                yield Change(f"without `{_short(left)}`", lambda n: setattr(n, "left", copy.deepcopy(n.right)), left)
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield Change(f"None for `{_short(value)}`", _set("value", None), node)
        case ast.Constant(value=bool() as value):
            yield Change(f"{value} -> {not value}", lambda n: setattr(n, "value", not n.value), node)
        case ast.Constant(value=int() as value):
            yield Change(f"{value} -> {value + 1}", lambda n: setattr(n, "value", n.value + 1), node)
        case ast.Tuple(elts=elements) | ast.Set(elts=elements) if all(_is_listed(one) for one in elements):
            for number, one in enumerate(elements):
                yield Change(f"without {ast.unparse(one)}", _without("elts", number), one)


def _is_listed(node: ast.expr) -> bool:
    """A constant, or a type by its name."""
    match node:
        case ast.Name(id=name, ctx=ast.Load()) | ast.Attribute(attr=name, ctx=ast.Load()):
            return name[:1].isupper() and not name.isupper()
    return isinstance(node, ast.Constant)


def _short(node: ast.AST) -> str:
    return ast.unparse(node)[:50]


def _without(name: str, number: int) -> Callable[[ast.AST], object]:
    return lambda node: setattr(node, name, [*getattr(node, name)[:number], *getattr(node, name)[number + 1 :]])


def _set(name: str, value: bool | None) -> Callable[[ast.AST], object]:
    return lambda node: setattr(node, name, ast.Constant(value))


def _turned(number: int, other: type[ast.cmpop]) -> Callable[[ast.Compare], object]:
    return lambda node: setattr(node, "ops", [*node.ops[:number], other(), *node.ops[number + 1 :]])


def _affirmed(node: ast.UnaryOp) -> None:
    """`+bool(x)`: what `not x` negates, as a number."""
    node.op = ast.UAdd()
    node.operand = ast.Call(ast.Name("bool", ast.Load()), [node.operand], [])


def _is_only_for_types(test: ast.expr) -> bool:
    return ast.unparse(test) in ("source is None", "TYPE_CHECKING")
