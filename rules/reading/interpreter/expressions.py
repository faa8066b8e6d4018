"""Expressions: names, literals, operators, calls, comprehensions."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from rules.reading.interpreter.doubt import inherit, made_here
from rules.reading.interpreter.frames import MISSING, Frame, Raised
from rules.reading.interpreter.machine import Machine, reads
from rules.reading.interpreter.operators import binary, compare, subscript, unary
from rules.reading.interpreter.texts import formatted, joined, shown
from rules.reading.interpreter.truth import items_of, truth_of
from rules.reading.interpreter.written import derived_by_call, note, note_sum
from rules.reading.values import Arguments, Choice, Function, Unknown, UnknownText, Value, unknown_within


@reads(ast.Constant)
def read_constant(machine: Machine, frame: Frame, node: ast.Constant) -> Value:
    return note(machine, frame, node, node.value) if type(node.value) is str else node.value


@reads(ast.Name)
def read_name(machine: Machine, frame: Frame, node: ast.Name) -> Value:
    found = machine.look_up(node.id, frame)
    return Unknown(f"`{node.id}` is not defined in this file", node.id, True, node.id) if found is MISSING else found


@reads(ast.Attribute)
def read_attribute(machine: Machine, frame: Frame, node: ast.Attribute) -> Value:
    return machine.attribute(machine.evaluate(node.value, frame), node.attr)


@reads(ast.Subscript)
def read_subscript(machine: Machine, frame: Frame, node: ast.Subscript) -> Value:
    return subscript(machine, machine.evaluate(node.value, frame), machine.evaluate(node.slice, frame))


@reads(ast.Slice)
def read_slice(machine: Machine, frame: Frame, node: ast.Slice) -> Value:
    parts = [None if one is None else machine.evaluate(one, frame) for one in (node.lower, node.upper, node.step)]
    unknown = unknown_within(parts)
    if unknown is not None:
        return unknown
    start, stop, step = (one if isinstance(one, int) else None for one in parts)
    return slice(start, stop, step)


@reads(ast.BinOp)
def read_operator(machine: Machine, frame: Frame, node: ast.BinOp) -> Value:
    """A chain to the left is read in a loop, because SQL text is often a long sum."""
    chain: list[ast.BinOp] = [node]
    while isinstance(chain[-1].left, ast.BinOp):
        machine.budget.step()
        chain.append(chain[-1].left)
    value = machine.evaluate(chain[-1].left, frame)
    for link in reversed(chain):
        value = binary(machine, link.op, value, machine.evaluate(link.right, frame))
    return note_sum(machine, frame, node, value) if isinstance(value, str | UnknownText) else value


@reads(ast.UnaryOp)
def read_unary(machine: Machine, frame: Frame, node: ast.UnaryOp) -> Value:
    return unary(machine, node.op, machine.evaluate(node.operand, frame))


@reads(ast.BoolOp)
def read_and_or(machine: Machine, frame: Frame, node: ast.BoolOp) -> Value:
    decides = isinstance(node.op, ast.Or)
    doubt: Unknown | None = None
    value: Value = None
    for operand in node.values:
        value = machine.evaluate(operand, frame)
        known = truth_of(machine, value)
        if known is None:
            doubt = value if isinstance(value, Unknown) else Unknown("a condition")
        elif known is decides:
            return value if doubt is None or isinstance(value, bool) else doubt
    return value if doubt is None else doubt


@reads(ast.Compare)
def read_comparison(machine: Machine, frame: Frame, node: ast.Compare) -> Value:
    left = machine.evaluate(node.left, frame)
    result: Value = True
    for operator, right_node in zip(node.ops, node.comparators, strict=True):
        right = machine.evaluate(right_node, frame)
        result = compare(machine, operator, left, right)
        if len(node.ops) == 1 or truth_of(machine, result) is not True:
            return result
        left = right
    return result


@reads(ast.IfExp)
def read_choice(machine: Machine, frame: Frame, node: ast.IfExp) -> Value:
    test = machine.evaluate(node.test, frame)
    known = truth_of(machine, test)
    if known is None:
        machine.forks += 1
        try:
            one, other = machine.evaluate(node.body, frame), machine.evaluate(node.orelse, frame)
        finally:
            machine.forks -= 1
        from rules.reading.interpreter.branches import merged

        return merged(one, other)
    return machine.evaluate(node.body if known else node.orelse, frame)


@reads(ast.NamedExpr)
def read_walrus(machine: Machine, frame: Frame, node: ast.NamedExpr) -> Value:
    value = machine.evaluate(node.value, frame)
    frame.bind(node.target.id, value)
    return value


@reads(ast.List, ast.Tuple, ast.Set)
def read_items(machine: Machine, frame: Frame, node: ast.List | ast.Tuple | ast.Set) -> Value:
    values: list[Value] = []
    for one in node.elts:
        if isinstance(one, ast.Starred):
            more = items_of(machine, machine.evaluate(one.value, frame))
            if more is None:
                return Unknown("a list with unknown items")
            values.extend(more)
        else:
            values.append(machine.evaluate(one, frame))
    machine.budget.room_for(len(values))
    if isinstance(node, ast.Set):
        return made_here(machine, hashed(machine, values, lambda: set(values)))
    return tuple(values) if isinstance(node, ast.Tuple) else made_here(machine, values)


def hashed(machine: Machine, values: Iterable[Value], make: Callable[[], Value]) -> Value:
    """What is made of these, for which they are hashed."""
    machine.budget.weigh(*values)
    try:
        return machine.budget.made(make())
    except TypeError as error:
        raise machine.raise_error("TypeError", str(error)) from None


@reads(ast.Dict)
def read_dict(machine: Machine, frame: Frame, node: ast.Dict) -> Value:
    result: dict[Value, Value] = {}
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        value = machine.evaluate(value_node, frame)
        if key_node is None:
            if not isinstance(value, dict):
                return Unknown("a dict with unknown items")
            result.update(value)
            inherit(machine, result, value)
            continue
        key = machine.evaluate(key_node, frame)
        hashed(machine, (key,), lambda key=key: hash(key) and None)  # type: ignore[misc]
        result[key] = value
    machine.budget.room_for(len(result))
    return made_here(machine, result)


@reads(ast.JoinedStr)
def read_f_string(machine: Machine, frame: Frame, node: ast.JoinedStr) -> Value:
    parts: list[Value] = []
    for one in node.values:
        if isinstance(one, ast.Constant):
            parts.append(one.value)
        elif isinstance(one, ast.FormattedValue):
            parts.append(_formatted(machine, frame, one))
    return note(machine, frame, node, joined(machine, parts))


def _formatted(machine: Machine, frame: Frame, node: ast.FormattedValue) -> Value:
    return _shown_part(machine, frame, node, machine.evaluate(node.value, frame))


def _shown_part(machine: Machine, frame: Frame, node: ast.FormattedValue, value: Value) -> Value:
    if isinstance(value, Choice):
        return machine.each(value, lambda option: _shown_part(machine, frame, node, option))
    if isinstance(value, Unknown):
        if not value.name:
            value = Unknown(value.why, source_name(node.value), value.foreign)
        return value
    if node.conversion == ord("r"):
        value = shown(machine, value, as_repr=True)
    elif node.conversion in (ord("s"), ord("a")):
        value = shown(machine, value)
    spec = machine.evaluate(node.format_spec, frame) if node.format_spec is not None else ""
    return formatted(machine, value, spec)


def source_name(node: ast.expr) -> str:
    match node:
        case ast.Name():
            return node.id
        case ast.Attribute():
            return node.attr
        case ast.Subscript(slice=ast.Constant(value=str() as key)) if key.isidentifier():
            return key
        case ast.Call():
            return source_name(node.func)
        case _:
            return ""


@reads(ast.Lambda)
def read_lambda(machine: Machine, frame: Frame, node: ast.Lambda) -> Value:
    defaults = [machine.evaluate(one, frame) for one in node.args.defaults]
    return Function("<lambda>", node, frame, defaults)


@reads(ast.Call)
def read_call(machine: Machine, frame: Frame, node: ast.Call) -> Value:
    function = machine.evaluate(node.func, frame)
    arguments = read_arguments(machine, frame, node)
    machine.calls.append((frame.scope, node))
    try:
        if function is SUPER:
            from rules.reading.interpreter.classes import super_of

            return super_of(frame)
        if isinstance(function, Unknown) and not isinstance(function, Choice):
            from rules.reading.interpreter.unread import call_of_unknown

            return call_of_unknown(machine, frame, function, arguments)
        value = machine.call(function, arguments)
        if arguments.positional and machine.written:
            return derived_by_call(machine, node, function, arguments.positional[0], value)
        return value
    except Raised as raised:
        if _is_imported(machine, frame):
            name = source_name(node.func)
            return Unknown(f"`{name}`, which seems to raise an error when its module is imported", name, True, name)
        if raised.origin is None:
            raised.origin = machine.record.here(machine)
        raise
    finally:
        machine.calls.pop()


def _is_imported(machine: Machine, frame: Frame) -> bool:
    """In the body of a module or class, outside of `try`: it would never run if that raised, so we misread it."""
    return machine.loading > 0 and not machine.tries and (frame.is_class or frame.variables is frame.scope.variables)


class _Super(Unknown):
    __slots__ = ()


SUPER = _Super("`super`", "super")


def read_arguments(machine: Machine, frame: Frame, node: ast.Call) -> Arguments:
    arguments = Arguments(node=node)
    for one in node.args:
        if isinstance(one, ast.Starred):
            more = items_of(machine, machine.evaluate(one.value, frame))
            if more is None:
                arguments.complete = False
            else:
                arguments.positional.extend(more)
        else:
            arguments.positional.append(machine.evaluate(one, frame))
    for keyword in node.keywords:
        value = machine.evaluate(keyword.value, frame)
        if keyword.arg is not None:
            arguments.keywords[keyword.arg] = value
        elif isinstance(value, dict) and all(isinstance(key, str) for key in value):
            arguments.keywords.update({str(key): one for key, one in value.items()})
        else:
            arguments.complete = False
    return arguments


@reads(ast.Yield)
def read_yield(machine: Machine, frame: Frame, node: ast.Yield) -> Value:
    value = None if node.value is None else machine.evaluate(node.value, frame)
    return None if frame.on_yield is None else frame.on_yield(value)


@reads(ast.YieldFrom)
def read_yield_from(machine: Machine, frame: Frame, node: ast.YieldFrom) -> Value:
    values = items_of(machine, machine.evaluate(node.value, frame))
    for value in values if values is not None else [Unknown("an item of something unknown")]:
        if frame.on_yield is not None:
            frame.on_yield(value)
    return None


@reads(ast.Await)
def read_await(machine: Machine, frame: Frame, node: ast.Await) -> Value:
    return machine.evaluate(node.value, frame)
