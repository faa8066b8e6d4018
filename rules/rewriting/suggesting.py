"""The edits that rules ask for, each in the file's own style, each None where it would be incomplete."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from rules.model.finding import Edit, Suggestion
from rules.model.operations import Statement
from rules.model.place import Place
from rules.rewriting.fitting import suggestion_of
from rules.rewriting.keywords import added_keyword, removed_keyword
from rules.rewriting.source import Call, Source, call_at
from rules.rewriting.wrapping import framed, surrounded, wrapped

AUTOCOMMIT_BLOCK = "with op.get_context().autocommit_block():"


def with_keyword(text: str, statement: Statement, keyword: str, value: str, title: str) -> Suggestion | None:
    """`keyword=value` added to the call of a statement, or its value replaced."""
    call = _editable(text, statement.place)
    if call is None:
        return None
    return suggestion_of(text, [added_keyword(call, keyword, value)], title)


def without_keyword(text: str, statement: Statement, keyword: str, title: str) -> Suggestion | None:
    call = _editable(text, statement.place)
    return suggestion_of(text, [None if call is None else removed_keyword(call, keyword)], title)


def in_autocommit_block(
    text: str,
    statement: Statement,
    title: str,
    *,
    keyword: tuple[str, str] | None = None,
    sql: tuple[str, str] | None = None,
    around: tuple[str, str] | None = None,
    whole_block: bool = False,
) -> Suggestion | None:
    """The statement inside `autocommit_block()`; with a keyword added to it, or its SQL changed, on the way.

    `sql` is a pattern that must match exactly once, and its replacement. `around` are a line above and a line below
    the statement, inside the block; first and last in it with `whole_block`.
    """
    call = _editable(text, statement.place)
    if call is None:
        return None
    source = call.source
    edits: list[Edit | None] = []
    if keyword is not None:
        edits.append(added_keyword(call, *keyword, source.indent if statement.transactional else ""))
    if sql is not None:
        edits.append(_sql_edit(call, *sql))
    if statement.transactional:
        edits.extend(wrapped(source, call.statement, AUTOCOMMIT_BLOCK, around) or [None])
    elif around is not None:
        put = framed if whole_block else surrounded
        edits.extend(put(source, call.statement, *around) or [None])
    return suggestion_of(text, edits, title)


def statement_above(
    text: str,
    statement: Statement,
    written: str,
    title: str,
    *,
    without: str | None = None,
    without_sql: str | None = None,
) -> Suggestion | None:
    """Another statement on the line above; a keyword, or what a pattern finds in its SQL, leaves the call with it."""
    call = _editable(text, statement.place)
    if call is None:
        return None
    source = call.source
    line, column = source.start_of(call.statement)
    indentation = source.line(line)[:column]
    edits: list[Edit | None] = [source.edit((line, 0), (line, 0), f"{indentation}{written}{source.newline}")]
    if without is not None:
        edits.append(removed_keyword(call, without))
    if without_sql is not None:
        edits.append(_sql_edit(call, without_sql, ""))
    return suggestion_of(text, edits, title)


def replaced_argument(
    text: str, statement: Statement, position: int, written: str, value: str, title: str
) -> Suggestion | None:
    """A string in place of a positional argument that is written so, in the call's own quotes."""
    call = _editable(text, statement.place)
    if call is None or len(call.node.args) <= position:
        return None
    argument = call.node.args[position]
    if call.source.segment(argument) != written:
        return None
    quote = "'" if "'" in call.source.segment(call.node) else '"'
    return suggestion_of(text, [call.source.replace(argument, f"{quote}{value}{quote}")], title)


