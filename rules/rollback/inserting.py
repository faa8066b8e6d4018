"""Statements put into `downgrade()`: in the place of its `pass`, below what it does, or in a function of its own."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from rules.model.finding import Edit, Suggestion
from rules.model.script import MigrationScript
from rules.rewriting import Source
from rules.rewriting.source import Function


def below(script: MigrationScript, lines: Sequence[str], title: str) -> Suggestion | None:
    """The lines as the last statements of `downgrade()`; instead of a lonely `pass`, which says nothing."""
    source = Source.of(script.path, script.text)
    function = None if source is None else _function(source, "downgrade")
    if source is None or function is None:
        return None
    last = function.body[-1]
    if isinstance(last, ast.Return | ast.Raise) or not source.stands_alone(last) or last.lineno == function.lineno:
        return None
    (line, column), (end, behind) = source.start_of(last), source.end_of(last)
    margin = source.line(source.start_of(function.body[0])[0])[: source.start_of(function.body[0])[1]]
    if margin.strip() or source.line(line)[:column].strip():
        return None
    if is_placeholder(last):
        text = f"{source.newline}{margin}".join(lines)
        return Suggestion(title, (source.edit((line, column), (end, behind), text),))
    behind = len(source.line(end))
    text = "".join(f"{source.newline}{margin}{written}" for written in lines)
    return Suggestion(title, (source.edit((end, behind), (end, behind), text),))


def is_placeholder(statement: ast.stmt) -> bool:
    """`pass`, or `...`."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return statement.value.value is ...
    return isinstance(statement, ast.Pass)


def as_function(script: MigrationScript, lines: Sequence[str], title: str) -> Suggestion | None:
    """A whole `downgrade()` below `upgrade()`."""
    source = Source.of(script.path, script.text)
    above = None if source is None else _function(source, "upgrade")
    if source is None or above is None:
        return None
    end = source.end_of(above)[0]
    behind = (end, len(source.line(end)))
    returns = " -> None" if above.returns is not None else ""
    body = "".join(f"{source.newline}{source.indent}{line}" for line in lines)
    text = f"{source.newline * 3}def downgrade(){returns}:{body}"
    return Suggestion(title, (source.edit(behind, behind, text),))


def instead_of_raise(script: MigrationScript, title: str) -> Suggestion | None:
    """`pass` in the place of the one `raise` that `downgrade()` consists of, beside its docstring."""
    source = Source.of(script.path, script.text)
    function = None if source is None else _function(source, "downgrade")
    if source is None or function is None:
        return None
    body = [it for it in function.body if not _is_text(it)]
    if len(body) != 1 or not isinstance(body[0], ast.Raise) or not source.stands_alone(body[0]):
        return None
    return Suggestion(title, (source.replace(body[0], "pass"),))


def sentence_in_docstring(script: MigrationScript, sentence: str, title: str) -> Suggestion | None:
    """A paragraph below the first of the module's docstring, or a docstring for `downgrade()` where there is none."""
    source = Source.of(script.path, script.text)
    if source is None:
        return None
    first = source.tree.body[0] if source.tree.body else None
    if isinstance(first, ast.Expr) and _is_text(first):
        edit = _into(source, first, sentence)
        return None if edit is None else Suggestion(title, (edit,))
    function = _function(source, "downgrade")
    if function is None or any(_is_text(it) for it in function.body[:1]):
        return None
    (line, column) = source.start_of(function.body[0])
    margin = source.line(line)[:column]
    if margin.strip():
        return None
    text = f'{margin}"""{sentence}"""{source.newline}'
    return Suggestion(title, (source.edit((line, 0), (line, 0), text),))


def _into(source: Source, docstring: ast.Expr, sentence: str) -> Edit | None:
    written = source.segment(docstring)
    quotes = written[:3]
    if quotes not in ('"""', "'''") or not written.endswith(quotes):
        return None
    (line, column), (end, _) = source.start_of(docstring), source.end_of(docstring)
    newline = source.newline
    if end == line:
        behind = (line, column + len(written) - 3)
        return source.edit(behind, behind, f"{newline}{newline}{sentence}{newline}")
    stop = line
    while stop + 1 < end and source.line(stop + 1).strip():
        stop += 1
    behind = (stop, len(source.line(stop)))
    return source.edit(behind, behind, f"{newline}{newline}{sentence}")


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _function(source: Source, name: str) -> Function | None:
    found = [it for it in source.functions if it.name == name]
    return found[0] if len(found) == 1 else None
