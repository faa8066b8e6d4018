"""No credential reaches a log."""

from __future__ import annotations

import io
import logging

import pytest

from bot.github.auth import Credentials, Token
from bot.github.protocol import app_jwt
from bot.github.redaction import RedactionFilter, redacted
from tests.stand_in.state.apps import new_private_key

KEY = new_private_key().strip()
LONG = "ghs_1234_" + ".".join(["eyJhbGciOiJFUzI1NiJ9", "eyJpc3MiOiJnaXRodWIifQ", "c2ln" * 100])


@pytest.mark.parametrize(
    "secret",
    [LONG, "ghs_" + "a" * 36, "ghp_" + "a" * 36, "github_pat_" + "a" * 60, app_jwt("1", KEY, 1_800_000_000), KEY],
)
def test_a_secret_is_replaced_whole(secret: str) -> None:
    assert redacted(f"before {secret} after") == "before [redacted] after"


@pytest.mark.parametrize("text", ["ghs_short", "a sha 0123456789abcdef0123456789abcdef01234567", "op.create_index"])
def test_other_text_stays(text: str) -> None:
    assert redacted(text) == text


def test_messages_arguments_and_tracebacks_are_cleaned() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactionFilter())
    logger = logging.Logger("a logger")
    logger.addHandler(handler)
    logger.warning("token %s", LONG)
    try:
        raise ValueError(LONG)
    except ValueError:
        logger.exception("it failed")
    written = stream.getvalue()
    assert "ghs_" not in written
    assert written.count("[redacted]") == 2
    assert "ValueError" in written


def test_neither_a_token_nor_a_key_shows_in_its_own_words() -> None:
    assert LONG not in repr(Token(LONG, 1.0))
    assert KEY not in repr(Credentials("1", KEY))
