"""`dbbot` as a process: exit statuses, streams, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli.running import run
from tests.bot.cli import interface, shop


def dbbot(
    *words: str, folder: Path | None = None, code: str = "from bot.cli import main; main()", **environment: str
) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("DBBOT_")}
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=folder,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_findings_end_with_one_and_nothing_but_the_result_is_on_standard_output(tmp_path: Path) -> None:
    shop.add_index(shop.lay_out(tmp_path))
    done = dbbot("check", "--new", "ab12", "--format", "json", folder=tmp_path)
    interface.assert_keeps(interface.CHECK, json.loads(done.stdout))
    assert (done.returncode, done.stderr) == (1, "")


def test_nothing_found_ends_with_zero(tmp_path: Path) -> None:
    done = dbbot("check", folder=shop.lay_out(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("chekc",), "dbbot: No such command 'chekc'."),
        (("check", "--format", "xml"), "dbbot: Invalid value for '--format': 'xml' is not one of"),
        (("check", "nowhere"), "dbbot: Invalid value for '[PATH]': Directory 'nowhere' does not exist."),
        (("check", "--new"), "dbbot: Option '--new' requires an argument."),
        (("explain", "multiple-hed"), "dbbot: There is no rule `multiple-hed`. Did you mean `multiple-heads`?"),
        (("serve",), "dbbot: The settings are wrong. DBBOT_APP_ID is not set."),
        (("doctor",), "dbbot: The settings are wrong. DBBOT_APP_ID is not set."),
    ],
)
def test_wrong_usage_ends_with_two_and_one_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    words: tuple[str, ...],
    line: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("DBBOT_")]:
        monkeypatch.delenv(name)
    assert run(words) == 2
    said = capfd.readouterr()
    assert said.err.startswith(line)
    assert (said.err.count("\n"), said.out) == (1, "")


def test_the_process_ends_with_the_status_of_its_command(tmp_path: Path) -> None:
    done = dbbot("check", "--new", "zz99", folder=shop.lay_out(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("dbbot: There is no revision `zz99` among 1.")


def test_a_fault_of_ours_ends_with_three_and_an_incident(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bot.cli.explain.print_result", lambda *_: 1 / 0)
    monkeypatch.delenv("DBBOT_DEBUG", raising=False)
    assert (run(["explain"]), run(["explain"])) == (3, 3)
    first, second, *rest = capfd.readouterr().err.split("\n")
    assert first.startswith("dbbot: dbbot failed by a fault of its own (ZeroDivisionError at ")
    assert (first, rest) == (second, [""])


def test_a_traceback_is_shown_to_whoever_asks_for_it(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("bot.cli.explain.print_result", lambda *_: 1 / 0)
    monkeypatch.setenv("DBBOT_DEBUG", "1")
    assert run(["explain"]) == 3
    assert "Traceback (most recent call last)" in capfd.readouterr().err


def test_a_reader_that_goes_away_is_no_fault() -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"{sys.executable} -m bot.cli rules --format json | head -c 1; echo ${{PIPESTATUS:-}}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("[")
    assert done.stderr == ""


def test_the_commands_of_the_interface_are_there() -> None:
    done = dbbot("--help")
    named = {line.split()[0] for line in done.stdout.partition("Commands:")[2].splitlines() if line.strip()}
    assert {"check", "sql", "locks", "graph", "explain", "rules", "serve", "web", "worker", "sweep", "doctor"} <= named
    assert done.returncode == 0


def test_without_a_command_the_help_is_the_result() -> None:
    done = dbbot()
    assert done.stdout.startswith("Usage: dbbot")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_version_is_there_without_loading_the_house() -> None:
    code = "import sys\ntry:\n    from bot.cli import main; main()\nfinally:\n    print(sorted(sys.modules))"
    done = dbbot("--version", code=code)
    assert done.stdout.startswith("dbbot ")
    assert not any(f"'{module}'" in done.stdout for module in ("sqlglot", "alembic", "starlette", "redis", "jinja2"))


def test_reading_commands_do_not_load_the_server(tmp_path: Path) -> None:
    code = "import sys\ntry:\n    from bot.cli import main; main()\nfinally:\n    print(sorted(sys.modules))"
    done = dbbot("check", folder=shop.lay_out(tmp_path), code=code)
    assert "'rules.engine'" in done.stdout
    assert not any(f"'{module}'" in done.stdout for module in ("starlette", "redis", "rq", "github", "httpx"))


def test_the_list_of_rules_keeps_its_contract() -> None:
    done = dbbot("rules", "--format", "json")
    catalogue = json.loads(done.stdout)
    interface.assert_keeps(interface.RULES, catalogue)
    assert "blocking-index-creation" in {rule["rule"] for rule in catalogue}


def test_a_page_is_explained_as_it_is_committed() -> None:
    from rules.explain import page

    assert dbbot("explain", "blocking-index-creation").stdout == page("blocking-index-creation")
    listing = dbbot("explain").stdout
    assert "  blocking-index-creation " in listing


def test_colour_is_for_terminals(tmp_path: Path) -> None:
    shop.add_index(shop.lay_out(tmp_path))
    assert "\x1b" not in dbbot("check", "--new", "ab12", folder=tmp_path).stdout
    shown, plain = (on_a_terminal("stdout", tmp_path, **more) for more in ({}, {"NO_COLOR": "1"}))
    assert "\x1b[31merror\x1b[0m" in shown
    assert "error blocking-index-creation" in plain
    assert "\x1b[31m" not in plain


def test_progress_is_for_terminals_and_never_on_standard_output(tmp_path: Path) -> None:
    shop.add_index(shop.lay_out(tmp_path))
    assert "Reading" in on_a_terminal("stderr", tmp_path)
    assert dbbot("check", "--new", "ab12", folder=tmp_path).stderr == ""


def on_a_terminal(stream: str, folder: Path, **environment: str) -> str:
    """What `dbbot check` writes to that stream where it is a terminal; the other one is none."""
    leader, follower = os.openpty()
    clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, stream: follower}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "check", "--new", "ab12"],
        cwd=folder,
        env={**clean, **environment, "TERM": "xterm", "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=streams["stdout"],
        stderr=streams["stderr"],
    )
    os.close(follower)
    pieces: list[bytes] = []
    while True:
        try:
            piece = os.read(leader, 65_536)
        except OSError:
            break
        if not piece:
            break
        pieces.append(piece)
    os.close(leader)
    process.wait()
    return b"".join(pieces).decode()
