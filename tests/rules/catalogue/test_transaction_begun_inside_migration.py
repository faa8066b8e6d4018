"""A second transaction on the migration's connection is named, and the `with` around it goes."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, repaired

RULE = "transaction-begun-inside-migration"


@pytest.mark.parametrize("connection", ["op.get_bind()", "op.get_context().connection", "op.get_context().bind"])
def test_begin_is_named_wherever_the_connection_comes_from(connection: str) -> None:
    assert_judged(RULE, f"{connection}.begin()  # finding")
    assert_judged(RULE, f"c = {connection}\nwith c.begin():  # finding\n    pass")


def test_inside_the_block_sqlalchemy_has_a_transaction_too() -> None:
    assert_judged(RULE, "with op.get_context().autocommit_block():\n    op.get_bind().begin()  # finding")
    block = (
        "with op.get_context().autocommit_block():\n    op.get_bind().commit()\n    op.get_bind().begin()  # finding"
    )
    assert_judged(RULE, block)


def test_a_savepoint_ends_no_transaction() -> None:
    assert_judged(RULE, "op.get_bind().begin_nested()\nop.get_bind().begin()  # finding")


def test_a_commit_in_text_leaves_sqlalchemys_transaction_open() -> None:
    assert_judged(RULE, 'op.execute("COMMIT")\nop.get_bind().begin()  # finding')


@pytest.mark.parametrize("level", ["AUTOCOMMIT", "SERIALIZABLE"])
def test_the_isolation_level_cannot_change_meanwhile(level: str) -> None:
    options = f"execution_options(isolation_level={level!r})"
    assert_judged(RULE, f"op.get_bind().{options}  # finding")
    assert_judged(RULE, f"c = op.get_bind().{options}  # finding\nc.execute(sa.text('SELECT 1'))")
    assert_judged(RULE, f"with op.get_context().autocommit_block():\n    op.get_bind().{options}  # finding")
    assert_judged(RULE, f"op.get_bind().commit()\nop.get_bind().{options}")
    assert_judged(RULE, f"with op.get_bind().engine.connect().{options} as c:\n    pass")
    assert_judged(RULE, "op.get_bind().execution_options(stream_results=True)")


def test_a_downgrade_is_judged_one_level_lower() -> None:
    (found,) = assert_judged(RULE, "pass", "op.get_bind().begin()  # finding")
    assert found.severity == "warning"


@pytest.mark.parametrize(
    "upgrade",
    [
        "with op.get_bind().begin_nested():\n    pass",
        "op.get_bind().commit()\nop.get_bind().begin()",
        "op.get_bind().rollback()\nop.get_bind().begin()",
        'op.execute("BEGIN")',
        "from sqlalchemy.orm import Session\nwith Session(op.get_bind()).begin():\n    pass",
    ],
)
def test_near_misses_are_not_named(upgrade: str) -> None:
    assert_judged(RULE, upgrade)


def test_the_with_is_taken_away_and_its_body_moves_left() -> None:
    assert repaired(
        RULE,
        '''
        c = op.get_bind()
        with c.begin():
            # why
            c.execute(
                sa.text("""
            SELECT 1
        """)
            )
        c.execute(sa.text("SELECT 2"))
        ''',
    ) == (
        'c = op.get_bind()\n# why\nc.execute(\n    sa.text("""\n    SELECT 1\n""")\n)\nc.execute(sa.text("SELECT 2"))'
    )


@pytest.mark.parametrize(
    "upgrade",
    [
        "with op.get_bind().begin():  # why\n    pass",
        "with op.get_bind().begin() as transaction:\n    pass",
        "with op.get_bind().begin(): pass",
        "op.get_bind().begin()",
    ],
)
def test_nothing_is_suggested_where_the_edit_would_be_incomplete(upgrade: str) -> None:
    assert repaired(RULE, upgrade) is None
