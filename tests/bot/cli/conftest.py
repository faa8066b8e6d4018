"""A repository of the shop, and the command line to run on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli.commands import dbbot
from tests.bot.cli import shop

Run = Callable[..., Result]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """On a branch of its own, with one revision that is not committed yet. It is the current folder."""
    folder = tmp_path / "shop"
    folder.mkdir()
    shop.put_in_git(shop.lay_out(folder))
    shop.git(folder, "switch", "-q", "-c", "feature")
    shop.add_index(folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def run() -> Run:
    def invoke(*words: str) -> Result:
        return CliRunner().invoke(dbbot, words, standalone_mode=False, catch_exceptions=True)

    return invoke


def as_json(result: Result) -> dict[str, object]:
    assert result.exception is None, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


def rules_of(result: Result) -> set[str]:
    return {finding["rule"] for finding in json.loads(result.stdout)["findings"]}
