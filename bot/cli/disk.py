"""The files of a folder as texts by path, read when somebody asks for one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from bot.cli.git import source_text
from bot.cli.trouble import WrongInput

SUFFIXES = (".py", ".ini", ".toml", ".cfg", ".sql", ".yml", ".yaml", ".json")
LARGEST = 1024 * 1024
"""Bytes, as for a pull request."""

_SKIPPED = {"node_modules", "__pycache__", "site-packages"}


class DiskTexts(Mapping[str, str]):
    """By path from the folder, `/`-separated. `too_large` are the files that are left out for their size.

    Folders that begin with a dot (but for .github), virtual environments and installed packages are left out, and
    links that lead out of the folder: a repository must not show what lies beside it.
    """

    def __init__(self, folder: Path, when_read: Callable[[str], None] = lambda _: None) -> None:
        self.too_large: list[str] = []
        self._folder = folder.resolve()
        self._when_read = when_read
        self._paths = dict.fromkeys(sorted(self._found()))
        self._texts: dict[str, str] = {}

    def __getitem__(self, path: str) -> str:
        if path not in self._texts:
            if path not in self._paths:
                raise KeyError(path)
            self._when_read(path)
            try:
                self._texts[path] = source_text((self._folder / path).read_bytes())
            except OSError as error:
                raise WrongInput(f"`{path}` cannot be read: {error.strerror}.") from None
        return self._texts[path]

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def _found(self) -> Iterator[str]:
        for folder, folders, files in os.walk(self._folder):
            folders[:] = [name for name in folders if _is_source(Path(folder, name))]
            for name in files:
                if not name.endswith(SUFFIXES):
                    continue
                file = Path(folder, name)
                if not file.is_file() or not file.resolve().is_relative_to(self._folder):
                    continue
                path = file.relative_to(self._folder).as_posix()
                if file.stat().st_size > LARGEST:
                    self.too_large.append(path)
                    continue
                yield path


def _is_source(folder: Path) -> bool:
    name = folder.name
    if name in _SKIPPED or (name.startswith(".") and name != ".github"):
        return False
    return not (folder / "pyvenv.cfg").exists()
