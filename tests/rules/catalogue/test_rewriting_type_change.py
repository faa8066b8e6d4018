"""Type changes that write the table anew are named; free ones, new and small tables are not."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, statistics

RULE = "rewriting-type-change"
BEFORE = """def upgrade():
    op.execute("CREATE TABLE things (i integer, s smallint, n numeric(10,2), v varchar(20), t text, j json, b boolean,"
               " d date, c cidr, a integer[], u uuid, tz timestamptz, vs varchar(5)[], x xml)")
"""


@pytest.mark.parametrize(
    ("column", "type_"),
    [
        ("i", "bigint"),
        ("s", "integer"),
        ("i", "numeric"),
        ("i", "text"),
        ("n", "numeric(12,4)"),
        ("j", "jsonb"),
        ("j", "text"),
        ("b", "text"),
        ("d", "timestamp"),
        ("a", "bigint[]"),
        ("u", "text"),
        ("i", "bigint USING i::bigint"),
        ("t", "varchar(30) USING left(t, 30)"),
        ("t", "integer USING t::integer"),
        ("v", "varchar(30) USING upper(v)"),
    ],
)
@pytest.mark.parametrize("word", ["TYPE", "SET DATA TYPE"])
def test_a_rewrite_is_named(column: str, type_: str, word: str) -> None:
    assert_judged(RULE, f'op.execute("ALTER TABLE things ALTER {column} {word} {type_}")  # finding', before=BEFORE)


@pytest.mark.parametrize(
    ("column", "type_"),
    [
        ("v", "varchar(30)"),
        ("v", "text"),
        ("t", "varchar"),
        ("n", "numeric(12,2)"),
        ("n", "numeric"),
        ("c", "inet"),
        ("vs", "varchar[]"),
        ("x", "text"),
        ("i", "integer"),
        ("i", "integer USING i::integer"),
    ],
)
def test_a_free_change_is_not_named(column: str, type_: str) -> None:
    assert_judged(RULE, f'op.execute("ALTER TABLE things ALTER COLUMN {column} TYPE {type_}")', before=BEFORE)


@pytest.mark.parametrize(
    ("column", "type_"), [("i", "smallint"), ("t", "integer"), ("t", "varchar(5)"), ("tz", "timestamp")]
)
def test_the_more_exact_rule_speaks_alone(column: str, type_: str) -> None:
    assert_judged(RULE, f'op.execute("ALTER TABLE things ALTER COLUMN {column} TYPE {type_}")', before=BEFORE)


def test_op_and_batch_mode_are_the_same_change() -> None:
    assert_judged(RULE, 'op.alter_column("users", "age", type_=sa.BigInteger(), nullable=True)  # finding')
    assert_judged(
        RULE,
        """
        with op.batch_alter_table("users") as batch_op:
            batch_op.alter_column("age", existing_type=sa.Integer(), type_=sa.Numeric())  # finding
        """,
    )


def test_a_new_table_has_no_rows() -> None:
    assert_judged(
        RULE,
        """
        op.execute("CREATE TABLE fresh (i integer)")
        op.execute("ALTER TABLE fresh ALTER COLUMN i TYPE bigint")
        """,
    )


def test_a_table_that_was_never_seen_counts_as_big_where_the_new_type_is_never_free() -> None:
    assert_judged(RULE, 'op.alter_column("unseen", "c", type_=sa.BigInteger())  # finding')
    assert_judged(RULE, 'op.alter_column("unseen", "c", type_=sa.Text())')
    assert_judged(RULE, 'op.alter_column("unseen", "c", type_=sa.String(50))')


def test_an_unconstrained_domain_is_its_base_type() -> None:
    before = BEFORE + '    op.execute("CREATE DOMAIN label AS text")\n'
    assert_judged(RULE, 'op.execute("ALTER TABLE things ALTER COLUMN t TYPE label")', before=before)


def test_a_constrained_domain_is_tried_on_each_row() -> None:
    before = BEFORE + "    op.execute(\"CREATE DOMAIN label AS text CHECK (VALUE <> '')\")\n"
    assert_judged(RULE, 'op.execute("ALTER TABLE things ALTER COLUMN t TYPE label")  # finding', before=before)


def test_a_downgrade_is_not_judged() -> None:
    assert_judged(RULE, "pass", 'op.alter_column("users", "age", type_=sa.BigInteger())')


def test_a_small_table_is_soon_written() -> None:
    change = 'op.alter_column("users", "age", type_=sa.BigInteger())'
    assert_judged(RULE, change, statistics=statistics(users=100))
    assert_judged(RULE, f"{change}  # finding", statistics=statistics(users=100_000))


def test_a_type_that_is_not_known_is_not_judged() -> None:
    change = "from elsewhere import LongText\nop.alter_column('users', 'name', type_=LongText())"
    assert_judged("rewriting-type-change", change)
    assert_judged("rewriting-type-change", "op.alter_column('users', 'age', type_=sa.Text())  # finding")


@pytest.mark.parametrize("using", ["(t)", "t", "(t::varchar)", "CAST(t AS varchar)", "( t )"])
def test_a_cast_in_parentheses_is_still_only_a_cast(using: str) -> None:
    assert_judged(RULE, f'op.execute("ALTER TABLE things ALTER COLUMN t TYPE varchar USING {using}")', before=BEFORE)


def test_the_call_tells_the_type_of_a_column_that_was_never_seen() -> None:
    call = 'op.alter_column("unseen", "c", type_={}, existing_type={})'
    assert_judged(RULE, call.format("sa.BigInteger()", "sa.Integer()") + "  # finding")
    assert_judged(RULE, call.format("sa.BigInteger()", "sa.BigInteger()"))
    assert_judged(RULE, call.format("sa.Text()", "postgresql.JSONB()") + "  # finding")
    assert_judged("narrowing-type-change", call.format("sa.String(10)", "sa.String(20)") + "  # finding")
    assert_judged("uncastable-type-change", call.format("sa.Integer()", "sa.Text()") + "  # finding")
