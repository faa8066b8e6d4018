"""Statements: branches, loops, definitions."""

from __future__ import annotations

import ast
from weakref import WeakKeyDictionary

from rules.reading.interpreter.assignment import assign
from rules.reading.interpreter.branches import fork
from rules.reading.interpreter.classes import define_class
from rules.reading.interpreter.doubt import after_rounds, changed, inherit
from rules.reading.interpreter.frames import Break, Continue, Frame, LoopDoubt, Raised, Return
from rules.reading.interpreter.machine import Machine, executes
from rules.reading.interpreter.operators import binary
from rules.reading.interpreter.truth import rounds_of, truth_of
from rules.reading.interpreter.unread import discard
from rules.reading.source import child_nodes
from rules.reading.values import Arguments, ExceptionValue, Function, Instance, Native, Unknown, Value


@executes(ast.Expr)
def execute_expression(machine: Machine, frame: Frame, node: ast.Expr) -> None:
    value = machine.evaluate(node.value, frame)
    if isinstance(value, Unknown) and isinstance(node.value, ast.Call | ast.Await):
        discard(machine, frame, node.value, value)


@executes(ast.Assign)
def execute_assignment(machine: Machine, frame: Frame, node: ast.Assign) -> None:
    value = machine.evaluate(node.value, frame)
    for target in node.targets:
        assign(machine, frame, target, value)


@executes(ast.AnnAssign)
def execute_annotated(machine: Machine, frame: Frame, node: ast.AnnAssign) -> None:
    if frame.is_class and isinstance(node.target, ast.Name):
        frame.variables.setdefault(f"{node.target.id}:", node.annotation)
    if node.value is not None:
        assign(machine, frame, node.target, machine.evaluate(node.value, frame))


@executes(ast.AugAssign)
def execute_augmented(machine: Machine, frame: Frame, node: ast.AugAssign) -> None:
    load = ast.copy_location(_loaded(node.target), node.target)
    old = machine.evaluate(load, frame)
    extra = machine.evaluate(node.value, frame)
    if isinstance(old, list) and isinstance(node.op, ast.Add) and isinstance(extra, list | tuple):
        machine.budget.room_for(len(old) + len(extra))
        changed(machine, old)
        old.extend(extra)
        inherit(machine, old, extra)
        return
    assign(machine, frame, node.target, binary(machine, node.op, old, extra))


def _loaded(target: ast.expr) -> ast.expr:
    match target:
        case ast.Name():
            return ast.Name(target.id, ast.Load())
        case ast.Attribute():
            return ast.Attribute(target.value, target.attr, ast.Load())
        case ast.Subscript():
            return ast.Subscript(target.value, target.slice, ast.Load())
        case _:
            return target


@executes(ast.Delete)
def execute_delete(machine: Machine, frame: Frame, node: ast.Delete) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            frame.variables.pop(target.id, None)
        elif isinstance(target, ast.Subscript):
            container = machine.evaluate(target.value, frame)
            key = machine.evaluate(target.slice, frame)
            if changed(machine, container) and isinstance(container, dict) and not isinstance(key, Unknown):
                container.pop(key, None)


@executes(ast.If)
def execute_if(machine: Machine, frame: Frame, node: ast.If) -> None:
    """A ladder of `elif` is read in a loop."""
    while True:
        known = truth_of(machine, machine.evaluate(node.test, frame))
        if known is True:
            return machine.execute(node.body, frame)
        if known is None:
            return fork(machine, frame, [node.body, node.orelse])
        if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
            node = node.orelse[0]
            continue
        return machine.execute(node.orelse, frame)


@executes(ast.For, ast.AsyncFor)
def execute_for(machine: Machine, frame: Frame, node: ast.For | ast.AsyncFor) -> None:
    values, certain = rounds_of(machine, machine.evaluate(node.iter, frame))
    doubt = LoopDoubt()
    frame.loops.append(doubt)
    machine.forks += not certain
    left = False
    before = {} if certain else dict(frame.variables)
    try:
        for value in values:
            machine.budget.step()
            assign(machine, frame, node.target, value)
            if _round(machine, frame, node.body, doubt):
                left = True
                break
    finally:
        machine.forks -= not certain
        frame.loops.pop()
    after_rounds(machine, frame, before, node.body)
    if not left:
        machine.execute(node.orelse, frame)


def _round(machine: Machine, frame: Frame, body: list[ast.stmt], doubt: LoopDoubt) -> bool:
    """Reads the body once; whether the loop is left for certain."""
    try:
        machine.execute(body, frame)
    except Break:
        return True
    except Continue:
        pass
    finally:
        doubt.skipped = False
    return False


@executes(ast.While)
def execute_while(machine: Machine, frame: Frame, node: ast.While) -> None:
    """Read as often as it surely runs, or once where that is not known."""
    doubt = LoopDoubt()
    frame.loops.append(doubt)
    returned = len(frame.returned)
    left = False
    try:
        while True:
            known = truth_of(machine, machine.evaluate(node.test, frame))
            if known is False:
                break
            machine.forks += known is None
            before = dict(frame.variables) if known is None else {}
            try:
                left = _round(machine, frame, node.body, doubt)
            finally:
                machine.forks -= known is None
            after_rounds(machine, frame, before, node.body)
            if left or known is None or doubt.left or len(frame.returned) > returned:
                break
    finally:
        frame.loops.pop()
    if not left:
        machine.execute(node.orelse, frame)


@executes(ast.Break)
def execute_break(machine: Machine, frame: Frame, node: ast.Break) -> None:
    raise Break


@executes(ast.Continue)
def execute_continue(machine: Machine, frame: Frame, node: ast.Continue) -> None:
    raise Continue


