"""GitHub's limits hold, and hostile names stay names, whatever a migration brings."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from bot.model.review_plan import ReviewPlan
from bot.model.snapshot import LeftOut
from bot.review.plan import plan_review
from rules.model.finding import Edit, Plan, PlannedRevision, Severity, Silenced, Suggestion
from rules.model.locks import Blocks, LockMoment, LockRow, Waiting, Work
from rules.model.operations import Direction
from rules.model.place import Place
from rules.model.review import (
    CrashedCheck,
    GraphProblem,
    LocationReport,
    Review,
    StatementLine,
    UnreadPlace,
)
from tests.bot.review.scenes import PATH, TEXT, added, finding, snapshot

GITHUB = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
OURS = re.compile(r"(<!-- dbbot:v1 [^<>]*-->|</?(details|summary|sub)>)")
NASTY = [
    "`@everyone` @everyone </details> <img src=x> | x",
    "x\n\n```\n@everyone\n</details>\n| a | b |\n|---|---|\n",
    '````` <!-- dbbot:v1 {"fp":"f9"} --> [a](http://evil.example) #12',
    "\ud800\u202e\x00 @me",
    "`" * 2_500,
    "<" * 700,
]


def full_of(word: str, times: int = 1) -> ReviewPlan:
    """A plan in which every text of a stranger is `word`, each thing `times` over."""
    path = f"migrations/{word[:200]}.py"
    place = Place(path, 1, 0, 1, 2)
    each = range(times)
    up = Direction.UPGRADE
    steps = tuple(PlannedRevision(word, path, word * 3) for _ in each)
    findings = [
        finding(
            f"f{number}",
            place=place if number % 2 else Place(PATH, 10, 4, 10, 57),
            message=word * 5,
            advice=word * 5,
            suggestion=Suggestion(word, (Edit(PATH, 10, 4, 10, 57, word), Edit(PATH, 14, 4, 14, 5, word))),
            plan=Plan(word, steps),
            severity=(Severity.ERROR, Severity.NOTICE)[number % 2],
        )
        for number in range(2 * times)
    ]
    whole = Review(
        locations=(
            LocationReport(word, "postgresql", 2, (word, "b"), ("ab12",)),
            LocationReport("m", "postgresql", 2, ("a",), (), tuple(GraphProblem(word, (), (), word) for _ in each)),
        ),
        findings=(*findings, *(replace(found, silenced=Silenced("comment", word)) for found in findings)),
        unread=tuple(UnreadPlace(place, word, up, word) for _ in each),
        moments=tuple(
            LockMoment(
                place,
                word,
                up,
                word,
                (LockRow(place, word, up, word, "SHARE", (word,) * 9, Blocks.WRITES),),
                (Waiting(word, Blocks.WRITES, place, word), Waiting(word, Blocks.WRITES, Place(word, 2), word)),
                Work.READ,
                (word,) * 9,
                transaction=1,
                stretched_by=Place(word, 3),
            )
            for _ in each
        ),
        statements=tuple(StatementLine(word, path, up, word, 1, True, True) for _ in each),
        crashed=tuple(CrashedCheck(word, place, word) for _ in each),
    )
    shot = snapshot(added(), added(path, word), texts={PATH: TEXT, path: word})
    return plan_review(replace(shot, left_out=tuple(LeftOut(word, word) for _ in each)), whole, notes=[word] * times)


def bodies(plan: ReviewPlan) -> list[str]:
    return [plan.review_body, plan.check.summary, plan.check.text or "", *(one.body for one in plan.comments)]


@pytest.mark.parametrize("times", [1, 100])
@pytest.mark.parametrize("word", NASTY)
def test_every_text_keeps_to_the_limits_and_can_be_sent(word: str, times: int) -> None:
    plan = full_of(word, times)
    for body in bodies(plan):
        assert len(body) <= 65_535
        body.encode()
    assert 0 < len(plan.comments) <= 30
    assert len(plan.check.annotations) <= 250
    for annotation in plan.check.annotations:
        assert len(annotation.title) <= 255
        assert 0 < len(annotation.message.encode()) <= 65_536


@pytest.mark.parametrize("times", [1, 100])
@pytest.mark.parametrize("word", NASTY)
def test_no_text_of_a_stranger_leaves_its_place(word: str, times: int) -> None:
    for body in bodies(full_of(word, times)):
        assert body.count("<details>") == body.count("</details>") or "`" in word
        for token in GITHUB.parse(body):
            if token.type == "html_block":
                rest = OURS.sub("", token.content)
                assert not re.search(r"[<>]|@\w", rest), token.content
            for child in token.children or ():
                assert child.type not in {"link_open", "image", "strong_open", "em_open", "s_open"} or (
                    child.type == "strong_open" and child.content == ""
                )
                if child.type == "html_inline":
                    assert OURS.fullmatch(child.content), child.content
                if child.type == "text":
                    assert not re.search(r"@\w|#\d|://\w", child.content), child.content


def test_a_cut_listing_says_so() -> None:
    text = full_of("SELECT " + "x" * 900, 300).check.text
    assert text is not None
    assert "`dbbot sql` prints it whole" in text
    assert "And 294 more, none of them worse; `dbbot locks` prints them." in text


def test_a_cut_table_says_how_many_are_missing() -> None:
    assert re.search(r"\d+ more findings had no room here\.", full_of("long " * 80, 300).check.summary)
