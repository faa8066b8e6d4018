"""A merge queue's question, answered on the tree that it is about to merge."""

from __future__ import annotations

import pytest

from bot.jobs import MergeGroupJob
from tests.bot.github.scene import revision
from tests.stand_in.state.merge_queue import MergeGroup
from tests.worker.desk import Desk
from worker import merge_group


def job(desk: Desk, group: MergeGroup) -> MergeGroupJob:
    return MergeGroupJob(desk.where, group.head_sha, group.base_sha, f"refs/heads/{group.base_ref}")


def add_column(name: str) -> dict[str, str]:
    text = revision(name, "a1", f'op.add_column("orders", sa.Column("{name}", sa.Text()))')
    return {f"migrations/versions/{name}_column.py": text}


def test_two_pull_requests_that_are_sound_alone_fail_together(desk: Desk) -> None:
    first = desk.open(add_column("b2"), head="first")
    second = desk.open(add_column("c3"), head="second")
    group = desk.shop.enqueue_merge_group([first, second])
    assert desk.run(job(desk, group)) is None
    [check] = desk.shop.check_runs(group.head_sha, "dbbot")
    assert (check.status, check.conclusion) == ("completed", "failure")
    assert check.external_id == f"0:{group.base_sha}:{group.head_sha}"
    assert "multiple-heads" in f"{check.summary} {check.text}"
    assert first.reviews == second.reviews == []
    assert desk.context.ledger.left_open(0) == ()
    assert desk.tally()["merge_groups"] == 1


def test_a_sound_group_may_be_merged(desk: Desk) -> None:
    group = desk.shop.enqueue_merge_group([desk.open({"README.md": "# Hello\n"})])
    desk.run(job(desk, group))
    [check] = desk.shop.check_runs(group.head_sha, "dbbot")
    assert check.conclusion == "success"


def test_a_group_that_cannot_be_judged_fails_with_a_reason(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(*_: object) -> object:
        raise RuntimeError("the-text-of-the-fault")

    monkeypatch.setattr(merge_group, "judge", judge)
    group = desk.shop.enqueue_merge_group([desk.open()])
    with pytest.raises(RuntimeError):
        desk.run(job(desk, group))
    [check] = desk.shop.check_runs(group.head_sha, "dbbot")
    assert check.conclusion == "failure"
    assert "incident" in (check.summary or "")
    assert "the-text-of-the-fault" not in (check.summary or "")


def test_a_group_that_the_queue_has_destroyed_is_left(desk: Desk) -> None:
    gone = MergeGroupJob(desk.where, "f" * 40, "e" * 40, "refs/heads/main")
    assert desk.run(gone) is None
    assert desk.context.ledger.left_open(0) == ()
    assert desk.tally() == {"reviews_not_due": 1}
