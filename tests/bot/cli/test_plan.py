"""`dbbot plan` on a repository on disk."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.commands import dbbot
from rules.examples import EXAMPLE_PATH, repository
from rules.rule import Bad
from tests.rules.catalogue.judged import migration

KEY = 'op.create_foreign_key("orders_user_id_fkey", "orders", "users", ["user_id"], ["id"])'
CHECK = 'op.create_check_constraint("orders_total", "orders", "total >= 0")'
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`dbbot plan` in a shop whose newest revision adds a foreign key."""
    lay_out(tmp_path, KEY)
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(dbbot, ["plan", *words, "--no-cache"], standalone_mode=False)


def lay_out(folder: Path, *lines: str) -> None:
    text = migration("\n".join(lines))
    for path, content in repository(Bad(text), text).texts.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)


def written(folder: Path) -> set[str]:
    return {path.name for path in (folder / "migrations/versions").glob("*.py")}


def test_complete_files_are_printed(run: Run) -> None:
    result = run("0003")
    assert "postgresql_not_valid=True" in result.output
    assert "VALIDATE CONSTRAINT orders_user_id_fkey" in result.output
    assert f"Instead delete {EXAMPLE_PATH}" in result.output


def test_as_json_each_plan_names_its_files_and_the_one_they_replace(run: Run) -> None:
    (plan,) = json.loads(run("0003", "--format", "json").output)["plans"]
    assert plan["rule"] == "blocking-foreign-key"
    assert plan["replaces"] == EXAMPLE_PATH
    assert [f'revision = "{Path(step["path"]).name[:12]}"' in step["text"] for step in plan["revisions"]] == [True] * 2


def test_written_and_with_the_old_file_gone_the_repository_is_clean(run: Run, tmp_path: Path) -> None:
    result = run("0003", "--write")
    assert f"Now delete {EXAMPLE_PATH}" in result.output
    (tmp_path / EXAMPLE_PATH).unlink()
    names = [
        word for path in written(tmp_path) if "example" in path for word in ("--new", f"migrations/versions/{path}")
    ]
    checked = CliRunner().invoke(dbbot, ["check", *names, "--no-cache", "--format", "json"], standalone_mode=False)
    assert json.loads(checked.output)["findings"] == []
    assert len(names) == 4


def test_a_file_that_is_there_is_not_overwritten_and_nothing_else_is_written(run: Run, tmp_path: Path) -> None:
    (plan,) = json.loads(run("0003", "--format", "json").output)["plans"]
    last = tmp_path / plan["revisions"][-1]["path"]
    last.write_text("mine = 1")
    before = written(tmp_path)
    result = run("0003", "--write")
    assert "nothing was written" in str(result.exception)
    assert last.read_text() == "mine = 1"
    assert written(tmp_path) == before


def test_of_several_plans_one_has_to_be_chosen_before_it_is_written(run: Run, tmp_path: Path) -> None:
    lay_out(tmp_path, KEY, CHECK)
    result = run("0003", "--write")
    assert "`--rule blocking-check`" in str(result.exception)
    assert run("0003", "--write", "--rule", "blocking-check").exception is None
    assert any(name.endswith("_validate.py") for name in written(tmp_path))


def test_what_cannot_be_planned_is_said(run: Run, tmp_path: Path) -> None:
    nothing = run("0003", "--rule", "blocking-check")
    assert nothing.output == "Nothing to plan for `0003`: nothing is found there by `blocking-check`.\n"
    assert nothing.return_value == 0
    assert "Did you mean `blocking-check`?" in str(run("0003", "--rule", "blocking-chek").exception)
    assert "There is no revision `0009`" in str(run("0009").exception)
    lay_out(tmp_path, f"if op.get_bind().execute(sa.text('SELECT 1')).scalar():\n    {KEY}")
    under_a_condition = run("0003")
    assert "no plan for `blocking-foreign-key`. The statement of line" in under_a_condition.output
    assert "stands under a condition" in under_a_condition.output
    assert under_a_condition.return_value == 1
    reasons = json.loads(run("0003", "--format", "json").output)["unplanned"]
    assert "stands under a condition" in {each["rule"]: each["reason"] for each in reasons}["blocking-foreign-key"]
