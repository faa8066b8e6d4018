"""Calling the migration's own functions: arguments, recursion, generators."""

from __future__ import annotations

import ast
from collections.abc import Callable

from rules.model.operations import OpaqueKind
from rules.reading.bounds import MAX_CALLS
from rules.reading.interpreter.branches import merged, note_raise
from rules.reading.interpreter.frames import MISSING, Frame, Raised, Return
from rules.reading.interpreter.machine import Machine
from rules.reading.values import Arguments, Function, Unknown, Value

MAX_SAME = 2
"""Rounds of a recursion that hangs on something unknown."""


def call_function(machine: Machine, function: Function, arguments: Arguments) -> Value:
    if function.wraps == "contextmanager":
        return ManagerCall(function, arguments)
    if function.yields:
        produced: list[Value] = []
        around = machine.forks

        def keep(value: Value) -> Value:
            machine.budget.room_for(len(produced) + 1)
            produced.append(value)
            if machine.forks > around:  # one in the place of rows that nobody knows
                machine.uncertain[id(produced)] = produced
            return None

        run(machine, function, arguments, keep)
        return produced
    return run(machine, function, arguments, None)


def run(machine: Machine, function: Function, arguments: Arguments, on_yield: Callable[[Value], Value] | None) -> Value:
    depth = sum(1 for frame in machine.frames if frame.name == function.name)
    if depth > MAX_SAME and machine.conditional:
        return Unknown(f"what `{function.name}` gives when it calls itself", function.name)
    if function.name == "__getattr__" and depth:
        return Unknown("an attribute that is looked up by code", foreign=False)
    if len(machine.frames) >= MAX_CALLS:
        machine.budget.step(MAX_CALLS)
        reason = f"functions call one another more than {MAX_CALLS} deep"
        if not machine.too_deep:
            machine.record.opaque(machine, OpaqueKind.CALL, reason)
        machine.too_deep = machine.too_deep or not machine.loading
        return Unknown(reason)
    scope = function.frame.scope
    around = None if function.frame.variables is scope.variables else function.frame
    frame = Frame(scope, {}, around, function.name, on_yield=on_yield, owner=function.owner)
    frame.variables.update(bound_arguments(machine, function, arguments))
    current = machine.current
    machine.frames.append(frame)
    try:
        if isinstance(function.node, ast.Lambda):
            return machine.evaluate(function.node.body, frame)
        machine.execute(function.node.body, frame)
        value: Value = None
    except Return as signal:
        if signal.frame is not frame:
            raise
        value = signal.value
    except Raised:
        if not frame.returned or len(machine.frames) < 2 or machine.loading:
            raise
        note_raise(machine)  # it may have returned before, on a condition that nobody knows
        value = frame.returned.pop()
    finally:
        machine.frames.pop()
        machine.current = current
    for earlier in frame.returned:
        value = merged(earlier, value)
    return value


def bound_arguments(machine: Machine, function: Function, arguments: Arguments) -> dict[str, Value]:
    """Name -> value; what is missing or doubtful is unknown rather than an error."""
    spec = function.node.args
    positional = [*spec.posonlyargs, *spec.args]
    values = list(arguments.positional)
    keywords = dict(arguments.keywords)
    names: dict[str, Value] = {}
    if function.wraps == "classmethod" and function.owner is not None:
        values.insert(0, function.owner)
    offset = len(positional) - len(function.defaults)
    for number, parameter in enumerate(positional):
        name = parameter.arg
        if number < len(values):
            names[name] = values[number]
        elif name in keywords:
            names[name] = keywords.pop(name)
        elif not arguments.complete:
            names[name] = Unknown(f"the argument `{name}`", name)
        elif number >= offset:
            names[name] = function.defaults[number - offset]
        else:
            raise machine.raise_error("TypeError", f"`{function.name}` is called without `{name}`")
    for parameter in spec.kwonlyargs:
        given = keywords.pop(parameter.arg, MISSING)
        fallback = function.keyword_defaults.get(
            parameter.arg, Unknown(f"the argument `{parameter.arg}`", parameter.arg)
        )
        names[parameter.arg] = fallback if given is MISSING else given
    if spec.vararg is not None:
        rest = Unknown(f"the arguments `*{spec.vararg.arg}`")
        names[spec.vararg.arg] = tuple(values[len(positional) :]) if arguments.complete else rest
    if spec.kwarg is not None:
        names[spec.kwarg.arg] = keywords
    return names


class ManagerCall(Unknown):
    """A call of a `@contextmanager` function, that a `with` is going to enter."""

    __slots__ = ("arguments", "function")

    def __init__(self, function: Function, arguments: Arguments) -> None:
        super().__init__(f"the context of `{function.name}`", function.name)
        self.function = function
        self.arguments = arguments
