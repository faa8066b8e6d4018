"""What stands on GitHub after a plan was carried out."""

from __future__ import annotations

import pytest

from bot.github.errors import RateLimited, Unavailable
from bot.github.glance import Glance, glance
from bot.github.publish import begin_check, conclude_failed, publish
from bot.model.review_plan import Annotation, AnnotationLevel, CheckReport, Conclusion
from tests.bot.github.scene import NEW, Scene, comment, plan
from tests.stand_in.state.pulls import PullRequest

REVIEWS = "/repos/.+/reviews"
RUNS = "/repos/.+/check-runs"
RUN = "/repos/.+/check-runs/.+"


def seen(scene: Scene, number: int = 1) -> Glance:
    answer = glance(scene.client(), number)
    assert isinstance(answer, Glance)
    return answer


def begun(scene: Scene, pull: PullRequest) -> None:
    begin_check(scene.client(), pull.number, head_sha=pull.head_sha, base_sha=pull.base_tip)


def annotations(count: int) -> tuple[Annotation, ...]:
    return tuple(
        Annotation(NEW, n, n, AnnotationLevel.NOTICE, f"Title {n}", f"Message {n}") for n in range(1, count + 1)
    )


def test_a_check_is_in_progress_at_once_and_names_pull_base_and_head(scene: Scene) -> None:
    pull = scene.pull()
    begun(scene, pull)
    (run,) = pull.check_runs
    assert (run.name, run.status) == ("dbbot", "in_progress")
    assert run.external_id == f"{pull.number}:{pull.base_tip}:{pull.head_sha}"


def test_a_check_that_an_earlier_attempt_left_open_is_taken_over(scene: Scene) -> None:
    pull = scene.pull()
    begun(scene, pull)
    publish(scene.client(), 1, plan(pull))
    (run,) = pull.check_runs
    assert (run.status, run.conclusion) == ("completed", "success")


def test_a_finished_check_is_followed_by_a_new_one(scene: Scene) -> None:
    pull = scene.pull()
    publish(scene.client(), 1, plan(pull))
    publish(scene.client(), 1, plan(pull))
    assert [run.conclusion for run in pull.check_runs] == ["success", "success"]


def test_an_open_check_of_another_base_is_closed_when_a_new_one_begins(scene: Scene) -> None:
    pull = scene.pull()
    begun(scene, pull)
    scene.shop.commit("main", {"README.md": "# More\n"})
    begun(scene, pull)
    assert [run.conclusion for run in pull.check_runs] == ["cancelled", None]


def test_the_check_of_another_pull_request_at_the_same_head_is_left_alone(scene: Scene) -> None:
    pull = scene.pull()
    scene.shop.create_branch("stable")
    other = scene.shop.open_pull_request(title="Elsewhere", head="feature", base="stable")
    begun(scene, pull)
    begun(scene, other)
    assert [run.status for run in pull.check_runs] == ["in_progress", "in_progress"]


def test_one_review_carries_all_comments(scene: Scene) -> None:
    pull = scene.pull()
    published = publish(scene.client(), 1, plan(pull, [comment("f1", 9), comment("f2", 10)]))
    assert published.reviewed
    (review,) = pull.reviews
    assert review.state == "COMMENTED"
    assert review.commit_id == pull.head_sha
    assert [(each.path, each.line) for each in pull.review_comments] == [(NEW, 9), (NEW, 10)]
    (run,) = pull.check_runs
    assert (run.conclusion, run.title, run.summary) == ("failure", "A title", "A summary")


def test_a_review_whose_answer_was_lost_stands_once(scene: Scene) -> None:
    pull = scene.pull()
    scene.hub.faults.add("POST", REVIEWS, 502, after=True)
    publish(scene.client(), 1, plan(pull, [comment("f1", 9)]))
    assert len(pull.reviews) == 1
    assert scene.hub.requests.count("POST", REVIEWS) == 1


