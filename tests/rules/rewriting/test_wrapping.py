"""A statement goes into a block without anything else moving."""

from __future__ import annotations

import ast

import pytest

from rules.model.operations import Statement
from rules.model.place import Place
from rules.rewriting import Source, apply_edits, in_autocommit_block, one_edit


def wrap(text: str, *, keyword: tuple[str, str] | None = None, transactional: bool = True) -> str | None:
    """The text with its first call wrapped."""
    source = Source.of("m.py", text)
    assert source is not None
    call = next(iter(source._calls(source.functions[0].body, ())))
    start, end = source.start_of(call.node), source.end_of(call.node)
    statement = Statement("", Place("m.py", *start, *end), transactional=transactional)
    suggestion = in_autocommit_block(text, statement, "Wrap it", keyword=keyword)
    if suggestion is None:
        return None
    changed = apply_edits(text, suggestion.edits)
    assert changed is not None
    ast.parse(changed)
    return changed


HEAD = "def upgrade():\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    op.f(1)\n", "    with op.get_context().autocommit_block():\n        op.f(1)\n"),
        (
            "    op.f(\n        1,\n    )  # why\n    x = 1\n",
            "    with op.get_context().autocommit_block():\n        op.f(\n            1,\n        )  # why\n"
            "    x = 1\n",
        ),
        (
            '    op.execute("""\n  SELECT 1\n    """)\n',
            '    with op.get_context().autocommit_block():\n        op.execute("""\n  SELECT 1\n    """)\n',
        ),
        ("\top.f(1)\n", "\twith op.get_context().autocommit_block():\n\t\top.f(1)\n"),
        ("  op.f(1)\n", "  with op.get_context().autocommit_block():\n    op.f(1)\n"),
        (
            "    if True:\n        op.f(1)\n",
            "    if True:\n        with op.get_context().autocommit_block():\n            op.f(1)\n",
        ),
        ("    # why\n    op.f(1)\n", "    # why\n    with op.get_context().autocommit_block():\n        op.f(1)\n"),
    ],
)
def test_the_statement_is_indented_in_the_files_own_way(before: str, after: str) -> None:
    assert wrap(HEAD + before) == HEAD + after


def test_line_breaks_stay_as_they_are() -> None:
    changed = wrap("def upgrade():\r\n    op.f(\r\n        1)\r\n")
    assert changed is not None
    assert changed.count("\n") == changed.count("\r\n") == 4


def test_a_keyword_is_added_on_the_way() -> None:
    changed = wrap(HEAD + "    op.f(\n        1,\n    )\n", keyword=("extra", "True"))
    assert changed == (
        HEAD + "    with op.get_context().autocommit_block():\n"
        "        op.f(\n            1,\n            extra=True,\n        )\n"
    )


def test_what_is_outside_the_transaction_already_is_not_wrapped_again() -> None:
    assert (
        wrap(HEAD + "    op.f(1)\n", keyword=("extra", "True"), transactional=False)
        == HEAD + "    op.f(1, extra=True)\n"
    )


@pytest.mark.parametrize("body", ["    op.f(1); op.g(2)\n", "    op.f(*arguments)\n"])
def test_nothing_is_suggested_where_one_edit_would_not_do(body: str) -> None:
    assert wrap(HEAD + body) is None


@pytest.mark.parametrize(
    "text",
    [
        "def upgrade():\n    for name in names:\n        op.f(name)\n",
        "def helper():\n    op.f(1)\n\n\ndef upgrade():\n    helper()\n",
        "def upgrade(): op.f(1)\n",
    ],
)
def test_calls_in_loops_helpers_and_one_line_functions_are_left_alone(text: str) -> None:
    source = Source.of("m.py", text)
    assert source is not None
    line = next(number for number, each in enumerate(text.split("\n"), 1) if "op.f" in each)
    column = source.line(line).index("op.f")
    end = column + source.line(line)[column:].index(")") + 1
    statement = Statement("", Place("m.py", line, column, line, end))
    assert in_autocommit_block(text, statement, "Wrap it") is None


def test_several_edits_are_said_as_one() -> None:
    text = "a\nb\nc\n"
    source = Source("m.py", text, ast.parse(""))
    edits = [source.edit((1, 0), (1, 1), "A"), source.edit((3, 0), (3, 1), "C")]
    edit = one_edit(text, edits)
    assert edit is not None
    assert (edit.start_line, edit.end_line, edit.text) == (1, 3, "A\nb\nC")
    assert apply_edits(text, [edit]) == apply_edits(text, edits) == "A\nb\nC\n"


def test_edits_that_overlap_or_miss_the_text_are_refused() -> None:
    source = Source("m.py", "ab\n", ast.parse(""))
    assert apply_edits("ab\n", [source.edit((1, 0), (1, 2), "x"), source.edit((1, 1), (1, 2), "y")]) is None
    assert apply_edits("ab\n", [source.edit((9, 0), (9, 0), "x")]) is None
