"""The settings file: strict, bounded, and helpful about what is wrong."""

from __future__ import annotations

import pytest

from rules.model.finding import Severity
from rules.model.names import Name
from rules.rewriting import apply_edits
from rules.settings import Settings, read_settings, read_statistics
from rules.settings.patterns import matches


def problems(text: str, path: str = ".github/dbbot.yml") -> list[tuple[int, str]]:
    return [(problem.place.line, problem.message) for problem in read_settings(text, path).problems]


def test_an_empty_file_means_the_defaults() -> None:
    assert read_settings("").model_copy(update={"path": None}) == Settings()
    assert Settings().version_of("postgresql") == 15
    assert Settings().version_of("mariadb") == 0


def test_everything_that_can_be_said_is_read() -> None:
    settings = read_settings(
        "server_version: 17\nfail_on: never\nwarnings: success\nscript_locations: db\nstatistics: s.json\n"
        "lock_timeout: 4s\njudge_downgrades: true\ninline_notices: 0\nignore_paths: [old/*]\n"
        "rules:\n  a: off\n  b: {severity: notice, paths: x/**, except_paths: [y], reason: small}\n"
    )
    assert settings.problems == ()
    assert (settings.version_of("postgresql"), settings.fail_on, settings.script_locations) == (17, "never", ("db",))
    assert settings.severity_of("a", Severity.ERROR) is Severity.OFF
    assert settings.severity_of("b", Severity.ERROR) is Severity.NOTICE
    assert settings.severity_of("c", Severity.ERROR) is Severity.ERROR
    assert (settings.of("b").paths, settings.of("b").except_paths, settings.of("b").reason) == (
        ("x/**",),
        ("y",),
        "small",
    )
    assert settings.line_of("rules", "b") == 12


@pytest.mark.parametrize(
    ("text", "path", "mended"),
    [
        ("\nserverversion: 1\n", "dbbot.yml", "\nserver_version: 1\n"),
        ("rules:\n  x: {severty: off}\n", "dbbot.yml", "rules:\n  x: {severity: off}\n"),
        ('"fail-on": error\n', "dbbot.yml", '"fail_on": error\n'),
        ("xyzzy: 1\n", "dbbot.yml", None),
        ("rules:\n  severty: {severty: off}\n", "dbbot.yml", None),
        ("server_version: x\n", "dbbot.yml", None),
        ("[tool.dbbot]\nserverversion = 12\n", "pyproject.toml", None),
    ],
)
def test_the_nearest_key_is_put_in_the_place_of_an_unknown_one(text: str, path: str, mended: str | None) -> None:
    (problem,) = read_settings(text, path).problems
    assert (None if problem.edit is None else apply_edits(text, (problem.edit,))) == mended


def test_the_table_of_a_pyproject_is_read_and_the_rest_is_left_alone() -> None:
    text = '[project]\nname = "x"\n\n[tool.dbbot]\nserver_version = 12\n[tool.dbbot.rules]\nx = "off"\n'
    settings = read_settings(text, "pyproject.toml")
    assert settings.version_of("postgresql") == 12
    assert settings.of("x").severity == "off"
    assert read_settings("[project]\n", "pyproject.toml").problems == ()


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("\nserverversion: 1\n", 2, "There is no setting `serverversion`. Did you mean `server_version`?"),
        ("rules:\n  x: {severty: off}\n", 2, "There is no setting `severty`. Did you mean `severity`?"),
        (
            "rules:\n  x: eror\n",
            2,
            "`rules.x.severity` is `eror`; expected is one of 'error', 'warning', 'notice' or 'off'.",
        ),
        ("server_version: '15'\n", 1, "`server_version` is `15`: input should be a valid integer."),
        ("- a\n", 1, "The settings file holds a list; expected is a mapping of names to values."),
        ("a: 1\na: 2\n", 2, "`a` is set twice."),
        ("a: &x 1\nb: *x\n", 2, "Aliases (`*name`) are not read in a settings file. Write the value out."),
        ("problems: 1\n", 1, "There is no setting `problems`. Did you mean `rules`?"),
    ],
)
def test_what_is_wrong_is_said_with_its_line_and_the_nearest_right_thing(text: str, line: int, message: str) -> None:
    assert problems(text) == [(line, message)]


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "a: !!python/object/apply:os.system ['true']",
        "a: 2021-99-99",
        "? [a]\n: 1",
        "[" * 100 + "]" * 100,
        "a: " + "x" * 300_000,
        "\x00",
        "a: \ud800",
        "1: 2",
        "rules: 3",
        "rules: {1: off}",
    ],
)
def test_no_text_raises_and_none_of_these_is_followed(text: str) -> None:
    settings = read_settings(text)
    assert settings.problems
    assert settings.rules == {}


def test_broken_toml_is_said_with_its_line() -> None:
    assert problems("a = 1\nb = = 2\n", "pyproject.toml")[0][0] == 2


@pytest.mark.parametrize(
    ("path", "pattern", "matching"),
    [
        ("a/b/c.py", "a/*/c.py", True),
        ("a/b/d/c.py", "a/*/c.py", False),
        ("a/b/d/c.py", "a/**/c.py", True),
        ("a/c.py", "a/**/c.py", True),
        ("a/b/c.py", "a/b", True),
        ("a/bc/c.py", "a/b", False),
        ("a/b/c.py", "./a/", True),
        ("a/b.py", "a/?.py", True),
        ("a+b.py", "a+b.py", True),
    ],
)
def test_patterns_name_files_and_the_folders_above_them(path: str, pattern: str, matching: bool) -> None:
    assert matches(path, [pattern]) is matching


def test_statistics_tell_small_large_and_unknown_tables_apart() -> None:
    read = read_statistics(
        '{"taken_at": "2026-11-01T00:00:00Z", "server_version": 160004, "tables": {'
        '"public.users": {"rows": 5000000, "bytes": 1, "reads": null, "writes": 2},'
        '"tags": {"rows": 10, "bytes": 8192}, "x.wide": {"rows": 10, "bytes": 20000000}}}'
    )
    assert not isinstance(read, str)
    assert read.server_version == 16
    users, tags, wide = read.of(Name("users")), read.of(Name("tags", "public")), read.of(Name("wide", "x"))
    assert users
    assert tags
    assert wide
    assert (users.is_large, users.is_small) == (True, False)
    assert tags.is_small
    assert (wide.is_small, wide.is_large) == (False, False)
    assert read.of(Name("wide")) is None


@pytest.mark.parametrize(
    "text", ["", "[]", '{"tables": 1}', '{"tables": {"a": {"rows": -1, "bytes": 0}}}', "[" * 100_000]
)
def test_what_is_no_statistics_file_is_said_in_a_sentence(text: str) -> None:
    said = read_statistics(text)
    assert isinstance(said, str)
    assert said.startswith("The statistics file cannot be read: ")


def test_an_unreadable_statistics_file_is_a_problem_and_not_a_fault() -> None:
    settings = read_settings("server_version: 16\nstatistics: sizes.json\n").with_statistics("[]")
    assert settings.table_statistics is None
    assert settings.version_of("postgresql") == 16
    (problem,) = settings.problems
    assert (problem.place.line, problem.message[:35]) == (2, "The statistics file cannot be read:")
    known = settings.with_statistics('{"tables": {"users": {"rows": 1, "bytes": 1}}}')
    assert known.table_statistics is not None