def test_a_review_that_never_arrived_is_posted_again(scene: Scene) -> None:
    pull = scene.pull()
    scene.hub.faults.add("POST", REVIEWS, cut=True)
    scene.hub.faults.add("POST", REVIEWS, 503)
    publish(scene.client(), 1, plan(pull, [comment("f1", 9)]))
    assert len(pull.reviews) == 1
    assert scene.hub.requests.count("POST", REVIEWS) == 3


def test_a_review_that_cannot_be_posted_leaves_the_check_open(scene: Scene) -> None:
    pull = scene.pull()
    scene.hub.faults.add("POST", REVIEWS, 502, times=None)
    with pytest.raises(Unavailable):
        publish(scene.client(), 1, plan(pull, [comment("f1", 9)]))
    assert [run.status for run in pull.check_runs] == ["in_progress"]


def test_a_second_run_on_the_same_head_knows_what_it_said(scene: Scene) -> None:
    pull = scene.pull()
    publish(scene.client(), 1, plan(pull, [comment("f1", 9)]))
    look = seen(scene)
    assert look.reviewed_sha == pull.head_sha
    (earlier,) = look.earlier
    assert (earlier.fingerprint, earlier.path, earlier.resolved, earlier.answered) == ("f1", NEW, False, False)


def test_a_check_run_whose_answer_was_lost_is_found_again(scene: Scene) -> None:
    pull = scene.pull()
    scene.hub.faults.add("POST", RUNS, 502, after=True)
    begun(scene, pull)
    assert len(pull.check_runs) == 1


def test_more_than_fifty_annotations_arrive_once_each(scene: Scene) -> None:
    pull = scene.pull()
    report = CheckReport(Conclusion.NEUTRAL, "Many", "Many", annotations=annotations(120))
    scene.hub.faults.add("PATCH", RUN, 502, after=True)
    scene.hub.faults.add("PATCH", RUN, 502, skip=1)
    publish(scene.client(), 1, plan(pull, check=report))
    (run,) = pull.check_runs
    assert [each["title"] for each in run.annotations] == [f"Title {n}" for n in range(1, 121)]
    assert run.conclusion == "neutral"


def test_the_end_of_a_check_whose_answer_was_lost_is_not_said_twice(scene: Scene) -> None:
    pull = scene.pull()
    report = CheckReport(Conclusion.NEUTRAL, "Some", "Some", annotations=annotations(2))
    scene.hub.faults.add("PATCH", RUN, cut=True, after=True)
    publish(scene.client(), 1, plan(pull, check=report))
    (run,) = pull.check_runs
    assert (run.status, len(run.annotations)) == ("completed", 2)


def test_an_attempt_that_died_between_annotations_leaves_no_double_ones(scene: Scene) -> None:
    pull = scene.pull()
    report = CheckReport(Conclusion.NEUTRAL, "Many", "Many", annotations=annotations(60))
    scene.hub.faults.add("PATCH", RUN, 502, skip=1, times=3)
    with pytest.raises(Unavailable):
        publish(scene.client(), 1, plan(pull, check=report))
    publish(scene.client(), 1, plan(pull, check=report))
    abandoned, finished = pull.check_runs
    assert abandoned.conclusion == "cancelled"
    assert (finished.conclusion, len(finished.annotations)) == ("neutral", 60)


def test_a_line_outside_the_diff_costs_only_its_own_comment_its_line(scene: Scene) -> None:
    old = "migrations/versions/b2_orders.py"
    text = scene.shop.read(old)
    pull = scene.pull({NEW: "pass\n" * 30, old: text + "# the end\n"})
    lost = comment("f2", 1, old, words="An old index.\n\n```suggestion\nx\n```")
    publish(scene.client(), 1, plan(pull, [comment("f1", 9), lost]))
    placed, on_file = sorted(pull.review_comments, key=lambda each: each.thread.subject, reverse=True)
    assert (placed.path, placed.line) == (NEW, 9)
    assert (on_file.path, on_file.thread.subject) == (old, "file")
    assert f"/blob/{pull.head_sha}/{old}#L1" in on_file.body
    assert "```python" in on_file.body
    assert {each.fingerprint for each in seen(scene).earlier} == {"f1", "f2"}


