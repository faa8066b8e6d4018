"""The job of a review: every outcome has its answer, and nothing is said twice."""

from __future__ import annotations

import pytest
from rq import Retry

from bot.github.errors import GitHubError
from bot.github.glance import NotReviewable, Why
from bot.jobs import JobError, RecheckJob, ReviewJob, to_json
from bot.queue import Attempt, JobTimedOut
from tests.stand_in import PullRequest
from tests.stand_in.state.checks import CheckRun
from tests.worker.desk import INDEX, NEW, Desk
from tests.worker.test_base_moved import add_column
from worker import failure, review
from worker.review import review_pull_request


@pytest.fixture
def first_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the queue would try again."""
    monkeypatch.setattr(failure, "current_attempt", lambda: Attempt("job", again=False, last=False))


def only_check(desk: Desk, pull: PullRequest) -> CheckRun:
    [run] = desk.shop.check_runs(pull.head_sha, "dbbot")
    return run


def break_judging(monkeypatch: pytest.MonkeyPatch, fault: BaseException) -> None:
    def judge(*_: object) -> object:
        raise fault

    monkeypatch.setattr(review, "judge", judge)


def test_a_review_stands_and_its_check_is_concluded(desk: Desk) -> None:
    pull = desk.open()
    assert desk.review(pull) is None
    check = only_check(desk, pull)
    assert (check.status, check.conclusion) == ("completed", "failure")
    assert len(pull.reviews) == 1
    assert "```suggestion" in pull.review_comments[0].body
    assert desk.context.ledger.is_reviewed(desk.where, pull.number, pull.head_sha)
    assert desk.context.ledger.left_open(0) == ()
    assert desk.context.ledger.repositories() == (desk.where,)
    tally = desk.tally()
    assert tally["reviews"] == 1
    assert tally["comments"] == len(pull.review_comments)
    assert 0 < tally["github_requests"] <= 10


def test_the_same_head_reviewed_twice_is_spoken_about_once(desk: Desk) -> None:
    pull = desk.open()
    desk.review(pull)
    comments = len(pull.review_comments)
    desk.review(pull)
    assert len(pull.reviews) == 1
    assert len(pull.review_comments) == comments
    assert {run.conclusion for run in desk.shop.check_runs(pull.head_sha, "dbbot")} == {"failure"}


def test_a_pull_request_without_migrations_is_green(desk: Desk) -> None:
    pull = desk.open({"README.md": "# Hello\n"})
    desk.review(pull)
    assert only_check(desk, pull).conclusion == "success"
    assert pull.reviews == []


def test_an_overtaken_job_asks_github_nothing(desk: Desk) -> None:
    pull = desk.open()
    old = desk.job(pull)
    desk.queue.accept("guid-1", [old])
    pull.push({"README.md": "# More\n"})
    desk.queue.accept("guid-2", [desk.job(pull)])
    mark = desk.github.requests.mark()
    assert desk.run(old) is None
    assert desk.github.requests.since(mark) == []
    assert desk.tally() == {"reviews_superseded": 1}


def test_a_job_overtaken_while_it_judges_says_nothing_and_closes_its_check(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull = desk.open()
    old_sha, judge = pull.head_sha, review.judge

    def judge_slowly(*arguments: object) -> object:
        desk.queue.accept("guid-2", [ReviewJob(desk.where, pull.number, "f" * 40)])
        return judge(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(review, "judge", judge_slowly)
    desk.review(pull)
    [check] = desk.shop.check_runs(old_sha, "dbbot")
    assert (check.status, check.conclusion) == ("completed", "cancelled")
    assert pull.reviews == []
    assert desk.context.ledger.left_open(0) == ()


def test_the_check_of_a_killed_attempt_is_closed_when_a_newer_push_came(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, first_attempt: None
) -> None:
    pull = desk.open()
    old = desk.job(pull)
    with monkeypatch.context() as patch:
        break_judging(patch, RuntimeError("killed"))
        with pytest.raises(RuntimeError):
            desk.run(old)
    assert only_check(desk, pull).status == "in_progress"
    desk.queue.accept("guid-2", [ReviewJob(desk.where, pull.number, "f" * 40)])
    monkeypatch.setattr(review, "current_attempt", lambda: Attempt("job", again=True, last=False))
    desk.run(old)
    assert only_check(desk, pull).conclusion == "cancelled"


def test_deliveries_in_the_wrong_order_review_the_present_head(desk: Desk) -> None:
    pull = desk.open({"README.md": "# Hello\n"})
    late = desk.job(pull)
    pull.push({NEW: INDEX})
    desk.queue.accept("guid-2", [desk.job(pull)])
    desk.queue.accept("guid-1", [late])
    desk.run(late)
    assert only_check(desk, pull).conclusion == "failure"
    assert len(pull.reviews) == 1


def test_a_draft_is_left_until_it_is_ready_or_somebody_asks(desk: Desk) -> None:
    pull = desk.open(draft=True)
    desk.review(pull)
    assert desk.shop.check_runs(pull.head_sha, "dbbot") == []
    desk.review(pull, asked=True)
    assert only_check(desk, pull).conclusion == "failure"


@pytest.mark.parametrize("what", ["closed", "merged", "archived", "uninstalled", "suspended", "deleted"])
def test_what_can_no_longer_be_reviewed_is_left_in_peace(desk: Desk, what: str) -> None:
    pull = desk.open()
    job = desk.job(pull)
    match what:
        case "closed":
            pull.close()
        case "merged":
            pull.merge()
        case "archived":
            desk.shop.archive()
        case "uninstalled":
            desk.github.uninstall(desk.app, desk.shop)
        case "suspended":
            desk.app.installations[0].suspend()
        case "deleted":
            desk.shop.delete()
    assert desk.run(job) is None
    assert [run for run in desk.shop.check_runs(job.head_sha, "dbbot") if run.status != "completed"] == []
    assert pull.reviews == []
    assert desk.tally() == {"reviews_not_due": 1}


def test_what_becomes_unreviewable_after_the_check_began_ends_it(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    pull = desk.open()
    gone = NotReviewable(Why.MISSING, "The commit is gone.")
    monkeypatch.setattr(review, "take_snapshot", lambda *_, **__: gone)
    desk.review(pull)
    check = only_check(desk, pull)
    assert check.conclusion == "cancelled"
    assert "The commit is gone." in (check.summary or "")
    assert desk.context.ledger.left_open(0) == ()


def test_a_pull_request_from_a_fork_that_is_gone_is_reviewed(desk: Desk) -> None:
    fork = desk.shop.fork("zoe")
    pull = fork.open_pull_request(title="From afar", files={NEW: INDEX}, author="zoe")
    fork.delete()
    desk.review(pull)
    assert only_check(desk, pull).conclusion == "failure"
    assert len(pull.reviews) == 1


def test_a_rate_limit_puts_the_job_back_for_as_long_as_github_says(desk: Desk) -> None:
    pull = desk.open()
    desk.github.faults.primary_limit(path="/graphql", reset_in=900)
    answer = desk.review(pull)
    assert isinstance(answer, Retry)
    assert 800 <= answer.intervals[0] <= 902
    assert pull.reviews == []
    assert desk.tally() == {"github_waits": 1}


def test_a_fault_is_left_to_the_next_attempt_which_takes_the_check_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, first_attempt: None
) -> None:
    pull = desk.open()
    with monkeypatch.context() as patch:
        break_judging(patch, RuntimeError("once"))
        with pytest.raises(RuntimeError):
            desk.review(pull)
    begun = only_check(desk, pull)
    assert begun.status == "in_progress"
    assert len(desk.context.ledger.left_open(0)) == 1
    desk.review(pull)
    assert only_check(desk, pull) is begun
    assert begun.conclusion == "failure"
    assert begun.title != "The review did not finish"
    assert desk.context.ledger.left_open(0) == ()


def test_the_last_failure_fails_the_check_and_names_an_incident(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pull = desk.open()
    break_judging(monkeypatch, RuntimeError("the-text-of-the-fault"))
    with pytest.raises(RuntimeError):
        desk.review(pull)
    check = only_check(desk, pull)
    assert (check.status, check.conclusion, check.title) == ("completed", "failure", "The review did not finish")
    assert check.summary is not None
    assert "Re-run" in check.summary
    assert "incident `" in check.summary
    assert "the-text-of-the-fault" not in check.summary
    assert desk.context.ledger.left_open(0) == ()
    assert desk.tally()["reviews_failed"] == 1


def test_a_review_that_takes_too_long_is_given_up_at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    pull = desk.open()
    break_judging(monkeypatch, JobTimedOut("300 s"))
    assert desk.review(pull) is None
    check = only_check(desk, pull)
    assert check.conclusion == "failure"
    assert check.summary is not None
    assert "took too long" in check.summary


def test_a_github_that_never_answers_is_said_if_it_can_be(desk: Desk) -> None:
    pull = desk.open()
    desk.github.faults.add(path=r".*/git/trees/.*", status=502, times=None)
    with pytest.raises(GitHubError):
        desk.review(pull)
    check = only_check(desk, pull)
    assert check.conclusion == "failure"
    assert check.summary is not None
    assert "GitHub did not answer" in check.summary


def test_the_settings_of_the_base_branch_apply_and_changed_ones_are_only_tried(desk: Desk) -> None:
    off = "rules:\n  blocking-index-creation: off\n"
    pull = desk.open({NEW: INDEX, ".github/dbbot.yml": off})
    desk.review(pull)
    check = only_check(desk, pull)
    assert check.conclusion == "failure"
    assert "This pull request changes `.github/dbbot.yml`" in f"{check.summary} {check.text}"
    assert "fewer" in f"{check.summary} {check.text}"


def test_a_rerun_of_a_commit_finds_the_pull_requests_of_forks(desk: Desk) -> None:
    fork = desk.shop.fork("zoe")
    pull = fork.open_pull_request(title="From afar", files={NEW: INDEX}, author="zoe")
    assert desk.run(RecheckJob(desk.where, pull.head_sha)) is None
    assert desk.queue.numbers().waiting == 1
    assert desk.queue.has_turn(desk.job(pull).turn)


@pytest.mark.parametrize("text", ["", "{}", '{"where": 1}'])
def test_a_job_that_is_none_is_refused(desk: Desk, text: str) -> None:
    with pytest.raises(JobError):
        review_pull_request(text)


def test_a_job_with_a_field_too_many_is_refused(desk: Desk) -> None:
    text = to_json(desk.job(desk.open()))
    with pytest.raises(JobError):
        review_pull_request(text.replace('"asked"', '"more": 1, "asked"'))


def test_the_check_begins_before_anything_is_fetched(desk: Desk) -> None:
    pull = desk.open()
    mark = desk.github.requests.mark()
    desk.review(pull)
    operations = desk.github.requests.operations(since=mark)
    assert operations.index("checks/create") < operations.index("git/get-tree")


def test_whoever_came_first_hears_once_that_another_follows_the_same_revision(desk: Desk) -> None:
    first = desk.open(add_column("b2"), head="b2")
    desk.review(first)
    assert first.review_comments == []
    second = desk.open(add_column("c3"), head="c3")
    desk.review(second)
    asked = desk.waiting(ReviewJob)
    assert asked == desk.job(first)
    desk.run(asked)
    (comment,) = first.review_comments
    assert f"`#{second.number}`" in comment.body
    desk.review(desk.open(add_column("d4"), head="d4"))
    assert desk.waiting(ReviewJob) is None
    assert len(first.review_comments) == 1
