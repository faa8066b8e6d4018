"""What git knows of a folder, by its own binary. Nothing here changes a repository or runs its hooks."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from bot.cli.trouble import WrongInput

DEFAULT_BRANCHES = ("origin/main", "origin/master", "main", "master")
_SETTINGS = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false")


class GitTexts(Mapping[str, str]):
    """The files of a commit beneath a folder, by path from it; read one by one, when somebody asks."""

    def __init__(self, folder: Path, commit: str, suffixes: tuple[str, ...]) -> None:
        self._folder = folder
        self._commit = commit
        self._blobs = dict(_blobs(folder, commit, suffixes))
        self._reader: subprocess.Popen[bytes] | None = None

    def __getitem__(self, path: str) -> str:
        return self._read(self._blobs[path])

    def __contains__(self, path: object) -> bool:
        return path in self._blobs

    def __iter__(self) -> Iterator[str]:
        return iter(self._blobs)

    def __len__(self) -> int:
        return len(self._blobs)

    def changed(self) -> frozenset[str]:
        """The paths that differ from the commit in the working tree, new files among them."""
        known = _names(self._folder, "diff", "--name-only", "-z", "--relative", "--no-renames", self._commit, "--")
        return known | _names(self._folder, "ls-files", "--others", "--exclude-standard", "-z")

    def close(self) -> None:
        if self._reader is not None:
            self._reader.communicate()
            self._reader = None

    def _read(self, blob: str) -> str:
        if self._reader is None:
            self._reader = subprocess.Popen(
                _command(self._folder, "cat-file", "--batch"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=_environment(),
            )
        reader = self._reader
        if reader.stdin is None or reader.stdout is None:
            raise BrokenPipeError("git cat-file")
        reader.stdin.write(f"{blob}\n".encode())
        reader.stdin.flush()
        size = int(reader.stdout.readline().split()[-1])
        return source_text(reader.stdout.read(size + 1)[:-1])


def source_text(content: bytes) -> str:
    """Text with its line ends as they are; bytes that are no UTF-8 become replacement characters."""
    return content.decode("utf-8-sig", "replace")


def is_in_git(folder: Path) -> bool:
    return _ask(folder, "rev-parse", "--is-inside-work-tree") == "true"


def commit_of(folder: Path, ref: str) -> str:
    """The sha that a ref stands for. Raises WrongInput."""
    found = _ask(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if not found:
        raise WrongInput(
            f"Git knows no commit `{ref}` here; expected is a branch, a tag or a sha that `git log` finds."
        )
    return found


def base_commit(folder: Path) -> str | None:
    """Where HEAD left the default branch; None in a repository without commits. Raises WrongInput."""
    if not _ask(folder, "rev-parse", "--verify", "--quiet", "HEAD"):
        return None
    branch = default_branch(folder)
    if branch is None:
        raise WrongInput(
            "Git knows no default branch here, so nobody can tell what is new; name it (`--base REF`) or use `--all`."
        )
    found = _ask(folder, "merge-base", "HEAD", branch)
    if not found:
        raise WrongInput(
            f"HEAD and `{branch}` have no commit in common here; in a shallow clone run `git fetch --unshallow`, "
            "or name the base with `--base REF`."
        )
    return found


def default_branch(folder: Path) -> str | None:
    """What the remote calls its HEAD, else the first of the usual names that exists."""
    named = _ask(folder, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
    configured = _ask(folder, "config", "init.defaultBranch")
    for branch in (named, *DEFAULT_BRANCHES, configured):
        if branch and _ask(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{branch}^{{commit}}"):
            return branch
    return None


def _blobs(folder: Path, commit: str, suffixes: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Path and sha of the plain files; symbolic links and submodules are left out."""
    listing = subprocess.run(
        _command(folder, "ls-tree", "-r", "-z", commit), capture_output=True, env=_environment(), check=True
    ).stdout
    for entry in listing.decode("utf-8", "replace").split("\0"):
        about, _, path = entry.partition("\t")
        if about.startswith("100") and path.endswith(suffixes):
            yield path, about.split()[2]


def _names(folder: Path, *words: str) -> frozenset[str]:
    answer = subprocess.run(_command(folder, *words), capture_output=True, env=_environment(), check=True)
    return frozenset(name for name in answer.stdout.decode("utf-8", "replace").split("\0") if name)


def _ask(folder: Path, *words: str) -> str:
    """The answer in one line; empty if git has none, or if there is no git."""
    try:
        answer = subprocess.run(_command(folder, *words), capture_output=True, env=_environment(), check=False)
    except FileNotFoundError:
        return ""
    return answer.stdout.decode("utf-8", "replace").strip() if answer.returncode == 0 else ""


def _command(folder: Path, *words: str) -> list[str]:
    return ["git", "-C", str(folder), *_SETTINGS, *words]


def _environment() -> dict[str, str]:
    return {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
