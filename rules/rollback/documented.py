"""Whether a migration says in words why it cannot be undone, or what is lost on the way back."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import lru_cache

from rules.model.script import MigrationScript
from rules.rewriting import Source
from rules.rewriting.source import nodes_in

_TEMPLATE = re.compile(
    r"^#*\s*(#+.*#+|end alembic commands|(commands )?auto.?generated.*|please adjust.*|noqa.*|type: .*|pylint.*|"
    r"pragma.*|todo.*|fixme.*|-+|=+)\s*#*\s*$",
    re.IGNORECASE,
)
_HEADER = re.compile(r"^\s*(Revision ID|Revises|Create Date|Branch Labels|Depends On)\s*:.*$", re.MULTILINE)
_LOSS = re.compile(
    r"\b(los[est]\w*|loss\w*|gone|irreversibl\w+|unrecoverabl\w+|destructive\w*|destroy\w*|discard\w*|"
    r"un-?used|no ?(body|one) needs|unneeded|obsolete|deprecated|legacy|redundant|stale|orphan\w*|dead|empty|warning|"
    r"(no|not|never|isn't|wasn't|aren't|weren't) (\w+ )?(\w+ )?(used|needed|required|read|written|populated|filled|"
    r"reversible|recoverable|restored?|possible|deployed|released)|"
    r"(can ?not|can't|could not|won't|will not|does not|doesn't|don't|do not|impossible to|unable to|no way to) "
    r"(\w+ ){0,3}(undo\w*|undone|revers\w+|revert\w*|restor\w+|recover\w*|bring|brought|downgrad\w+|rollback|roll|"
    r"preserv\w+|keep|migrat\w+))\b|"
    r"\b(one.way|irrevocabl\w+|without (\w+ )?(its|the|their|any)? ?(values|data|rows)|backup|no data|"
    r"data (is|are|was|will|would|that)|back ?up)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_FEWEST = 3
"""Words of a reason: `cannot be undone`."""


def tells_why(script: MigrationScript) -> bool:
    """Whether a sentence in `downgrade()`, or above it, or in the docstring says why nothing is undone."""
    inside = _said_in_downgrade(script.path, script.text)
    return any(_is_sentence(each) for each in inside) or bool(_LOSS.search(_prose(script.docstring)))


def tells_of_loss(script: MigrationScript) -> bool:
    """Whether the docstring or a comment speaks of what is lost, or of why nothing is."""
    said = (_prose(script.docstring), *_comments(script.text), *_said_in_downgrade(script.path, script.text))
    return any(_LOSS.search(each) for each in said)


def _is_sentence(text: str) -> bool:
    return not _TEMPLATE.match(text) and len(_WORD.findall(text)) >= _FEWEST


def _prose(docstring: str) -> str:
    """A docstring without the lines that Alembic writes."""
    return _HEADER.sub("", docstring)


@lru_cache(64)
def _said_in_downgrade(path: str, text: str) -> tuple[str, ...]:
    """Comments and texts inside the function; the docstrings of upgrade's helpers are not asked."""
    source = Source.of(path, text)
    if source is None:
        return ()
    return tuple(_inside(source))


def _inside(source: Source) -> Iterator[str]:
    function = next((one for one in source.functions if one.name == "downgrade"), None)
    if function is None:
        return
    first, last = function.lineno, function.end_lineno or function.lineno
    while source.starts[first - 2 :] and first > 1 and source.line(first - 1).lstrip().startswith("#"):
        first -= 1
    count = len(source.starts)
    while last < count and source.line(last + 1).lstrip().startswith("#") and source.line(last + 1)[:1].isspace():
        last += 1
    end = source.starts[last] if last < count else len(source.text)
    for _, comment in _lines_with_comments(source.text[source.starts[first - 1] : end]):
        yield comment.lstrip("# ")
    for node in nodes_in(function):
        if isinstance(node, ast.Raise | ast.Expr) and not _is_call_of_op(node):
            for inner in ast.walk(node):
                if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
                    yield inner.value


def _is_call_of_op(node: ast.AST) -> bool:
    """What is sent to the server is no sentence."""
    call = node.value if isinstance(node, ast.Expr) else None
    return isinstance(call, ast.Call) and not re.match(
        r"(log|_?logger|logging|warnings?|print|context\.config\.print)\b", ast.unparse(call.func), re.IGNORECASE
    )


def _comments(text: str) -> tuple[str, ...]:
    return tuple(comment for _, comment in _lines_with_comments(text))


@lru_cache(64)
def _lines_with_comments(text: str) -> tuple[tuple[int, str], ...]:
    if "#" not in text:
        return ()
    try:
        tokens = [*tokenize.generate_tokens(io.StringIO(text).readline)]
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return ()
    return tuple((token.start[0], token.string) for token in tokens if token.type == tokenize.COMMENT)
