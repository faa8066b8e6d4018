"""`dbbot check` on real repositories: what is new, what fails, where the result goes."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from rules.model.finding import Edit
from rules.rewriting import apply_edits
from tests.bot.cli import interface, shop
from tests.bot.cli.conftest import Run, as_json, rules_of


@pytest.mark.usefixtures("repository")
def test_what_the_default_branch_does_not_have_is_new(run: Run) -> None:
    result = run("check", "--format", "json")
    found = as_json(result)
    interface.assert_keeps(interface.CHECK, found)
    (location,) = found["script_locations"]
    assert location == {
        "path": "migrations",
        "dialect": "postgresql",
        "revisions": 2,
        "heads": ["ab12"],
        "new": ["ab12"],
    }
    (finding,) = [one for one in found["findings"] if one["rule"] == "blocking-index-creation"]
    assert (finding["path"], finding["line"], finding["column"]) == ("migrations/versions/ab12_add_email.py", 11, 4)
    assert (finding["revision"], finding["direction"]) == ("ab12", "upgrade")
    assert result.return_value == 1


def test_the_suggestion_applied_to_the_file_leaves_nothing_to_find(repository: Path, run: Run) -> None:
    found = as_json(run("check", "--format", "json"))
    (finding,) = [one for one in found["findings"] if one["rule"] == "blocking-index-creation"]
    path = repository / finding["path"]
    edited = apply_edits(path.read_text(), [Edit(**edit) for edit in finding["suggestion"]["edits"]])
    assert edited is not None
    path.write_text(edited)
    assert "blocking-index-creation" not in rules_of(run("check", "--format", "json"))


def test_what_is_committed_to_the_base_is_history(repository: Path, run: Run) -> None:
    sha = shop.commit(repository)
    assert as_json(run("check", "--base", sha, "--format", "json"))["findings"] == []
    assert "blocking-index-creation" in rules_of(run("check", "--base", "main", "--format", "json"))


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    "name", ["ab12", "migrations/versions/ab12_add_email.py", "./migrations/versions/ab12_add_email.py"]
)
def test_a_revision_is_named_by_its_id_or_its_file(run: Run, name: str) -> None:
    found = as_json(run("check", "--new", name, "--format", "json"))
    assert found["script_locations"][0]["new"] == ["ab12"]


@pytest.mark.usefixtures("repository")
def test_all_judges_every_revision(run: Run) -> None:
    found = as_json(run("check", "--all", "--format", "json"))
    assert found["script_locations"][0]["new"] == ["aa11", "ab12"]


def test_outside_git_everything_is_history(tmp_path: Path, run: Run) -> None:
    shop.add_index(shop.lay_out(tmp_path))
    result = run("check", str(tmp_path))
    assert result.stdout == "No new migration among 2; `dbbot check --all` judges every one.\n"
    assert result.return_value == 0
    assert "blocking-index-creation" in rules_of(run("check", str(tmp_path), "--new", "ab12", "--format", "json"))


def test_a_folder_inside_a_repository_is_compared_with_its_own_history(repository: Path, run: Run) -> None:
    (repository / "services").mkdir()
    shop.lay_out(repository / "services" / "mail")
    shop.git(repository, "switch", "-q", "main")
    shop.commit(repository, "a second service")
    shop.add_index(repository / "services" / "mail")
    found = as_json(run("check", "services/mail", "--format", "json"))
    assert [(one["path"], one["new"]) for one in found["script_locations"]] == [("migrations", ["ab12"])]


def test_in_a_repository_without_commits_everything_is_new(tmp_path: Path, run: Run) -> None:
    shop.git(shop.lay_out(tmp_path), "init", "-q")
    assert as_json(run("check", str(tmp_path), "--format", "json"))["script_locations"][0]["new"] == ["aa11"]


def test_a_folder_of_revisions_alone_is_enough(tmp_path: Path, run: Run) -> None:
    shop.add_index(shop.lay_out(tmp_path))
    folder = tmp_path / "migrations" / "versions"
    assert "blocking-index-creation" in rules_of(run("check", str(folder), "--new", "ab12", "--format", "json"))


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(("level", "status"), [("error", 1), ("warning", 1), ("notice", 1), ("never", 0)])
def test_the_exit_status_follows_fail_on(run: Run, level: str, status: int) -> None:
    assert run("check", "--fail-on", level).return_value == status


def test_the_settings_say_when_to_fail_unless_the_option_does(repository: Path, run: Run) -> None:
    shop.write(repository, {".github/dbbot.yml": "fail_on: never\n"})
    assert run("check").return_value == 0
    assert run("check", "--fail-on", "error").return_value == 1


def test_settings_are_looked_for_in_their_order(repository: Path, run: Run) -> None:
    shop.write(repository, {"pyproject.toml": "[tool.dbbot]\nfail_on = 'never'\n"})
    assert run("check").return_value == 0
    shop.write(repository, {".dbbot.yml": "fail_on: error\n"})
    assert run("check").return_value == 1
    shop.write(repository, {".github/dbbot.yml": "fail_on: never\n"})
    assert run("check").return_value == 0


def test_a_config_file_is_taken_instead_of_the_usual_ones(repository: Path, run: Run) -> None:
    shop.write(
        repository, {".dbbot.yml": "fail_on: error\n", "ci/strict.yml": "rules:\n  blocking-index-creation: off\n"}
    )
    assert "blocking-index-creation" not in rules_of(run("check", "--config", "ci/strict.yml", "--format", "json"))


@pytest.mark.usefixtures("repository")
def test_the_result_can_go_to_a_file(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "out.json"
    result = run("check", "--format", "json", "--output", str(target))
    assert result.stdout == ""
    interface.assert_keeps(interface.CHECK, json.loads(target.read_text()))


def test_a_migration_over_one_megabyte_is_named(repository: Path, run: Run) -> None:
    big = shop.revision("cd34", "ab12") + "#" * (1024 * 1024)
    shop.write(repository, {"migrations/versions/cd34.py": big})
    assert "migrations/versions/cd34.py is larger than 1 MB and is not read" in run("check").stderr


def test_old_statistics_are_not_used(repository: Path, run: Run) -> None:
    table = {"rows": 3, "bytes": 8192, "reads": 0, "writes": 0}
    for taken, small in (("2020-01-01T00:00:00Z", False), (None, True)):
        statistics = {"taken_at": taken, "server_version": 150018, "tables": {"public.users": table}}
        shop.write(repository, {"sizes.json": json.dumps(statistics), ".dbbot.yml": "statistics: sizes.json\n"})
        result = run("check", "--format", "json")
        assert ("blocking-index-creation" not in rules_of(result)) is small
        assert ("is not used" in result.stderr) is not small


def test_code_of_a_migration_is_never_run(repository: Path, run: Run) -> None:
    mark = repository / "ran"
    body = f"import os\n    os.system('touch {mark}')"
    text = f"import os\nos.system('touch {mark}')\n" + shop.revision("cd34", "ab12", body)
    shop.write(
        repository, {"migrations/versions/cd34.py": text, "migrations/env.py": f"import os; os.mkdir({str(mark)!r})"}
    )
    run("check", "--all")
    run("sql", "--all")
    assert not os.path.lexists(mark)


@pytest.mark.usefixtures("repository")
def test_another_dialect_is_read_and_said_to_be_unjudged(run: Run) -> None:
    shown = run("check", "--dialect", "mysql")
    assert "`migrations` is for `mysql`: only the rules about the revision graph" in shown.stdout
    assert shown.return_value == 0
    assert "There is no dialect `mysq`. Did you mean `mysql`?" in str(run("check", "--dialect", "mysq").exception)
