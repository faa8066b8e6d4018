"""A comment is only ever placed on a line that GitHub's diff shows."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.model.snapshot import Change, ChangedFile
from bot.review.placement import Span, diff_of, read_patch
from rules.model.place import Place
from tests.bot.review.scenes import patch_between

LINES = st.lists(
    st.sampled_from(["", "a", "b", "-- x", "+y", "@@ -1 +1 @@", " z", "\\ no", "é\x0c\u2028"]), max_size=14
)
ENDS = st.sampled_from(["\n", "\r\n"])


def changed(patch: str | None, path: str = "f.py") -> ChangedFile:
    return ChangedFile(path, Change.MODIFIED, patch)


@given(LINES, LINES, ENDS, st.booleans(), st.integers(0, 4))
@settings(max_examples=300, deadline=None)
def test_every_hunk_shows_the_lines_of_the_new_file(
    before: list[str], after: list[str], end: str, final_end: bool, context: int
) -> None:
    old, new = ("".join(line + end for line in lines) for lines in (before, after))
    if not final_end:
        new = new.removesuffix(end)
    patch = patch_between(old, new, context)
    rows = new.split("\n")
    for hunk in read_patch(patch or ""):
        assert rows[hunk.start - 1 : hunk.end] == list(hunk.lines)


@given(LINES, LINES, st.integers(1, 15), st.integers(0, 6))
@settings(max_examples=300, deadline=None)
def test_a_placed_span_lies_in_one_hunk_and_in_the_place(
    before: list[str], after: list[str], first: int, length: int
) -> None:
    old, new = ("".join(line + "\n" for line in lines) for lines in (before, after))
    patch = patch_between(old, new, 1)
    span = diff_of([changed(patch)], {"f.py": new}).span_of(Place("f.py", first, 0, first + length, 0))
    shown = [{*range(hunk.start, hunk.end + 1)} for hunk in read_patch(patch or "")]
    if span is None:
        assert not any(first in lines or first + length in lines for lines in shown)
        return
    assert any({*range(span.first, span.last + 1)} <= lines for lines in shown)
    assert first <= span.first <= span.last <= first + length


@pytest.mark.skipif(shutil.which("git") is None, reason="needs git")
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_patch_of_git_is_read_like_our_own(tmp_path: Path, end: str) -> None:
    old = end.join(str(number) for number in range(40)) + end
    new = old.replace(f"{end}7{end}", f"{end}seven{end}").replace(f"{end}30{end}", end).removesuffix(end)
    (tmp_path / "old").write_bytes(old.encode())
    (tmp_path / "new").write_bytes(new.encode())
    out = subprocess.run(
        ["git", "diff", "--no-index", "--no-color", "old", "new"], cwd=tmp_path, capture_output=True, check=False
    ).stdout.decode()
    diff = diff_of([changed(out[out.index("@@") :])], {"f.py": new})
    assert diff.span_of(Place("f.py", 8)) == Span("f.py", 8, 8)
    assert diff.span_of(Place("f.py", 39)) == Span("f.py", 39, 39)
    assert diff.span_of(Place("f.py", 15)) is None


def test_a_place_that_begins_above_its_hunk_is_cut_to_it() -> None:
    old = "".join(f"{number}\n" for number in range(1, 21))
    new = old.replace("\n15\n", "\nx\n")
    diff = diff_of([changed(patch_between(old, new))], {"f.py": new})
    assert diff.span_of(Place("f.py", 3, 0, 16, 2)) == Span("f.py", 12, 16)


def test_a_place_that_ends_below_its_hunk_is_cut_to_it() -> None:
    old = "".join(f"{number}\n" for number in range(1, 31))
    new = old.replace("\n5\n", "\nx\n")
    diff = diff_of([changed(patch_between(old, new))], {"f.py": new})
    assert diff.span_of(Place("f.py", 6, 0, 25, 2)) == Span("f.py", 6, 8)


def test_a_renamed_file_is_known_by_its_new_path() -> None:
    renamed = ChangedFile("new.py", Change.RENAMED, "@@ -1,2 +1,2 @@\n-a\n+b\n c", previous_path="old.py")
    diff = diff_of([renamed], {"new.py": "b\nc\n"})
    assert diff.span_of(Place("new.py", 1)) == Span("new.py", 1, 1)
    assert diff.span_of(Place("old.py", 1)) is None


@pytest.mark.parametrize("patch", [None, "", "@@ -1,3 +0,0 @@\n-a\n-b\n-c"])
def test_a_file_without_new_lines_carries_no_comment(patch: str | None) -> None:
    assert diff_of([changed(patch)], {"f.py": "a\n"}).span_of(Place("f.py", 1)) is None


def test_a_removed_file_carries_no_comment() -> None:
    removed = ChangedFile("f.py", Change.REMOVED, "@@ -1 +1 @@\n+a")
    assert diff_of([removed], {"f.py": "a\n"}).span_of(Place("f.py", 1)) is None


def test_a_patch_of_another_text_carries_no_comment() -> None:
    assert diff_of([changed("@@ -0,0 +1 @@\n+a")], {"f.py": "other\n"}).span_of(Place("f.py", 1)) is None


def test_a_lone_carriage_return_makes_line_numbers_doubtful_and_no_comment_is_placed() -> None:
    text = "a = 1\rb = 2\nc = 3\n"
    assert diff_of([changed(patch_between("", text))], {"f.py": text}).span_of(Place("f.py", 2)) is None


def test_a_patch_that_is_cut_in_the_middle_places_what_it_shows() -> None:
    diff = diff_of([changed("@@ -0,0 +1,9 @@\n+a\n+b")], {"f.py": "a\nb\nc\n"})
    assert diff.span_of(Place("f.py", 2)) == Span("f.py", 2, 2)
    assert diff.span_of(Place("f.py", 3)) is None
