"""What git is asked, and what it answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.cli.disk import SUFFIXES
from bot.cli.git import GitTexts, base_commit, commit_of, default_branch, is_in_git
from bot.cli.trouble import WrongInput
from tests.bot.cli.shop import commit, git, put_in_git, write


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    write(tmp_path, {"a.py": "1\n", "sub/b.py": "2\n", "readme.md": "no"})
    return put_in_git(tmp_path)


def test_the_base_is_where_head_left_the_default_branch(shop: Path) -> None:
    start = git(shop, "rev-parse", "HEAD")
    git(shop, "switch", "-q", "-c", "feature")
    commit(shop, "on the branch")
    git(shop, "switch", "-q", "main")
    commit(shop, "beside it")
    git(shop, "switch", "-q", "feature")
    assert base_commit(shop) == start


def test_the_remote_says_which_branch_is_the_default(shop: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    git(shop, "switch", "-q", "-c", "trunk")
    clone = tmp_path_factory.mktemp("clone")
    git(shop, "clone", "-q", str(shop), str(clone))
    assert default_branch(clone) == "origin/trunk"


def test_a_repository_without_a_default_branch_is_told_to_name_the_base(shop: Path) -> None:
    git(shop, "branch", "-q", "-m", "somewhere")
    with pytest.raises(WrongInput, match="--base REF"):
        base_commit(shop)


def test_a_branch_with_nothing_in_common_is_told_so(shop: Path) -> None:
    git(shop, "switch", "-q", "--orphan", "other")
    commit(shop)
    with pytest.raises(WrongInput, match="no commit in common"):
        base_commit(shop)


def test_a_repository_without_commits_has_no_base(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    assert is_in_git(tmp_path)
    assert base_commit(tmp_path) is None


def test_a_machine_without_git_counts_as_outside(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(shop))
    assert not is_in_git(shop)


def test_a_folder_outside_git_is_known(tmp_path: Path) -> None:
    assert not is_in_git(tmp_path)


@pytest.mark.parametrize("ref", ["nothing", "--all", "-x", "HEAD:a.py", ""])
def test_what_is_no_commit_is_refused(shop: Path, ref: str) -> None:
    with pytest.raises(WrongInput, match="Git knows no commit"):
        commit_of(shop, ref)


def test_files_of_a_commit_are_read_by_their_path_from_the_folder(shop: Path) -> None:
    first = git(shop, "rev-parse", "HEAD")
    write(shop, {"a.py": "changed\n", "c.py": "new\n"})
    (shop / "link.py").symlink_to("a.py")
    second = commit(shop)
    texts = GitTexts(shop, first, SUFFIXES)
    assert dict(texts) == {"a.py": "1\n", "sub/b.py": "2\n"}
    texts.close()
    below = GitTexts(shop / "sub", second, SUFFIXES)
    assert dict(below) == {"b.py": "2\n"}
    assert "a.py" not in below
    below.close()
    assert set(GitTexts(shop, second, SUFFIXES)) == {"a.py", "c.py", "sub/b.py"}


def test_names_with_spaces_and_accents_are_found(shop: Path) -> None:
    write(shop, {"é ü.py": "x\n"})
    texts = GitTexts(shop, commit(shop), SUFFIXES)
    assert texts["é ü.py"] == "x\n"
    texts.close()


def test_settings_of_the_repository_start_nothing(shop: Path) -> None:
    mark = shop / "started"
    for key in ("core.fsmonitor", "diff.external", "core.pager", "core.sshCommand"):
        git(shop, "config", key, f"touch {mark}")
    commit_of(shop, "HEAD")
    base_commit(shop)
    texts = GitTexts(shop, "HEAD", SUFFIXES)
    assert texts["a.py"] == "1\n"
    texts.close()
    assert not mark.exists()
