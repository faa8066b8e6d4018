"""What a revision file says about itself: ids, parents, labels, docstring, and where that stands."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from rules.model.frozen import Frozen
from rules.model.place import Place
from rules.reading.interpreter.frames import MISSING, Scope
from rules.reading.interpreter.machine import Machine
from rules.reading.source import Source
from rules.reading.values import Value

WORDS = ("revision", "down_revision", "branch_labels", "depends_on")


class Heading(Frozen):
    """`revision` is None if it is missing or not known from the text; `stated` says whether it is assigned at all."""

    revision: str | None
    parents: tuple[str, ...]
    branch_labels: tuple[str, ...]
    depends_on: tuple[str, ...]
    docstring: str
    places: tuple[tuple[str, Place], ...]
    stated: bool

    def place_of(self, word: str) -> Place | None:
        return next((place for name, place in self.places if name == word), None)


def plain_heading(source: Source) -> Heading | None:
    """Where each word is assigned once, or never, and its value written out; None: somebody has to read it."""
    scope = Scope.of(source)
    values: dict[str, Value] = {}
    for word in WORDS:
        match scope.bindings.get(word, ()):
            case () if not scope.stars:
                values[word] = MISSING
            case [ast.Assign(targets=[ast.Name()], value=written) | ast.AnnAssign(target=ast.Name(), value=written)]:
                match written:
                    case ast.Constant(value=value):
                        values[word] = value
                    case ast.Tuple(elts=items) | ast.List(elts=items) if all(type(it) is ast.Constant for it in items):
                        values[word] = tuple([it.value for it in items if isinstance(it, ast.Constant)])
                    case _:
                        return None
            case _:
                return None
    return _heading(values, source)


def read_heading(machine: Machine, source: Source) -> Heading:
    return _heading({word: machine.global_name(word, machine.scope) for word in WORDS}, source)


def _heading(values: Mapping[str, Value], source: Source) -> Heading:
    revision = values["revision"]
    return Heading(
        revision if isinstance(revision, str) and revision else None,
        _names(values["down_revision"]),
        _names(values["branch_labels"]),
        tuple(one for one in _names(values["depends_on"]) if one),
        ast.get_docstring(source.tree, clean=True) or "",
        tuple(_places(source)),
        revision is not MISSING,
    )


def _names(value: Value) -> tuple[str, ...]:
    """A string, or strings in a tuple, list or set."""
    if isinstance(value, str):
        return (value,)
    if isinstance(value, tuple | list):
        return tuple(one for one in value if isinstance(one, str))
    if isinstance(value, set | frozenset):
        return tuple(sorted(one for one in value if isinstance(one, str)))
    return ()


def _places(source: Source) -> list[tuple[str, Place]]:
    found: dict[str, Place] = {}
    for statement in _top_level(source.tree.body):
        match statement:
            case ast.Assign(targets=targets):
                for target in targets:
                    if isinstance(target, ast.Name) and target.id in WORDS:
                        found[target.id] = source.place(statement)
            case ast.AnnAssign(target=ast.Name(id=name)) if name in WORDS and statement.value is not None:
                found[name] = source.place(statement)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) if name in ("upgrade", "downgrade"):
                found[name] = source.place(statement)
            case _:
                continue
    return sorted(found.items(), key=lambda pair: pair[1])


def _top_level(body: list[ast.stmt]) -> list[ast.stmt]:
    """Also what stands under an `if` or `try` of the module."""
    found: list[ast.stmt] = []
    for statement in body:
        found.append(statement)
        if isinstance(statement, ast.If | ast.Try):
            found += _top_level([*statement.body, *statement.orelse])
    return found
