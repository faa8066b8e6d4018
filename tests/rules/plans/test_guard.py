"""A plan is tried before it is offered: each guard alone keeps back a plan that only it can tell to be wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from rules.context import Context
from rules.model import operations as model
from rules.plans import PLANNED, validating
from rules.plans.draft import Draft, Moved, Step
from rules.plans.sql import not_valid
from rules.plans.writing import executed, nothing
from tests.rules.catalogue.judged import migration
from tests.rules.plans.served import finding_of

REINDEX = "REINDEX TABLE users"
TEXT = migration(
    f"""
    op.execute("{REINDEX}")
    op.create_check_constraint("orders_total", "orders", "total >= 0")
    """,
    'op.drop_constraint("orders_total", "orders")',
)
Maker = Callable[[model.AddCheck, Context], Draft]


def step(*statements: str) -> Step:
    return Step("One step more", "more", executed(*statements), nothing("it is a test"))


def as_planned(op: model.AddCheck, context: Context) -> Draft:
    draft = validating.add_then_validate(op, context)
    assert isinstance(draft, Draft)
    return replace(draft, moved=(Moved(op, (not_valid(op, "orders_total"),)),))


def judged_in_its_own_file(op: model.AddCheck, context: Context) -> Draft:
    """What the revision does already, in a file of the plan: as many findings as before."""
    reindex = next(step.operation for step in context.steps if isinstance(step.operation, model.Reindex))
    draft = as_planned(op, context)
    return replace(draft, moved=(Moved(reindex), *draft.moved), steps=(*draft.steps, step(REINDEX)))


def ending_elsewhere(op: model.AddCheck, context: Context) -> Draft:
    draft = as_planned(op, context)
    return replace(draft, steps=(*draft.steps, step("ALTER TABLE orders ADD COLUMN note text")))


def leaving_the_finding(op: model.AddCheck, context: Context) -> Draft:
    return replace(as_planned(op, context), moved=(Moved(op, (op.sql,)),), steps=())


def finding_more_in_the_rest(op: model.AddCheck, context: Context) -> Draft:
    draft = as_planned(op, context)
    return replace(draft, moved=(Moved(op, (*draft.moved[0].instead, REINDEX.replace("users", "orders"))),))


def not_read(op: model.AddCheck, context: Context) -> Draft:
    draft = as_planned(op, context)
    lines = ('op.execute(open("notes.sql").read())',)
    return replace(draft, steps=(*draft.steps, replace(step("SELECT 1"), upgrade=lines)))


@pytest.mark.parametrize(
    ("maker", "is_offered"),
    [
        (as_planned, True),
        (judged_in_its_own_file, False),
        (ending_elsewhere, False),
        (leaving_the_finding, False),
        (finding_more_in_the_rest, False),
        (not_read, False),
    ],
)
def test_a_plan_that_does_not_hold_is_not_offered(
    maker: Maker, is_offered: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PLANNED["blocking-check"], model.AddCheck, maker)  # type: ignore[arg-type]
    found, _ = finding_of("blocking-check", TEXT)
    assert (found.plan is not None) is is_offered
    assert ("made and tried" in found.no_plan) is not is_offered
