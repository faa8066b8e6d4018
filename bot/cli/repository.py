"""A folder of the user as the reading commands see it: texts, base, settings, and which revisions are new."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

import click

from bot.cli.disk import SUFFIXES, DiskTexts
from bot.cli.git import GitTexts, base_commit, commit_of, is_in_git
from bot.cli.kept import readings_of
from bot.cli.options import Asked
from bot.cli.progress import progress
from bot.cli.trouble import WrongInput
from bot.readings import NoReadings
from rules.model.location import ScriptLocation
from rules.model.script import MigrationScript
from rules.reading import Readings, find_locations
from rules.settings import SETTINGS_PATHS, Settings, read_settings, read_statistics

SHORTEST_ID = 4
"""Characters of an abbreviated revision id."""


class NewRevisions:
    """Answers the engine's question for `--new` and REVISION arguments, and remembers which names were met."""

    def __init__(self, folder: Path, names: tuple[str, ...]) -> None:
        self._names = names
        self._paths = {name: _relative(folder, name) for name in names}
        self._met: set[str] = set()
        self._seen: set[str] = set()

    def __call__(self, script: MigrationScript) -> bool:
        self._seen.add(script.revision)
        named = [name for name in self._names if self._means(name, script)]
        self._met.update(named)
        return bool(named)

    def require_all_met(self) -> None:
        """Raises WrongInput for a name that no script has."""
        for name in self._names:
            if name not in self._met:
                near = get_close_matches(name, sorted(self._seen), 1)
                hint = f" Did you mean `{near[0]}`?" if near else " Expected is a revision id or the path of its file."
                raise WrongInput(f"There is no revision `{name}` among {len(self._seen)}.{hint}")

    def _means(self, name: str, script: MigrationScript) -> bool:
        if name in (script.revision, script.path) or self._paths[name] == script.path:
            return True
        return len(name) >= SHORTEST_ID and script.revision.startswith(name)


@dataclass(frozen=True, slots=True)
class RepositoryFolder:
    """`base_texts` is None where everything is history but what `new` says. `roots` as the engine takes them."""

    texts: Mapping[str, str]
    base_texts: Mapping[str, str] | None
    settings: Settings
    roots: tuple[str, ...]
    locations: tuple[ScriptLocation, ...]
    new: NewRevisions | None
    judge_all: bool
    readings: Readings
    changed: frozenset[str] | None = None
    """The paths that differ from the base; None where there is none."""

    def is_new(self, script: MigrationScript) -> bool:
        """For the engine, which itself takes away what the base has."""
        if self.new is not None:
            return self.new(script)
        return self.judge_all or self.base_texts is not None


@contextmanager
def opened(asked: Asked, revisions: tuple[str, ...] = ()) -> Iterator[RepositoryFolder]:
    """The folder with everything that the options say about it. `revisions` count as `--new`. Raises WrongInput."""
    names = (*asked.new, *revisions)
    _refuse_contradictions(asked, names)
    with progress("Reading") as step:
        texts = DiskTexts(asked.folder, step)
        settings = _settings(asked, texts)
        roots = tuple(_relative(asked.folder, name) for name in asked.locations) or settings.script_locations
        locations = find_locations(texts, roots)
        if not locations:
            raise WrongInput(_no_locations(asked))
        _name_large_files(texts, locations)
        with ExitStack() as ending:
            base = None if asked.judge_all or names else _base(asked, ending)
            chosen = NewRevisions(asked.folder, names) if names else None
            readings: Readings = NoReadings()
            if not asked.no_cache:
                readings = kept = readings_of(asked.folder, os.environ)
                ending.callback(kept.save)
            changed = base.changed() if isinstance(base, GitTexts) else None if base is None else frozenset()
            yield RepositoryFolder(texts, base, settings, roots, locations, chosen, asked.judge_all, readings, changed)


def _refuse_contradictions(asked: Asked, names: tuple[str, ...]) -> None:
    given = [
        word
        for word, used in (("--all", asked.judge_all), ("--base", asked.base), ("revisions by name", names))
        if used
    ]
    if len(given) > 1:
        raise WrongInput(f"{given[0]} and {given[1]} both say which revisions are meant; give one of them.")


def _base(asked: Asked, ending: ExitStack) -> Mapping[str, str] | None:
    if not is_in_git(asked.folder):
        if asked.base:
            raise WrongInput(
                f"`{asked.folder}` is not in a git repository; without git, name what is new with `--new`."
            )
        return None
    commit = commit_of(asked.folder, asked.base) if asked.base else base_commit(asked.folder)
    if commit is None:
        return {}
    base = GitTexts(asked.folder, commit, SUFFIXES)
    ending.callback(base.close)
    return base


def _settings(asked: Asked, texts: Mapping[str, str]) -> Settings:
    settings = _settings_file(asked, texts)
    if settings.problems:
        first = settings.problems[0]
        more = f" ({len(settings.problems) - 1} more after it.)" if len(settings.problems) > 1 else ""
        raise WrongInput(f"{first.place}: {first.message}{more}")
    asked_for = {"dialect": asked.dialect, "server_version": asked.server_version}
    known = {name: value for name, value in asked_for.items() if value is not None}
    return _with_statistics(settings.model_copy(update=known), texts)


def _settings_file(asked: Asked, texts: Mapping[str, str]) -> Settings:
    if asked.config is not None:
        try:
            return read_settings(Path(asked.config).read_text("utf-8", "replace"), asked.config)
        except OSError as error:
            raise WrongInput(f"The settings file `{asked.config}` cannot be read: {error.strerror}.") from None
    for path in SETTINGS_PATHS:
        if path in texts and (not path.endswith(".toml") or "[tool.dbbot" in texts[path]):
            return read_settings(texts[path], path)
    return Settings()


def _with_statistics(settings: Settings, texts: Mapping[str, str]) -> Settings:
    if settings.statistics is None:
        return settings
    if settings.statistics not in texts:
        raise WrongInput(f"There is no statistics file `{settings.statistics}`, which {settings.path} names.")
    statistics = read_statistics(texts[settings.statistics])
    if isinstance(statistics, str):
        raise WrongInput(f"{settings.statistics}: {statistics}")
    if (days := statistics.days_too_old(datetime.now(UTC))) is not None:
        click.echo(f"dbbot: {settings.statistics} is {days} days old and is not used; take it anew.", err=True)
        return settings
    return settings.model_copy(update={"table_statistics": statistics})


def _no_locations(asked: Asked) -> str:
    if asked.locations:
        return f"There are no revision files under {', '.join(f'`{name}`' for name in asked.locations)}."
    return (
        f"There is no Alembic folder under `{asked.folder}`: no alembic.ini, no [tool.alembic] in pyproject.toml, "
        "no env.py. Name the folder of revisions with `--script-location DIR`."
    )


def _name_large_files(texts: DiskTexts, locations: tuple[ScriptLocation, ...]) -> None:
    for path in texts.too_large:
        if any(location.holds(path) for location in locations):
            click.echo(f"dbbot: {path} is larger than 1 MB and is not read; no rule has checked it.", err=True)


def _relative(folder: Path, name: str) -> str:
    """A path as typed, from the folder; a name that is no path beneath it stays as it is."""
    for start in (Path.cwd(), folder.resolve()):
        path = Path(os.path.normpath(start / name))
        if path.exists() and path.is_relative_to(folder.resolve()):
            return path.relative_to(folder.resolve()).as_posix()
    return name
