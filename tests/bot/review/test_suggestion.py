"""A suggestion, accepted on GitHub, gives the edited file to the letter."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.snapshot import Change, ChangedFile
from bot.review.placement import Span, diff_of
from bot.review.suggestion import LONGEST_BLOCK, block_of, diff_text
from rules.model.finding import Edit, Suggestion
from rules.rewriting import apply_edits
from tests.bot.review.scenes import PATH, TEXT, added, concurrently, patch_between

LINES = st.lists(st.sampled_from(["", "a", "  b", "```", "````x", "é", "~~~"]), min_size=1, max_size=10)


@st.composite
def edited_files(draw: st.DrawFn) -> tuple[str, tuple[Edit, ...]]:
    """A file and up to three edits of it that do not overlap."""
    end = draw(st.sampled_from(["\n", "\r\n"]))
    lines = draw(LINES)
    text = end.join(lines) + draw(st.sampled_from([end, ""]))
    points = st.builds(
        lambda line, column: (line, min(column, len(lines[line - 1]))), st.integers(1, len(lines)), st.integers(0, 4)
    )
    chosen = sorted(draw(st.lists(points, min_size=2, max_size=6).filter(lambda found: len(found) % 2 == 0)))
    pieces = st.sampled_from(["", "n", f"n{end}m", f"{end}", f"x{end}", "`````"])
    return text, tuple(
        Edit("f.py", *start, *stop, draw(pieces)) for start, stop in zip(chosen[::2], chosen[1::2], strict=True)
    )


def as_github_does(text: str, span: Span, markdown: str) -> str:
    """Replaces the lines of the comment by the lines between the fences."""
    opening = re.match(r"(`{3,})suggestion\n", markdown)
    assert opening
    body = markdown[opening.end() : -len(opening[1])]
    assert opening[1] not in body
    lines = text.split("\n")
    new = body.split("\n")[:-1]
    if span.last == len(lines):
        return "\n".join([*lines[: span.first - 1], *new])
    return "\n".join([*lines[: span.first - 1], *new, *lines[span.last :]])


@given(edited_files())
@settings(max_examples=400, deadline=None)
def test_a_block_accepted_is_the_edits_applied(file: tuple[str, tuple[Edit, ...]]) -> None:
    text, edits = file
    diff = diff_of([ChangedFile("f.py", Change.ADDED, patch_between("", text))], {"f.py": text})
    block = block_of(Suggestion("t", edits), {"f.py": text}, diff)
    edited = apply_edits(text, edits)
    assert edited is not None
    if block is None:
        assert not text or edited == text or text.endswith("\n") != edited.endswith("\n")
        return
    assert block.accepted(text) == edited
    assert as_github_does(text, block.span, block.markdown) == edited
    assert diff.holds("f.py", block.span.first, block.span.last)


def test_one_changed_line_makes_a_block_of_that_line() -> None:
    block = block_of(concurrently(), {PATH: TEXT}, diff_of([added()], {PATH: TEXT}))
    assert block is not None
    assert block.span == Span(PATH, 10, 10)
    assert block.markdown == (
        "```suggestion\n"
        "    with op.get_context().autocommit_block():\n"
        '        op.create_index("ix_users_email", "users", ["email"], postgresql_concurrently=True)\n'
        "```"
    )


def test_the_line_ends_of_the_file_are_kept() -> None:
    text = TEXT.replace("\n", "\r\n")
    edits = tuple(
        Edit(PATH, edit.start_line, edit.start_column, edit.end_line, edit.end_column, edit.text.replace("\n", "\r\n"))
        for edit in concurrently().edits
    )
    block = block_of(Suggestion("t", edits), {PATH: text}, diff_of([added(text=text)], {PATH: text}))
    assert block is not None
    assert all(line.endswith("\r\n") for line in block.lines)
    assert "\n" not in block.accepted(text).replace("\r\n", "")


def test_removed_lines_make_an_empty_block() -> None:
    diff = diff_of([added()], {PATH: TEXT})
    block = block_of(Suggestion("t", (Edit(PATH, 10, 0, 11, 0, ""),)), {PATH: TEXT}, diff)
    assert block is not None
    assert block.markdown == "```suggestion\n```"
    assert block.span == Span(PATH, 10, 10)


def test_added_lines_take_the_line_below_along() -> None:
    diff = diff_of([added()], {PATH: TEXT})
    block = block_of(Suggestion("t", (Edit(PATH, 3, 0, 3, 0, "import x\n"),)), {PATH: TEXT}, diff)
    assert block is not None
    assert block.lines == ("import x\n", "from alembic import op\n")
    assert block.span == Span(PATH, 3, 3)


def test_lines_added_at_the_end_take_the_line_above_along() -> None:
    diff = diff_of([added()], {PATH: TEXT})
    block = block_of(Suggestion("t", (Edit(PATH, 15, 0, 15, 0, "# end\n"),)), {PATH: TEXT}, diff)
    assert block is not None
    assert block.lines == ('    op.drop_index("ix_users_email")\n', "# end\n")


def test_edits_in_two_hunks_make_no_block() -> None:
    before = "".join(f"{number}\n" for number in range(1, 41))
    text = before.replace("\n5\n", "\nfive\n").replace("\n35\n", "\nx\n")
    diff = diff_of([ChangedFile("f.py", Change.MODIFIED, patch_between(before, text))], {"f.py": text})
    suggestion = Suggestion("t", (Edit("f.py", 5, 0, 5, 1, "F"), Edit("f.py", 35, 0, 35, 1, "G")))
    assert block_of(suggestion, {"f.py": text}, diff) is None
    assert "+Five\n" in diff_text(suggestion, {"f.py": text})
    assert "+G\n" in diff_text(suggestion, {"f.py": text})


def test_edits_of_two_files_make_no_block_but_a_diff() -> None:
    texts = {"a.py": "1\n", "b.py": "2\n"}
    diff = diff_of([added(path, text) for path, text in texts.items()], texts)
    suggestion = Suggestion("t", (Edit("a.py", 1, 0, 1, 1, "x"), Edit("b.py", 1, 0, 1, 1, "y")))
    assert block_of(suggestion, texts, diff) is None
    assert diff_text(suggestion, texts) == (
        "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-1\n+x\n--- a/b.py\n+++ b/b.py\n@@ -1 +1 @@\n-2\n+y"
    )


@pytest.mark.parametrize(
    "edits",
    [
        (Edit("f.py", 1, 0, 1, 3, "x"), Edit("f.py", 1, 2, 1, 4, "y")),
        (Edit("f.py", 1, 3, 1, 1, "x"),),
        (Edit("f.py", 9, 0, 9, 0, "x"),),
        (Edit("f.py", 1, 7, 1, 9, "x"),),
        (Edit("f.py", 0, 0, 1, 0, "x"),),
    ],
)
def test_an_edit_that_lies_outside_or_over_another_is_not_shown(edits: tuple[Edit, ...]) -> None:
    texts = {"f.py": "abcde\n"}
    assert block_of(Suggestion("t", edits), texts, diff_of([added("f.py", "abcde\n")], texts)) is None
    assert diff_text(Suggestion("t", edits), texts) == ""


def test_nothing_changed_makes_no_block() -> None:
    texts = {"f.py": "a\n"}
    same = Suggestion("t", (Edit("f.py", 1, 0, 1, 1, "a"),))
    assert block_of(same, texts, diff_of([added("f.py", "a\n")], texts)) is None


@pytest.mark.parametrize(
    "text", ["x\x00", "x\x1b[31m", "\ud800", "y" * (LONGEST_BLOCK + 1), "`" * (LONGEST_BLOCK // 2)]
)
def test_what_github_cannot_take_makes_no_block(text: str) -> None:
    texts = {"f.py": "a\n"}
    suggestion = Suggestion("t", (Edit("f.py", 1, 0, 1, 1, text),))
    assert block_of(suggestion, texts, diff_of([added("f.py", "a\n")], texts)) is None
