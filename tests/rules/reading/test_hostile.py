"""A migration that means harm is read like any other: nothing of it runs, and reading ends."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rules.model.operations import Opaque, OpaqueKind
from rules.model.script import MigrationScript, SyntaxProblem
from rules.reading import read_script, wanted_paths
from rules.reading.environment import read_environment
from rules.reading.reader import FAULT
from tests.rules.reading.capabilities import migration
from tests.rules.reading.hostile import BLOWUPS, ESCAPES, TEXTS, with_expression


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def unread(script: MigrationScript) -> list[str]:
    return [one.reason for one in (*script.upgrade, *script.downgrade) if isinstance(one, Opaque)]


@pytest.mark.parametrize("name", ESCAPES)
def test_no_way_out_of_the_reader_is_open(name: str, tmp_path: Path) -> None:
    text = with_expression(ESCAPES[name])
    script = read_script("versions/a1.py", text)
    assert isinstance(script, MigrationScript), script
    assert not any(FAULT in reason for reason in unread(script)), unread(script)
    sql = " ".join(statement.sql for statement in script.upgrade_statements)
    assert "object at 0x" not in sql
    assert "<class" not in sql
    assert "<module" not in sql
    read_environment("env.py", text)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", BLOWUPS)
def test_reading_ends_and_says_where_it_stopped(name: str) -> None:
    script = read_script("versions/a1.py", migration(BLOWUPS[name]))
    assert isinstance(script, MigrationScript), script
    assert not any(FAULT in reason for reason in unread(script)), unread(script)
    assert sum(len(one.sql) for one in script.upgrade_statements) < 40_000_000


@pytest.mark.parametrize("name", TEXTS)
def test_any_text_is_answered(name: str) -> None:
    script = read_script("versions/a1.py", TEXTS[name])
    assert isinstance(script, MigrationScript | SyntaxProblem)
    assert wanted_paths(TEXTS[name], "versions/a1.py", {"x.py"}) == frozenset()
    if isinstance(script, SyntaxProblem):
        assert script.reason
        assert script.place.line >= 1


@pytest.mark.parametrize("name", ["endless loop", "huge string", "huge number", "recursion", "many statements"])
def test_a_bound_is_said_on_the_pull_request(name: str) -> None:
    script = read_script("versions/a1.py", migration(BLOWUPS[name]))
    assert isinstance(script, MigrationScript)
    (reason,) = unread(script)
    assert "reading stopped here" in reason or "functions call one another" in reason


def test_what_stands_before_a_bound_is_kept() -> None:
    script = read_script("versions/a1.py", migration("op.drop_table('t')\nx = 'a' * 10**9\nop.drop_table('u')"))
    assert isinstance(script, MigrationScript)
    assert [one.sql for one in script.upgrade_statements] == ["DROP TABLE t"]
    assert isinstance(script.upgrade[-1], Opaque)
    assert script.upgrade[-1].kind is OpaqueKind.CALL


def test_a_harmful_module_of_the_repository_is_not_run_either(tmp_path: Path) -> None:
    lines = ("import os", "os.system('touch HARM')", "open('HARM', 'w')", "def table():", "    open('HARM', 'w')")
    helper = "\n".join((*lines, "    return 'users'"))
    script = read_script(
        "migrations/versions/a1.py",
        migration("op.drop_table(table())", top="from migrations.helper import table"),
        {"migrations/helper.py": helper},
    )
    assert isinstance(script, MigrationScript)
    assert [one.sql for one in script.upgrade_statements] == ["DROP TABLE users"]
    assert os.listdir(tmp_path) == []
