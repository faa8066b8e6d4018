"""Readings of migrations in the cache that workers share, and what makes them those of this reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from platform import python_version
from typing import TYPE_CHECKING

from bot.ahead import reading_ahead

if TYPE_CHECKING:
    from bot.github.cache import Cache

ROOMS = ("model", "reading", "schema", "postgres", "mysql", "sqlite")
"""The parts of `rules/` that a reading is made by."""
LIBRARIES = ("alembic", "msgspec", "sqlalchemy", "sqlglot")


@cache
def reader_version() -> str:
    """Another one for any change of the reader, of a library that it renders or keeps with, or of Python."""
    digest = blake2b(python_version().encode(), digest_size=12)
    for name in LIBRARIES:
        digest.update(f"\0{name} {_version(name)}".encode())
    for room in ROOMS:
        _add(files("rules") / room, digest)
    return digest.hexdigest()


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "?"


def _add(folder: Traversable, digest: blake2b) -> None:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.name.endswith(".py"):
            text = entry.read_bytes()
            digest.update(f"\0{entry.name} {len(text)}\0".encode() + text)
        elif entry.is_dir() and entry.name != "__pycache__":
            _add(entry, digest)


class CachedReadings:
    """In the cache that the workers share: bounded and given up by age there."""

    keeps = True
    reading_ahead = staticmethod(reading_ahead)

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._prefix = f"reading:{reader_version()}:"

    def get_many(self, keys: Iterable[str]) -> Mapping[str, bytes]:
        found = self._cache.get_many([self._prefix + key for key in keys])
        return {key.removeprefix(self._prefix): value for key, value in found.items()}

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        self._cache.put_many({self._prefix + key: value for key, value in entries.items()})


class NoReadings:
    """Nothing is kept."""

    keeps = False
    reading_ahead = staticmethod(reading_ahead)

    def get_many(self, _: Iterable[str]) -> Mapping[str, bytes]:
        return {}

    def put_many(self, _: Mapping[str, bytes]) -> None:
        pass
