"""Where an ignore comment is found, and which lines it speaks for."""

from __future__ import annotations

import pytest

from rules.ignores import read_ignores

HEAD = "def upgrade():\n"


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("    f(1)  # dbbot: ignore[a] because x\n", (2, 2)),
        ("    # dbbot: ignore[a] because x\n    f(1)\n", (3, 3)),
        ("    # dbbot: ignore[a] because x\n    # more words\n\n    f(\n        1,\n    )\n", (5, 7)),
        ("    f(\n        1,  # dbbot: ignore[a] because x\n    )\n", (2, 4)),
        ("    f(\n        # dbbot: ignore[a] because x\n        1,\n    )\n", (2, 5)),
        ('    f("""\n    SELECT 1 -- dbbot: ignore[a] because x\n    """)\n', (2, 4)),
        ('    f("SELECT 1 -- dbbot: ignore[a] because x")\n', (2, 2)),
        ("    with g(\n        2\n    ):  # dbbot: ignore[a] because x\n        f(1)\n", (2, 4)),
        ("    f(1)\n    # dbbot: ignore[a] because x\n", (3, 3)),
    ],
)
def test_a_comment_speaks_for_the_statement_it_stands_on_or_above(body: str, lines: tuple[int, int]) -> None:
    (ignore,) = read_ignores("m.py", HEAD + body)
    assert ignore.rules == ("a",)
    assert ignore.reason == "x"
    assert ignore.lines == lines
    text = (HEAD + body).split("\n")[ignore.place.line - 1]
    assert "dbbot: ignore[a]" in text[ignore.place.column : ignore.place.end_column]


@pytest.mark.parametrize(
    ("comment", "rules", "reason"),
    [
        ("# dbbot: ignore[a, b-c] because it is so", ("a", "b-c"), "it is so"),
        ("# dbbot: ignore[a]", ("a",), None),
        ("# dbbot: ignore[a] it is so", ("a",), None),
        ("# dbbot: ignore[a] because", ("a",), None),
        ("# dbbot: ignore[a] because   ", ("a",), None),
        ("# dbbot:ignore [a] Because: it is so", ("a",), "it is so"),
        ("# noqa  # dbbot: ignore[a] because x", ("a",), "x"),
    ],
)
def test_the_reason_stands_behind_because(comment: str, rules: tuple[str, ...], reason: str | None) -> None:
    (ignore,) = read_ignores("m.py", f"{HEAD}    f()  {comment}\n")
    assert (ignore.rules, ignore.reason) == (rules, reason)


def test_a_comment_for_the_whole_file_may_stand_anywhere() -> None:
    (ignore,) = read_ignores("m.py", f"{HEAD}    f()\n# dbbot: ignore-file[a] because the table is empty\n")
    assert ignore.whole_file
    assert ignore.lines is None


@pytest.mark.parametrize(
    "text",
    [
        'x = "# dbbot: ignore[a] because x"\n',
        "# ignore[a] because x\n",
        "def upgrade(:  # dbbot: ignore[a] because x\n",
        "x = '''  # dbbot: ignore[a] because x",
        "# dbbot: ignore because x\n",
    ],
)
def test_other_texts_hold_no_ignore_comment(text: str) -> None:
    assert read_ignores("m.py", text) == ()
