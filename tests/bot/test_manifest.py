"""app.yml, the code, and what the code asks of GitHub say the same."""

from __future__ import annotations

from pathlib import Path

import yaml

from bot.events import READERS
from bot.github.auth import Purpose
from bot.manifest import EVENTS, PERMISSIONS

MANIFEST = yaml.safe_load((Path(__file__).parents[2] / "app.yml").read_text())
RANK = {"read": 1, "write": 2}


def test_the_events_are_those_that_the_code_reads() -> None:
    assert set(MANIFEST["default_events"]) == EVENTS == set(READERS)


def test_the_permissions_are_those_that_the_code_names() -> None:
    assert MANIFEST["default_permissions"] == PERMISSIONS


def test_every_token_asks_for_no_more_than_the_app_has() -> None:
    for purpose in Purpose:
        for name, level in purpose.permissions.items():
            assert RANK[level] <= RANK[PERMISSIONS[name]], f"{purpose} asks for {name}: {level}"


def test_nothing_is_granted_that_no_token_or_event_needs() -> None:
    asked = {name for purpose in Purpose for name in purpose.permissions}
    for_events = {"issues", "merge_queues"}
    assert set(PERMISSIONS) == asked | for_events


def test_only_reviews_and_checks_may_be_written() -> None:
    assert {name for name, level in PERMISSIONS.items() if level == "write"} == {"pull_requests", "checks"}
