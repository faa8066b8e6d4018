"""Text of a settings file -> `Settings`. What is wrong is said with its line and the nearest right thing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError

from rules.dialects import unknown_dialect
from rules.model.finding import Edit
from rules.model.place import Place
from rules.settings.model import RuleSetting, Settings, SettingsProblem
from rules.settings.yaml_text import Lines, UnreadableYaml, read_yaml

MAXIMUM_SIZE = 256 * 1024
"""Characters; a settings file is a page long."""
_OWN_FIELDS = {"path", "problems", "lines", "table_statistics"}
KEYS = tuple(name for name in Settings.model_fields if name not in _OWN_FIELDS)


def read_settings(text: str, path: str = ".github/dbbot.yml") -> Settings:
    """The settings; where anything is wrong, the defaults with `problems` that say what and how to mend it."""
    if len(text) > MAXIMUM_SIZE:
        return _defaults(
            path, [(1, f"The settings file has {len(text):,} characters; at most {MAXIMUM_SIZE:,} are read.")]
        )
    try:
        values, lines = _toml(text) if path.endswith(".toml") else read_yaml(text)
    except UnreadableYaml as problem:
        return _defaults(path, [(problem.line, problem.reason)])
    except tomllib.TOMLDecodeError as error:
        return _defaults(path, [(_toml_line(str(error)), f"The settings file is not TOML: {error}.")])
    if values is None:
        return Settings(path=path)
    if not isinstance(values, Mapping):
        return _defaults(
            path, [(1, f"The settings file holds {_kind(values)}; expected is a mapping of names to values.")]
        )
    if foreign := [key for key in values if key in _OWN_FIELDS]:
        return _defaults(path, [(lines.of((key,)), _unknown(key, KEYS)) for key in foreign])
    try:
        return Settings.model_validate({**values, "path": path, "lines": lines})
    except ValidationError as error:
        problems = [dict(each) for each in error.errors()]
        settings = _defaults(path, [_problem(each, lines) for each in problems])
        edits = [_nearest_key(each, settings.problems[at].place, text) for at, each in enumerate(problems)]
        mended = (replace(problem, edit=edit) for problem, edit in zip(settings.problems, edits, strict=True))
        return settings.model_copy(update={"problems": tuple(mended)})


def _defaults(path: str, problems: list[tuple[int, str]]) -> Settings:
    found = tuple(SettingsProblem(Place(path, line, 0, line, 0), message) for line, message in problems)
    return Settings(path=path, problems=found)


def _toml(text: str) -> tuple[Any, Lines]:
    """`[tool.dbbot]` of a pyproject.toml; None where the file has none."""
    table = tomllib.loads(text).get("tool", {}).get("dbbot")
    found = next((number for number, line in enumerate(text.split("\n"), 1) if "tool.dbbot" in line), 1)
    return table, Lines({(): found})


def _toml_line(message: str) -> int:
    _, _, rest = message.partition("(at line ")
    number = rest.partition(",")[0]
    return int(number) if number.isdigit() else 1


def _problem(error: Mapping[str, Any], lines: Lines) -> tuple[int, str]:
    location = tuple(error["loc"])
    where = ".".join(str(part) for part in location)
    line = lines.of(location)
    if error["type"] == "extra_forbidden":
        return line, _unknown(str(location[-1]), _known(location))
    expected = error.get("ctx", {}).get("expected")
    if location == ("dialect",) and isinstance(error["input"], str):
        return line, unknown_dialect(error["input"][:100])
    if expected:
        return line, f"`{where}` is {_shown(error['input'])}; expected is one of {expected}."
    return line, f"`{where}` is {_shown(error['input'])}: {_lowered(error['msg'])}."


def _nearest_key(error: Mapping[str, Any], place: Place, text: str) -> Edit | None:
    """The unknown key of a line, written once on it, replaced by the one that was probably meant."""
    if error["type"] != "extra_forbidden":
        return None
    key = str(error["loc"][-1])
    near = get_close_matches(key, _known(error["loc"]), 1)
    lines = text.splitlines()
    found = re.findall(rf"(?<![\w-]){re.escape(key)}(?=['\"]?\s*[:=])", lines[place.line - 1]) if lines else []
    if not near or len(found) != 1:
        return None
    column = lines[place.line - 1].index(key)
    return Edit(place.path, place.line, column, place.line, column + len(key), near[0])


def _known(location: tuple[int | str, ...]) -> tuple[str, ...]:
    return tuple(RuleSetting.model_fields) if location[0] == "rules" else KEYS


def _unknown(key: str, known: tuple[str, ...]) -> str:
    near = get_close_matches(key, known, 1)
    hint = f"Did you mean `{near[0]}`?" if near else f"There are: {', '.join(f'`{name}`' for name in known)}."
    return f"There is no setting `{key}`. {hint}"


def _shown(value: Any) -> str:
    if isinstance(value, str | int | float | bool):
        return f"`{str(value)[:60]}`"
    return _kind(value)


def _kind(value: Any) -> str:
    match value:
        case None:
            return "empty"
        case Mapping():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case str():
            return "a text"
    return f"a {type(value).__name__}"


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]
