"""A plan in a comment: folded, a block for each file, and what to do with them."""

from __future__ import annotations

from dataclasses import replace

from bot.review.wording import LIMIT, comment_body
from rules.model.finding import Plan, PlannedRevision
from tests.bot.review.scenes import finding

PLAN = Plan(
    "2 revisions in place of a1: add c NOT VALID, then validate it",
    (
        PlannedRevision("Add c.", "versions/b1.py", "one = 1\n"),
        PlannedRevision("Check c.", "versions/b2.py", "two = 2\n"),
    ),
    "versions/a1.py",
)


def said(plan: Plan) -> str:
    return comment_body(replace(finding(), plan=plan, revision="a1"), None, "", "0" * 40)


def test_each_file_has_a_block_of_its_own_in_a_fold() -> None:
    body = said(PLAN)
    _, _, folded = body.partition("<details><summary>2 revisions in place of a1")
    folded, _, _ = folded.partition("</details>")
    assert "1. Add c: `versions/b1.py`\n\n```python\none = 1\n```\n" in folded
    assert "2. Check c: `versions/b2.py`\n\n```python\ntwo = 2\n```\n" in folded
    assert "They take the place of `versions/a1.py`: delete it. `dbbot plan a1 --write` writes them" in folded


def test_where_the_files_have_no_room_the_command_that_prints_them_is_named() -> None:
    long = replace(PLAN, revisions=(replace(PLAN.revisions[0], text="x = 1\n" * LIMIT),))
    body = said(long)
    assert "<details>" not in body
    assert "A plan of 1 revision repairs it: `dbbot plan a1`." in body


def test_a_plan_that_takes_no_files_place_does_not_ask_to_delete_one() -> None:
    merge = replace(PLAN, revisions=PLAN.revisions[:1], replaces="")
    assert "`dbbot graph --merge --write` writes it for you" in said(merge)
    restored = replace(PLAN, revisions=PLAN.revisions[:1], replaces="versions/b1.py")
    assert "`versions/b1.py` keeps its name." in said(restored)
    assert "delete it" not in said(merge) + said(restored)
