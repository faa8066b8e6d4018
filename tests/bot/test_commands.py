"""What counts as a command: the first word of a line of ordinary text, and nothing that only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import Command, Explain, Help, Merge, Unknown, command_of, read_command, words_of


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ("/dbbot help", Help()),
        ("/dbbot", Help()),
        ("/dbbot explain blocking-index-creation", Explain("blocking-index-creation")),
        ("/dbbot explain `blocking-index-creation`", Explain("blocking-index-creation")),
        ("/dbbot EXPLAIN Blocking-Index-Creation please", Explain("blocking-index-creation")),
        ("/dbbot explain", Explain(None)),
        ("  /dbbot help", Help()),
        ("Thanks!\r\n/dbbot help\r\n", Help()),
        ("Thanks!\n\n/dbbot help\n\n/dbbot explain x", Help()),
        ("/dbbot merge", Merge()),
        ("/dbbot merge it, please", Merge()),
        ("/dbbot frobnicate it", Unknown("frobnicate")),
        ("> quoted\n\n/dbbot help", Help()),
        ("```\ncode\n```\n/dbbot help", Help()),
    ],
)
def test_a_line_that_begins_with_it_is_a_command(body: str, command: Command) -> None:
    assert read_command(body) == command


@pytest.mark.parametrize(
    "body",
    [
        "",
        "nothing",
        "please say /dbbot help",
        "`/dbbot help`",
        "`code\n/dbbot help\n`",
        "> /dbbot help",
        "> quoted\n/dbbot help",
        "```\n/dbbot help\n```",
        "~~~~\n/dbbot help\n~~~\n~~~~",
        "```\n/dbbot help",
        "    /dbbot help",
        "- /dbbot help",
        "1. /dbbot help",
        "# /dbbot help",
        "<!--\n/dbbot help\n-->",
        "<details>\n/dbbot help\n</details>",
        "/dbbotx help",
        "/dbbot-help",
        "/dbbot/help",
        "**/dbbot help**",
        "/dbbot help" + "x" * 70_000,
    ],
)
def test_what_only_looks_like_one_is_none(body: str) -> None:
    assert read_command(body) is None


@pytest.mark.parametrize("command", [Help(), Merge(), Explain(None), Explain("some-rule"), Unknown("word")])
def test_a_job_carries_a_command_in_two_words(command: Command) -> None:
    assert command_of(*words_of(command)) == command


@given(st.text(alphabet="/dbot help\n`~>*<!-[]()#é\x00\u202e", max_size=300))
def test_no_text_is_too_much(body: str) -> None:
    command = read_command(f"/dbbot {body}")
    if command is not None:
        assert all(len(word) <= 100 and word.isprintable() for word in words_of(command))
