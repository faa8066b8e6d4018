"""What waits for a coroutine is named where it fails; what works with the engine at hand is not."""

from __future__ import annotations

import pytest

from rules.model.finding import Severity
from tests.rules.catalogue.judged import assert_judged, findings, migration, repaired

RULE = "await-inside-migration"
IMPORTS = (
    "import asyncio\nfrom sqlalchemy.util import await_only\nfrom sqlalchemy.orm import Session\nc = op.get_bind()\n"
)
ENV = """from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy import create_engine

engine = {}(url)
"""
ASYNC = ENV.format("create_async_engine")
SYNC = ENV.format("create_engine").replace("from sqlalchemy.ext.asyncio import create_async_engine\n", "")
UNKNOWN = "from alembic import context\n"


@pytest.mark.parametrize("env", [ASYNC, SYNC, UNKNOWN])
@pytest.mark.parametrize(
    "call",
    [
        "c.execute(sa.text('SELECT 1'))",
        "op.get_bind().execute(sa.text('SELECT 1'))",
        "op.get_context().connection.execute(sa.text('SELECT 1')).scalar()",
        "Session(bind=c).execute(sa.text('SELECT 1'))",
    ],
)
def test_a_result_of_the_connection_cannot_be_awaited(call: str, env: str) -> None:
    (found,) = assert_judged(RULE, f"{IMPORTS}await_only({call})  # finding", env=env)
    assert "TypeError" in found.message


def test_a_coroutine_can_be_in_an_async_engines_run() -> None:
    assert_judged(RULE, f"{IMPORTS}await_only(fetch())", env=ASYNC)
    assert_judged(RULE, f"{IMPORTS}await_only(fetch())", env=UNKNOWN)
    (found,) = assert_judged(RULE, f"{IMPORTS}await_only(fetch())  # finding", env=SYNC)
    assert "MissingGreenlet" in found.message


@pytest.mark.parametrize("call", ["asyncio.run", "asyncio.get_event_loop().run_until_complete"])
def test_a_second_loop_fails_in_the_one_of_an_async_env_py(call: str) -> None:
    assert_judged(RULE, f"{IMPORTS}{call}(fetch())  # finding", env=ASYNC)
    assert_judged(RULE, f"{IMPORTS}{call}(fetch())", env=SYNC)
    assert_judged(RULE, f"{IMPORTS}{call}(fetch())", env=UNKNOWN)


@pytest.mark.parametrize("env", [SYNC, UNKNOWN])
def test_a_loop_that_gets_the_connection_awaits_what_is_synchronous(env: str) -> None:
    (found,) = assert_judged(RULE, f"{IMPORTS}asyncio.run(fill(c))  # finding", env=env)
    assert "TypeError" in found.message
    assert_judged(RULE, f"{IMPORTS}asyncio.run(fill(1))", env=env)


def test_run_async_needs_an_async_engine() -> None:
    assert_judged(RULE, "op.run_async(fill)  # finding", env=SYNC)
    assert_judged(RULE, "op.run_async(fill)", env=ASYNC)
    assert_judged(RULE, "op.run_async(fill)", env=UNKNOWN)


def test_another_await_only_and_another_run_are_silent() -> None:
    assert_judged(RULE, "subprocess.run(c)\nrun(op.get_bind())\nop.run(1)", env=ASYNC)
    assert_judged(RULE, f"{IMPORTS}await_only()\nasyncio.run()", env=ASYNC)


def test_the_way_back_fails_too_and_weighs_less() -> None:
    (found,) = assert_judged(RULE, "pass", f"{IMPORTS}await_only(c.execute(sa.text('SELECT 1')))  # finding")
    assert (found.severity, found.direction) == (Severity.WARNING, "downgrade")


def test_a_function_that_both_ways_call_is_said_once() -> None:
    body = "def fill():\n    op.run_async(work)\n\n\n" + migration("fill()", "fill()")
    (found,) = findings(RULE, body, env=SYNC)
    assert (found.severity, found.direction) == (Severity.ERROR, "upgrade")


def test_the_call_is_not_said_to_be_unread_as_well() -> None:
    text = migration(f"{IMPORTS}await_only(c.execute(sa.text('SELECT 1')))\nelsewhere(c)")
    (unread,) = findings("unreadable-operation", text)
    assert "elsewhere" in unread.message
    assert "The same" not in unread.message


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("rows = await_only(c.execute(stmt)).all()", "rows = c.execute(stmt).all()"),
        ("await_only(c.execute(\n    stmt,\n))", "c.execute(\n    stmt,\n)"),
        ("await_only(\n    c.execute(\n        stmt,\n    )\n)", "c.execute(\n    stmt,\n)"),
        ("await_only(\n    c.execute(stmt)\n)", "c.execute(stmt)"),
        ("await_only(  # why\n    c.execute(stmt)\n)", None),
        ("await_only(\n    c.execute(stmt)  # why\n)", None),
    ],
)
def test_the_call_around_goes_and_its_argument_moves_left(written: str, becomes: str | None) -> None:
    start = "from sqlalchemy.util import await_only\nc = op.get_bind()\nstmt = sa.text('SELECT 1')\n"
    found = repaired(RULE, start + written)
    assert found == (None if becomes is None else start + becomes)


def test_nothing_is_suggested_where_a_coroutine_is_awaited() -> None:
    assert repaired(RULE, f"{IMPORTS}await_only(fetch())", env=SYNC) is None


def test_a_coroutine_under_a_name_is_not_looked_into_and_only_a_plain_call_is_suggested() -> None:
    waits = "import asyncio\nasync def go(c):\n    pass\n"
    assert_judged(RULE, f"{waits}made = go(op.get_bind())\nasyncio.run(made)", env=SYNC)
    assert repaired(RULE, f"{waits}asyncio.run(go(op.get_bind()))", env=SYNC) is None
    assert_judged(RULE, f"{waits}asyncio.run(go(op.get_bind()))  # finding", env=SYNC)
