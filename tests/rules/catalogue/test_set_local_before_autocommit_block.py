"""What is set for the transaction is lost in the block below; said only where a block follows."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, repaired

RULE = "set-local-before-autocommit-block"
BLOCK = 'with op.get_context().autocommit_block():\n    op.execute("VACUUM users")\n'


@pytest.mark.parametrize(
    "sql",
    ["SET LOCAL lock_timeout = '2s'", "set local work_mem to '1GB'", "SELECT set_config('work_mem', '1GB', true)",
     "SET LOCAL TIME ZONE 'UTC'"],
)  # fmt: skip
def test_a_block_below_loses_it(sql: str) -> None:
    assert_judged(RULE, f'op.execute("{sql}")  # finding\n{BLOCK}')
    assert_judged(RULE, f'op.get_bind().execute(sa.text("{sql}"))  # finding\nop.drop_table("orders")\n{BLOCK}')


@pytest.mark.parametrize(
    "sql",
    ["SET lock_timeout = '2s'", "RESET lock_timeout", "SELECT set_config('work_mem', '1GB', false)", "SELECT true"],
)
def test_what_is_set_for_the_session_stays(sql: str) -> None:
    assert_judged(RULE, f'op.execute("{sql}")\n{BLOCK}')


def test_without_a_block_below_nothing_is_lost() -> None:
    assert_judged(RULE, "op.execute(\"SET LOCAL lock_timeout = '2s'\")\nop.drop_table('orders')")
    assert_judged(RULE, f"{BLOCK}op.execute(\"SET LOCAL lock_timeout = '2s'\")")


def test_set_again_inside_the_block_is_meant_for_the_rest() -> None:
    inside = BLOCK.replace("    op", '    op.execute("SET lock_timeout = 0")\n    op')
    assert_judged(RULE, f"op.execute(\"SET LOCAL lock_timeout = '2s'\")\n{inside}")
    assert_judged(RULE, f"op.execute(\"SET LOCAL work_mem = '2MB'\")  # finding\n{inside}")


def test_the_setting_moves_into_the_block_and_is_reset() -> None:
    assert repaired(RULE, f"op.execute('SET LOCAL work_mem = 9999')\n{BLOCK}op.execute('SELECT 1')") == (
        "with op.get_context().autocommit_block():\n"
        "    op.execute('SET work_mem = 9999')\n"
        '    op.execute("VACUUM users")\n'
        "    op.execute('RESET work_mem')\n"
        "op.execute('SELECT 1')"
    )


@pytest.mark.parametrize(
    "upgrade",
    [
        f"op.execute('SET LOCAL work_mem = 9999')\nop.execute('SELECT 1')\n{BLOCK}",
        f"op.execute(\"SELECT set_config('work_mem', '1GB', true)\")\n{BLOCK}",
        f"op.execute('SET LOCAL work_mem = 9999')  # why\n{BLOCK}",
        "op.execute('SET LOCAL work_mem = 9999')\nwith op.batch_alter_table('users') as b:\n    b.drop_column('age')\n"
        + BLOCK,
        f"if True:\n    op.execute('SET LOCAL work_mem = 9999')\n{BLOCK}",
    ],
)
def test_nothing_is_suggested_where_more_would_move(upgrade: str) -> None:
    assert repaired(RULE, upgrade) is None


def test_inside_a_block_it_does_nothing_that_another_one_could_lose() -> None:
    inside = BLOCK.replace("    op", "    op.execute('SET LOCAL work_mem = 9999')\n    op")
    assert_judged(RULE, inside + BLOCK)
