"""What `dbbot check` writes: the same findings in six forms, none of which a migration can break."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import jsonschema_rs
import pytest

from bot.cli.formats import github, junit, markdown, sarif, text
from bot.cli.formats import json as json_format
from bot.cli.printing import Sheet
from rules.model.finding import Edit, Plan, PlannedRevision, Severity, Silenced, Suggestion
from rules.model.locks import Blocks, Growth, LockMoment, LockRow, Waiting, Work
from rules.model.operations import Direction
from rules.model.place import Place
from rules.model.review import CrashedCheck, LocationReport, Review, UnreadPlace
from rules.model.size import Size
from tests.bot.cli.interface import CHECK, assert_keeps
from tests.bot.review.scenes import PATH, TEXT, concurrently, finding, review

HOSTILE = 'x\r\n::error::pwned\n%0A\x1b]0;t\x07\ud800\u202e ]]> <&" | `'


ROW = LockRow(
    Place(PATH, 10, 4, 10, 57),
    "ab12",
    Direction.UPGRADE,
    "CREATE INDEX x",
    "SHARE",
    ("users",),
    Blocks.WRITES,
    scans=True,
    growth=Growth.INDEX,
    size=Size(12_000_000, 3 * 1024**3),
    transaction=1,
    held_for=2,
    rank=1,
)
WAITING = Waiting("users", Blocks.WRITES, ROW.place, "ab12")


def sheet(found: Review | None = None) -> Sheet:
    return Sheet(found or full_review(), {PATH: TEXT})


def full_review() -> Review:
    place = Place(PATH, 10, 4, 10, 57)
    return review(
        finding(suggestion=concurrently(), plan=Plan("Three steps", (PlannedRevision("Expand", "a.py", "text"),))),
        finding("f2", 14, Severity.WARNING, rule="other-rule", message="A second.", advice=""),
        finding("f3", 5, Severity.NOTICE, revision=None, direction=None, place=Place("alembic.ini", 2)),
        finding("f4", 6, silenced=Silenced("config", "ten rows")),
        unread=(UnreadPlace(place, "ab12", Direction.UPGRADE, "its text is computed when the migration runs"),),
        locks=(ROW,),
        moments=(
            LockMoment(
                place, "ab12", Direction.UPGRADE, "CREATE INDEX x", (ROW,), (WAITING,), Work.INDEXED, ("users",)
            ),
        ),
        crashed=(CrashedCheck("some-rule", place, "KeyError: 'x'"),),
    )


def hostile_review() -> Review:
    place = Place(HOSTILE, 1, 0, 1, 2)
    bad = finding("f", 1, rule="some-rule", message=HOSTILE, advice=HOSTILE, place=place, revision=HOSTILE)
    return Review(
        locations=(LocationReport(HOSTILE, "postgresql", 1, (HOSTILE,), (HOSTILE,)),),
        findings=(bad, replace(bad, suggestion=concurrently(), severity=Severity.NOTICE)),
        unread=(UnreadPlace(place, HOSTILE, Direction.UPGRADE, HOSTILE),),
        crashed=(CrashedCheck("some-rule", place, HOSTILE),),
    )


def test_text_reads_like_a_good_linter() -> None:
    found = review(finding(suggestion=concurrently()), finding("f4", 6, silenced=Silenced("comment", "ten rows")))
    assert text.written(sheet(found)) == (
        "migrations/versions/ab12_add_email.py:10:5 error blocking-index-creation\n"
        "  Building `ix_users_email` makes every write to `users` wait until it is built.\n"
        "  Build it concurrently, outside the transaction.\n"
        '    -    op.create_index("ix_users_email", "users", ["email"])\n'
        "    +    with op.get_context().autocommit_block():\n"
        '    +        op.create_index("ix_users_email", "users", ["email"], postgresql_concurrently=True)\n'
        "\n"
        "1 error in 1 migration (1 silenced)."
    )


def test_text_names_the_command_that_writes_a_plan() -> None:
    planned = finding(plan=Plan("Three steps", (PlannedRevision("Expand", "a.py", "text"),)), revision="ab12")
    assert "  `dbbot plan ab12` writes it: Three steps" in text.written(sheet(review(planned))).split("\n")


def test_text_says_what_was_not_read_and_which_rule_failed() -> None:
    elsewhere = UnreadPlace(Place(PATH, 12), "ab12", Direction.UPGRADE, "its text is computed when the migration runs")
    lines = text.written(sheet(replace(full_review(), unread=(elsewhere,)))).split("\n")
    assert f"{PATH}:12 not read (upgrade): its text is computed when the migration runs" in lines
    assert f"some-rule failed by a fault of dbbot at {PATH}:10: KeyError: 'x'" in lines
    assert lines[-1] == "1 error, 1 warning, 1 notice in 1 migration (1 silenced, 1 not read, 1 failed)."


def test_text_says_each_line_that_was_not_read_once() -> None:
    several = [
        UnreadPlace(Place(PATH, 12), "ab12", Direction.UPGRADE, f"`{name}` cannot be followed") for name in "abc"
    ]
    lines = text.written(sheet(replace(full_review(), unread=(*several,)))).split("\n")
    assert f"{PATH}:12 not read (upgrade): `a` cannot be followed; and 2 more reasons" in lines
    assert sum("not read (upgrade)" in line for line in lines) == 1


def test_text_says_once_what_a_finding_says_already() -> None:
    assert "not read (upgrade)" not in text.written(sheet())


def test_text_without_anything_new_says_how_to_judge_more() -> None:
    old = Review((LocationReport("migrations", "postgresql", 288, ("ab12",), ()),), ())
    assert text.written(sheet(old)) == "No new migration among 288; `dbbot check --all` judges every one."


def test_a_suggestion_for_two_files_names_them() -> None:
    two = Suggestion("t", (*concurrently().edits, Edit("b.py", 1, 0, 1, 1, "z")))
    shown = text.written(Sheet(review(finding(suggestion=two)), {PATH: TEXT, "b.py": "y\n"})).split("\n")
    assert f"    {PATH}" in shown
    assert shown[shown.index("    b.py") + 1 :][:2] == ["    -y", "    +z"]


def test_colours_come_only_when_they_are_wanted() -> None:
    assert "\x1b[" not in text.written(sheet())
    assert "\x1b[31m" in text.written(replace(sheet(), colours=True))


def test_json_keeps_its_contract() -> None:
    written = json.loads(json_format.written(sheet()))
    assert_keeps(CHECK, written)
    assert written["counts"] == {"error": 1, "warning": 1, "notice": 1, "silenced": 1, "unread": 1}
    first, last = written["findings"][0], written["findings"][2]
    assert (first["line"], first["column"], first["end_line"], first["end_column"]) == (10, 4, 10, 57)
    assert first["suggestion"]["edits"][0]["text"].startswith("with op.get_context()")
    assert first["plan"]["revisions"] == [{"title": "Expand", "path": "a.py", "text": "text"}]
    assert (last["revision"], last["direction"], last["suggestion"], last["plan"]) == (None, None, None, None)
    assert (last["end_line"], last["end_column"]) == (2, 0)
    assert written["findings"][3]["silenced"] == {"by": "config", "reason": "ten rows"}


def test_the_contract_notices_a_missing_key() -> None:
    written = json.loads(json_format.written(sheet()))
    del written["findings"][0]["fingerprint"]
    with pytest.raises(jsonschema_rs.ValidationError):
        assert_keeps(CHECK, written)


def test_sarif_names_rules_results_fixes_and_suppressions() -> None:
    written = json.loads(sarif.written(sheet()))
    assert written["version"] == "2.1.0"
    (run,) = written["runs"]
    names = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert names == sorted(names)
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "error"]
    for result in run["results"]:
        assert names[result["ruleIndex"]] == result["ruleId"]
        assert result["message"]["text"]
        assert result["partialFingerprints"]["dbbot/v1"]
    first = run["results"][0]
    region = first["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 10, "startColumn": 5, "endLine": 10, "endColumn": 58}
    (change,) = first["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"] == PATH
    assert change["replacements"][0]["deletedRegion"] == region
    assert run["results"][3]["suppressions"] == [{"kind": "external", "justification": "ten rows"}]
    assert run["invocations"][0]["executionSuccessful"] is False


def test_sarif_of_a_known_rule_has_its_page() -> None:
    (rule,) = json.loads(sarif.written(sheet(review(finding()))))["runs"][0]["tool"]["driver"]["rules"]
    assert rule["shortDescription"]["text"].endswith(".")
    assert rule["defaultConfiguration"] == {"level": "error"}


def test_junit_has_a_case_for_each_new_migration() -> None:
    location = LocationReport("migrations", "postgresql", 3, ("cd34",), ("ab12", "cd34"))
    top = ElementTree.fromstring(junit.written(sheet(replace(full_review(), locations=(location,)))))
    suites = {suite.get("name"): suite for suite in top}
    assert set(suites) == {"migrations", "repository"}
    cases = {case.get("name"): case for case in suites["migrations"]}
    assert set(cases) == {"ab12", "cd34"}
    assert [failure.get("type") for failure in cases["ab12"]] == ["blocking-index-creation", "other-rule"]
    assert len(cases["cd34"]) == 0
    assert (suites["migrations"].get("tests"), suites["migrations"].get("failures")) == ("2", "2")
    assert "notice blocking-index-creation" in (suites["repository"].findtext("testcase/system-out") or "")


def test_github_commands_name_file_and_line() -> None:
    first, *_, last = github.written(Sheet(full_review(), {}, Path("services/shop"))).split("\n")
    assert first.startswith(
        f"::error file=services/shop/{PATH},line=10,endLine=10,col=5,title=blocking-index-creation::Building `ix"
    )
    assert last.startswith("1 error, 1 warning")


def test_markdown_is_what_the_check_run_shows() -> None:
    written = markdown.written(sheet())
    assert "### Findings" in written
    assert "### Locks" in written


def test_no_text_of_a_migration_becomes_a_command_or_reaches_the_terminal() -> None:
    hostile = sheet(hostile_review())
    commands = github.written(hostile).split("\n")
    assert len(commands) == 3
    assert all(line.startswith(("::error file=", "::notice file=")) for line in commands[:2])
    assert "::error::" not in commands[-1]
    for written in (github.written(hostile), text.written(hostile), markdown.written(hostile)):
        assert "\x1b" not in written
        written.encode()


def test_every_form_stays_well_formed_whatever_a_migration_says() -> None:
    hostile = sheet(hostile_review())
    assert_keeps(CHECK, json.loads(json_format.written(hostile)))
    assert json.loads(sarif.written(hostile))["runs"][0]["results"][0]["level"] == "error"
    assert ElementTree.fromstring(junit.written(hostile)).tag == "testsuites"


@pytest.mark.parametrize(("level", "fails"), [("error", True), ("warning", True), ("notice", True), ("never", False)])
def test_the_level_decides_whether_findings_fail(level: str, fails: bool) -> None:
    assert sheet().fails_at(level) is fails
    quiet = sheet(review(finding("f4", 6, silenced=Silenced("config", "ten rows"))))
    assert not quiet.fails_at(level)
    notice = sheet(review(finding(severity=Severity.NOTICE)))
    assert notice.fails_at(level) is (level == "notice")
