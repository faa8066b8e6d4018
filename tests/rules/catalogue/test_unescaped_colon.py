"""What SQLAlchemy takes for a placeholder without a value is named, and escaped in the literal's own way."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, findings, migration, repaired

RULE = "unescaped-colon"


@pytest.mark.parametrize(
    "call",
    [
        "op.execute({})",
        "op.execute(sa.text({}))",
        "op.get_bind().execute(sa.text({}))",
        "op.get_context().execute({})",
        "sql = {}; op.execute(sql)",
    ],
)
def test_a_placeholder_without_a_value_is_named_in_each_spelling(call: str) -> None:
    assert_judged(RULE, call.format("'SELECT \\'{\"a\":true}\\''") + "  # finding")


def test_session_and_helper_are_ways_to_send_too() -> None:
    assert_judged(
        RULE,
        """
        from sqlalchemy.orm import Session
        def send(sql):
            op.execute(sql)
        Session(op.get_bind()).execute(sa.text("SELECT :a"))  # finding
        send("SELECT :a")  # finding
        """,
    )


def test_each_name_is_shown_and_the_place_is_named_once() -> None:
    assert_judged(RULE, 'op.execute("SELECT :a; SELECT :b, :a")  # finding')
    (found,) = findings(RULE, migration('op.execute("""\n    SELECT :a;\n    SELECT :b, :a\n""")'))
    assert "`:a`, `:b`" in found.message
    assert found.message.endswith("NULL is written in its place.")


@pytest.mark.parametrize(
    "call",
    [
        "op.execute(\"SELECT '1'::int, '12:30', 'a:b', $$x := 1$$, '::a'\")",
        r'op.execute("SELECT \\:a")',
        r'op.execute(r"SELECT \:a")',
        'op.execute(sa.text("SELECT :a").bindparams(a=1))',
        'op.execute(sa.text("SELECT :a").bindparams(sa.bindparam("a", 1)))',
        'op.execute(sa.text("SELECT :a").bindparams(a=something_unknown()))',
        'op.get_bind().execute(sa.text("SELECT :a"), {"a": 1})',
        'op.get_bind().execute(sa.text("SELECT :a"), parameters={"a": 1})',
        'op.get_bind().exec_driver_sql("SELECT \'{\\"a\\":true}\'")',
        "op.execute(sa.DDL(\"COMMENT ON TABLE users IS ':a'\"))",
        'op.execute(sa.text("SELECT :a").bindparams(sa.bindparam("a", value=None)))',
        'op.execute(sa.text("SELECT :a").params(a=1))',
        'op.execute(sa.text("SELECT :a").params({"a": 1}))',
        'op.execute(sa.text("SELECT :a").params({"a": something_unknown()}))',
        'op.execute(sa.text("SELECT :a").params(something_unknown()))',
        'op.execute(sa.text("SELECT :a").bindparams(something_unknown()))',
    ],
)
def test_what_has_a_value_or_is_no_placeholder_is_not_named(call: str) -> None:
    assert_judged(RULE, call)


def test_a_downgrade_is_judged_one_level_lower() -> None:
    (found,) = assert_judged(RULE, "pass", 'op.execute("SELECT :a")  # finding')
    assert found.severity == "warning"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("op.execute(\"SELECT ':a'\")", "op.execute(\"SELECT '\\\\:a'\")"),
        ("op.execute(r\"SELECT ':a'\")", "op.execute(r\"SELECT '\\:a'\")"),
        ("op.execute(sa.text('SELECT :a, 1::int, :a'))", "op.execute(sa.text('SELECT \\\\:a, 1::int, \\\\:a'))"),
        ('op.execute("""\n    SELECT \':a\'\n""")', 'op.execute("""\n    SELECT \'\\\\:a\'\n""")'),
        ('op.execute("SELECT \'"\n    ":a\'")', 'op.execute("SELECT \'"\n    "\\\\:a\'")'),
    ],
)
def test_the_colon_is_escaped_as_the_literal_needs_it(before: str, after: str) -> None:
    assert repaired(RULE, before) == after


@pytest.mark.parametrize(
    "call",
    ['op.execute(r"SELECT " "\':a\'")', "op.execute(f\"SELECT ':a', {1}\")", "sql = \"SELECT ':a'\"\nop.execute(sql)"],
)
def test_nothing_is_suggested_where_the_text_is_no_plain_literal(call: str) -> None:
    assert repaired(RULE, call) is None
