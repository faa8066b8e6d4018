"""The keywords of one call, `**options` followed into the dictionary that holds them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from rules.calls import place_of
from rules.runner.model import Option
from rules.runner.names import Names


def options_of(call: ast.Call, names: Names) -> tuple[dict[str, Option], bool]:
    """By keyword, and whether that is all of them."""
    found: dict[str, Option] = {}
    complete = True
    for keyword in call.keywords:
        if keyword.arg is not None:
            found[keyword.arg] = _option(keyword.arg, keyword.value, names)
            continue
        for option in _spread(keyword.value, names):
            if option is None:
                complete = False
            else:
                found[option.name] = option
    return found, complete and not any(isinstance(each, ast.Starred) for each in call.args)


def _option(name: str, value: ast.expr, names: Names, at: ast.AST | None = None) -> Option:
    """`at` is the statement that gives the value where that is not the call itself."""
    followed = names.followed(value)
    varies = names.varies(value) or (at is not None and names.varies(at))
    if isinstance(followed, ast.IfExp):
        varies = varies or names.reads_stage(followed.test)
        followed = None
    conditional = at is not None and names.is_conditional(at)
    return Option(name, place_of(names.source, value), followed, conditional, varies)


def _spread(value: ast.expr, names: Names) -> Iterator[Option | None]:
    """What `**value` holds; None stands for what could not be followed."""
    if isinstance(value, ast.Dict):
        yield from _of_dict(value, names, None)
    elif isinstance(value, ast.Name) and (values := names.values_of(value)):
        for given in values:
            if names.is_dead(given):
                continue
            if isinstance(given, ast.Dict):
                yield from _of_dict(given, names, given)
            elif isinstance(given, ast.Call) and names.dotted(given.func) == "dict" and not given.args:
                yield from _of_keywords(given, names, given)
            else:
                yield None
        yield from _changes(value, names)
    else:
        yield None


def _of_dict(node: ast.Dict, names: Names, at: ast.AST | None) -> Iterator[Option | None]:
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield _option(key.value, value, names, at)
        else:
            yield None


def _of_keywords(node: ast.Call, names: Names, at: ast.AST) -> Iterator[Option | None]:
    for keyword in node.keywords:
        yield None if keyword.arg is None else _option(keyword.arg, keyword.value, names, at)


def _changes(of: ast.Name, names: Names) -> Iterator[Option | None]:
    """`name["key"] = value`, `name.update(...)`, in the same function."""
    name, function = of.id, names.function_of(of)
    for node in ast.walk(function or names.source.tree):
        if names.is_dead(node) or names.function_of(node) is not function:
            continue
        match node:
            case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=changed), slice=key)], value=value):
                if changed == name:
                    known = isinstance(key, ast.Constant) and isinstance(key.value, str)
                    yield _option(str(key.value), value, names, node) if known else None  # type: ignore[attr-defined]
            case ast.Call(func=ast.Attribute(value=ast.Name(id=changed), attr="update")) if changed == name:
                yield from _of_keywords(node, names, node)
                for given in node.args:
                    if isinstance(given, ast.Dict):
                        yield from _of_dict(given, names, node)
                    else:
                        yield None
            case ast.AugAssign(target=ast.Name(id=changed)) if changed == name:
                yield None
