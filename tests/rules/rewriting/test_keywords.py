"""Keywords go into a call the way the call is written."""

from __future__ import annotations

import ast

import pytest

from rules.rewriting import Source, apply_edits
from rules.rewriting.keywords import added_keyword, removed_keyword


def add(body: str, name: str = "extra", value: str = "True") -> str | None:
    return _edited(body, lambda call: added_keyword(call, name, value))


def remove(body: str, name: str) -> str | None:
    return _edited(body, lambda call: removed_keyword(call, name))


def _edited(body: str, edit_of) -> str | None:
    newline = "\r\n" if "\r\n" in body else "\n"
    text = f"def upgrade():{newline}" + body
    source = Source.of("m.py", text)
    assert source is not None
    (call,) = source._calls(source.functions[0].body, ())
    edit = edit_of(call)
    if edit is None:
        return None
    changed = apply_edits(text, [edit])
    assert changed is not None
    ast.parse(changed)
    return changed.removeprefix(f"def upgrade():{newline}")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    f(1)\n", "    f(1, extra=True)\n"),
        ("    f()\n", "    f(extra=True)\n"),
        ("    f(1,)\n", "    f(1, extra=True,)\n"),
        ("    f(1, a=')', b=[1, 2])  # why\n", "    f(1, a=')', b=[1, 2], extra=True)  # why\n"),
        ("    f(\n        1,\n    )\n", "    f(\n        1,\n        extra=True,\n    )\n"),
        ("    f(\n        1\n    )\n", "    f(\n        1,\n        extra=True\n    )\n"),
        ("    f(\n        1, 2\n    )\n", "    f(\n        1, 2, extra=True\n    )\n"),
        ("    f(1,\n      2)\n", "    f(1,\n      2,\n      extra=True)\n"),
        ("    f(\n        1,  # one\n    )\n", "    f(\n        1,  # one\n        extra=True,\n    )\n"),
        ("    f(\n        1  # one\n    )\n", "    f(\n        1,  # one\n        extra=True\n    )\n"),
        ("\tf(\n\t\t1,\n\t)\n", "\tf(\n\t\t1,\n\t\textra=True,\n\t)\n"),
        ("    f(\r\n        1,\r\n    )\r\n", "    f(\r\n        1,\r\n        extra=True,\r\n    )\r\n"),
        ("    f('größe', ä=1)\n", "    f('größe', ä=1, extra=True)\n"),
        ("    f(1, extra=False)\n", "    f(1, extra=True)\n"),
    ],
)
def test_the_keyword_stands_where_its_author_would_have_put_it(before: str, after: str) -> None:
    assert add(before) == after


@pytest.mark.parametrize("body", ["    f(*names)\n", "    f(1, **options)\n", "    f(1, extra=True)\n"])
def test_nothing_is_added_where_it_may_be_there_already(body: str) -> None:
    assert add(body) is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("    f(1, a=2)\n", "    f(1)\n"),
        ("    f(a=2)\n", "    f()\n"),
        ("    f(a=2, b=3)\n", "    f(b=3)\n"),
        ("    f(1, a=2, b=3)\n", "    f(1, b=3)\n"),
        ("    f(\n        1,\n        a=2,\n    )\n", "    f(\n        1,\n    )\n"),
    ],
)
def test_a_keyword_leaves_with_its_comma(before: str, after: str) -> None:
    assert remove(before, "a") == after


def test_a_keyword_whose_line_has_a_comment_stays() -> None:
    assert remove("    f(\n        1,  # one\n        a=2,\n    )\n", "a") is None
