"""What a pull request gets to hear: once, on the right line, the gravest first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.model.review_plan import AnnotationLevel, Conclusion
from bot.model.snapshot import Change, ChangedFile, LeftOut
from bot.review.marker import read_marker
from bot.review.plan import plan_review, plan_without_review
from rules.model.finding import Severity, Silenced
from rules.model.place import Place
from rules.model.review import CrashedCheck, LocationReport, Review
from rules.settings import Settings
from tests.bot.review.scenes import HEAD, PATH, TEXT, added, concurrently, earlier, finding, review, snapshot


def test_a_finding_on_the_diff_becomes_one_comment_with_its_suggestion() -> None:
    plan = plan_review(snapshot(), review(finding(suggestion=concurrently())))
    (comment,) = plan.comments
    assert (comment.path, comment.start_line, comment.line) == (PATH, None, 10)
    assert "makes every write to `users` wait" in comment.body
    assert "```suggestion\n    with op.get_context()" in comment.body
    assert "`/dbbot explain blocking-index-creation`" in comment.body
    marker = read_marker(comment.body)
    assert marker is not None
    assert (marker.fingerprint, marker.rule, marker.sha) == ("f1", "blocking-index-creation", HEAD)
    assert plan.review_body.startswith("1 error ")
    assert read_marker(plan.review_body) == replace(marker, fingerprint="", rule="")
    assert plan.check.conclusion is Conclusion.FAILURE
    assert plan.check.annotations == ()


def test_a_finding_outside_the_diff_becomes_an_annotation() -> None:
    before = "".join(f"# {number}\n" for number in range(60))
    text = before.replace("# 50\n", "# fifty\n")
    file = ChangedFile(PATH, Change.MODIFIED, "@@ -50,3 +50,3 @@\n # 49\n-# 50\n+# fifty\n # 51")
    plan = plan_review(snapshot(file, texts={PATH: text}), review(finding()))
    assert plan.comments == ()
    assert plan.review_body == ""
    (annotation,) = plan.check.annotations
    assert (annotation.path, annotation.start_line, annotation.end_line) == (PATH, 10, 10)
    assert (annotation.start_column, annotation.end_column) == (5, 57)
    assert annotation.level is AnnotationLevel.FAILURE
    assert annotation.title == "blocking-index-creation"
    assert "`ab12_add_email.py:10`" in plan.check.summary


def test_an_annotation_over_several_lines_has_no_columns() -> None:
    wide = finding(place=Place("other.py", 3, 4, 6, 2))
    (annotation,) = plan_review(snapshot(), review(wide)).check.annotations
    assert (annotation.start_line, annotation.end_line) == (3, 6)
    assert annotation.start_column is annotation.end_column is None


def test_a_suggestion_that_no_block_can_carry_is_shown_as_a_diff() -> None:
    file = ChangedFile(
        PATH, Change.MODIFIED, "@@ -13,2 +13,2 @@\n def downgrade():\n-    pass\n+" + TEXT.split("\n")[13]
    )
    elsewhere = finding(place=Place(PATH, 14, 4, 14, 20), suggestion=concurrently())
    (comment,) = plan_review(snapshot(file), review(elsewhere)).comments
    assert comment.line == 14
    assert "```suggestion" not in comment.body
    assert "<details><summary>Build it concurrently</summary>" in comment.body
    assert "+    with op.get_context().autocommit_block():" in comment.body


def test_a_second_run_on_the_same_head_posts_nothing() -> None:
    first = plan_review(snapshot(), review(finding(), finding("f2", 14)))
    stands = tuple(earlier(comment.fingerprint) for comment in first.comments)
    again = plan_review(snapshot(earlier=stands, reviewed_sha=HEAD), review(finding(), finding("f2", 14)))
    assert again.comments == ()
    assert again.review_body == ""
    assert again.resolve == ()
    assert again.kept == ("f1", "f2")
    assert again.check.conclusion is Conclusion.FAILURE


def test_a_comment_deleted_by_a_person_is_not_posted_again_on_the_same_head() -> None:
    plan = plan_review(snapshot(reviewed_sha=HEAD), review(finding()))
    assert plan.comments == ()
    assert len(plan.check.annotations) == 1


def test_a_retry_before_the_review_stood_posts_it() -> None:
    assert len(plan_review(snapshot(reviewed_sha="0" * 40), review(finding())).comments) == 1


def test_a_push_keeps_adds_and_resolves() -> None:
    shot = snapshot(earlier=(earlier("f1"), earlier("gone")), reviewed_sha="0" * 40)
    plan = plan_review(shot, review(finding("f1"), finding("f2", 14)))
    assert [comment.fingerprint for comment in plan.comments] == ["f2"]
    assert plan.kept == ("f1",)
    assert plan.resolve == ("thread-gone",)


def test_what_a_person_resolved_is_not_posted_again() -> None:
    plan = plan_review(snapshot(earlier=(earlier(resolved=True),)), review(finding()))
    assert plan.comments == ()
    assert plan.resolve == ()
    assert plan.check.annotations == ()
    assert plan.check.conclusion is Conclusion.FAILURE


def test_what_we_resolved_is_posted_again_when_it_comes_back() -> None:
    shot = snapshot(earlier=(earlier(resolved=True, resolved_by_us=True),))
    assert [comment.fingerprint for comment in plan_review(shot, review(finding())).comments] == ["f1"]


def test_a_thread_that_somebody_answered_is_left_to_them() -> None:
    assert plan_review(snapshot(earlier=(earlier("gone", answered=True),)), review()).resolve == ()


def test_an_outdated_comment_is_replaced_so_that_its_suggestion_can_be_accepted() -> None:
    plan = plan_review(snapshot(earlier=(earlier(outdated=True),)), review(finding(suggestion=concurrently())))
    assert [comment.fingerprint for comment in plan.comments] == ["f1"]
    assert plan.resolve == ("thread-f1",)


@pytest.mark.parametrize("state", [{"answered": True}, {"resolved": True}])
def test_an_outdated_comment_that_people_dealt_with_is_not_replaced(state: dict[str, bool]) -> None:
    plan = plan_review(snapshot(earlier=(earlier(outdated=True, **state),)), review(finding()))
    assert plan.comments == ()
    assert plan.resolve == ()


def test_an_outdated_comment_beside_its_replacement_is_resolved_and_nothing_is_posted() -> None:
    both = (earlier(outdated=True, thread_id="old"), earlier(thread_id="new"))
    plan = plan_review(snapshot(earlier=both), review(finding()))
    assert plan.comments == ()
    assert plan.resolve == ("old",)


def test_a_comment_with_a_damaged_marker_is_left_alone() -> None:
    assert plan_review(snapshot(earlier=(earlier(None),)), review()).resolve == ()


def test_nothing_is_resolved_while_a_rule_fails() -> None:
    broken = review(crashed=(CrashedCheck("some-rule", None, "KeyError"),))
    assert plan_review(snapshot(earlier=(earlier("gone"),)), broken).resolve == ()


def test_nothing_is_resolved_in_a_file_that_could_not_be_had() -> None:
    shot = snapshot(earlier=(earlier("gone"),), left_out=(LeftOut(PATH, "it is larger than 1 MB"),))
    assert plan_review(shot, review()).resolve == ()


def test_the_gravest_thirty_stand_on_the_diff_and_the_rest_beside_it() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 101))
    warnings = [
        finding(f"w{line}", severity=Severity.WARNING, place=Place(PATH, line, 0, line, 4)) for line in range(1, 31)
    ]
    errors = [finding(f"e{line}", place=Place(PATH, line, 0, line, 4)) for line in range(31, 51)]
    plan = plan_review(snapshot(added(text=text), texts={PATH: text}), review(*warnings, *errors))
    assert len(plan.comments) == 30
    assert {found.fingerprint for found in errors} <= {comment.fingerprint for comment in plan.comments}
    assert len(plan.check.annotations) == 20
    assert "20 more findings are in the check run" in plan.review_body


def test_comments_that_stand_already_take_their_room() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 101))
    errors = [finding(f"e{line}", place=Place(PATH, line, 0, line, 4)) for line in range(1, 41)]
    stand = tuple(earlier(f"e{line}") for line in range(1, 31))
    plan = plan_review(snapshot(added(text=text), texts={PATH: text}, earlier=stand), review(*errors))
    assert plan.comments == ()
    assert len(plan.check.annotations) == 10


def test_at_most_five_notices_stand_on_the_diff() -> None:
    notices = [finding(f"n{line}", line, Severity.NOTICE) for line in range(1, 10)]
    plan = plan_review(snapshot(), review(*notices))
    assert len(plan.comments) == 5
    assert len(plan.check.annotations) == 4
    assert plan.check.conclusion is Conclusion.SUCCESS


def test_notices_that_stand_already_take_their_room() -> None:
    notices = [finding(f"n{line}", line, Severity.NOTICE) for line in range(1, 10)]
    stand = tuple(earlier(f"n{line}") for line in range(1, 5))
    plan = plan_review(snapshot(earlier=stand), review(*notices))
    assert [comment.fingerprint for comment in plan.comments] == ["n5"]


@pytest.mark.parametrize(
    ("lines", "lead"),
    [
        ((10,), "It is on the diff."),
        ((10, 14), "All of them are on the diff."),
        ((10, 999), "1 on the diff, 1 only here."),
        ((999,), "It is said only here."),
        ((998, 999), "They are said only here."),
    ],
)
def test_the_summary_begins_with_where_to_look(lines: tuple[int, ...], lead: str) -> None:
    found = [finding(f"f{line}", line) for line in lines]
    assert plan_review(snapshot(), review(*found)).check.summary.split("\n")[0] == lead


def test_two_findings_with_one_fingerprint_are_both_said() -> None:
    plan = plan_review(snapshot(), review(finding(line=10), finding(line=14)))
    assert len(plan.comments) == 1
    assert len(plan.check.annotations) == 1


def test_silenced_findings_are_only_listed() -> None:
    quiet = finding(silenced=Silenced("comment", "the table has ten rows"))
    plan = plan_review(snapshot(), review(quiet))
    assert plan.comments == plan.check.annotations == ()
    assert plan.check.conclusion is Conclusion.SUCCESS
    assert "<details><summary>Silenced: 1 finding</summary>" in plan.check.summary
    assert "the table has ten rows" in plan.check.summary


def test_no_finding_is_a_green_check_and_no_review() -> None:
    plan = plan_review(snapshot(), review())
    assert plan.comments == ()
    assert plan.review_body == ""
    assert (plan.check.conclusion, plan.check.title) == (Conclusion.SUCCESS, "1 new migration, no findings")


def test_a_pull_request_without_migrations_is_told_so() -> None:
    plan = plan_review(snapshot(ChangedFile("README.md", Change.MODIFIED, None)), Review((), ()))
    assert (plan.check.conclusion, plan.check.title) == (Conclusion.SUCCESS, "No migrations changed")
    assert plan.check.text is None


def test_a_changed_old_migration_without_findings_is_no_new_one() -> None:
    old = Review((LocationReport("migrations", "postgresql", 2, ("ab12",), ()),), ())
    assert plan_review(snapshot(), old).check.title == "No new migrations"


@pytest.mark.parametrize(
    ("settings", "severity", "conclusion"),
    [
        (Settings(warnings="neutral"), Severity.WARNING, Conclusion.NEUTRAL),
        (Settings(warnings="success"), Severity.WARNING, Conclusion.SUCCESS),
        (Settings(fail_on="warning"), Severity.WARNING, Conclusion.FAILURE),
        (Settings(fail_on="notice"), Severity.NOTICE, Conclusion.FAILURE),
        (Settings(fail_on="never"), Severity.ERROR, Conclusion.NEUTRAL),
        (Settings(fail_on="never"), Severity.NOTICE, Conclusion.SUCCESS),
    ],
)
def test_the_check_ends_as_the_settings_say(settings: Settings, severity: Severity, conclusion: Conclusion) -> None:
    assert plan_review(snapshot(), review(finding(severity=severity)), settings).check.conclusion is conclusion


def test_the_settings_say_how_many_notices_stand_on_the_diff() -> None:
    notices = [finding(f"n{line}", line, Severity.NOTICE) for line in range(1, 10)]
    assert plan_review(snapshot(), review(*notices), Settings(inline_notices=0)).comments == ()


def test_a_comment_links_the_page_of_its_rule_where_there_is_one() -> None:
    (comment,) = plan_review(snapshot(), review(finding()), pages_url="https://dbbot.example.org/").comments
    assert "[Read why](https://dbbot.example.org/rules/blocking-index-creation)" in comment.body


def test_a_rule_that_failed_is_named_with_its_reason() -> None:
    broken = review(crashed=(CrashedCheck("some-rule", Place(PATH, 3), "KeyError: 'x'"),))
    report = plan_review(snapshot(), broken).check
    assert report.conclusion is Conclusion.NEUTRAL
    assert report.title == "1 rule failed; no findings in 1 new migration"
    assert "`some-rule`" in report.summary
    assert "KeyError: 'x'" in report.summary


def test_a_changed_file_that_could_not_be_had_fails_the_check() -> None:
    report = plan_review(snapshot(left_out=(LeftOut(PATH, "it is larger than 1 MB"),)), review()).check
    assert report.conclusion is Conclusion.FAILURE
    assert "larger than 1 MB" in report.summary


def test_a_file_of_the_base_that_could_not_be_had_is_said() -> None:
    report = plan_review(snapshot(left_out=(LeftOut("lib/x.py", "it is larger than 1 MB"),)), review()).check
    assert report.conclusion is Conclusion.SUCCESS
    assert "`lib/x.py`: it is larger than 1 MB" in report.summary


def test_a_check_run_can_say_why_there_is_no_review() -> None:
    plan = plan_without_review(HEAD, HEAD, Conclusion.ACTION_REQUIRED, "Wrong settings", ["`x` is no rule."])
    assert plan.comments == ()
    assert plan.check.summary == "`x` is no rule.\n"
    assert plan.check.title == "Wrong settings"
