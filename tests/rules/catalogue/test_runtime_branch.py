"""Operations under a question to the database are named, unless the history answers it."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, findings, migration

RULE = "runtime-branch"
BIND = "bind = op.get_bind()\ninspector = sa.inspect(bind)\n"
ADD = 'op.add_column("orders", sa.Column("n", sa.Text()))'
MORE = ADD.replace('"n"', '"m"')


@pytest.mark.parametrize(
    "question",
    [
        "bind.execute(sa.text('SELECT 1')).scalar()",
        "bind.scalar(sa.text('SELECT count(*) FROM users')) == 0",
        "not inspector.has_table('elsewhere')",
        "'elsewhere' in inspector.get_table_names()",
        "column_exists('elsewhere')",
        "has_index('orders', 'i')",
    ],
)
def test_a_question_to_the_database_is_named(question: str) -> None:
    assert_judged(RULE, f"{BIND}if {question}:\n    {ADD}  # finding")
    assert_judged(RULE, f"{BIND}answer = {question}\nif answer:\n    {ADD}  # finding")


def test_so_is_one_that_returns() -> None:
    assert_judged(RULE, f"{BIND}if bind.scalar(sa.text('SELECT 1')):\n    return\n{ADD}  # finding")


@pytest.mark.parametrize(
    "body",
    [
        "if inspector.has_table('orders'):\n    {add}",
        "if not inspector.has_table('orders'):\n    {add}",
        "if bind.dialect.name == 'postgresql':\n    {add}",
        "if unknown():\n    {add}",
        "for row in bind.execute(sa.text('SELECT 1')):\n    {add}",
        "if bind.scalar(sa.text('SELECT 1')):\n    print('yes')\n{add}",
        "if bind.scalar(sa.text('SELECT 1')):\n    op.execute('ALTER TABLE orders ADD IF NOT EXISTS n text')",
        "if bind.scalar(sa.text('SELECT 1')):\n    op.execute('DROP INDEX IF EXISTS i')",
        "if bind.scalar(sa.text('SELECT 1')):\n    op.execute('SET lock_timeout = 1')",
        "if bind.scalar(sa.text('SELECT 1')):\n    op.execute('UPDATE users SET name = NULL')",
        "if bind.scalar(sa.text('SELECT 1')):\n    op.execute('DELETE FROM users')",
        "if bind.scalar(sa.text('SELECT 1')):\n    op.execute(\"INSERT INTO users (name) VALUES ('x')\")",
        "if bind.scalar(sa.text('SELECT 1')):\n    op.execute('COPY users FROM stdin')",
        "if bind.scalar(sa.text('SELECT 1')):\n    op.create_table('t', sa.Column('n', sa.Text()))\n"
        "    op.create_index('i', 't', ['n'])",
    ],
)
def test_answered_questions_and_harmless_branches_are_silent(body: str) -> None:
    assert findings(RULE, migration(BIND + body.format(add=ADD))) == ()


def test_where_most_revisions_ask_it_is_the_way_of_working() -> None:
    asking = f"{BIND}if bind.scalar(sa.text('SELECT 1')):\n    {ADD}  # finding"
    merged = migration(f"{BIND}if bind.scalar(sa.text('SELECT 1')):\n    {MORE}")
    assert_judged(RULE, asking)
    assert_judged(RULE, asking, before=merged)
    assert not findings(RULE, migration(asking), before=merged, beside=merged)


def test_one_finding_speaks_for_all_places() -> None:
    text = migration(f"{BIND}if bind.scalar(sa.text('SELECT 1')):\n    {ADD}\n    {MORE}")
    (found,) = findings(RULE, text)
    assert "The same holds on line" in found.message
