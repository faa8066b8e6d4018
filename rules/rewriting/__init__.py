"""Exact edits of source text, or none."""

from rules.rewriting.blocks import unwrapped
from rules.rewriting.columns import retyped_column
from rules.rewriting.comments import line_edit, without_comment, word_in_line
from rules.rewriting.edits import apply_edits, one_edit
from rules.rewriting.merging import one_alter_table
from rules.rewriting.naming import replaced_name
from rules.rewriting.renaming import relabelled, renamed
from rules.rewriting.reordering import swapped
from rules.rewriting.reparenting import reparented, with_one_parent
from rules.rewriting.source import Call, Source, call_at, written_keyword
from rules.rewriting.suggesting import (
    assigned_value,
    column_argument,
    in_autocommit_block,
    in_sql,
    replaced_argument,
    replaced_call,
    statement_above,
    with_keyword,
    without_keyword,
)

__all__ = [
    "Call",
    "Source",
    "apply_edits",
    "assigned_value",
    "call_at",
    "column_argument",
    "in_autocommit_block",
    "in_sql",
    "line_edit",
    "one_alter_table",
    "one_edit",
    "relabelled",
    "renamed",
    "reparented",
    "replaced_argument",
    "replaced_call",
    "replaced_name",
    "retyped_column",
    "statement_above",
    "swapped",
    "unwrapped",
    "with_keyword",
    "with_one_parent",
    "without_comment",
    "without_keyword",
    "word_in_line",
    "written_keyword",
]
