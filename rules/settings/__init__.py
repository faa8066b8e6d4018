"""The settings file of a repository: `.github/dbbot.yml`, `.dbbot.yml`, or `[tool.dbbot]` of pyproject.toml."""

from rules.settings.model import FailOn, RuleSetting, Settings, SettingsProblem
from rules.settings.reading import read_settings
from rules.settings.statistics import Statistics, TableStatistics, read_statistics

SETTINGS_PATHS = (".github/dbbot.yml", ".dbbot.yml", "pyproject.toml")
"""Where a settings file is looked for, in this order; pyproject.toml counts only if it has `[tool.dbbot]`."""

__all__ = [
    "SETTINGS_PATHS",
    "FailOn",
    "RuleSetting",
    "Settings",
    "SettingsProblem",
    "Statistics",
    "TableStatistics",
    "read_settings",
    "read_statistics",
]
