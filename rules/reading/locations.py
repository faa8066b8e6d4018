"""Where a repository keeps its Alembic environments: ini files, pyproject.toml, env.py, files that look the part."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rules.model.location import ScriptLocation
from rules.model.script import SyntaxProblem
from rules.reading.connected import Graph, Headers, apart, joined
from rules.reading.source import parse

SKIPPED = frozenset({".git", ".venv", "venv", "node_modules", "__pycache__", "site-packages", ".tox", "build", "dist"})
REVISION = re.compile(r"^(?:down_revision)\s*(?::[^=\n]+)?=", re.MULTILINE)
_TEMPLATE = re.compile(r"\{[^{}]*\}|\$\{[^}]*\}|%\([^)]*\)s")


@dataclass(frozen=True, slots=True)
class Stated:
    """What a configuration file says: paths as written, resolved against `folder`."""

    ini_path: str
    folder: str
    script_location: str
    version_locations: tuple[str, ...] = ()
    recursive: bool = False
    url: str = ""


def find_locations(texts: Mapping[str, str], roots: Sequence[str] = ()) -> tuple[ScriptLocation, ...]:
    """Script locations by path; `roots` narrows them to those folders, and takes a bare folder of revisions too."""
    tree = Tree(texts)
    found: dict[str, ScriptLocation] = {}
    for location in (*_configured(tree), *_with_env(tree), *_by_content(tree)):
        known = found.get(location.path)
        if known is None:
            if all(_taken(path, found.values()) for path in location.version_paths):
                continue
            found[location.path] = location
        elif not known.ini_path and location.ini_path:
            found[location.path] = replace(known, ini_path=location.ini_path)
    exact = {one.path for one in found.values() if one.ini_path and _says_where(tree.text(one.ini_path))}
    found = {one.path: one for one in joined([*found.values()], tree.graphs, exact)}
    wanted = [root.strip("/").removeprefix("./") for root in roots]
    chosen = [one for one in found.values() if not wanted or any(_touches(one, root) for root in wanted)]
    chosen += [_bare(tree, root) for root in wanted if not any(_touches(one, root) for one in found.values())]
    return tuple(sorted((one for one in chosen if one.version_paths), key=lambda one: one.path))


def _says_where(ini: str) -> bool:
    """Whether the file itself says in which folders Alembic looks for revisions."""
    return re.search(r"^[ \t]*(recursive_)?version_locations[ \t]*=", ini, re.MULTILINE) is not None


def _taken(path: str, locations: Iterable[ScriptLocation]) -> bool:
    return any(
        path == folder or (one.recursive and path.startswith(f"{folder}/"))
        for one in locations
        for folder in one.version_paths
    )


def _speaks_of_alembic(name: str, text: str) -> bool:
    return "alembic" in name or "alembic" in text


def _touches(location: ScriptLocation, root: str) -> bool:
    folders = (location.path, *location.version_paths)
    return root in ("", ".") or any(one == root or one.startswith(f"{root}/") for one in folders)


def _bare(tree: Tree, root: str) -> ScriptLocation:
    return ScriptLocation(root, (root,)) if tree.python_files(root) else ScriptLocation(root, ())


class Tree:
    """The repository's paths by folder. `texts` is only asked for the files that matter."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.paths = sorted(path for path in texts if not SKIPPED.intersection(path.split("/")[:-1]))
        self.folders: dict[str, list[str]] = {}
        for path in self.paths:
            folder, _, name = path.rpartition("/")
            self.folders.setdefault(folder, []).append(name)
        self._parents: set[str] = set()
        for folder in list(self.folders):
            while folder not in self._parents:
                self._parents.add(folder)
                folder = folder.rpartition("/")[0]

    def text(self, path: str) -> str:
        return self.texts.get(path) or ""

    def named(self, *names: str) -> Iterator[str]:
        for path in self.paths:
            if path.rpartition("/")[2] in names:
                yield path

    def has_folder(self, folder: str) -> bool:
        return folder in self._parents

    def python_files(self, folder: str) -> list[str]:
        return [name for name in self.folders.get(folder, []) if name.endswith(".py") and name != "__init__.py"]

    def graphs(self, locations: Iterable[ScriptLocation]) -> dict[str, Graph]:
        headers = Headers(self.texts)
        folders = [folder for one in locations for folder in one.version_paths]
        return {folder: headers.of(folder, self.python_files(folder)) for folder in folders}

    def below(self, folder: str) -> Iterator[str]:
        """Folders inside a folder, at any depth, sorted."""
        prefix = f"{folder}/" if folder else ""
        for one in sorted(self._parents):
            if one.startswith(prefix) and one != folder:
                yield one

    def holds_revisions(self, folder: str) -> bool:
        paths = [f"{folder}/{name}" if folder else name for name in self.python_files(folder)]
        return any(_is_revision(path, self.text(path)) for path in paths[:40])


