"""From a snapshot to a plan: whose settings apply, and what a changed settings file would do."""

from __future__ import annotations

from dataclasses import replace

from bot.model.snapshot import Change, ChangedFile, OpenRevision, PullRequestSnapshot, Repository
from tests.worker.desk import BASE, INDEX, NEW
from worker.judge import judge, settings_from

SNAPSHOT = PullRequestSnapshot(
    repository=Repository(22, "octo/shop", 11),
    number=7,
    title="Find orders by status",
    state="open",
    draft=False,
    head_sha="a" * 40,
    base_sha="b" * 40,
    base_ref="main",
    from_fork=False,
    changed=(ChangedFile(NEW, Change.ADDED, None),),
    texts={**BASE, NEW: INDEX},
    base_texts=BASE,
    settings_path=".github/dbbot.yml",
)
OFF = "rules:\n  blocking-index-creation: off\n"


def rules_of(snapshot: PullRequestSnapshot) -> set[str]:
    judged, _ = judge(snapshot, None)
    return {finding.rule for finding in judged.standing}


def summary_of(snapshot: PullRequestSnapshot) -> str:
    _, plan = judge(snapshot, None)
    return f"{plan.check.summary} {plan.check.text}"


def test_the_settings_of_the_base_branch_apply() -> None:
    assert "blocking-index-creation" in rules_of(SNAPSHOT)
    assert "blocking-index-creation" not in rules_of(replace(SNAPSHOT, settings_text=OFF))
    assert "blocking-index-creation" in rules_of(replace(SNAPSHOT, settings_at_head=OFF))


def test_changed_settings_are_tried_and_the_difference_is_said() -> None:
    said = summary_of(replace(SNAPSHOT, settings_at_head=OFF))
    assert "0 more, 1 fewer" in said


def test_changed_settings_that_cannot_be_followed_are_said_so() -> None:
    said = summary_of(replace(SNAPSHOT, settings_at_head="fail_onn: error\n"))
    assert "cannot be followed" in said
    assert "fail_on" in said


def test_settings_that_did_not_change_are_not_spoken_about() -> None:
    assert "This pull request changes" not in summary_of(replace(SNAPSHOT, settings_text=OFF))


def test_table_sizes_come_from_the_base_branch() -> None:
    statistics = '{"version": 1, "tables": {}}'
    texts = {**BASE, "stats.json": statistics}
    snapshot = replace(SNAPSHOT, settings_text="statistics: stats.json\n", base_texts=texts)
    settings = settings_from(snapshot, snapshot.settings_text)
    assert settings.statistics == "stats.json"
    assert settings.table_statistics is not None
    absent = replace(snapshot, base_texts=BASE, texts=texts)
    assert settings_from(absent, absent.settings_text).table_statistics is None
    old = replace(snapshot, base_texts={**BASE, "stats.json": '{"taken_at": "2020-01-01T00:00:00Z", "tables": {}}'})
    assert settings_from(old, old.settings_text).table_statistics is None


def test_a_file_that_is_removed_is_not_new() -> None:
    removed = ChangedFile("migrations/versions/a1_orders.py", Change.REMOVED, None)
    judged, _ = judge(replace(SNAPSHOT, changed=(removed,), texts={**BASE}), None)
    assert [revision for where in judged.locations for revision in where.new] == []


def test_a_parent_shared_with_another_open_pull_request_is_told() -> None:
    other = OpenRevision(8, "Another", False, "migrations/versions/c3_other.py", INDEX.replace('"b2"', '"c3"'))
    assert rules_of(replace(SNAPSHOT, elsewhere=(other,))) - rules_of(SNAPSHOT) == {
        "parent-shared-with-open-pull-request"
    }
