"""`serve`, `web`, `worker`, `sweep`, `doctor`: settings first, then the parts that `bot.serving` has."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import bot.serving
from bot.cli.commands import dbbot
from bot.serving import Check, ServingError
from bot.settings import ServerSettings

Run = Callable[..., Result]
SECRET = "a-secret-of-the-webhook"


@pytest.fixture(scope="module")
def key() -> str:
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, key: str) -> Run:
    """With right settings, unless a test takes some away."""
    monkeypatch.setenv("DBBOT_APP_ID", "12")
    monkeypatch.setenv("DBBOT_PRIVATE_KEY", key)
    monkeypatch.setenv("DBBOT_WEBHOOK_SECRET", SECRET)
    monkeypatch.delenv("DBBOT_PRIVATE_KEY_FILE", raising=False)
    return lambda *words: CliRunner().invoke(dbbot, words, standalone_mode=False)


@pytest.mark.parametrize(
    ("words", "part"),
    [
        (("serve",), "serve"),
        (("web",), "run_web"),
        (("worker",), "run_worker"),
        (("sweep",), "run_sweep"),
        (("sweep", "--once"), "sweep_once"),
    ],
)
def test_each_command_starts_its_part_with_the_settings(
    run: Run, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], part: str
) -> None:
    started: list[int] = []

    def start(settings: ServerSettings, ready: Callable[[str], None] | None = None) -> int:
        started.append(settings.app_id)
        if ready is not None:
            ready("http://127.0.0.1:8080")
        return 0

    monkeypatch.setattr(bot.serving, part, start)
    result = run(*words)
    assert result.exception is None
    assert started == [12]
    assert result.stdout == ""
    assert result.stderr == ("dbbot: ready at http://127.0.0.1:8080\n" if part in ("serve", "run_web") else "")


@pytest.mark.parametrize("command", ["serve", "web", "worker", "sweep", "doctor"])
def test_every_wrong_setting_is_named_at_once_and_no_secret_is_shown(
    run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("DBBOT_PORT", "many")
    monkeypatch.setenv("DBBOT_APP_ID", "none")
    result = run(command)
    assert getattr(result.exception, "exit_code", None) == 2
    assert "DBBOT_PORT" in str(result.exception)
    assert "DBBOT_APP_ID" in str(result.exception)
    assert SECRET not in str(result.exception)


def test_a_port_that_is_taken_is_wrong_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ServingError("Port 8080 is taken.")

    monkeypatch.setattr(bot.serving, "serve", refuse)
    result = run("serve")
    assert (str(result.exception), getattr(result.exception, "exit_code", None)) == ("Port 8080 is taken.", 2)


@pytest.mark.parametrize(("sound", "status"), [(True, 0), (None, 0), (False, 1)])
def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(
    run: Run, monkeypatch: pytest.MonkeyPatch, sound: bool | None, status: int
) -> None:
    mark = {True: "ok    ", None: "note  ", False: "wrong "}[sound]
    monkeypatch.setattr(bot.serving, "doctor", lambda _: (Check("redis", sound, "It sleeps.", "Wake it."),))
    result = run("doctor")
    assert result.stdout == f"ok     settings: They can be read.\n{mark} redis: It sleeps. Wake it.\n"
    assert result.return_value == status
