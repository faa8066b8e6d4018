"""Text that ends or opens Alembic's transaction is named; savepoints and PL/pgSQL are left alone."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, repaired

RULE = "transaction-control-in-sql"


@pytest.mark.parametrize(
    "verb", ["COMMIT", "commit;", "END", "END TRANSACTION", "ROLLBACK", "ABORT", "BEGIN", "START TRANSACTION"]
)
@pytest.mark.parametrize("call", ['op.execute("{}")', 'op.get_bind().execute(sa.text("{}"))', "op.execute('''{}''')"])
def test_each_verb_is_named_in_each_spelling(verb: str, call: str) -> None:
    assert_judged(RULE, f"{call.format(verb)}  # finding")


def test_a_verb_inside_a_longer_string_is_named_once() -> None:
    (found,) = assert_judged(RULE, 'op.execute("BEGIN; SELECT 1; COMMIT;")  # finding')
    assert found.message.endswith("PostgreSQL warns.")
    (found,) = assert_judged(RULE, 'op.execute("SAVEPOINT a; ROLLBACK;")  # finding')
    assert found.message.startswith("`ROLLBACK` in SQL text")


@pytest.mark.parametrize("call", ["op.get_bind().commit()", "op.get_bind().rollback()", "op.get_bind().begin()"])
def test_the_methods_of_the_connection_are_other_rules_business(call: str) -> None:
    assert_judged(RULE, call)


def test_a_downgrade_is_judged_one_level_lower() -> None:
    (found,) = assert_judged(RULE, "pass", 'op.execute("COMMIT")  # finding')
    assert found.severity == "warning"


@pytest.mark.parametrize(
    "sql",
    [
        "SAVEPOINT a",
        "RELEASE SAVEPOINT a",
        "ROLLBACK TO SAVEPOINT a",
        "SET TRANSACTION READ ONLY",
        "DO $$ BEGIN PERFORM 1; COMMIT; END $$",
        "SELECT 'COMMIT; BEGIN'",
        "COMMENT ON TABLE users IS 'commit'",
        "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM 1; END $$",
    ],
)
def test_what_stays_inside_the_transaction_is_not_named(sql: str) -> None:
    assert_judged(RULE, f'op.execute("{sql}")')


def test_a_matched_pair_inside_the_block_is_the_authors_own() -> None:
    assert_judged(
        RULE,
        """
        with op.get_context().autocommit_block():
            op.execute("BEGIN")
            op.execute("DELETE FROM users WHERE id = 1")
            op.execute("COMMIT")
        """,
    )


def test_a_savepoint_may_stand_between() -> None:
    sql = ("BEGIN", "SAVEPOINT a", "RELEASE SAVEPOINT a", "COMMIT")
    lines = "".join(f'\n    op.execute("{one}")' for one in sql)
    assert_judged(RULE, f"with op.get_context().autocommit_block():{lines}")


def test_a_pair_is_matched_within_one_block_and_once() -> None:
    block = "with op.get_context().autocommit_block():\n    "
    begin, commit = 'op.execute("BEGIN")', 'op.execute("COMMIT")'
    assert_judged(RULE, f"{block}{begin}  # finding\n{block}{commit}  # finding")
    assert_judged(RULE, f"{block}{begin}\n    {commit}\n    {commit}  # finding")
    assert_judged(RULE, f"{block}{commit}  # finding\n    {begin}\n    {commit}")


def test_an_unmatched_commit_inside_the_block_is_named() -> None:
    assert_judged(
        RULE,
        """
        with op.get_context().autocommit_block():
            op.execute("COMMIT")  # finding
            op.execute("BEGIN")  # finding
        """,
    )


def test_a_block_takes_the_place_of_commit_and_begin() -> None:
    assert repaired(
        RULE,
        """
        op.execute("COMMIT")
        # both are needed
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS b")
        op.create_index(
            "b", "users", ["name"],
            postgresql_concurrently=True,
        )
        op.execute("BEGIN")
        """,
    ) == (
        "with op.get_context().autocommit_block():\n"
        "    # both are needed\n"
        '    op.execute("DROP INDEX CONCURRENTLY IF EXISTS b")\n'
        "    op.create_index(\n"
        '        "b", "users", ["name"],\n'
        "        postgresql_concurrently=True,\n"
        "    )"
    )


@pytest.mark.parametrize(
    "upgrade",
    [
        'op.execute("COMMIT")\nop.execute("DELETE FROM users WHERE id = 1")',
        'op.execute("COMMIT")\nif True:\n    op.execute("DROP INDEX CONCURRENTLY a")',
        'op.execute("COMMIT"); op.execute("DROP INDEX CONCURRENTLY a")',
        'op.execute("ROLLBACK")\nop.execute("DROP INDEX CONCURRENTLY a")',
        'op.execute("COMMIT")\nop.execute("DROP INDEX CONCURRENTLY a")\nop.get_bind().begin()',
        'op.execute("COMMIT")\nop.execute("DROP INDEX CONCURRENTLY a")\nop.execute("COMMIT")',
        'op.execute("COMMIT")\nop.execute("CREATE INDEX a ON users (name)")',
        "with op.get_context().autocommit_block():\n"
        '    op.execute("COMMIT")\n    op.execute("DROP INDEX CONCURRENTLY a")',
    ],
)
def test_nothing_is_suggested_where_the_edit_would_be_incomplete(upgrade: str) -> None:
    assert repaired(RULE, upgrade) is None


@pytest.mark.parametrize(
    "sql", ["REINDEX TABLE CONCURRENTLY users", "ALTER TABLE events DETACH PARTITION old CONCURRENTLY"]
)
def test_each_concurrent_statement_leaves_by_the_block(sql: str) -> None:
    assert repaired(RULE, f'op.execute("COMMIT")\nop.execute("{sql}")') == (
        f'with op.get_context().autocommit_block():\n    op.execute("{sql}")'
    )


def test_no_block_is_suggested_that_could_not_run_twice() -> None:
    build = 'op.execute("CREATE INDEX CONCURRENTLY {} ON users (name)")'
    assert repaired(RULE, f'op.execute("COMMIT")\n{build.format("a")}\n{build.format("b")}') is None
