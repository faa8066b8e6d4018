"""Containers and variables that hang on what nobody knows."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from rules.reading.interpreter.branches import merged
from rules.reading.interpreter.frames import Frame
from rules.reading.interpreter.machine import Machine
from rules.reading.interpreter.texts import joined
from rules.reading.source import child_nodes
from rules.reading.values import Unknown, UnknownText, Value


def changed(machine: Machine, container: Value) -> bool:
    """Whether a change of a container is certain; if not, the container itself is uncertain from then on."""
    if not machine.conditional or not isinstance(container, list | dict | set):
        return True
    made = machine.made_under.get(id(container))
    if made is not None and machine.circumstances() <= made[1]:
        return True
    machine.uncertain[id(container)] = container
    return False


def made_here(machine: Machine, container: Value) -> Value:
    """A new container: a change of it is certain as long as nothing more is in doubt than now."""
    if machine.conditional:
        machine.made_under[id(container)] = (container, machine.circumstances())
    return container


def inherit(machine: Machine, result: Value, *sources: Value) -> Value:
    """A container made of others is as doubtful as they are."""
    if isinstance(result, list | tuple | dict | set | frozenset):
        if any(id(one) in machine.uncertain for one in sources):
            machine.uncertain[id(result)] = result
        if any(id(one) in machine.open for one in sources):
            machine.open[id(result)] = result
    return result


def after_rounds(machine: Machine, frame: Frame, before: dict[str, Value], body: list[ast.stmt]) -> None:
    """Behind a loop that was read once: it may have run never, or many times."""
    repeated: set[str] | None = None
    for name, value in frame.variables.items():
        if name not in before or before[name] is value:
            continue
        if repeated is None:
            repeated = set(_repeated(body))
        frame.variables[name] = _any_times(machine, before[name], value, name) if name in repeated else merged(
            before[name], value
        )  # fmt: skip


def _any_times(machine: Machine, old: Value, new: Value, name: str) -> Value:
    unknown = Unknown("what a loop makes of it", name)
    if isinstance(old, str | UnknownText) and isinstance(new, str | UnknownText):
        return joined(machine, [old, unknown])
    return unknown


def _repeated(body: list[ast.stmt]) -> Iterator[str]:
    """Names that get a value computed from the one that they have."""
    level: list[ast.AST] = list(body)
    while level:
        node = level.pop()
        match node:
            case ast.AugAssign(target=ast.Name(id=name)):
                yield name
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _reads(value, name):
                yield name
        level += child_nodes(node)


def _reads(value: ast.expr, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(value))
