"""What a user gets wrong is said in one line, with how to mend it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.cli import shop
from tests.bot.cli.conftest import Run


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
