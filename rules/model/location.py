"""A script location as read: its environment and every revision file in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from rules.model.environment import Environment
from rules.model.script import MigrationScript, SyntaxProblem


@dataclass(frozen=True, slots=True)
class ScriptLocation:
    """Where one Alembic environment keeps its files; repository-relative, `/`-separated, no trailing slash.

    `path` is the folder of env.py (or the folder of revisions where there is none); `version_paths` the folders
    that hold revision files, at least one; `recursive` is Alembic's `recursive_version_locations`.
    """

    path: str
    version_paths: tuple[str, ...]
    env_path: str | None = None
    ini_path: str | None = None
    dialect: str = "postgresql"
    recursive: bool = False

    def holds(self, path: str) -> bool:
        """Whether a file belongs here as a revision file, by its path alone."""
        folder, _, name = path.rpartition("/")
        if not name.endswith(".py") or name == "__init__.py":
            return False
        return any(
            folder == versions or (self.recursive and folder.startswith(f"{versions}/"))
            for versions in self.version_paths
        )


@dataclass(frozen=True, slots=True)
class Location:
    """A script location with its files read. Scripts are sorted by path."""

    where: ScriptLocation
    environment: Environment = field(default_factory=Environment)
    scripts: tuple[MigrationScript, ...] = ()
    problems: tuple[SyntaxProblem, ...] = ()
