"""The server's settings: everything wrong is said at once, and no secret is ever in a message."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import SettingsError, load_settings
from tests.bot.server_settings import SECRET, environment, private_key, server_settings


def problems_of(**changes: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environment(**changes))
    return caught.value.problems


def test_the_defaults_are_those_of_a_small_server() -> None:
    settings = server_settings(GITHUB_API_URL="")
    assert (settings.host, settings.port, settings.workers) == ("127.0.0.1", 8080, 2)
    assert settings.github_api_url == "https://api.github.com"
    assert settings.redis_url is None
    assert (settings.log_format, settings.log_level) == ("text", "info")


def test_every_error_is_named_at_once() -> None:
    said = problems_of(
        APP_ID="x",
        PRIVATE_KEY="nonsense",
        WEBHOOK_SECRET="short",
        GITHUB_API_URL="ftp://example.com",
        REDIS_URL="http://example.com",
        PORT="99999",
        WORKERS="0",
        LOG_FORMAT="xml",
    )
    named = {sentence.split(":")[0] for sentence in said}
    assert named == {
        "DBBOT_APP_ID",
        "DBBOT_PRIVATE_KEY",
        "DBBOT_WEBHOOK_SECRET",
        "DBBOT_GITHUB_API_URL",
        "DBBOT_REDIS_URL",
        "DBBOT_PORT",
        "DBBOT_WORKERS",
        "DBBOT_LOG_FORMAT",
    }


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    said = problems_of(APP_ID="", WEBHOOK_SECRET="", PRIVATE_KEY="")
    assert said == (
        "DBBOT_APP_ID is not set.",
        "DBBOT_PRIVATE_KEY_FILE: set exactly one of DBBOT_PRIVATE_KEY and DBBOT_PRIVATE_KEY_FILE.",
        "DBBOT_WEBHOOK_SECRET is not set.",
    )


def test_no_message_and_no_repr_shows_a_secret() -> None:
    said = " ".join(problems_of(WEBHOOK_SECRET="s3cr3t!", PRIVATE_KEY="k3y-t3xt", REDIS_URL="http://:p4ss@host"))
    assert not any(secret in said for secret in ("s3cr3t!", "k3y-t3xt", "p4ss"))
    settings = server_settings(REDIS_URL="redis://:p4ssw0rd@host/0")
    shown = f"{settings!r} {settings!s} {settings.model_dump()}"
    assert SECRET not in shown
    assert "p4ssw0rd" not in shown
    assert "PRIVATE KEY" not in shown


def test_several_secrets_are_valid_at_once() -> None:
    settings = server_settings(WEBHOOK_SECRET="first-secret, second-secret")
    assert settings.webhook_secrets == (b"first-secret", b"second-secret")


def test_a_key_may_stand_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text(private_key())
    settings = server_settings(PRIVATE_KEY="", PRIVATE_KEY_FILE=str(path))
    assert settings.private_key_pem.get_secret_value() == private_key()


def test_a_key_that_cannot_be_read_is_said_so(tmp_path: Path) -> None:
    assert problems_of(PRIVATE_KEY="", PRIVATE_KEY_FILE=str(tmp_path / "none.pem")) == (
        "DBBOT_PRIVATE_KEY_FILE: the file cannot be read (No such file or directory).",
    )


def test_both_kinds_of_key_at_once_are_refused(tmp_path: Path) -> None:
    assert "exactly one" in problems_of(PRIVATE_KEY_FILE=str(tmp_path))[0]


def test_a_key_on_one_line_is_unfolded() -> None:
    settings = server_settings(PRIVATE_KEY=private_key().replace("\n", "\\n"))
    assert settings.private_key_pem.get_secret_value() == private_key()


def test_a_child_process_reads_the_same_settings_from_the_environment() -> None:
    settings = server_settings(WEBHOOK_SECRET="first-secret,second-secret", PUBLIC_URL="https://dbbot.example.com/")
    assert settings.public_url == "https://dbbot.example.com"
    again = load_settings(settings.as_environment())
    assert again == settings
