"""No credential reaches a log, whichever library writes it."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from bot.logging import redact, set_up_logging

LONG_TOKEN = "ghs_4711_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiI0NzExIn0." + "x" * 400


@pytest.fixture(autouse=True)
def _logging_as_before() -> object:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.mark.parametrize(
    "secret",
    [
        LONG_TOKEN,
        "ghs_" + "a" * 36,
        "github_pat_" + "a" * 40,
        "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiI0NzExIn0.c2lnbmF0dXJl",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
        "sha256=" + "0f" * 32,
    ],
)
def test_a_credential_is_cut_out(secret: str) -> None:
    assert secret not in redact(f"before {secret} after")
    assert redact(f"before {secret} after").startswith("before ")
    assert redact(f"before {secret} after").endswith(" after")


def test_a_password_in_an_address_is_cut_out() -> None:
    assert redact("redis://:p4ss@host:6379/0") == "redis://[redacted]@host:6379/0"
    assert redact("https://example.com:8080/a@b") == "https://example.com:8080/a@b"


@pytest.mark.parametrize("form", ["text", "json"])
def test_other_libraries_and_tracebacks_are_cut_too(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging(form, "info")
    logging.getLogger("some.library").warning("sent %s", LONG_TOKEN)
    try:
        raise ValueError(LONG_TOKEN)
    except ValueError:
        structlog.get_logger("dbbot").exception("failed", token=LONG_TOKEN)
    said = capsys.readouterr().err
    assert "sent" in said
    assert "ValueError" in said
    assert LONG_TOKEN not in said
    assert "x" * 50 not in said


def test_json_lines_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("json", "info")
    structlog.get_logger("dbbot.test").info("accepted", delivery="d-1")
    logging.getLogger("elsewhere").info("hello")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["accepted", "hello"]
    assert lines[0]["delivery"] == "d-1"
