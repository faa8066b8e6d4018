"""Which columns an expression mentions, how a rename changes it, and what real servers take as a proof."""

from __future__ import annotations

import pytest

from rules.model.columns import Check
from rules.schema.expressions import identifiers, proves_not_null, renamed
from tests.databases import fresh_database, versions

PROOFS = [
    ("a IS NOT NULL", True),
    ("a NOTNULL", True),
    ("(b > 1) AND ((a) IS NOT NULL)", True),
    ("NOT (a IS NULL OR b IS NULL)", True),
    ("NOT (NOT (a IS NOT NULL))", True),
    ("(a IS NOT NULL AND b = 1) OR (a IS NOT NULL AND b = 2)", True),
    ("a IS NOT NULL OR false", True),
    ("a IS NOT NULL OR NOT (a IS NULL)", True),
    ("a IS DISTINCT FROM NULL", True),
    ("NOT (a IS NOT DISTINCT FROM NULL)", True),
    ("(a, b) IS NOT NULL", True),
    ("ROW(a, b) IS NOT NULL", True),
    ("(a IS NULL) = false", True),
    ("(a IS NOT NULL) <> false", True),
    ("((a IS NULL) = true) = false", True),
    ("t.a IS NOT NULL", True),
    ("public.t.a IS NOT NULL", True),
    ("a IS NOT NULL OR b IS NOT NULL", False),
    ("NOT (a IS NULL AND b IS NULL)", False),
    ("NOT ((a, b) IS NULL)", False),
    ("NOT (a IS NULL) OR b > 1", False),
    ("a::text IS NOT NULL", False),
    ("a + 0 IS NOT NULL", False),
    ("a = 1 AND b IS NOT NULL", False),
    ("(a IS NULL) = true", False),
    ("(a IS NULL) <> false", False),
    ("(a IS NULL) IS FALSE", False),
    ("CASE WHEN a IS NULL THEN false ELSE true END", False),
    ("b IS NOT NULL AND a IN (1, 2)", False),
    ("a IS NOT NULL IS NOT NULL", False),
    ("a IS DISTINCT FROM b", False),
]


@pytest.mark.parametrize(("condition", "proves"), PROOFS)
def test_a_condition_proves_what_it_says_of_every_row(condition: str, proves: bool) -> None:
    assert proves_not_null(Check(None, condition), "a") is proves


@pytest.mark.parametrize("version", [version for version in versions() if version >= 12])
def test_real_servers_take_the_same_conditions_as_proofs(version: int) -> None:
    taken: list[tuple[str, bool]] = []
    with fresh_database(version) as connection:
        messages: list[str] = []
        connection.add_notice_handler(lambda it: messages.append(it.message_primary or ""))
        connection.execute("SET client_min_messages = debug1")
        for condition, _ in PROOFS:
            connection.execute("DROP TABLE IF EXISTS t")
            connection.execute(f"CREATE TABLE t (a int, b int, CHECK ({condition}))".encode())
            messages.clear()
            connection.execute("ALTER TABLE t ALTER COLUMN a SET NOT NULL")
            taken.append((condition, any("sufficient to prove" in message for message in messages)))
    assert taken == PROOFS


def test_a_text_without_a_tree_proves_nothing() -> None:
    assert not proves_not_null(Check(None, "(" * 60 + "a IS NOT NULL" + ")" * 60), "a")
    assert not proves_not_null(Check(None, "a IS NOT NULL AND"), "a")


def test_a_long_chain_is_taken_apart_without_recursion() -> None:
    assert proves_not_null(Check(None, " AND ".join(["b > 1"] * 800 + ["a IS NOT NULL"])), "a")


MENTIONS = [
    ("CAST(a AS date) > b", {"a", "b"}, "CAST(new AS date) > b"),
    ("extract(year FROM a) > 2000", {"a"}, "extract(year FROM new) > 2000"),
    ("date '2020-01-01' < a", {"a"}, "date '2020-01-01' < new"),
    ("a::app.mood = 'date'::app.mood", {"a"}, "new::app.mood = 'date'::app.mood"),
    ("a::double precision > date", {"a", "date"}, "new::double precision > date"),
    ('a COLLATE "C" > date.x', {"a", "x"}, 'new COLLATE "C" > date.x'),
    ("a AT TIME ZONE 'utc' > now() - interval '1' day", {"a"}, "new AT TIME ZONE 'utc' > now() - interval '1' day"),
    ("AS SELECT b AS a, t.a FROM t AS a", {"a", "b"}, "AS SELECT b AS a, t.new FROM t AS a"),
    ("(x) AS SELECT CAST(a AS date) FROM t WITH NO DATA", {"a"}, "(x) AS SELECT CAST(new AS date) FROM t WITH NO DATA"),
]


@pytest.mark.parametrize(("expression", "mentioned", "after"), MENTIONS)
def test_a_type_a_field_or_an_alias_is_no_column(expression: str, mentioned: set[str], after: str) -> None:
    assert identifiers(expression) == mentioned
    assert renamed(expression, "a", "new") == after


def test_a_column_named_like_a_type_or_a_field_is_renamed_where_it_is_the_column() -> None:
    assert renamed("CAST(date AS date) > date '2020-01-01'", "date", "day") == "CAST(day AS date) > date '2020-01-01'"
    assert renamed('extract(year FROM year) = "year"', "year", "y") == "extract(year FROM y) = y"


def test_without_a_tree_every_word_counts() -> None:
    assert identifiers("CAST(a AS date) >") >= {"a", "date"}