def _is_revision(path: str, text: str) -> bool:
    """Whether a parent is assigned, and not only in a text that the file holds; what does not parse is believed."""
    if not REVISION.search(text):
        return False
    source = parse(path, text)
    if isinstance(source, SyntaxProblem):
        return True
    for statement in source.tree.body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == "down_revision" for target in targets):
            return True
    return False


def _configured(tree: Tree) -> Iterator[ScriptLocation]:
    for path in tree.paths:
        name = path.rpartition("/")[2]
        if name.endswith((".ini", ".cfg", ".ini.tmpl", ".ini.template")) and _speaks_of_alembic(name, tree.text(path)):
            for stated in read_ini(path, tree.text(path)):
                yield from _resolved(tree, stated)
        elif name == "pyproject.toml" and "tool.alembic" in tree.text(path):
            for stated in read_pyproject(path, tree.text(path)):
                yield from _resolved(tree, stated)


def read_ini(path: str, text: str) -> list[Stated]:
    """Every section that speaks of a script location; of a file without one, its own folder (Flask-Migrate)."""
    parser = configparser.RawConfigParser(strict=False, inline_comment_prefixes=("#", ";"), allow_no_value=True)
    folder = path.rpartition("/")[0]
    try:
        parser.read_string(text.removeprefix("\ufeff"))
    except (configparser.Error, ValueError):
        return [Stated(path, folder, value.strip()) for value in re.findall(r"(?m)^script_location\s*=\s*(\S+)", text)]
    found: list[Stated] = []
    for section in parser.sections():
        values = {key: value or "" for key, value in parser.items(section)}
        if "script_location" in values:
            found.append(_stated(path, folder, values, text))
        elif section == "alembic" and "script_location" not in text:
            found.append(Stated(path, folder, "."))
    return found


def _stated(path: str, folder: str, values: Mapping[str, str], text: str) -> Stated:
    separator = (values.get("path_separator") or values.get("version_path_separator") or "").strip()
    return Stated(
        path,
        folder,
        values["script_location"].strip(),
        tuple(split_locations(_raw(text, values.get("version_locations", "")), separator)),
        values.get("recursive_version_locations", "").strip().lower() in ("true", "1", "yes", "on"),
        values.get("sqlalchemy.url", "").strip(),
    )


def _raw(text: str, value: str) -> str:
    """With `;` as the separator, what follows the first one was taken for a comment: read the line again."""
    for line in text.splitlines():
        key, equals, rest = line.partition("=")
        if equals and key.strip() == "version_locations" and rest.strip().startswith(value) and ";" in rest:
            return rest.strip()
    return value


def split_locations(value: str, separator: str = "") -> list[str]:
    """By the separator that the file names; without one by newline, `;`, `,`, space, or a `:` that ends a path."""
    named = {"os": r"[:;]", "space": r"\s+", "newline": r"\n", ":": ":", ";": ";"}.get(separator)
    pattern = named or (r"\n" if "\n" in value else r"[;,\s]+|:(?=[./%\w-]*/)")
    return [one.strip() for one in re.split(pattern, value) if one.strip()]


def read_pyproject(path: str, text: str) -> list[Stated]:
    try:
        table = tomllib.loads(text).get("tool", {}).get("alembic", {})
    except (tomllib.TOMLDecodeError, AttributeError, RecursionError):
        return []
    location = table.get("script_location") if isinstance(table, dict) else None
    if not isinstance(location, str):
        return []
    versions = table.get("version_locations", [])
    given = [one for one in versions if isinstance(one, str)] if isinstance(versions, list) else []
    recursive = table.get("recursive_version_locations") is True
    return [Stated(path, path.rpartition("/")[0], location, tuple(given), recursive)]


