"""Comprehensions over what is known; over the unknown, the element is read once."""

from __future__ import annotations

import ast
from collections.abc import Callable

from rules.reading.interpreter.assignment import assign
from rules.reading.interpreter.doubt import made_here
from rules.reading.interpreter.expressions import hashed
from rules.reading.interpreter.frames import Frame
from rules.reading.interpreter.machine import Machine, reads
from rules.reading.interpreter.truth import rounds_of, truth_of
from rules.reading.values import Unknown, Value

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp


@reads(ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)
def read_comprehension(machine: Machine, frame: Frame, node: Comprehension) -> Value:
    inner = Frame(frame.scope, {}, frame, frame.name, on_yield=frame.on_yield)
    results: list[Value] = []

    def element() -> None:
        if isinstance(node, ast.DictComp):
            results.append((machine.evaluate(node.key, inner), machine.evaluate(node.value, inner)))
        else:
            results.append(machine.evaluate(node.elt, inner))
        machine.budget.room_for(1)

    certain = _rounds(machine, inner, list(node.generators), element)
    machine.budget.room_for(len(results))
    if not certain:
        if is_open(machine, inner, node) and isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp):
            return machine.opened(results)
        return _uncertain(machine, node, results)
    if isinstance(node, ast.SetComp):
        return hashed(machine, results, lambda: set(results))
    if isinstance(node, ast.DictComp):
        keys = [pair[0] for pair in results if isinstance(pair, tuple)]
        return hashed(machine, keys, lambda: {pair[0]: pair[1] for pair in results if isinstance(pair, tuple)})
    return made_here(machine, results)


def _uncertain(machine: Machine, node: Comprehension, results: list[Value]) -> Value:
    """What is read with one item in the place of those that nobody knows."""
    if isinstance(node, ast.DictComp) or not results:
        return Unknown("a list made from something unknown")
    machine.uncertain[id(results)] = results
    return results


def is_open(machine: Machine, frame: Frame, node: Comprehension) -> bool:
    """A single loop over a list that may hold more than is known, with tests that are all known."""
    return len(node.generators) == 1 and frame.variables.pop("only open", None) is True


def _rounds(machine: Machine, frame: Frame, generators: list[ast.comprehension], element: Callable[[], None]) -> bool:
    """Whether the number of elements is known."""
    if not generators:
        element()
        return True
    first, rest = generators[0], generators[1:]
    source = machine.evaluate(first.iter, frame)
    values, certain = rounds_of(machine, source)
    only_open = id(source) in machine.open
    machine.forks += not certain
    everything = certain
    try:
        for value in values:
            machine.budget.step()
            assign(machine, frame, first.target, value)
            known = [truth_of(machine, machine.evaluate(test, frame)) for test in first.ifs]
            if False in known:
                continue
            everything = _rounds(machine, frame, rest, element) and everything and None not in known
            only_open = only_open and None not in known
    finally:
        machine.forks -= not certain
    if only_open:
        frame.variables["only open"] = True
    return everything
