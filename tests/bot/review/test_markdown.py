"""Text of strangers stays text, wherever it is put."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from bot.review.markdown import cell, cleaned, code, code_cell, fenced, folded_title, paragraphs, prose

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HOSTILE = st.text(alphabet="`*_[]()<>@#|\\!~$&:/-+.=\n\r\t 1aGHw\u202e\u200bé", max_size=40)
NASTY = (
    "`a` @everyone ``` <img src=x onerror=1> [x](http://evil.example) | cell",
    "``a` @org/team `` #12 GH-13 www.evil.example",
    "<!-- dbbot:v1 {} --> </details> <script>",
    "a\\| b \\` @me \\",
    "1) @me\n# heading\n- list\n> quote\n```\nfence",
    "&lt;b&gt; &#64;me $x$ ~~gone~~ **loud** https://github.com/o/r/issues/1",
    "http://x`@me`http://y``@me`` `",
)


def inline(markdown: str) -> list[Token]:
    """The inline tokens of text that must be one paragraph."""
    blocks = GITHUB.parse(markdown)
    assert [block.type for block in blocks] == ["paragraph_open", "inline", "paragraph_close"]
    return blocks[1].children or []


def assert_calls_nobody(tokens: list[Token]) -> None:
    assert {token.type for token in tokens} <= {"text", "code_inline", "text_special"}
    plain = "".join(token.content if token.type != "code_inline" else "\0" for token in tokens)
    assert not re.search(r"@\w|#\w|\bGH-\w|://\w|\bwww\.\w", plain, re.IGNORECASE)


@given(HOSTILE)
@settings(max_examples=600, deadline=None)
def test_prose_is_one_paragraph_of_text_and_code(text: str) -> None:
    if markdown := prose(text):
        assert_calls_nobody(inline(markdown))


@pytest.mark.parametrize("text", NASTY)
def test_known_tricks_stay_text(text: str) -> None:
    assert_calls_nobody(inline(prose(text)))


@given(HOSTILE.filter(lambda text: "`" not in text and "/" not in text and "w" not in text))
@settings(max_examples=300, deadline=None)
def test_prose_shows_the_text_that_was_given(text: str) -> None:
    shown = "".join(token.content for token in inline(prose(text))) if prose(text) else ""
    bare = cleaned(text).replace("\u200b", "")
    assert shown.replace("\u200b", "").split() == bare.split()


@given(HOSTILE)
@example("a` | `b")
@example("a\\|b")
@settings(max_examples=600, deadline=None)
def test_a_cell_stays_one_cell(text: str) -> None:
    table = f"| a | b | c |\n|---|---|---|\n| x | {cell(text)} | y |\n| x | {code_cell(text)} | y |\n"
    tokens = GITHUB.parse(table)
    assert [token.type for token in tokens].count("table_open") == 1
    assert [token.type for token in tokens].count("td_open") == 6
    cells = [token for token in tokens if token.type == "inline"][3:]
    assert [cells[0].content, cells[2].content, cells[3].content, cells[5].content] == ["x", "y", "x", "y"]
    assert_calls_nobody(cells[1].children or [])


@given(HOSTILE)
@settings(max_examples=300, deadline=None)
def test_a_code_span_shows_its_text_and_nothing_else(text: str) -> None:
    if markdown := code(text):
        (token,) = inline(markdown)
        assert token.type == "code_inline"
        assert token.content.strip() == " ".join(cleaned(text).split())


@given(HOSTILE)
@settings(max_examples=300, deadline=None)
def test_a_fence_holds_its_text_to_the_letter(text: str) -> None:
    (token,) = GITHUB.parse(fenced(text, "sql"))
    assert token.type == "fence"
    assert token.content.rstrip("\n") == re.sub(r"\r\n?", "\n", text).rstrip("\n")


@given(HOSTILE)
def test_a_folded_title_has_no_tags_and_calls_nobody(text: str) -> None:
    title = folded_title(text)
    shown = html.unescape(title)
    assert not re.search(r"[<>\n\r]", title)
    assert not re.search(r"@\w|#\w", shown)
    assert shown.replace("\u200b", "").split() == cleaned(text).replace("\u200b", "").split()


def test_empty_lines_part_paragraphs() -> None:
    assert paragraphs("One\nline.\n\n \n- two") == "One line.\n\n\\- two"


def test_direction_marks_and_half_surrogates_are_made_visible() -> None:
    assert cleaned("a\u202eb\ud800c\x00") == "a\ufffdb\ufffdc\ufffd"
