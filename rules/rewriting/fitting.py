"""Lines that an edit made too long, wrapped as the file wraps its calls."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from rules.model.finding import Edit, Suggestion
from rules.rewriting.edits import apply_edits, one_edit
from rules.rewriting.lines import line_starts
from rules.rewriting.source import Source


def suggestion_of(text: str, edits: Sequence[Edit | None], title: str) -> Suggestion | None:
    """All edits as one, fitted to the file's lines; None if one of them is missing or they do not go together."""
    whole = [edit for edit in edits if edit is not None]
    if not whole or len(whole) < len(edits):
        return None
    edit = one_edit(text, whole)
    return None if edit is None else Suggestion(title, (fitted(text, edit),))


def fitted(text: str, edit: Edit) -> Edit:
    """The same edit; a call that no longer fits on its line has its arguments on lines below."""
    source, changed = Source.of(edit.path, text), apply_edits(text, (edit,))
    if source is None or changed is None:
        return edit
    wrapped = _wrapped(source, changed, edit)
    return edit if wrapped == changed else _difference(edit.path, text, wrapped)


def _wrapped(source: Source, changed: str, edit: Edit) -> str:
    """The changed text with every statement of the edit's lines that is one too long line wrapped."""
    last = edit.start_line + edit.text.count("\n")
    for line in range(last, edit.start_line - 1, -1):
        after = Source.of(edit.path, changed)
        if after is None or line >= len(after.starts) + 1 or len(after.line(line)) <= source.width:
            continue
        call = _call_on(after, line) or _call_around(after, line)
        if call is None or (call.lineno == line and after.end_of(call)[1] <= source.width):
            continue
        written = _broken(after, call, source) if call.lineno == line else _parted(after, call, source)
        done = apply_edits(changed, (after.replace(call, written),))
        changed = done if done is not None else changed
    return changed


def _call_on(source: Source, line: int) -> ast.Call | None:
    """The call that is the statement of a line, all of it, with its arguments."""
    for node in source.nodes:
        match node:
            case ast.Expr(value=ast.Call() as call) if node.lineno == line == node.end_lineno:
                return call if call.args or call.keywords else None
    return None


def _call_around(source: Source, line: int) -> ast.Call | None:
    """The call that is a statement of three lines, with all its arguments on the middle one."""
    for node in ast.walk(source.tree):
        match node:
            case ast.Expr(value=ast.Call() as call) if (node.lineno, node.end_lineno) == (line - 1, line + 1):
                bare = source.line(line - 1).rstrip().endswith("(") and source.line(line + 1).strip() == ")"
                return call if bare and "#" not in source.line(line) else None
    return None


def _parted(source: Source, call: ast.Call, style: Source) -> str:
    """Each argument of such a call on a line of its own."""
    line, column = source.start_of(call)
    inner = source.line(line + 1)[: len(source.line(line + 1)) - len(source.line(line + 1).lstrip())]
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    arguments = [f"{inner}{source.segment(each)}," for each in sorted(given, key=source.start_of)]
    return style.newline.join([source.line(line)[column:].rstrip(), *arguments, source.line(line + 2).rstrip()])


def _broken(source: Source, call: ast.Call, style: Source) -> str:
    given: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    arguments = [source.segment(each) for each in sorted(given, key=source.start_of)]
    line, column = source.start_of(call)
    indentation = source.line(line)[: len(source.line(line)) - len(source.line(line).lstrip())]
    opening = source.line(line)[column : source.start_of(min(given, key=source.start_of))[1]].rstrip()
    if _aligns(style):
        return _aligned(opening, arguments, column, style)
    inner = f"{indentation}{style.indent}"
    together = ", ".join(arguments)
    if len(inner) + len(together) <= style.width:
        lines = [opening, f"{inner}{together}", f"{indentation})"]
    else:
        lines = [opening, *(f"{inner}{argument}," for argument in arguments), f"{indentation})"]
    return style.newline.join(lines)


def _aligned(opening: str, arguments: Sequence[str], column: int, style: Source) -> str:
    """As many on each line as fit, those below under the first."""
    start = column + len(opening)
    lines, here = [opening], start
    for at, argument in enumerate(arguments):
        written = argument + ("," if at < len(arguments) - 1 else ")")
        if at == 0:
            lines[-1] += written
        elif here + 1 + len(written) <= style.width:
            lines[-1] += f" {written}"
            here += 1
        else:
            lines.append(" " * start + written)
            here = start
        here += len(written)
    return style.newline.join(lines)


def _aligns(source: Source) -> bool:
    """Whether the wrapped calls of the file mostly go on under their first argument."""
    aligned = hanging = 0
    for node in source.nodes:
        if isinstance(node, ast.Call) and len(node.args) + len(node.keywords) > 1 and node.lineno != node.end_lineno:
            given: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
            (first, column), *rest = sorted(source.start_of(each) for each in given)
            below = [position for line, position in rest if line > first]
            if first > node.lineno:
                hanging += 1
            elif below and min(below) == column:
                aligned += 1
    return aligned > hanging


def _difference(path: str, before: str, after: str) -> Edit:
    """One edit that makes one text the other: what their beginnings and ends do not share."""
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    starts = line_starts(before)
    first, last = _position(starts, start), _position(starts, len(before) - end)
    return Edit(path, *first, *last, after[start : len(after) - end])


def _position(starts: Sequence[int], offset: int) -> tuple[int, int]:
    line = max(number for number, start in enumerate(starts, 1) if start <= offset)
    return line, offset - starts[line - 1]