def test_a_file_that_is_not_in_the_diff_is_spoken_of_in_the_review(scene: Scene) -> None:
    pull = scene.pull()
    other = "migrations/versions/a1_users.py"
    publish(scene.client(), 1, plan(pull, [comment("f1", 9), comment("f2", 3, other, words="Far away.")]))
    (review,) = pull.reviews
    assert "Far away." in review.body
    assert f"/blob/{pull.head_sha}/{other}#L3" in review.body
    assert [each.line for each in pull.review_comments] == [9]


def test_what_the_review_cannot_hold_becomes_annotations(scene: Scene) -> None:
    pull = scene.pull()
    far = [comment(f"f{n}", n, "migrations/versions/a1_users.py", words="x" * 30_000) for n in (1, 2, 3)]
    published = publish(scene.client(), 1, plan(pull, far))
    assert published.moved_to_annotations == 1
    (run,) = pull.check_runs
    assert [each["start_line"] for each in run.annotations] == [3]


def test_a_conversation_that_takes_no_review_leaves_its_findings_in_the_check(scene: Scene) -> None:
    pull = scene.pull()
    scene.hub.faults.add("POST", REVIEWS, 403, body={"message": "Resource not accessible by integration"})
    published = publish(scene.client(), 1, plan(pull, [comment("f1", 9)]))
    assert published.refused == "Resource not accessible by integration"
    (run,) = pull.check_runs
    assert [(each["path"], each["start_line"], each["message"]) for each in run.annotations] == [(NEW, 9, "An index.")]


def test_a_push_in_the_meantime_ends_a_refused_review(scene: Scene) -> None:
    pull = scene.pull()
    made = plan(pull, [comment("f1", 999)])
    scene.shop.commit("feature", {NEW: "pass\n"})
    assert publish(scene.client(), 1, made).superseded
    assert pull.reviews == []


def test_a_comment_whose_finding_is_gone_is_hidden_where_threads_may_not_be_resolved(scene: Scene) -> None:
    pull = scene.pull()
    publish(scene.client(), 1, plan(pull, [comment("f1", 9)]))
    earlier = seen(scene).earlier
    published = publish(
        scene.client(), 1, plan(pull, resolve=tuple(one.thread_id or "" for one in earlier)), earlier=earlier
    )
    assert published.resolved == 1
    assert pull.review_comments[0].minimized == "RESOLVED"
    (later,) = seen(scene).earlier
    assert (later.resolved, later.resolved_by_us) == (True, True)


def test_a_thread_that_a_person_resolved_is_told_apart_from_ours(scene: Scene) -> None:
    pull = scene.pull()
    publish(scene.client(), 1, plan(pull, [comment("f1", 9)]))
    pull.resolve(pull.review_comments[0], author="ann")
    (earlier,) = seen(scene).earlier
    assert (earlier.resolved, earlier.resolved_by_us) == (True, False)


def test_an_answered_comment_is_known_and_a_strangers_marker_is_not_ours(scene: Scene) -> None:
    pull = scene.pull()
    publish(scene.client(), 1, plan(pull, [comment("f1", 9)]))
    pull.reply(pull.review_comments[0], "No.", author="ann")
    pull.review(comments=[{"path": NEW, "line": 9, "body": comment("f9", 9).body}], author="eve")
    (earlier,) = seen(scene).earlier
    assert (earlier.fingerprint, earlier.answered) == ("f1", True)


def test_a_thread_that_is_gone_does_not_stop_the_rest(scene: Scene) -> None:
    pull = scene.pull()
    assert publish(scene.client(), 1, plan(pull, resolve=("PRRT_nothing",))).resolved == 0
    assert pull.check_runs[0].conclusion == "success"


def test_a_fault_of_ours_fails_the_check_and_offers_another_try(scene: Scene) -> None:
    pull = scene.pull()
    begun(scene, pull)
    conclude_failed(scene.client(), 1, head_sha=pull.head_sha, base_sha=pull.base_tip, words="Incident 7.")
    (run,) = pull.check_runs
    assert (run.conclusion, run.summary) == ("failure", "Incident 7.")
    assert [action["identifier"] for action in run.actions] == ["recheck"]


