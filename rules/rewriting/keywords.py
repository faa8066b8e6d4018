"""A keyword argument added to or taken out of a call, in the way the call is wrapped."""

from __future__ import annotations

import ast
import io
import tokenize

from rules.model.finding import Edit
from rules.rewriting.source import Call, Source


def added_keyword(call: Call, name: str, value: str, deeper: str = "") -> Edit | None:
    """`name=value` behind the last argument; an existing value of that keyword is replaced.

    `deeper` is what the call's own lines are indented by at the same time.
    """
    if not call.has_fixed_arguments:
        return None
    if (present := call.keyword(name)) is not None:
        return None if call.source.segment(present.value) == value else call.source.replace(present.value, value)
    source = call.source
    arguments: list[ast.expr | ast.keyword] = [*call.node.args, *call.node.keywords]
    if not arguments:
        line, column = source.end_of(call.node)
        return source.edit((line, column - 1), (line, column - 1), f"{name}={value}")
    last = max(arguments, key=source.end_of)
    comma = _comma_behind(source, last, call)
    written = f"{name}={value}"
    if _one_per_line(source, call, last):
        indentation = source.line(source.start_of(last)[0])[: source.start_of(last)[1]]
        here = comma or source.end_of(last)
        return _on_own_line(source, here, f"{deeper}{indentation}{written}", comma is not None)
    here = comma or source.end_of(last)
    return source.edit(here, here, f" {written}," if comma else f", {written}")


def removed_keyword(call: Call, name: str) -> Edit | None:
    """The keyword and the comma that goes with it; None if it has a line with a comment."""
    present = call.keyword(name)
    if present is None or not call.has_fixed_arguments:
        return None
    source = call.source
    arguments: list[ast.expr | ast.keyword] = [*call.node.args, *call.node.keywords]
    arguments.sort(key=source.start_of)
    position = arguments.index(present)
    if position > 0:
        start = source.end_of(arguments[position - 1])
        end = source.end_of(present)
    elif len(arguments) > 1:
        start, end = source.start_of(present), source.start_of(arguments[1])
    else:
        start, end = source.start_of(present), source.end_of(present)
    gone = source.text[source.offset(start) : source.offset(end)]
    return None if "#" in gone.replace(source.segment(present), "") else source.edit(start, end, "")


def _one_per_line(source: Source, call: Call, last: ast.expr | ast.keyword) -> bool:
    """Whether the last argument begins a line of its own below the call's first."""
    line, column = source.start_of(last)
    return line > call.node.lineno and not source.line(line)[:column].strip()


def _on_own_line(source: Source, here: tuple[int, int], written: str, has_comma: bool) -> Edit:
    """Behind the line's comment, where there is one; with a trailing comma if the call has one."""
    line, column = here
    rest = source.line(line)[column:]
    if has_comma and rest.strip().startswith("#"):
        end = (line, len(source.line(line)))
        return source.edit(end, end, f"{source.newline}{written},")
    if has_comma:
        return source.edit(here, here, f"{source.newline}{written},")
    if rest.strip().startswith("#"):
        end = (line, len(source.line(line)))
        return source.edit(here, end, f",{rest}{source.newline}{written}")
    return source.edit(here, here, f",{source.newline}{written}")


def _comma_behind(source: Source, last: ast.expr | ast.keyword, call: Call) -> tuple[int, int] | None:
    """The position behind the trailing comma of the argument list, if it has one."""
    start = source.offset(source.end_of(last))
    end = source.offset(source.end_of(call.node)) - 1
    between = source.text[start:end]
    if "," not in between:
        return None
    line, column = source.end_of(last)
    try:
        for token in tokenize.generate_tokens(io.StringIO(between).readline):
            if token.type == tokenize.OP and token.string == ",":
                row, offset = token.end
                return (line + row - 1, offset + (column if row == 1 else 0))
    except (tokenize.TokenError, IndentationError):
        return None
    return None