def _resolved(tree: Tree, stated: Stated) -> Iterator[ScriptLocation]:
    folder = _existing(tree, stated.script_location, stated.folder)
    if folder is None:
        return
    versions = [
        one for given in stated.version_locations for one in [_existing(tree, given, stated.folder)] if one is not None
    ]
    if not versions:
        versions = _version_folders(tree, folder)
    if stated.script_location == "." and not versions:
        return
    env_path = _env_of(tree, folder)
    location = ScriptLocation(
        folder,
        tuple(dict.fromkeys(versions)),
        env_path,
        stated.ini_path,
        _dialect(tree, env_path, stated.url),
        stated.recursive,
    )
    yield from (location,) if stated.version_locations else apart(location)


def _existing(tree: Tree, written: str, folder: str) -> str | None:
    """A path as written -> a folder of the repository. `a:b` is a folder inside a package."""
    for path in _spellings(written, folder):
        normal = normalised(path)
        if normal is not None and tree.has_folder(normal):
            return normal
    tail = _TEMPLATE.sub("", written).replace(":", "/").strip("/. ")
    if len(tail) > 2:
        ends = [one for one in tree.below("") if one == tail or one.endswith(f"/{tail}")]
        return min(ends, key=len) if ends else None
    return None


def _spellings(written: str, folder: str) -> Iterator[str]:
    """`%(here)s` is the file's folder; a relative path is meant from the working directory, often the same."""
    written = written.strip().strip("\"'")
    here = written.replace("%(here)s", folder or ".").replace("%%", "%")
    if "%(here)s" in written:
        yield here
        return
    if ":" in written:
        package, _, inner = written.partition(":")
        path = f"{package if '/' in package else package.replace('.', '/')}/{inner}"
        yield from (f"{folder}/{path}", path, f"{folder}/src/{path}", f"src/{path}")
        return
    yield f"{folder}/{written}"
    yield written


def normalised(path: str) -> str | None:
    """Without `.` and `..`; None if it leaves the repository."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _with_env(tree: Tree) -> Iterator[ScriptLocation]:
    for path in tree.named("env.py"):
        folder = path.rpartition("/")[0]
        versions = _version_folders(tree, folder)
        if not versions or not ("alembic" in tree.text(path) or "run_migrations" in tree.text(path)):
            continue
        yield from apart(ScriptLocation(folder, tuple(versions), path, dialect=_dialect(tree, path)))


def _version_folders(tree: Tree, folder: str) -> list[str]:
    """`versions`, folders named alike, and what lies deeper in them, as far as it holds revisions."""
    prefix = f"{folder}/" if folder else ""
    found: list[str] = []
    for one in tree.below(folder):
        first = one.removeprefix(prefix).split("/")[0]
        direct = one == f"{prefix}versions"
        if first.startswith("versions") and ((direct and tree.python_files(one)) or tree.holds_revisions(one)):
            found.append(one)
    if not found and tree.holds_revisions(folder):
        found.append(folder)
    top = [one for one in found if one.count("/") == (prefix.count("/"))]
    return top or found


def _by_content(tree: Tree) -> Iterator[ScriptLocation]:
    for folder in sorted(tree.folders):
        if tree.python_files(folder) and tree.holds_revisions(folder):
            around = folder.rpartition("/")[0]
            path = around if folder.rpartition("/")[2].startswith("versions") else folder
            env_path = _env_of(tree, path)
            yield ScriptLocation(path, (folder,), env_path, dialect=_dialect(tree, env_path))


def _env_of(tree: Tree, folder: str) -> str | None:
    path = f"{folder}/env.py" if folder else "env.py"
    return path if path in tree.texts else None


_ADDRESS = re.compile(r"""["'](postgres|mysql|mariadb|oracle|mssql)\w*(?:\+\w+)?://""")


def _dialect(tree: Tree, env_path: str | None, url: str = "") -> str:
    """Of the configuration's address; where that says nothing, of the one database that env.py has addresses of."""
    if url.startswith("postgres") or dialect_of_url(url) != "postgresql":
        return dialect_of_url(url)
    named = set(_ADDRESS.findall(tree.text(env_path))) if env_path is not None else set()
    return dialect_of_url(f"{named.pop()}:") if len(named) == 1 else "postgresql"


def dialect_of_url(url: str) -> str:
    """Of `mysql+pymysql://...`; PostgreSQL where the address does not tell, or is SQLite's: that is for developing."""
    name = url.partition(":")[0].partition("+")[0].strip()
    known = {"mysql": "mysql", "mariadb": "mariadb", "oracle": "oracle", "mssql": "mssql"}
    return known.get(name, "postgresql")


def version_files(location: ScriptLocation, paths: Iterable[str]) -> list[str]:
    return sorted(path for path in paths if location.holds(path))
