"""GitHub's JSON, as recorded and as mangled: an event of ours or a reason, never an exception."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.events import (
    READERS,
    BranchPushed,
    CheckRerequested,
    CommentCreated,
    Ignored,
    MergeGroupRequested,
    PullRequestChanged,
    SuiteRerequested,
    pull_of,
    read_event,
)
from tests.bot.payloads import recorded, recorded_event

WHERE = {
    "installation": {"id": 11},
    "repository": {"id": 22, "full_name": "octo/shop", "archived": False},
    "sender": {"login": "ann", "type": "User"},
}
SHA = "a" * 40


def test_all_329_recorded_payloads_are_read() -> None:
    assert len(recorded()) == 329
    events = [read_event(name, payload) for name, payload in recorded()]
    ours = [type(event).__name__ for event in events if not isinstance(event, Ignored)]
    assert Counter(ours) == {
        "PullRequestChanged": 24,
        "CheckRerequested": 2,
        "SuiteRerequested": 2,
        "MergeGroupRequested": 2,
        "CommentCreated": 2,
    }
    assert all(event.reason for event in events if isinstance(event, Ignored))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("pull_request", PullRequestChanged),
        ("merge_group", MergeGroupRequested),
        ("check_run", CheckRerequested),
        ("check_suite", SuiteRerequested),
        ("pull_request_review_comment", CommentCreated),
    ],
)
def test_a_recorded_payload_of_each_kind_becomes_an_event(name: str, kind: type) -> None:
    assert any(isinstance(read_event(name, payload), kind) for event, payload in recorded() if event == name)


def test_a_pull_request_of_a_deleted_fork_is_read() -> None:
    payload = recorded_event("pull_request", "opened")
    payload["pull_request"]["head"]["repo"] = None  # type: ignore[index]
    payload["pull_request"]["head"]["user"] = None  # type: ignore[index]
    event = read_event("pull_request", payload)
    assert isinstance(event, PullRequestChanged)
    assert event.open
    assert not event.archived


def test_a_moved_base_is_told_from_an_edited_title() -> None:
    payload = recorded_event("pull_request")
    payload |= {"action": "edited", "changes": {"base": {"ref": {"from": "main"}}}}
    event = read_event("pull_request", payload)
    assert isinstance(event, PullRequestChanged)
    assert event.base_changed
    payload["changes"] = {"title": {"from": "x"}}
    event = read_event("pull_request", payload)
    assert isinstance(event, PullRequestChanged)
    assert not event.base_changed


def test_our_own_button_is_a_rerun_and_another_is_not() -> None:
    payload = {
        **WHERE,
        "action": "requested_action",
        "requested_action": {"identifier": "recheck"},
        "check_run": {"app": {"id": 1}, "head_sha": SHA, "external_id": f"7:{SHA}:{SHA}"},
    }
    event = read_event("check_run", payload)
    assert isinstance(event, CheckRerequested)
    assert event.pull == 7
    payload["requested_action"] = {"identifier": "other"}
    assert isinstance(read_event("check_run", payload), Ignored)


def test_a_comment_on_an_issue_is_none_of_ours() -> None:
    comment = {"id": 5, "body": "/dbbot help", "user": {"type": "User"}}
    on_issue = {**WHERE, "action": "created", "issue": {"number": 7}, "comment": comment}
    assert isinstance(read_event("issue_comment", on_issue), Ignored)
    on_pull = {**on_issue, "issue": {"number": 7, "pull_request": {"url": "x"}}}
    event = read_event("issue_comment", on_pull)
    assert isinstance(event, CommentCreated)
    assert (event.pull, event.kind, event.by_bot) == (7, "issue", False)
    edited = {**on_pull, "action": "edited"}
    assert isinstance(read_event("issue_comment", edited), Ignored)


@pytest.mark.parametrize("who", ["sender", "author"])
def test_a_bot_is_known_by_sender_or_author(who: str) -> None:
    payload = {
        **WHERE,
        "action": "created",
        "issue": {"number": 7, "pull_request": {"url": "x"}},
        "comment": {"id": 5, "body": "/dbbot help", "user": {"type": "Bot" if who == "author" else "User"}},
        "sender": {"type": "Bot" if who == "sender" else "User"},
    }
    event = read_event("issue_comment", payload)
    assert isinstance(event, CommentCreated)
    assert event.by_bot


@pytest.mark.parametrize("missing", ["installation", "repository", "pull_request", "action"])
def test_what_is_missing_is_named(missing: str) -> None:
    payload = recorded_event("pull_request", "opened")
    del payload[missing]
    event = read_event("pull_request", payload)
    assert isinstance(event, Ignored)
    assert f"`{missing}" in event.reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(name=st.sampled_from(sorted(READERS)), payload=JSON)
def test_no_json_raises(name: str, payload: object) -> None:
    assert isinstance(read_event(name, payload), Ignored)


@given(data=st.data(), name=st.sampled_from(["pull_request", "merge_group", "check_run", "check_suite"]))
def test_a_recorded_payload_with_one_value_replaced_does_not_raise(data: st.DataObject, name: str) -> None:
    payload = json.loads(json.dumps(data.draw(st.sampled_from([body for event, body in recorded() if event == name]))))
    place = payload
    while True:
        key = data.draw(st.sampled_from(sorted(place)))
        if isinstance(place[key], dict) and place[key] and data.draw(st.booleans()):
            place = place[key]
            continue
        place[key] = data.draw(JSON)
        break
    assert read_event(name, payload) is not None


@pytest.mark.parametrize(
    ("external_id", "pull"),
    [
        ("7:a:b", 7),
        ("7", 7),
        ("0:a:b", 0),
        ("", None),
        ("x:a:b", None),
        ("-7:a", None),
        ("٧:a", None),
        ("9" * 30, None),
    ],
)
def test_the_pull_request_stands_in_our_external_id(external_id: str, pull: int | None) -> None:
    assert pull_of(external_id) == pull


PUSH: dict[str, Any] = {
    "ref": "refs/heads/release/2",
    "after": "c" * 40,
    "installation": {"id": 11},
    "repository": {"id": 22, "full_name": "octo/shop"},
    "head_commit": {"message": "Merge pull request #12 from octo/feature"},
    "commits": [
        {"added": ["a.py"], "modified": ["b.py"], "removed": []},
        {"modified": ["b.py", None], "removed": ["c"]},
    ],
}


def test_a_push_names_its_branch_its_files_and_the_pull_request_that_it_merged() -> None:
    event = read_event("push", PUSH)
    assert isinstance(event, BranchPushed)
    assert (event.branch, event.paths, event.merged) == ("release/2", ("a.py", "b.py", "c"), 12)


@pytest.mark.parametrize(
    ("message", "merged"), [("Add a note (#7)", 7), ("Add a note (#7)\n\nwords", 7), ("See #7", 0), ("x\n(#7)", 0)]
)
def test_a_squashed_pull_request_is_known_by_the_end_of_the_first_line(message: str, merged: int) -> None:
    event = read_event("push", {**PUSH, "head_commit": {"message": message}})
    assert isinstance(event, BranchPushed)
    assert event.merged == merged


def test_a_forced_push_one_of_nothing_and_a_merge_do_not_tell_the_files() -> None:
    merge = {"added": [], "modified": [], "removed": []}
    for change in ({"forced": True}, {"commits": []}, {"commits": [*PUSH["commits"], merge]}):
        event = read_event("push", {**PUSH, **change})
        assert isinstance(event, BranchPushed)
        assert event.paths is None


@pytest.mark.parametrize("change", [{"ref": "refs/tags/v1"}, {"deleted": True}, {"created": True}, {"after": None}])
def test_a_push_that_moves_no_base_is_ignored(change: dict[str, object]) -> None:
    assert isinstance(read_event("push", {**PUSH, **change}), Ignored)