@executes(ast.Return)
def execute_return(machine: Machine, frame: Frame, node: ast.Return) -> None:
    raise Return(frame, None if node.value is None else machine.evaluate(node.value, frame))


@executes(ast.Raise)
def execute_raise(machine: Machine, frame: Frame, node: ast.Raise) -> None:
    if node.exc is None:
        again = frame.variables.get("exception raised", _some_error())
        raise Raised(again, explicit=True)
    value = machine.evaluate(node.exc, frame)
    if isinstance(value, Native):
        value = machine.call(value, Arguments())
    raise Raised(value if isinstance(value, ExceptionValue | Instance) else _some_error(), explicit=True)


def _some_error() -> ExceptionValue:
    return ExceptionValue(("Exception", "BaseException"))


@executes(ast.Assert)
def execute_assert(machine: Machine, frame: Frame, node: ast.Assert) -> None:
    if truth_of(machine, machine.evaluate(node.test, frame)) is False:
        raise machine.raise_error("AssertionError", "")


@executes(ast.FunctionDef, ast.AsyncFunctionDef)
def execute_function(machine: Machine, frame: Frame, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    defaults = [machine.evaluate(one, frame) for one in node.args.defaults]
    keyword_defaults = {
        parameter.arg: machine.evaluate(default, frame)
        for parameter, default in zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)
        if default is not None
    }
    function = Function(
        node.name, node, frame, defaults, keyword_defaults, "yield" in frame.scope.source.text and _yields(node)
    )
    value: Value = function
    for decorator in reversed(node.decorator_list):
        value = _decorated(machine, frame, decorator, value)
    frame.bind(node.name, value)


KNOWN_DECORATORS = ("contextmanager", "staticmethod", "classmethod", "property", "cached_property", "hybrid_property")


def _decorated(machine: Machine, frame: Frame, decorator: ast.expr, value: Value) -> Value:
    """A decorator that is not known is taken to leave the function as it is: most only wrap."""
    named = decorator.func if isinstance(decorator, ast.Call) else decorator
    last = named.attr if isinstance(named, ast.Attribute) else named.id if isinstance(named, ast.Name) else ""
    if last in KNOWN_DECORATORS and isinstance(value, Function):
        value.wraps = "property" if last.endswith("property") else last
        return value
    function = machine.evaluate(decorator, frame)
    if isinstance(function, Function | Native):
        result = machine.call(function, Arguments([value]))
        return result if isinstance(result, Function) else value
    return value


_KNOWN_YIELDS: WeakKeyDictionary[ast.AST, bool] = WeakKeyDictionary()
"""A module's functions are defined anew for each direction that imports it; their trees are the same."""


def _yields(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    known = _KNOWN_YIELDS.get(node)
    if known is None:
        known = _KNOWN_YIELDS[node] = _finds_yield(node)
    return known


def _finds_yield(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    level: list[ast.AST] = list(node.body)
    while level:
        one = level.pop()
        if isinstance(one, ast.Yield | ast.YieldFrom):
            return True
        if not isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            level += child_nodes(one)
    return False


@executes(ast.ClassDef)
def execute_class(machine: Machine, frame: Frame, node: ast.ClassDef) -> None:
    frame.bind(node.name, define_class(machine, frame, node))


@executes(ast.Global)
def execute_global(machine: Machine, frame: Frame, node: ast.Global) -> None:
    if frame.variables is not frame.scope.variables:
        for name in node.names:
            machine.global_name(name, frame.scope)
        frame.declared_global.update(node.names)


@executes(ast.Nonlocal)
def execute_nonlocal(machine: Machine, frame: Frame, node: ast.Nonlocal) -> None:
    frame.declared_nonlocal.update(node.names)


@executes(ast.Import)
def execute_import(machine: Machine, frame: Frame, node: ast.Import) -> None:
    for alias in node.names:
        if alias.asname:
            frame.bind(alias.asname, machine.library.module(machine, frame.scope, alias.name))
        else:
            top = alias.name.partition(".")[0]
            frame.bind(top, machine.library.module(machine, frame.scope, top))


@executes(ast.ImportFrom)
def execute_import_from(machine: Machine, frame: Frame, node: ast.ImportFrom) -> None:
    for alias in node.names:
        if alias.name != "*":
            value = machine.library.name_from(machine, frame.scope, node.module or "", node.level, alias.name)
            frame.bind(alias.asname or alias.name, value)


@executes(ast.Match)
def execute_match(machine: Machine, frame: Frame, node: ast.Match) -> None:
    subject = machine.evaluate(node.subject, frame)
    for case in node.cases:
        known = _matches(machine, frame, case, subject)
        if known is True:
            return machine.execute(case.body, frame)
        if known is None:
            rest = node.cases[-1]
            is_complete = isinstance(rest.pattern, ast.MatchAs) and rest.pattern.pattern is None and rest.guard is None
            return fork(machine, frame, [one.body for one in node.cases] + ([] if is_complete else [[]]))
    return None


def _matches(machine: Machine, frame: Frame, case: ast.match_case, subject: Value) -> bool | None:
    """Values, alternatives of values, and the wildcard; anything else is not known."""
    if isinstance(subject, Unknown) or case.guard is not None:
        return None
    patterns = case.pattern.patterns if isinstance(case.pattern, ast.MatchOr) else [case.pattern]
    for pattern in patterns:
        match pattern:
            case ast.MatchValue():
                value = machine.evaluate(pattern.value, frame)
                if isinstance(value, Unknown):
                    return None
                if isinstance(value, str | int | float) and value == subject:
                    return True
            case ast.MatchSingleton():
                if pattern.value is subject:
                    return True
            case ast.MatchAs(pattern=None):
                if pattern.name is not None:
                    frame.bind(pattern.name, subject)
                return True
            case _:
                return None
    return False
