"""Three pull requests on one revision, merged in every order: each hears in time, of what changed, and of it once."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.stand_in import PullRequest
from tests.worker.desk import Desk
from tests.worker.test_base_moved import add_column, moved, newest

NAMES = ("b2", "c3", "d4")


def path_of(name: str) -> str:
    return f"migrations/versions/{name}_column.py"


def assert_red(desk: Desk, pull: PullRequest, merged: PullRequest, files: tuple[str, str]) -> None:
    check = newest(desk, pull)
    assert check.conclusion == "failure"
    for words in (f"`#{merged.number}`", *files, "multiple-heads"):
        assert words in f"{check.summary}", words


@pytest.mark.parametrize("order", list(permutations(NAMES)))
def test_whoever_is_merged_later_turns_red_once_and_a_rebase_mends_it(desk: Desk, order: tuple[str, ...]) -> None:
    pulls = {name: desk.open(add_column(name), head=name) for name in NAMES}
    for pull in pulls.values():
        desk.review(pull)
        assert newest(desk, pull).conclusion == "success"
    waiting = list(order)
    while waiting:
        merged = waiting.pop(0)
        pulls[merged].merge()
        spoken = {name: len(pulls[name].review_comments) for name in waiting}
        moved(desk, merged=pulls[merged].number)
        for name in waiting:
            assert_red(desk, pulls[name], pulls[merged], (path_of(merged), path_of(name)))
            assert len(pulls[name].review_comments) == spoken[name] + 1
        moved(desk)
        assert {name: len(pulls[name].review_comments) for name in waiting} == {
            name: count + 1 for name, count in spoken.items()
        }
        for name in waiting:
            pulls[name].push(add_column(name, merged))
            desk.review(pulls[name])
            assert newest(desk, pulls[name]).conclusion == "success"
    desk.github.assert_no_violations()
