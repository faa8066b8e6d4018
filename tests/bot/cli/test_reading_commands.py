"""`check`, `sql`, `locks` and `graph` on real repositories."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from bot.cli.commands import dbbot
from rules.model.finding import Edit
from rules.rewriting import apply_edits
from tests.bot.cli import interface, shop

Run = Callable[..., Result]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """On a branch of its own, with one revision that is not committed yet. It is the current folder."""
    folder = tmp_path / "shop"
    folder.mkdir()
    shop.put_in_git(shop.lay_out(folder))
    shop.git(folder, "switch", "-q", "-c", "feature")
    shop.add_index(folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run() -> Run:
    def invoke(*words: str) -> Result:
        return CliRunner().invoke(dbbot, words, standalone_mode=False, catch_exceptions=True)

    return invoke


def as_json(result: Result) -> dict[str, object]:
    assert result.exception is None, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def rules_of(result: Result) -> set[str]:
    return {finding["rule"] for finding in json.loads(result.stdout)["findings"]}


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


def test_sql_is_what_alembic_would_send(repository: Path, run: Run) -> None:
    found = as_json(run("sql", "--all", "--format", "json"))
    interface.assert_keeps(interface.SQL, found)
    first, second = found["revisions"]
    assert (first["revision"], second["revision"], second["complete"]) == ("aa11", "ab12", True)
    (statement,) = second["statements"]
    assert statement == {
        "sql": "CREATE INDEX ix_users_email ON users (email)",
        "line": 11,
        "transactional": True,
        "conditional": False,
    }
    assert as_json(run("sql", "--format", "json"))["revisions"] == [second]


@pytest.mark.usefixtures("repository")
def test_sql_down_begins_with_the_newest(run: Run) -> None:
    found = as_json(run("sql", "--all", "--down", "--format", "json"))
    assert [(one["revision"], one["direction"]) for one in found["revisions"]] == [
        ("ab12", "downgrade"),
        ("aa11", "downgrade"),
    ]
    assert "DROP INDEX ix_users_email" in found["revisions"][0]["statements"][0]["sql"]


def test_sql_says_what_it_could_not_read(repository: Path, run: Run) -> None:
    body = "import datetime\n    op.execute('SELECT ' + str(datetime.datetime.now()))"
    shop.write(repository, {"migrations/versions/cd34.py": shop.revision("cd34", "ab12", body)})
    (one,) = as_json(run("sql", "cd34", "--format", "json"))["revisions"]
    assert one["complete"] is False
    assert one["unread"][0]["line"] == 12
    assert "-- line 12 not read: " in run("sql", "cd34").stdout


@pytest.mark.usefixtures("repository")
def test_sql_as_text_can_be_run(run: Run) -> None:
    assert run("sql", "ab12").stdout == (
        "-- ab12, upgrade: migrations/versions/ab12_add_email.py\n\nCREATE INDEX ix_users_email ON users (email);\n"
    )


@pytest.mark.usefixtures("repository")
def test_locks_say_who_waits(run: Run) -> None:
    found = as_json(run("locks", "--format", "json"))
    (lock,) = [row for row in found["locks"] if row["lock"] == "SHARE"]
    assert (lock["tables"], lock["blocks"], lock["scans"]) == (["users"], "writes", True)
    interface.assert_keeps(interface.several(interface.LOCK), found["locks"])
    assert run("locks").stdout == (
        "migrations/versions/ab12_add_email.py:11 (ab12, upgrade)\n"
        "  CREATE INDEX ix_users_email ON users (email)\n"
        "  locks  SHARE on users\n"
        "  waits  writes of users\n"
        "  time   grows with users: read whole, an index is built\n"
        "  until  the commit\n"
    )


@pytest.mark.usefixtures("repository")
def test_a_graph_in_order_has_one_head_and_ends_well(run: Run) -> None:
    result = run("graph", "--format", "json")
    interface.assert_keeps(interface.GRAPH, as_json(result))
    assert result.return_value == 0
    assert run("graph").stdout.split("\n")[-3:] == ["  ◉  ab12  ab12  (head, new)", "  ●  aa11  aa11  (base)", ""]


def test_two_heads_are_a_problem(repository: Path, run: Run) -> None:
    shop.write(repository, {"migrations/versions/cd34.py": shop.revision("cd34", "aa11")})
    result = run("graph", "--format", "json")
    (location,) = as_json(result)["script_locations"]
    assert location["heads"] == ["ab12", "cd34"]
    assert location["bases"] == ["aa11"]
    assert location["problems"][0]["kind"] == "multiple-heads"
    assert result.return_value == 1


def test_no_name_of_a_migration_leaves_its_node(repository: Path, run: Run) -> None:
    shop.write(repository, {"migrations/versions/x.py": shop.revision('x"]; evil --> y', "ab12")})
    mermaid = run("graph", "--format", "mermaid").stdout
    assert mermaid.count("-->") == 2
    assert "evil --" in run("graph", "--format", "text").stdout
    dot = run("graph", "--format", "dot").stdout
    assert r'[label="x\"]; evil --> y' in dot
    svg = run("graph", "--format", "svg").stdout
    assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert "x&quot;]; evil --&gt; y" in svg


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("check", "--new", "zz99"), "There is no revision `zz99`"),
        (("check", "--new", "ab13"), "Did you mean `ab12`?"),
        (("sql", "zz99"), "There is no revision `zz99`"),
        (("check", "--new", "ab12", "--all"), "give one of them"),
        (("check", "--base", "main", "--new", "ab12"), "give one of them"),
        (("check", "--base", "nothing"), "Git knows no commit `nothing`"),
        (("check", "--config", "nowhere.yml"), "cannot be read"),
        (("check", "--script-location", "nowhere"), "There are no revision files under `nowhere`"),
        (("check", "--output", "nowhere/x.json"), "cannot be written"),
    ],
)
@pytest.mark.usefixtures("repository")
def test_wrong_input_is_said_in_one_line(run: Run, words: tuple[str, ...], sentence: str) -> None:
    result = run(*words)
    assert sentence in str(result.exception)
    assert getattr(result.exception, "exit_code", None) == 2
    assert result.stdout == ""


def test_wrong_settings_are_named_with_their_line(repository: Path, run: Run) -> None:
    shop.write(repository, {".dbbot.yml": "\nfail_onn: error\n"})
    result = run("check")
    assert str(result.exception).startswith(".dbbot.yml:2: There is no setting `fail_onn`. Did you mean `fail_on`?")


def test_a_folder_without_migrations_is_told_how_to_name_them(tmp_path: Path, run: Run) -> None:
    result = run("check", str(tmp_path))
    assert "--script-location DIR" in str(result.exception)


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


def test_what_runs_outside_the_transaction_or_under_a_condition_is_marked(repository: Path, run: Run) -> None:
    body = (
        "with op.get_context().autocommit_block():\n"
        '        op.execute("REINDEX INDEX CONCURRENTLY ix_users_email")\n'
        "    if op.get_bind().execute(sa.text('SELECT now()')).scalar():\n"
        '        op.drop_column("users", "email")'
    )
    shop.write(repository, {"migrations/versions/cd34.py": shop.revision("cd34", "ab12", body)})
    lines = run("sql", "cd34").stdout.split("\n")
    outside = lines.index("-- outside the transaction")
    assert lines[outside + 1] == "REINDEX INDEX CONCURRENTLY ix_users_email;"
    assert "-- in the transaction" in lines[outside:]
    condition = lines.index("-- only under a condition:")
    assert lines[condition + 1] == "ALTER TABLE users DROP COLUMN email;"
    (one,) = as_json(run("sql", "cd34", "--format", "json"))["revisions"]
    assert one["complete"] is False


def test_locks_of_what_was_not_read_are_said_to_be_unknown(repository: Path, run: Run) -> None:
    body = "op.execute(open('x.sql').read())"
    shop.write(repository, {"migrations/versions/cd34.py": shop.revision("cd34", "ab12", body)})
    shown = run("locks", "cd34").stdout
    assert "no lock known" in shown
    assert "migrations/versions/cd34.py:11 not read, its locks are unknown" in shown


@pytest.mark.usefixtures("repository")
def test_locks_of_another_database_are_said_in_its_words_or_to_be_unknown(run: Run) -> None:
    of_mysql = run("locks", "--all", "--dialect", "mysql").stdout
    assert "ALGORITHM=" in of_mysql
    assert "EXCLUSIVE" not in of_mysql
    of_sqlite = run("locks", "--all", "--dialect", "sqlite").stdout
    assert "dbbot does not know the locks of sqlite" in of_sqlite
    assert "no lock that anybody waits for" not in of_sqlite


def test_locks_down_are_those_of_downgrade(repository: Path, run: Run) -> None:
    shown = run("locks", "ab12", "--down").stdout
    assert shown.startswith("migrations/versions/ab12_add_email.py:15 (ab12, downgrade)\n")
    assert "locks  ACCESS EXCLUSIVE on users\n  waits  reads and writes of users\n  time   a moment\n" in shown


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("command", ["sql", "locks"])
def test_nothing_new_is_said(run: Run, command: str) -> None:
    shop.git(Path(), "switch", "-q", "-C", "main")
    shop.commit(Path())
    assert "No new migration" in run(command).stdout
    assert as_json(run(command, "--format", "json"))["version"] == 1


@pytest.mark.usefixtures("repository")
def test_another_dialect_is_read_and_said_to_be_unjudged(run: Run) -> None:
    shown = run("check", "--dialect", "mysql")
    assert "`migrations` is for `mysql`: only the rules about the revision graph" in shown.stdout
    assert shown.return_value == 0
    assert "There is no dialect `mysq`. Did you mean `mysql`?" in str(run("check", "--dialect", "mysq").exception)


def test_a_base_outside_git_is_refused(tmp_path: Path, run: Run) -> None:
    result = run("check", str(shop.lay_out(tmp_path)), "--base", "main")
    assert "is not in a git repository" in str(result.exception)


@pytest.mark.parametrize(
    ("content", "sentence"), [(None, "There is no statistics file `sizes.json`"), ("{", "cannot be read")]
)
def test_statistics_that_cannot_be_read_are_named(
    repository: Path, run: Run, content: str | None, sentence: str
) -> None:
    shop.write(repository, {".dbbot.yml": "statistics: sizes.json\n", **({"sizes.json": content} if content else {})})
    assert sentence in str(run("check").exception)


def test_a_graph_shows_branches_merges_and_dependencies(repository: Path, run: Run) -> None:
    branch = shop.revision("cd34", "aa11") + "branch_labels = ('billing',)\ndepends_on = 'ab12'\n"
    merge = shop.revision("ef56", "x").replace("'x'", "('ab12', 'cd34')")
    shop.write(repository, {"migrations/versions/cd34.py": branch, "migrations/versions/ef56.py": merge})
    shown = run("graph").stdout
    assert "  branch billing: cd34" in shown
    assert shown.split("\n")[-5:] == [
        "  ◉─╮  ef56  ef56  (head, new, merge)",
        "  │ ◉  cd34  cd34  (new, billing)  needs ab12",
        "  ◉ │  ab12  ab12  (new)",
        "  ●─╯  aa11  aa11  (base)",
        "",
    ]
    assert "-.->" in run("graph", "--format", "mermaid").stdout
    assert "[style=dashed]" in run("graph", "--format", "dot").stdout
    (location,) = as_json(run("graph", "--format", "json"))["script_locations"]
    assert location["branch_labels"] == {"billing": ["cd34"]}
    assert [each["revision"] for each in location["revisions"] if each["new"]] == ["ab12", "cd34", "ef56"]


def test_the_heads_are_joined_by_a_file_that_is_printed_or_written(repository: Path, run: Run) -> None:
    assert run("graph", "--merge").stdout == ""
    shop.write(repository, {"migrations/versions/cd34.py": shop.revision("cd34", "aa11")})
    shown = run("graph", "--merge")
    assert shown.return_value == 0
    assert 'down_revision = ("ab12", "cd34")' in shown.stdout
    (made,) = as_json(run("graph", "--merge", "--format", "json"))["revisions"]
    assert shown.stdout.startswith(f"# {made['path']}\n")
    assert run("graph", "--merge", "--write").stdout == f"{made['path']}: Merge ab12 and cd34.\n"
    assert "Merge ab12 and cd34." in (repository / made["path"]).read_text()
    assert run("graph").return_value == 0
    assert run("graph", "--merge", "--write").stdout == ""
    assert "goes with `--merge`" in str(run("graph", "--write").exception)
    assert "not as svg" in str(run("graph", "--merge", "--format", "svg").exception)


def test_a_part_of_the_graph_leaves_out_what_lies_between(repository: Path, run: Run) -> None:
    line = {f"v/r{at}.py": shop.revision(f"r{at}", f"r{at - 1}" if at else None) for at in range(9)}
    shop.write(repository, line)
    shop.commit(repository)
    shop.write(repository, {"v/side.py": shop.revision("side", "r1")})
    shown = run("graph", "--script-location", "v", "--part", "--base", "HEAD").stdout
    assert shown.split("\n")[-6:] == [
        "  ●    r8    r8  (head)",
        "  ┊    (6 revisions)",
        "  │ ◉  side  side  (head, new)",
        "  ●─╯  r1    r1",
        "  ┊    (1 earlier revision)",
        "",
    ]
