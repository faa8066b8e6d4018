"""Advisory locks taken in a revision are named in every spelling; asking, freeing and naming them is not."""

from __future__ import annotations

import pytest

from rules.model.finding import Severity
from tests.rules.catalogue.judged import assert_judged

RULE = "advisory-lock-inside-migration"


@pytest.mark.parametrize("function", ["pg_advisory_lock", "pg_advisory_xact_lock", "pg_advisory_lock_shared"])
def test_each_function_is_named_in_each_spelling(function: str) -> None:
    assert_judged(RULE, f'op.execute("SELECT {function}(1)")  # finding')
    assert_judged(RULE, f'op.get_bind().execute(sa.text("select pg_catalog.{function}(1, 2)"))  # finding')
    assert_judged(RULE, f"op.get_bind().execute(sa.select(sa.func.{function}(1)))  # finding")
    assert_judged(RULE, f'op.execute("DO $$ BEGIN PERFORM {function}(1); END $$")  # finding')


def test_the_way_back_has_no_other_place_for_it() -> None:
    (finding,) = assert_judged(RULE, "pass", 'op.execute("SELECT pg_advisory_lock(1)")  # finding')
    assert finding.severity is Severity.NOTICE


@pytest.mark.parametrize(
    "sql",
    ["SELECT pg_advisory_unlock(1)", "SELECT pg_try_advisory_lock(1)", "SELECT 'pg_advisory_lock(1)'", "SELECT 1"],
)
def test_what_waits_for_nobody_is_not_named(sql: str) -> None:
    assert_judged(RULE, f'op.execute("{sql}")')
