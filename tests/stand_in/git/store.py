"""The only caller of the `git` program. Objects are immutable, so what was read once is kept."""

import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from tests.stand_in.git.diff import FileChange, read_changes

SETTINGS = ("-c", "core.quotePath=false", "-c", "core.fsync=none", "-c", "gc.auto=0")
Files = Mapping[str, str | bytes | None]


@dataclass(frozen=True, slots=True)
class Author:
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Commit:
    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Author
    time: int
    """Seconds since 1970, UTC."""
    message: str


@dataclass(frozen=True, slots=True)
class TreeEntry:
    mode: str
    type: str
    sha: str
    size: int | None
    path: str


class GitError(Exception):
    """git refused; its own words."""


class GitStore:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.guard = threading.Lock()
        self.reader: subprocess.Popen[bytes] | None = None
        subprocess.run(["git", "init", "--quiet", "--bare", "--template=", str(folder)], check=True)
        self.tree = lru_cache(maxsize=512)(self.list_tree)
        self.merge_base = lru_cache(maxsize=4096)(self.find_merge_base)
        self.changes = lru_cache(maxsize=512)(self.diff)
        self.commit_at = lru_cache(maxsize=4096)(self.read_commit)

    def close(self) -> None:
        if self.reader:
            assert self.reader.stdin
            self.reader.stdin.close()
            self.reader.wait()
            assert self.reader.stdout
            self.reader.stdout.close()
            self.reader = None

    def git(self, *arguments: str, given: bytes = b"", fail: bool = True) -> bytes:
        command = ["git", *SETTINGS, f"--git-dir={self.folder}", *arguments]
        done = subprocess.run(command, input=given, capture_output=True, check=False)
        if fail and done.returncode:
            raise GitError(done.stderr.decode("utf-8", "replace").strip())
        return done.stdout if done.returncode == 0 else b""

    # Writing

    def commit(self, ref: str, parents: list[str], files: Files, message: str, author: Author) -> str:
        """Writes the changed files (None deletes) on top of the first parent, moves `ref`, answers the new sha."""
        who = f"{author.name} <{author.email}> {int(time.time())} +0000".encode()
        stream = [
            b"feature done\n",
            f"commit {ref}\nmark :1\n".encode(),
            b"author " + who + b"\ncommitter " + who + b"\n",
            data(message.encode()),
        ]
        stream += [f"{'merge' if number else 'from'} {sha}\n".encode() for number, sha in enumerate(parents)]
        for path, content in files.items():
            if content is None:
                stream.append(f"D {quoted(path)}\n".encode())
            else:
                raw = content.encode() if isinstance(content, str) else content
                stream.append(f"M 100644 inline {quoted(path)}\n".encode() + data(raw))
        stream.append(b"\nget-mark :1\ndone\n")
        if not parents:
            self.git("update-ref", "-d", ref)
        return self.git("fast-import", "--quiet", "--force", given=b"".join(stream)).decode().strip()

    def merge(self, ref: str, ours: str, theirs: str, message: str, author: Author) -> str | None:
        """A merge commit on `ref`; None on a conflict."""
        tree = self.merged_tree(ours, theirs)
        return tree and self.commit_tree(ref, tree, [ours, theirs], message, author)

    def merged_tree(self, ours: str, theirs: str) -> str | None:
        return self.git("merge-tree", "--write-tree", ours, theirs, fail=False).decode().partition("\n")[0] or None

    def commit_tree(self, ref: str, tree: str, parents: list[str], message: str, author: Author) -> str:
        body = f"tree {tree}\n" + "".join(f"parent {sha}\n" for sha in parents)
        who = f"{author.name} <{author.email}> {int(time.time())} +0000"
        body += f"author {who}\ncommitter {who}\n\n{message}"
        sha = self.git("hash-object", "-t", "commit", "-w", "--stdin", given=body.encode()).decode().strip()
        self.point(ref, sha)
        return sha

    def point(self, ref: str, sha: str | None) -> None:
        self.git("update-ref", *([ref, sha] if sha else ["-d", ref]))

    # Reading

    def read_object(self, name: str) -> tuple[str, str, bytes] | None:
        """(sha, type, content) of `name`, which is anything that git resolves without spaces; None if unknown."""
        if not name or "\n" in name:
            return None
        with self.guard:
            if self.reader is None:
                self.reader = subprocess.Popen(
                    ["git", f"--git-dir={self.folder}", "cat-file", "--batch"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            assert self.reader.stdin
            assert self.reader.stdout
            self.reader.stdin.write(name.encode() + b"\n")
            self.reader.stdin.flush()
            header = self.reader.stdout.readline().decode().strip()
            if header.endswith((" missing", " ambiguous")):
                return None
            sha, kind, size = header.split(" ")
            content = self.reader.stdout.read(int(size))
            self.reader.stdout.read(1)
        return sha, kind, content

    def blob(self, sha: str) -> bytes | None:
        found = self.read_object(sha)
        return found[2] if found and found[1] == "blob" else None

    def read_commit(self, sha: str) -> Commit:
        found = self.read_object(sha)
        if not found or found[1] != "commit":
            self.commit_at.cache_clear()
            raise GitError(f"No commit {sha}")
        head, _, message = found[2].decode("utf-8", "replace").partition("\n\n")
        fields = [line.partition(" ")[::2] for line in head.split("\n")]
        who = next(value for key, value in fields if key == "author")
        name, _, rest = who.partition(" <")
        email, _, when = rest.partition("> ")
        return Commit(
            sha=found[0],
            tree=next(value for key, value in fields if key == "tree"),
            parents=tuple(value for key, value in fields if key == "parent"),
            author=Author(name, email),
            time=int(when.split(" ")[0]),
            message=message.removesuffix("\n"),
        )

    def is_commit(self, sha: str) -> bool:
        found = self.read_object(sha)
        return bool(found) and found[1] == "commit"  # type: ignore[index]

    def list_tree(self, sha: str, recursive: bool = True) -> list[TreeEntry]:
        flags = ["-r", "-t"] if recursive else []
        listed = self.git("ls-tree", *flags, "-l", "-z", sha).decode("utf-8", "surrogateescape")
        entries = []
        for record in listed.split("\0")[:-1]:
            meta, _, path = record.partition("\t")
            mode, kind, entry, size = meta.split()
            entries.append(TreeEntry(mode, kind, entry, None if size == "-" else int(size), path))
        return entries

    def find_merge_base(self, one: str, other: str) -> str | None:
        return self.git("merge-base", one, other, fail=False).decode().strip() or None

    def diff(self, old: str, new: str) -> list[FileChange]:
        """The files that differ between two commits or trees, renames found, three lines of context."""
        shared = ["diff", "--no-ext-diff", "--no-color", "-M", "--abbrev=40", "--full-index"]
        return read_changes(self.git(*shared, "--raw", "-z", old, new), self.git(*shared, "-p", old, new))

    def commits_between(self, base: str, head: str) -> list[Commit]:
        """Oldest first."""
        listed = self.git("rev-list", "--topo-order", "--reverse", f"{base}..{head}").decode().split()
        return [self.commit_at(sha) for sha in listed]


def data(raw: bytes) -> bytes:
    return f"data {len(raw)}\n".encode() + raw + b"\n"


def quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
