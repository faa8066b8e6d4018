"""Migrations for a database whose locks dbbot does not know: what can be judged is, the rest is said."""

from __future__ import annotations

import pytest

from bot.review.summary import Remarks, summary_of
from rules.dialects import DIALECTS, EVERYWHERE, MYSQL, unknown_dialect
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
    assert {row.lock.partition("=")[0] for row in found.locks} <= ({"ALGORITHM"} if dialect in MYSQL else set())
    assert "blocking-index-creation" in {finding.rule for finding in judged(upgrade(INDEX)).standing}
    assert (bool(found.moments), found.crashed) == (dialect in MYSQL, ())
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


@pytest.mark.parametrize(("dialect", "few"), [("mysql", "the few about MySQL"), ("sqlite", "the few about SQLite")])
def test_of_some_databases_a_few_rules_know_more(dialect: str, few: str) -> None:
    assert few in summary_of(judged(upgrade(INDEX), settings=f"dialect: {dialect}\n"), "x", Remarks())


def test_a_statement_of_an_unknown_database_is_no_finding() -> None:
    line = 'op.execute("FROBNICATE TABLE users")'
    assert [one.rule for one in judged(upgrade(line), settings="dialect: mysql\n").standing] == ["unknown-statement"]
    assert judged(upgrade(line), settings="dialect: mssql\n").standing == ()


@pytest.mark.parametrize("dialect", ["mysql", "mssql"])
def test_a_statement_whose_text_is_known_counts_as_read(dialect: str) -> None:
    found = judged(upgrade('op.execute("FROBNICATE TABLE users")', UNREAD), settings=f"dialect: {dialect}\n")
    assert [place.place.line for place in found.unread] == [17]
    assert found.statements[0].sql == "FROBNICATE TABLE users"
    assert len(judged(upgrade('op.execute("FROBNICATE TABLE users")', UNREAD)).unread) == 2


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
