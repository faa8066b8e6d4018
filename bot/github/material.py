"""From two trees to the texts that a review reads, in few questions: where the revisions lie decides what is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.github.answers import NeighbourNode
from bot.github.client import Client
from bot.github.layout import frames, imports_modules, likely_revisions, may_be_model
from bot.github.texts import AtPath, NoText, Texts, Wanted
from bot.github.trees import Entry
from bot.model.snapshot import ChangedFile, LeftOut, OpenRevision
from rules.mapped.words import declares_models
from rules.model.location import ScriptLocation
from rules.reading import find_locations, wanted_paths
from rules.settings import SETTINGS_PATHS, Settings
from rules.settings.reading import read_settings

ROUNDS = 3
"""Of fetching what fetched files lead to."""
MOST_FILES = 5_000
"""Texts of one look."""
MOST_MODULES = 300
"""Of them imported ones."""
MOST_PAGES = 4
"""Of other pull requests, fifty on each."""
MOST_MODELS = 30
"""Changed files that may map tables."""
MOST_BENEATH = 60
"""Modules that models import."""
MOST_NEIGHBOURING = 200
"""Texts of other pull requests."""


@dataclass(frozen=True, slots=True)
class Material:
    """`texts` and `base_texts` are empty if the changes touch nothing that is judged."""

    texts: Mapping[str, str]
    base_texts: Mapping[str, str]
    settings_path: str | None = None
    settings_text: str | None = None
    settings_at_head: str | None = None
    elsewhere: tuple[OpenRevision, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class Gathering:
    """One look: the files before, the files after, what changed between them, and the texts had so far.

    `base_ref` None: nobody asks for the other open pull requests.
    """

    def __init__(
        self,
        client: Client,
        before: Mapping[str, Entry],
        after: Mapping[str, Entry],
        changed: Iterable[ChangedFile],
        *,
        number: int = 0,
        base_ref: str | None = None,
    ) -> None:
        self._before = before
        self._after = after
        self._all = {**before, **after}
        files = tuple(changed)
        self._changed = frozenset(path for file in files for path in (file.path, file.previous_path) if path)
        self._suspect = {file.path for file in files if file.path.endswith(".py") and _may_be_revision(file)}
        self._models = {
            path for file in files if may_be_model(file) for path in (file.path, file.previous_path) if path
        }
        self._models = set(sorted(self._models)[:MOST_MODELS])
        self._beneath: set[str] = set()
        self._looked_into = self._models - self._suspect
        """Of these a missing text fails nothing: most changed files map no table."""
        self._number = number
        self._base_ref = base_ref
        self._texts = Texts(client)
        self._paths: set[str] = set()
        self._modules: set[str] = set()
        self._followed: set[tuple[str, str]] = set()
        self._neighbours: tuple[NeighbourNode, ...] | None = None if base_ref is not None else ()
        self._left_out: list[LeftOut] = []

    def material(self) -> Material:
        first = set(frames(self._all)) | ((self._suspect | self._models) & self._all.keys())
        likely = likely_revisions(self._all)
        if self._changed.isdisjoint(likely):
            self._fetch(first)
        else:
            self._fetch(first | likely, neighbours=True)
        locations = self._locations()
        self._models = {path for path in self._models if self._maps_tables(path)}
        if not self._is_touched(locations):
            return self._with_settings(Material({}, {}))
        for _ in range(ROUNDS):
            wanted = self._wanted(locations) - self._paths
            places = [place for _, place in self._neighbouring(locations) if place not in self._texts]
            if not wanted and not places and self._neighbours is not None:
                break
            self._fetch(wanted, places, neighbours=True)
            locations = self._locations()
        return self._with_settings(
            Material(
                self._had(self._after),
                self._had(self._before),
                elsewhere=tuple(self._elsewhere(locations)),
                left_out=(*self._left_out, *self._textless()),
            )
        )

    # What to ask for

    def _locations(self) -> tuple[ScriptLocation, ...]:
        """Before and after the change: a pull request may move them."""
        roots = self._base_settings().script_locations
        found = [
            where
            for tree in (self._after, self._before)
            for where in find_locations(_AllPaths(tree, self._had(tree)), roots)
        ]
        return tuple(dict.fromkeys(found))

    def _is_touched(self, locations: Sequence[ScriptLocation]) -> bool:
        frame = {path for where in locations for path in (where.env_path, where.ini_path)}
        return (bool(locations) and bool(self._models)) or any(
            path in frame or self._is_settings(path) or any(where.holds(path) for where in locations)
            for path in self._changed
        )

    def _is_settings(self, path: str) -> bool:
        if path not in SETTINGS_PATHS:
            return False
        return path != "pyproject.toml" or any(
            "tool.dbbot" in self._text(tree, path) for tree in (self._before, self._after)
        )

    def _wanted(self, locations: Sequence[ScriptLocation]) -> set[str]:
        held = {path for path in self._all if any(where.holds(path) for where in locations)}
        environments = {where.env_path for where in locations if where.env_path}
        statistics = self._base_settings().statistics
        wanted = held | environments | ({statistics} & self._all.keys() if statistics else set())
        # An env.py imports the whole application; what that imports in its turn says nothing about migrations.
        modules = self._imported(held | self._modules) | self._imported(environments, follow=False)
        return wanted | modules | self._imported_by_models()

    def _maps_tables(self, path: str) -> bool:
        return any(declares_models(self._text(tree, path)) for tree in (self._after, self._before))

    def _imported_by_models(self) -> set[str]:
        """What changed models import, and what that imports in its turn if it is about columns: mixins and bases."""
        columns = {
            path for path in self._beneath if any("olumn" in self._text(t, path) for t in (self._after, self._before))
        }
        found = self._imported(self._models | columns, follow=False) - self._beneath
        chosen = set(sorted(found)[: max(0, MOST_BENEATH - len(self._beneath))])
        self._beneath |= chosen
        return set(self._beneath)

    def _imported(self, paths: Iterable[str], *, follow: bool = True) -> set[str]:
        """Modules of the repository that these files import, as far as their texts are had."""
        found: set[str] = set()
        for path in sorted(paths):
            for tree in (self._after, self._before):
                text = self._text(tree, path) if path.endswith(".py") else ""
                if (path, text) not in self._followed and imports_modules(text):
                    self._followed.add((path, text))
                    found |= wanted_paths(text, path, self._all)
        chosen = set(sorted(found)[: max(0, MOST_MODULES - len(self._modules))])
        if follow:
            self._modules |= chosen
        return chosen

    def _neighbouring(self, locations: Sequence[ScriptLocation]) -> Iterator[tuple[NeighbourNode, AtPath]]:
        """Revision files that the other pull requests add."""
        given = 0
        for pull in self._neighbours or ():
            for file in (pull.files.nodes if pull.files else None) or ():
                is_new = file is not None and file.change_type in ("ADDED", "COPIED", "RENAMED")
                if file is None or not is_new or not any(where.holds(file.path) for where in locations):
                    continue
                if pull.number != self._number and given < MOST_NEIGHBOURING:
                    given += 1
                    yield pull, (pull.head_ref_oid, file.path)

    def _fetch(self, paths: Collection[str], places: Sequence[AtPath] = (), *, neighbours: bool = False) -> None:
        chosen = sorted(paths)[: max(0, MOST_FILES - len(self._paths))]
        if len(chosen) < len(paths):
            reason = f"the review needs more than {MOST_FILES:,} files; this and the following were not read"
            self._left_out.append(LeftOut(sorted(paths)[len(chosen)], reason))
        wanted: dict[Wanted, int | None] = dict.fromkeys(places)
        for path in chosen:
            for tree in (self._before, self._after):
                if (entry := tree.get(path)) is not None:
                    wanted[entry.sha] = entry.size
        self._paths.update(paths)
        if neighbours and self._neighbours is None and self._base_ref is not None:
            self._neighbours = self._texts.fetch_with_neighbours(wanted, self._base_ref, MOST_PAGES)
            if self._texts.unlisted is not None:
                self._left_out.append(LeftOut("", self._texts.unlisted))
        else:
            self._texts.fetch(wanted)

    # What was had

    def _text(self, tree: Mapping[str, Entry], path: str) -> str:
        entry = tree.get(path)
        text = self._texts[entry.sha] if entry else ""
        return text if isinstance(text, str) else ""

    def _had(self, tree: Mapping[str, Entry]) -> dict[str, str]:
        found = {path: self._texts[tree[path].sha] for path in sorted(self._paths) if path in tree}
        return {path: text for path, text in found.items() if isinstance(text, str)}

    def _textless(self) -> Iterator[LeftOut]:
        for path in sorted((self._paths - self._looked_into) & self._after.keys()):
            if isinstance(text := self._texts[self._after[path].sha], NoText):
                yield LeftOut(path, text.reason)

    def _elsewhere(self, locations: Sequence[ScriptLocation]) -> Iterator[OpenRevision]:
        for pull, place in self._neighbouring(locations):
            if isinstance(text := self._texts[place], str):
                yield OpenRevision(pull.number, pull.title, pull.is_draft, place[1], text, pull.head_ref_oid)

    # Settings

    def _settings_path(self, tree: Mapping[str, Entry]) -> str | None:
        """The first of the three; a pyproject.toml counts only with a table of ours."""
        return next((path for path in SETTINGS_PATHS if path in tree and self._holds_settings(tree, path)), None)

    def _holds_settings(self, tree: Mapping[str, Entry], path: str) -> bool:
        return path != "pyproject.toml" or "tool.dbbot" in self._text(tree, path)

    def _base_settings(self) -> Settings:
        path = self._settings_path(self._before)
        return read_settings(self._text(self._before, path), path) if path else Settings()

    def _with_settings(self, material: Material) -> Material:
        before, after = self._settings_path(self._before), self._settings_path(self._after)
        text = self._text(self._before, before) if before else None
        at_head = self._text(self._after, after) if after else None
        is_changed = (before, text) != (after, at_head)
        return replace(
            material,
            settings_path=before or after,
            settings_text=text,
            settings_at_head=at_head if is_changed else None,
        )


class _AllPaths(Mapping[str, str]):
    """Every path of a tree; the text of a file that nobody has fetched is empty."""

    def __init__(self, tree: Mapping[str, Entry], texts: Mapping[str, str]) -> None:
        self._tree = tree
        self._texts = texts

    def __getitem__(self, path: str) -> str:
        if path not in self._tree:
            raise KeyError(path)
        return self._texts.get(path, "")

    def __iter__(self) -> Iterator[str]:
        return iter(self._tree)

    def __len__(self) -> int:
        return len(self._tree)


def _may_be_revision(file: ChangedFile) -> bool:
    """A folder of revisions needs neither an env.py nor a settings file to be one; the patch gives it away."""
    return file.patch is None or "down_revision" in file.patch
