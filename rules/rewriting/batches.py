"""`with op.batch_alter_table(...)`: which one asks for a copy of its table, and a call put into one."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import lru_cache

from rules.model.finding import Suggestion
from rules.model.place import Place
from rules.rewriting.fitting import suggestion_of
from rules.rewriting.keywords import removed_keyword
from rules.rewriting.source import Call, Source
from rules.rewriting.wrapping import wrapped


@dataclass(frozen=True, slots=True)
class Batch:
    """`table` is (name, schema); `place` that of the call; `lines` the first and last line of the block."""

    table: tuple[str, str | None]
    place: Place
    lines: tuple[int, int]

    def holds(self, place: Place) -> bool:
        return self.lines[0] <= place.line <= self.lines[1]


def recreating_batch(text: str, place: Place) -> Batch | None:
    """The innermost block around a place with `recreate="always"`."""
    source = Source.of(place.path, text) if "batch_alter_table" in text else None
    found = _call_around(source, place) if source is not None else None
    if source is None or found is None:
        return None
    block, call = found
    table, schema = _string(call, 0, "table_name"), _string(call, 1, "schema")
    if table is None:
        return None
    where = Place(source.path, *source.start_of(call), *source.end_of(call))
    return Batch((table, schema), where, (block.lineno, block.end_lineno or block.lineno))


def without_recreation(text: str, place: Place, title: str) -> Suggestion | None:
    source = Source.of(place.path, text)
    found = _call_around(source, place) if source is not None else None
    if source is None or found is None:
        return None
    edit = removed_keyword(Call(source, found[1], ast.Expr(found[1]), ()), "recreate")
    return None if edit is None else Suggestion(title, (edit,))


def _call_around(source: Source, place: Place) -> tuple[ast.With, ast.Call] | None:
    inner: tuple[ast.With, ast.Call] | None = None
    for block, call in _recreating(source):
        if block.lineno <= place.line <= (block.end_lineno or block.lineno):
            inner = (block, call)
    return inner


@lru_cache(maxsize=32)
def _recreating(source: Source) -> tuple[tuple[ast.With, ast.Call], ...]:
    """All of a file, outer ones first: asked for each operation of it."""
    return tuple(
        (node, item.context_expr)
        for node in source.nodes
        if isinstance(node, ast.With)
        for item in node.items
        if isinstance(item.context_expr, ast.Call) and _recreates(item.context_expr)
    )


def _recreates(call: ast.Call) -> bool:
    return (
        isinstance(call.func, ast.Attribute)
        and call.func.attr == "batch_alter_table"
        and _string(call, 2, "recreate") == "always"
    )


def _string(call: ast.Call, position: int, keyword: str) -> str | None:
    node = call.args[position] if position < len(call.args) else None
    node = next((one.value for one in call.keywords if one.arg == keyword), node)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


TABLE_AT = {
    "alter_column": 0,
    "create_check_constraint": 1,
    "create_foreign_key": 1,
    "create_primary_key": 1,
    "create_unique_constraint": 1,
    "drop_column": 0,
    "drop_constraint": 1,
}
"""Which argument of `op` names the table, that `batch_op` leaves out."""


def in_batch(text: str, place: Place, title: str) -> Suggestion | None:
    """A call of `op` inside `with op.batch_alter_table(...)` of its table."""
    source = Source.of(place.path, text)
    call = source.call_at(place) if source is not None else None
    if source is None or call is None or not call.has_fixed_arguments or not source.stands_alone(call.statement):
        return None
    owner, _, name = call.name.partition(".")
    at = TABLE_AT.get(name)
    if owner != "op" or at is None or call.keyword("schema") is not None or "#" in source.segment(call.node):
        return None
    arguments: list[ast.expr | ast.keyword] = sorted([*call.node.args, *call.node.keywords], key=source.start_of)
    table = arguments[at] if at < len(call.node.args) and at + 1 < len(arguments) else None
    if not isinstance(table, ast.Constant) or not isinstance(table.value, str):
        return None
    inside = [
        source.replace(call.node.func, f"batch_op.{name}"),
        source.edit(source.start_of(table), source.start_of(arguments[at + 1]), ""),
    ]
    header = f"with op.batch_alter_table({source.segment(table)}) as batch_op:"
    around = wrapped(source, call.statement, header)
    return None if around is None else suggestion_of(text, [*inside, *around], title)
