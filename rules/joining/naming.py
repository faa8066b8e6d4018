"""How a project names its revision files: `file_template` and `truncate_slug_length`, filled in as Alembic does."""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

DEFAULT = "%(rev)s_%(slug)s"
SLUG_LENGTH = 40
LONGEST = 200
"""Characters of a template, and of the path that it gives."""
_TOKEN = re.compile(r"%\((\w+)\)(?:[.0]?(\d))?([sd])")
_PLAIN = re.compile(r"[\w./ @+,=-]*\Z")
_DATED = ("year", "month", "day", "hour", "minute", "second")


@dataclass(frozen=True, slots=True)
class Naming:
    """`template` as Alembic's `file_template`, with single percent signs."""

    template: str = DEFAULT
    slug_length: int = SLUG_LENGTH

    def path(self, folder: str, revision: str, message: str, at: datetime | None) -> str:
        """By the default template where the project's own cannot be filled in: it asks for a date that nobody knows."""
        values: dict[str, str | int] = {"rev": revision, "slug": self._slug(message)}
        if at is not None:
            values |= {word: getattr(at, word) for word in _DATED}
            values["epoch"] = int(at.replace(tzinfo=at.tzinfo or UTC).timestamp())
        name = _filled(self.template, values) or _filled(DEFAULT, values) or "merge"
        return f"{folder}/{name}.py" if folder else f"{name}.py"

    def _slug(self, message: str) -> str:
        slug = "_".join(re.findall(r"\w+", message)).lower()
        return slug if len(slug) <= self.slug_length else slug[: self.slug_length].rsplit("_", 1)[0] + "_"


def naming_of(path: str | None, text: str) -> Naming:
    """`path` and `text` are of the file that configures the location: an ini file or a pyproject.toml. Never raises."""
    values = _toml(text) if path and path.endswith(".toml") else _ini(text)
    template = values.get("file_template", "").replace("%%", "%") or DEFAULT
    length = values.get("truncate_slug_length", "")
    return Naming(
        template[:LONGEST], int(length) if length.isdecimal() and 0 < int(length[:4]) <= LONGEST else SLUG_LENGTH
    )


def _ini(text: str) -> Mapping[str, str]:
    """The first section that names files, `[alembic]` before others."""
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string(text.removeprefix("\ufeff"))
        found = [dict(parser.items(section)) for section in sorted(parser.sections(), key=lambda it: it != "alembic")]
    except (configparser.Error, ValueError):
        return {}
    named = next((section for section in found if section.get("file_template")), found[0] if found else {})
    return {key: value.strip() for key, value in named.items() if value}


def _toml(text: str) -> Mapping[str, str]:
    try:
        table = tomllib.loads(text).get("tool", {}).get("alembic", {})
    except (tomllib.TOMLDecodeError, AttributeError, RecursionError):
        return {}
    return {key: str(value) for key, value in table.items()} if isinstance(table, dict) else {}


def _filled(template: str, values: Mapping[str, str | int]) -> str:
    """Empty where the template asks for something else, or would leave the folder."""
    if not {token[1] for token in _TOKEN.finditer(template)} <= values.keys():
        return ""

    def fill(token: re.Match[str]) -> str:
        value, width = values[token[1]], int(token[2] or 0)
        return f"{value:0{width}}" if isinstance(value, int) and width else str(value)

    name = _TOKEN.sub(fill, template)
    is_path = all(step not in ("", ".", "..") for step in name.split("/"))
    return name if _PLAIN.match(name) and is_path and len(name) <= LONGEST else ""
