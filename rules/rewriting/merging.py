"""Several statements that alter one table made into one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rules.model.finding import Suggestion
from rules.model.operations import Statement
from rules.rewriting.fitting import suggestion_of
from rules.rewriting.reordering import run_of_calls
from rules.rewriting.source import Source

_NAME = r'(?:"[^"]+"|\w+)(?:\.(?:"[^"]+"|\w+))?'
_ALTER = re.compile(rf"(?P<head>ALTER TABLE (?:ONLY )?{_NAME}) (?P<action>.+)", re.DOTALL)
_ALONE = re.compile(r"RENAME|SET SCHEMA|ATTACH|DETACH|VALIDATE|.*\bNOT VALID\b", re.IGNORECASE | re.DOTALL)
"""Actions that PostgreSQL joins with no other, or that must be committed on their own."""
_SPECIAL = re.compile(r"[:%\\]|\"\"\"")
"""What a literal would have to escape."""


@lru_cache(maxsize=16)
def one_alter_table(text: str, statements: tuple[Statement, ...], width: int, title: str) -> Suggestion | None:
    """One `op.execute("ALTER TABLE ...")` in the place of calls that follow each other, each of which alters the table.

    None where something else, or a comment, stands between them, or one of them does more than that.
    """
    source = Source.of(statements[0].place.path, text)
    matches = [_ALTER.fullmatch(statement.sql.strip().rstrip(";")) for statement in statements]
    heads = {found["head"] if found else "" for found in matches}
    actions = [found["action"] for found in matches if found]
    if any(statement.unbound for statement in statements):
        return None
    if source is None or len(heads) > 1 or "" in heads or any(_ALONE.match(action) for action in actions):
        return None
    head = heads.pop()
    if _SPECIAL.search(head + "".join(actions)):
        return None
    places = list(dict.fromkeys(statement.place for statement in statements))
    calls = run_of_calls(source, places)
    if calls is None:
        return None
    (line, column), end = source.start_of(calls[0]), source.end_of(calls[-1])
    written = _written(head, actions, source.line(line)[:column], source, width)
    return suggestion_of(text, [source.edit((line, column), end, written)], title)


def _written(head: str, actions: Sequence[str], indentation: str, source: Source, width: int) -> str:
    """On one line where the file's lines are long enough for it, else one action on each."""
    whole = f"{head} {', '.join(actions)}"
    quote = "'" if '"' in whole and "'" not in whole else '"'
    if quote in whole or "\n" in whole:
        quote = '"""'
    short = f"op.execute({quote}{whole}{quote})"
    if "\n" not in short and len(indentation) + len(short) <= width:
        return short
    inner = f"{indentation}{source.indent}"
    if quote == '"""':
        parts = [f"{quote}", *_pieces(head, actions, source.indent), f"{quote}"]
        return f"{source.newline}{inner}".join(["op.execute(", *parts]) + f"{source.newline}{indentation})"
    lines = [f"{quote}{piece} {quote}" for piece in _pieces(head, actions, "")]
    lines[-1] = lines[-1].removesuffix(f" {quote}") + quote
    return f"{source.newline}{inner}".join(["op.execute(", *lines]) + f"{source.newline}{indentation})"


def _pieces(head: str, actions: Sequence[str], deeper: str) -> list[str]:
    return [head, *(f"{deeper}{action}," for action in actions[:-1]), f"{deeper}{actions[-1]}"]
