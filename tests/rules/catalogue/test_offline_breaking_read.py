"""Reads are named where offline rendering stops at them; statements whose result nobody looks at are not."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, findings, migration

RULE = "offline-breaking-read"
ON = f"rules:\n  {RULE}: notice\n"
BIND = "from alembic import context\nfrom sqlalchemy.orm import Session\nbind = op.get_bind()\n"


@pytest.mark.parametrize(
    "line",
    [
        "rows = bind.execute(sa.text('SELECT 1')).fetchall()",
        "count = bind.scalar(sa.text('SELECT 1')); print(count)",
        "print(list(bind.scalars(sa.text('SELECT 1'))))",
        "rows = bind.execute(sa.text('SELECT 1')); print(rows)",
        "bind.exec_driver_sql('SELECT 1')",
        "bind.scalar(sa.text('SELECT setval(1, 2)'))",
        "inspector = sa.inspect(bind)",
        "inspector = sa.inspect(op.get_bind())",
        "inspector = sa.Inspector.from_engine(bind)",
        "users = sa.Table('users', sa.MetaData(), autoload_with=bind)",
        "print(op.get_context().bind.scalar(sa.text('SELECT 1')))",
        "print(Session(bind=bind).query(sa.table('users')).all())",
    ],
)
def test_a_read_is_named(line: str) -> None:
    assert_judged(RULE, f"{BIND}{line}  # finding", settings=ON)
    assert_judged(RULE, "pass", f"{BIND}{line}  # finding", settings=ON)


def test_a_loop_over_rows_is_named() -> None:
    assert_judged(
        RULE,
        """
        for row in op.get_bind().execute(sa.text("SELECT id FROM users")):  # finding
            print(row)
        """,
        settings=ON,
    )


def test_a_session_that_a_with_opens_reads_too() -> None:
    assert_judged(
        RULE,
        """
        from sqlalchemy.orm import Session
        with Session(bind=op.get_bind()) as session:
            print(session.scalar(sa.text("SELECT 1")))  # finding
        """,
        settings=ON,
    )


@pytest.mark.parametrize(
    "line",
    [
        "bind.execute(sa.text('UPDATE users SET name = NULL WHERE id = 1'))",
        "result = bind.execute(sa.text('UPDATE users SET name = NULL WHERE id = 1'))",
        "name = bind.dialect.name",
        "print(op.execute('SELECT 1'))",
        "print(sa.inspect(sa.Table))",
        "print({}.get('a'))",
        "if not context.is_offline_mode(): print(bind.scalar(sa.text('SELECT 1')))",
        "count = None if op.get_context().as_sql else bind.scalar(sa.text('SELECT 1')); print(count)",
    ],
)
def test_what_offline_mode_can_print_is_silent(line: str) -> None:
    assert_judged(RULE, f"{BIND}{line}", settings=ON)


def test_behind_a_question_that_returns_a_read_is_silent() -> None:
    assert_judged(
        RULE,
        """
        from alembic import context
        bind = op.get_bind()
        if bind.scalar(sa.text("SELECT 1")):  # finding
            pass
        if context.is_offline_mode():
            return
        print(bind.scalar(sa.text("SELECT 2")))
        """,
        settings=ON,
    )


def test_a_question_that_goes_on_guards_only_its_branches() -> None:
    assert_judged(
        RULE,
        """
        from alembic import context
        bind = op.get_bind()
        if context.is_offline_mode():
            print("offline")
        print(bind.scalar(sa.text("SELECT 2")))  # finding
        """,
        settings=ON,
    )


def test_unless_the_settings_name_it_the_rule_is_silent() -> None:
    assert not findings(RULE, migration("print(op.get_bind().scalar(sa.text('SELECT 1')))"))
