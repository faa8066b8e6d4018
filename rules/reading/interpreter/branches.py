"""Both sides of a condition that nobody knows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from rules.reading.interpreter.frames import Break, Continue, Frame, Raised, Return, Signal
from rules.reading.interpreter.machine import Machine
from rules.reading.values import Choice, Symbol, Unknown, Value

MAX_OPTIONS = 4
"""Of a value that hangs on a condition."""


def fork(machine: Machine, frame: Frame, branches: Sequence[list[ast.stmt]]) -> None:
    """Reads each branch from the same start; afterwards a variable is what all that go on agree upon."""

    def reader(body: list[ast.stmt]) -> Callable[[], None]:
        return lambda: machine.execute(body, frame)

    fork_calls(machine, frame, [reader(body) for body in branches])


def fork_calls(machine: Machine, frame: Frame, branches: Sequence[Callable[[], None]]) -> None:
    before = dict(frame.variables)
    outcomes: list[tuple[dict[str, Value], Signal | None]] = []
    starts: list[int] = []
    for branch in branches:
        starts.append(len(machine.record.emissions))
        _restore(frame, before)
        machine.forks += 1
        signal: Signal | None = None
        try:
            branch()
        except (Return, Break, Continue, Raised) as caught:
            signal = caught
        finally:
            machine.forks -= 1
        outcomes.append((dict(frame.variables), signal))
    machine.library.sent_once(machine, starts)
    going_on = [variables for variables, signal in outcomes if signal is None]
    signals = [signal for _, signal in outcomes if signal is not None]
    if not going_on:
        raise _strongest(machine, frame, signals)
    _restore(frame, _merged_variables(going_on))
    for signal in signals:
        _remember(machine, frame, signal)


def _restore(frame: Frame, variables: dict[str, Value]) -> None:
    frame.variables.clear()
    frame.variables.update(variables)


def _merged_variables(versions: list[dict[str, Value]]) -> dict[str, Value]:
    result = dict(versions[0])
    for other in versions[1:]:
        for name, value in other.items():
            result[name] = merged(result[name], value) if name in result else value
    return result


def merged(one: Value, other: Value) -> Value:
    """The same value, or one of both."""
    return merged_all([one, other])


def merged_all(values: Sequence[Value]) -> Value:
    """A `Choice` where the values differ and each of them is known."""
    options: list[Value] = []
    for value in values:
        for option in value.options if isinstance(value, Choice) else (value,):
            if not any(_is_same(option, known) for known in options):
                options.append(option)
    if len(options) == 1:
        return options[0]
    if len(options) > MAX_OPTIONS or any(isinstance(one, Unknown) for one in options):
        return Unknown("a value that hangs on a condition")
    return Choice("a value that hangs on a condition", options=tuple(options))


def _is_same(one: Value, other: Value) -> bool:
    if one is other:
        return True
    if isinstance(one, Symbol) or isinstance(other, Symbol) or type(one) is not type(other):
        return False
    if isinstance(one, str | int | float | bytes | tuple | list | dict | set):
        try:
            return bool(one == other)
        except RecursionError:
            return False
    return False


def _strongest(machine: Machine, frame: Frame, signals: list[Signal]) -> Signal:
    """All branches leave: the one that leaves least is followed, the others are remembered."""
    returns = [signal for signal in signals if isinstance(signal, Return)]
    steps = [signal for signal in signals if isinstance(signal, Continue | Break)]
    if steps:
        chosen: Signal = next((signal for signal in steps if isinstance(signal, Continue)), steps[0])
        for signal in signals:
            if signal is not chosen and not isinstance(signal, type(chosen)):
                _remember(machine, frame, signal)
        return chosen
    if returns:
        value = merged_all([one.value for one in returns])
        if len(returns) < len(signals):
            note_raise(machine)
        return Return(returns[0].frame, value)
    return signals[0]


def _remember(machine: Machine, frame: Frame, signal: Signal) -> None:
    match signal:
        case Return():
            frame.returned.append(signal.value)
        case Break() if frame.loops:
            frame.loops[-1].left = True
        case Continue() if frame.loops:
            frame.loops[-1].skipped = True
        case Raised():
            note_raise(machine)
        case _:
            return


def note_raise(machine: Machine) -> None:
    if machine.tries:
        machine.may_have_raised = True