def test_a_long_limit_goes_back_to_the_queue_and_nothing_waits(scene: Scene) -> None:
    pull = scene.pull()
    client = scene.client()
    scene.hub.faults.secondary_limit("POST", REVIEWS, retry_after=90)
    with pytest.raises(RateLimited) as limit:
        publish(client, 1, plan(pull, [comment("f1", 9)]))
    assert 85 < limit.value.retry_at - client.github.clock() <= 90
    assert scene.sleeps.seconds == []
    publish(scene.client(), 1, plan(pull, [comment("f1", 9)]))
    assert len(pull.reviews) == 1


def test_a_review_refused_for_no_line_of_its_own_says_everything_in_its_body(scene: Scene) -> None:
    pull = scene.pull()
    scene.hub.faults.add("POST", REVIEWS, 422, body={"message": "Unprocessable Entity"})
    publish(scene.client(), 1, plan(pull, [comment("f1", 9), comment("f2", 10)]))
    (review,) = pull.reviews
    assert pull.review_comments == []
    assert f"/blob/{pull.head_sha}/{NEW}#L9" in review.body
    assert f"/blob/{pull.head_sha}/{NEW}#L10" in review.body


def test_a_review_that_github_always_refuses_becomes_annotations(scene: Scene) -> None:
    pull = scene.pull()
    refusal = {"message": "Unprocessable Entity", "errors": ["No"]}
    scene.hub.faults.add("POST", "/repos/.+/pulls/1/(reviews|comments)", 422, body=refusal, times=None)
    published = publish(scene.client(), 1, plan(pull, [comment("f1", 9), comment("f2", 10)]))
    assert not published.reviewed
    assert "No" in (published.refused or "")
    (run,) = pull.check_runs
    assert sorted(each["start_line"] for each in run.annotations) == [9, 10]


def test_a_comment_on_a_file_whose_answer_was_lost_stands_once(scene: Scene) -> None:
    old = "migrations/versions/b2_orders.py"
    pull = scene.pull({NEW: "pass\n" * 30, old: scene.shop.read(old) + "# the end\n"})
    scene.hub.faults.add("POST", "/repos/.+/pulls/1/comments", 502, after=True)
    publish(scene.client(), 1, plan(pull, [comment("f1", 9), comment("f2", 1, old)]))
    assert sorted((each.path, each.thread.subject) for each in pull.review_comments) == [(old, "file"), (NEW, "line")]


def test_more_threads_than_one_page_holds_are_all_known(scene: Scene) -> None:
    pull = scene.pull({NEW: "pass\n" * 200})
    publish(scene.client(), 1, plan(pull, [comment(f"f{line}", line) for line in range(1, 131)]))
    look = seen(scene)
    assert len(look.earlier) == 130
    assert look.reviewed_sha == pull.head_sha
    scene.hub.faults.add("POST", REVIEWS, 502, after=True)
    publish(scene.client(), 1, plan(pull, [comment("g1", 140)], review_body="Another."))
    assert len(pull.reviews) == 2


def test_an_annotation_has_columns_only_on_one_line(scene: Scene) -> None:
    pull = scene.pull()
    one = Annotation(NEW, 9, 9, AnnotationLevel.WARNING, "T" * 300, "M", 5, 20, "CREATE INDEX")
    two = Annotation(NEW, 9, 10, AnnotationLevel.FAILURE, "T", "M", 5, 20)
    report = CheckReport(Conclusion.NEUTRAL, "A title", "s" * 70_000, "t" * 70_000, (one, two))
    publish(scene.client(), 1, plan(pull, check=report))
    (run,) = pull.check_runs
    first, second = run.annotations
    assert (first["start_column"], first["end_column"], first["raw_details"]) == (5, 20, "CREATE INDEX")
    assert len(first["title"]) == 255
    assert "start_column" not in second
    assert len(run.summary or "") <= 65_535
    assert len(run.text or "") <= 65_535
