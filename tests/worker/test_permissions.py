"""Each permission that app.yml asks for is needed: without it the stand-in, like GitHub, refuses."""

from __future__ import annotations

import pytest

from bot.manifest import EVENTS, PERMISSIONS
from tests.stand_in.state.apps import DEFAULT_EVENTS, DEFAULT_PERMISSIONS
from tests.worker.desk import Desk


def test_what_the_jobs_are_tested_with_is_what_the_manifest_asks_for() -> None:
    assert DEFAULT_PERMISSIONS == PERMISSIONS
    assert set(DEFAULT_EVENTS) == EVENTS


@pytest.mark.parametrize(
    ("name", "level"), [("contents", None), ("pull_requests", "read"), ("checks", "read"), ("checks", None)]
)
def test_a_review_needs_it(desk: Desk, name: str, level: str | None, capsys: pytest.CaptureFixture[str]) -> None:
    pull = desk.open()
    if level is None:
        del desk.app.installations[0].permissions[name]
    else:
        desk.app.installations[0].permissions[name] = level
    assert desk.review(pull) is None, "to try again would change nothing"
    assert pull.reviews == []
    assert desk.shop.check_runs(pull.head_sha, "dbbot") == []
    assert desk.tally() == {"reviews_failed": 1}
    assert "permission" in capsys.readouterr().out
