"""`with` and `try`."""

from __future__ import annotations

import ast
from collections.abc import Callable

from rules.reading.interpreter.assignment import assign
from rules.reading.interpreter.branches import fork_calls
from rules.reading.interpreter.frames import Frame, Passing, Raised, Scope, Signal
from rules.reading.interpreter.functions import ManagerCall, run
from rules.reading.interpreter.machine import Machine, executes
from rules.reading.offers.exceptions import is_caught
from rules.reading.values import Arguments, Instance, Symbol, Unknown, Value


class Context(Symbol):
    """A value of ours that a `with` can enter."""

    __slots__ = ()

    def enter(self, machine: Machine) -> Value:
        return self

    def leave(self, machine: Machine, failed: bool) -> None:
        """Also when the body is left early."""

    def swallows(self, error: Value, machine: Machine) -> bool | None:
        return False


@executes(ast.With, ast.AsyncWith)
def execute_with(machine: Machine, frame: Frame, node: ast.With | ast.AsyncWith) -> None:
    _enter(machine, frame, node, 0)


def _enter(machine: Machine, frame: Frame, node: ast.With | ast.AsyncWith, number: int) -> None:
    if number == len(node.items):
        machine.execute(node.body, frame)
        return
    item = node.items[number]
    value = machine.evaluate(item.context_expr, frame)

    def body(entered: Value) -> None:
        if item.optional_vars is not None:
            assign(machine, frame, item.optional_vars, entered)
        _enter(machine, frame, node, number + 1)

    if isinstance(value, ManagerCall):
        call = item.context_expr
        _around(machine, value, body, [(frame.scope, call)] if isinstance(call, ast.Call) else [])
    elif isinstance(value, Context):
        _within(machine, value, body)
    elif isinstance(value, Instance):
        _instance(machine, value, body)
    elif isinstance(value, Unknown):
        body(Unknown(value.why, value.name, value.foreign, value.dotted))
    else:
        body(value)


def _around(
    machine: Machine, manager: ManagerCall, body: Callable[[Value], None], call: list[tuple[Scope, ast.Call]]
) -> None:
    """What the manager sends comes from the call in the `with`; what the body sends does not."""
    entered = 0
    depth = len(machine.calls)

    def at_yield(value: Value) -> Value:
        nonlocal entered
        entered += 1
        if entered > 1 and not machine.conditional:
            return None
        frames, calls = machine.frames[:], machine.calls[depth:]
        del machine.calls[depth:]
        try:
            body(value)
        except Raised:
            raise
        except Signal as signal:
            raise Passing(signal) from None
        finally:
            machine.frames[:] = frames
            machine.calls[depth:] = calls
        return None

    machine.calls += call
    try:
        run(machine, manager.function, manager.arguments, at_yield)
    except Passing as passing:
        raise passing.signal from None
    finally:
        del machine.calls[depth:]


def _within(machine: Machine, context: Context, body: Callable[[Value], None]) -> None:
    entered = context.enter(machine)
    try:
        body(entered)
    except Raised as raised:
        context.leave(machine, True)
        if context.swallows(raised.value, machine) is False:
            raise
    except Signal:
        context.leave(machine, False)
        raise
    else:
        context.leave(machine, False)


def _instance(machine: Machine, instance: Instance, body: Callable[[Value], None]) -> None:
    entered = machine.call(machine.attribute(instance, "__enter__"), Arguments())
    try:
        body(entered)
    finally:
        machine.call(machine.attribute(instance, "__exit__"), Arguments([None, None, None]))


@executes(ast.Try, *([ast.TryStar] if hasattr(ast, "TryStar") else []))
def execute_try(machine: Machine, frame: Frame, node: ast.Try) -> None:
    try:
        _guarded(machine, frame, node)
    finally:
        machine.execute(node.finalbody, frame)


def _guarded(machine: Machine, frame: Frame, node: ast.Try) -> None:
    sent = machine.record.risks
    earlier, machine.may_have_raised = machine.may_have_raised, False
    catches = any(not isinstance(handler.body[-1], ast.Raise) for handler in node.handlers)
    machine.tries += 1
    machine.catching += catches
    error: Value = None
    try:
        machine.execute(node.body, frame)
    except Raised as raised:
        error = raised.value
    finally:
        machine.tries -= 1
        machine.catching -= catches
        doubtful = machine.may_have_raised or machine.record.risks > sent
        machine.may_have_raised = earlier
    if error is not None:
        _handle(machine, frame, node, error)
        return
    machine.execute(node.orelse, frame)
    if doubtful and node.handlers:
        _possible_handlers(machine, frame, node)


def _handle(machine: Machine, frame: Frame, node: ast.Try, error: Value) -> None:
    for handler in node.handlers:
        wanted = None if handler.type is None else machine.evaluate(handler.type, frame)
        caught = True if wanted is None else is_caught(error, wanted)
        if caught is False:
            continue
        _run_handler(machine, frame, handler, error)
        return
    raise Raised(error)


def _run_handler(machine: Machine, frame: Frame, handler: ast.ExceptHandler, error: Value) -> None:
    if handler.name:
        frame.bind(handler.name, error)
    frame.variables["exception raised"] = error
    machine.execute(handler.body, frame)


def _possible_handlers(machine: Machine, frame: Frame, node: ast.Try) -> None:
    """The body may fail on the server: then one of these runs, or none."""
    error = Unknown("an error of the database", "error")
    branches: list[Callable[[], None]] = [lambda: None]
    for handler in node.handlers:
        branches.append(lambda handler=handler: _run_handler(machine, frame, handler, error))  # type: ignore[misc]
    fork_calls(machine, frame, branches)
