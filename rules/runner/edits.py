"""Exact edits of env.py, or none."""

from __future__ import annotations

import ast

from rules.model.finding import Suggestion
from rules.model.place import Place
from rules.rewriting.keywords import added_keyword, removed_keyword
from rules.rewriting.source import Call, Source
from rules.runner.model import Runner


def with_option(runner: Runner, node: ast.Call, name: str, value: str, title: str) -> Suggestion | None:
    """`name=value` added to a call, or its value replaced."""
    edit = added_keyword(_call(runner.source, node), name, value)
    return None if edit is None else Suggestion(title, (edit,))


def without_option(runner: Runner, node: ast.Call, name: str, title: str) -> Suggestion | None:
    edit = removed_keyword(_call(runner.source, node), name)
    return None if edit is None else Suggestion(title, (edit,))


def line_behind(runner: Runner, place: Place, written: str, title: str) -> Suggestion | None:
    """Another line behind the statement that begins at a place; None if it shares its lines."""
    source = runner.source
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Expr) and node.lineno <= place.line and source.end_of(node) == _end(place):
            if not source.stands_alone(node):
                return None
            line, column = source.start_of(node)
            indentation = source.line(line)[:column]
            end = (source.end_of(node)[0], len(source.line(source.end_of(node)[0])))
            return Suggestion(title, (source.edit(end, end, f"{source.newline}{indentation}{written}"),))
    return None


def replaced_text(runner: Runner, place: Place, text: str, title: str) -> Suggestion:
    start, end = (place.line, place.column), _end(place)
    return Suggestion(title, (runner.source.edit(start, end, text),))


def _end(place: Place) -> tuple[int, int]:
    return place.end_line, place.end_column


def _call(source: Source, node: ast.Call) -> Call:
    return Call(source, node, ast.Expr(node), ())
