"""Real git underneath: one bare repository per network of forks, so every sha is git's own."""

from tests.stand_in.git.diff import DiffLine, FileChange, Hunk
from tests.stand_in.git.store import Author, Commit, GitStore, TreeEntry

__all__ = ["Author", "Commit", "DiffLine", "FileChange", "GitStore", "Hunk", "TreeEntry"]
