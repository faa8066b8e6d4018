"""What a repository may decide. Every field is strict: an unknown key or a value of another kind is a problem."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, InstanceOf, field_validator

from rules.dialects import MYSQL, Dialect
from rules.model.finding import Edit, Severity
from rules.model.place import Place
from rules.settings.statistics import Statistics, read_statistics
from rules.settings.yaml_text import Lines

Level = Literal["error", "warning", "notice", "off"]
FailOn = Literal["error", "warning", "notice", "never"]
Word = Annotated[str, Field(min_length=1, max_length=1_000)]


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """Something in the settings file that cannot be followed; the defaults stand instead."""

    place: Place
    message: str
    edit: Edit | None = None
    """Of the settings file: the nearest key that there is, in the place of the unknown one."""


class RuleSetting(BaseModel):
    """`rules: {NAME: error | warning | notice | off}`, or a mapping with `severity`, `paths` and `reason`."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    severity: Level | None = None
    paths: tuple[Word, ...] = ()
    """Patterns of the files that the rule judges (`*` within a folder name, `**` across); empty: all."""
    except_paths: tuple[Word, ...] = ()
    """Patterns of the files in which its findings are silenced; `reason` says why."""
    reason: str = ""

    @field_validator("paths", "except_paths", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


class Settings(BaseModel):
    """The defaults are those of a repository without a settings file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    dialect: Dialect | None = None
    """Of every script location; else what its database URL says, else postgresql."""
    server_version: Annotated[int, Field(ge=8, le=99)] | None = None
    """Major version of the production server; else that of the statistics; else 15; of MySQL and MariaDB none."""
    fail_on: FailOn = "error"
    """The level from which the check fails."""
    warnings: Literal["neutral", "success"] = "neutral"
    """What a check with warnings and no error concludes."""
    script_locations: tuple[Word, ...] = ()
    statistics: Word | None = None
    """Path of the statistics file."""
    lock_timeout: Word | None = None
    """Set for the role that runs the migrations, where the repository does not show it."""
    time_zone: Word | None = None
    """Of the role that runs the migrations, likewise."""
    judge_downgrades: bool = False
    """Lock, rewrite and data rules judge `downgrade()` too, as notices."""
    inline_notices: Annotated[int, Field(ge=0, le=50)] = 5
    ignore_paths: tuple[Word, ...] = ()
    """Patterns of revision files that are read but not judged."""
    rules: Mapping[str, RuleSetting] = Field(default_factory=dict)

    path: str | None = Field(default=None, exclude=True)
    """Of the file that was read; filled by `read_settings`."""
    problems: tuple[InstanceOf[SettingsProblem], ...] = Field(default=(), exclude=True)
    lines: Lines | None = Field(default=None, exclude=True)
    table_statistics: Statistics | None = Field(default=None, exclude=True)
    """The content of `statistics`, given by whoever has the file."""

    @field_validator("script_locations", "ignore_paths", mode="before")
    @classmethod
    def _one_or_several(cls, value: Any) -> Any:
        return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value

    @field_validator("rules", mode="before")
    @classmethod
    def _severity_alone(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        return {name: _written(setting) for name, setting in value.items()}

    def line_of(self, *keys: str) -> int:
        """Where the settings file has a key, or else the mapping that should hold it."""
        return self.lines.of(keys) if self.lines else 1

    def version_of(self, dialect: str) -> int:
        """The major version of the server that rules compare with; 0 where nobody has said it and none is assumed."""
        if self.server_version is not None:
            return self.server_version
        if self.table_statistics is not None and self.table_statistics.server_version is not None:
            return self.table_statistics.server_version
        return 0 if dialect in MYSQL else DEFAULT_SERVER_VERSION

    def with_statistics(self, text: str) -> Settings:
        """With the content of the statistics file; if it cannot be read, a problem says why and no size is known."""
        read = read_statistics(text)
        if isinstance(read, Statistics):
            return self.model_copy(update={"table_statistics": read})
        line = self.line_of("statistics")
        problem = SettingsProblem(Place(self.path or self.statistics or "", line, 0, line, 0), read)
        return self.model_copy(update={"problems": (*self.problems, problem)})

    def renamed(self, current: Callable[[str], str]) -> Settings:
        """What stands under a former name of a rule holds for the rule, unless its name of today is there too.

        The former names stay, so that they can be spoken of.
        """
        today = {current(name): setting for name, setting in self.rules.items()}
        return self.model_copy(update={"rules": today | dict(self.rules)})

    def of(self, rule: str) -> RuleSetting:
        return self.rules.get(rule, _UNSET)

    def severity_of(self, rule: str, default: Severity) -> Severity:
        written = self.of(rule).severity
        return default if written is None else Severity(written)


DEFAULT_SERVER_VERSION = 15
_UNSET = RuleSetting()


def _written(setting: Any) -> Any:
    """YAML reads a bare `off` as False; it is the severity all the same."""
    if setting is False:
        return {"severity": "off"}
    if isinstance(setting, str):
        return {"severity": setting}
    if isinstance(setting, Mapping) and setting.get("severity") is False:
        return {**setting, "severity": "off"}
    return setting