def replaced_call(
    text: str, statement: Statement, name: str, arguments: Sequence[str | tuple[str, str]], title: str
) -> Suggestion | None:
    """Another call in place of the one that is there, its arguments as strings in the call's own quotes."""
    call = _editable(text, statement.place)
    if call is None or "#" in call.source.segment(call.node):
        return None
    quote = "'" if "'" in call.source.segment(call.node) else '"'
    written = [
        f"{quote}{argument}{quote}" if isinstance(argument, str) else f"{argument[0]}={quote}{argument[1]}{quote}"
        for argument in arguments
    ]
    return suggestion_of(text, [call.source.replace(call.node, f"{name}({', '.join(written)})")], title)


def in_sql(text: str, statement: Statement, pattern: str, replacement: str, title: str) -> Suggestion | None:
    """A change inside the SQL literal of an `op.execute`, by a pattern that must match exactly once."""
    call = _editable(text, statement.place)
    return suggestion_of(text, [None if call is None else _sql_edit(call, pattern, replacement)], title)


def assigned_value(text: str, place: Place, word: str, value: str) -> Edit | None:
    """Another value for a module-level assignment of that name, in the file's own quotes."""
    source = Source.of(place.path, text)
    node = None if source is None else _assigned(source, word)
    return None if source is None or node is None else source.replace(node, _in_quotes(source, value))


def assigned_word(text: str, place: Place, word: str, old: str, new: str | None) -> Edit | None:
    """Another string in place of one that stands once in such a value; `new` None: the whole value is None then."""
    source = Source.of(place.path, text)
    value = None if source is None else _assigned(source, word)
    if source is None or value is None:
        return None
    found = [node for node in ast.walk(value) if isinstance(node, ast.Constant) and node.value == old]
    if len(found) != 1:
        return None
    return source.replace(value, "None") if new is None else source.replace(found[0], _in_quotes(source, new))


def _assigned(source: Source, word: str) -> ast.expr | None:
    for node in source.tree.body:
        target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else None
        target = node.target if isinstance(node, ast.AnnAssign) else target
        if isinstance(target, ast.Name) and target.id == word and isinstance(node, ast.Assign | ast.AnnAssign):
            return node.value
    return None


def column_argument(text: str, statement: Statement, call: str) -> ast.Call | None:
    """The `sa.Column(...)` written inside a call of that name."""
    found = _editable(text, statement.place)
    if found is None or found.name != call or len(found.node.args) < 2:
        return None
    column = found.node.args[1]
    return column if isinstance(column, ast.Call) and not any(kw.arg is None for kw in column.keywords) else None


def changed_sql(call: Call, pattern: str, replacement: str) -> str | None:
    literal = _sql_literal(call)
    if literal is None:
        return None
    written = call.source.segment(literal)
    changed, count = re.subn(pattern, replacement, written, flags=re.IGNORECASE)
    return changed if count == 1 and changed != written else None


def _sql_edit(call: Call, pattern: str, replacement: str) -> Edit | None:
    literal, written = _sql_literal(call), changed_sql(call, pattern, replacement)
    return None if literal is None or written is None else call.source.replace(literal, written)


def _sql_literal(call: Call) -> ast.Constant | None:
    """The one plain string given to `op.execute`, perhaps inside `sa.text(...)`."""
    if not call.name.endswith(".execute") or len(call.node.args) != 1:
        return None
    argument = call.node.args[0]
    if isinstance(argument, ast.Call) and len(argument.args) == 1 and not argument.keywords:
        argument = argument.args[0]
    return argument if isinstance(argument, ast.Constant) and isinstance(argument.value, str) else None


def _editable(text: str, place: Place) -> Call | None:
    """The call at a place, if the place is where the effect is written and the arguments stand in the call."""
    call = call_at(text, place)
    if call is None or not call.has_fixed_arguments or not call.source.stands_alone(call.statement):
        return None
    return call


def _in_quotes(source: Source, value: str) -> str:
    """A string literal with the quotes that the file's own revision id has."""
    quote = "'" if re.search(r"^(?:down_)?revision\b[^\n]*'", source.text, re.MULTILINE) else '"'
    escaped = value.replace("\\", "\\\\").replace(quote, "\\" + quote)
    return f"{quote}{escaped}{quote}"
