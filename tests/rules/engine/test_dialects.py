"""Migrations for a database whose locks dbbot does not know: what can be judged is, the rest is said."""

from __future__ import annotations

import pytest

from bot.review.summary import Remarks, summary_of
from rules.dialects import DIALECTS, EVERYWHERE, unknown_dialect
from rules.registry import rules
from rules.settings import read_settings
from tests.rules.engine.laid_out import judged, upgrade

INDEX = 'op.create_index("ix_orders_user_id", "orders", ["user_id"])'
UNREAD = "op.execute(open('x.sql').read())"


@pytest.mark.parametrize("dialect", [name for name in DIALECTS if name != "postgresql"])
def test_only_rules_that_ask_nothing_of_the_database_speak(dialect: str) -> None:
    found = judged(upgrade(INDEX, UNREAD), settings=f"dialect: {dialect}\n")
    groups = {rule.name: rule.group for rule in rules()}
    assert {groups[finding.rule] for finding in found.standing} == {"reading"}
    assert "blocking-index-creation" in {finding.rule for finding in judged(upgrade(INDEX)).standing}
    assert (found.locks, found.moments, found.crashed) == ((), (), ())
    assert [location.dialect for location in found.locations] == [dialect]
    assert "reading" in EVERYWHERE


def test_the_sql_is_that_of_the_dialect() -> None:
    line = 'op.alter_column("users", "name", existing_type=sa.Text(), type_=sa.String(9))'
    (statement,) = judged(upgrade(line), settings="dialect: mysql\n").statements
    assert statement.sql == "ALTER TABLE users MODIFY name VARCHAR(9) NULL"


def test_the_check_says_what_it_has_not_judged() -> None:
    said = summary_of(judged(upgrade(INDEX), settings="dialect: mariadb\n"), "x", Remarks())
    assert "`migrations` is for `mariadb`: only the rules about the revision graph" in said
    assert "is for" not in summary_of(judged(upgrade(INDEX)), "x", Remarks())


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("mysq", "There is no dialect `mysq`. Did you mean `mysql`?"),
        ("Postgres", "There is no dialect `Postgres`. Did you mean `postgresql`?"),
        ("db2", "There is no dialect `db2`. There are: `postgresql`, `mysql`, `mariadb`, `sqlite`, `oracle`, `mssql`."),
    ],
)
def test_an_unknown_dialect_is_answered_with_the_nearest(name: str, sentence: str) -> None:
    assert unknown_dialect(name) == sentence
    (problem,) = read_settings(f"dialect: {name}\n", "dbbot.yml").problems
    assert problem.message == sentence
