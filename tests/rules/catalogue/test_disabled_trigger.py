"""Triggers that are switched off, and on again."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged

NEW = "op.create_table('t', sa.Column('a', sa.Integer()))\n"
BLOCK = "with op.get_context().autocommit_block():\n    "


def trigger(what: str, table: str = "orders") -> str:
    return f"op.execute('ALTER TABLE {table} {what}')"


@pytest.mark.parametrize(
    "upgrade",
    [
        f"{trigger('DISABLE TRIGGER t')}  # finding",
        f"{trigger('DISABLE TRIGGER ALL')}  # finding",
        f"{trigger('DISABLE TRIGGER USER')}  # finding",
        f"{trigger('ENABLE TRIGGER t')}",
        f"{trigger('DISABLE TRIGGER t')}\n{trigger('ENABLE TRIGGER t')}",
        f"{trigger('DISABLE TRIGGER t')}\n{trigger('ENABLE ALWAYS TRIGGER t')}",
        f"{trigger('DISABLE TRIGGER t')}  # finding\n{trigger('ENABLE REPLICA TRIGGER t')}",
        f"{trigger('DISABLE TRIGGER t')}\n{trigger('ENABLE TRIGGER ALL')}",
        f"{trigger('DISABLE TRIGGER t')}\n{trigger('ENABLE TRIGGER USER')}",
        f"{trigger('DISABLE TRIGGER t')}  # finding\n{BLOCK}op.execute('SELECT 1')\n{trigger('ENABLE TRIGGER t')}",
        f"{BLOCK}{trigger('DISABLE TRIGGER t')}  # finding\n    {trigger('ENABLE TRIGGER t')}",
        f"{BLOCK}{trigger('DISABLE TRIGGER t')}  # finding\n{trigger('ENABLE TRIGGER t')}",
        f"{trigger('DISABLE TRIGGER t')}  # finding\nop.execute('COMMIT')\n{trigger('ENABLE TRIGGER t')}",
        f"{trigger('DISABLE TRIGGER t, ENABLE TRIGGER t')}",
        "op.execute(\"SELECT set_config('session_replication_role', 'replica', true)\")  # finding",
        f"{trigger('DISABLE TRIGGER t')}  # finding\n{trigger('ENABLE TRIGGER u')}",
        f"{trigger('DISABLE TRIGGER t')}  # finding\n{trigger('ENABLE TRIGGER t', 'users')}",
        f"{trigger('DISABLE TRIGGER t')}  # finding\n{trigger('DISABLE TRIGGER t')}  # finding",
        f"{trigger('ENABLE TRIGGER t')}\n{trigger('DISABLE TRIGGER t')}  # finding",
        f"{trigger('DISABLE TRIGGER ALL')}  # finding\n{trigger('ENABLE TRIGGER ALL')}",
        f"{trigger('DISABLE TRIGGER USER')}  # finding\n{trigger('ENABLE TRIGGER USER')}",
        f"{NEW}{trigger('DISABLE TRIGGER t', 't')}",
        "op.execute('SET session_replication_role = replica')  # finding",
        "op.execute('SET session_replication_role = origin')",
    ],
)
def test_triggers_that_are_switched_off(upgrade: str) -> None:
    assert_judged("disabled-trigger", upgrade)


@pytest.mark.parametrize(
    ("lines", "rule_speaks"),
    [
        ('op.execute("ALTER TABLE orders DISABLE TRIGGER ALL")', True),
        ('op.execute("ALTER TABLE orders DISABLE TRIGGER USER")', True),
        ('op.execute("ALTER TABLE orders DISABLE TRIGGER t")', True),
        ('op.execute("SET session_replication_role = replica")', True),
        ('op.execute("SET session_replication_role = DEFAULT")', False),
        ('op.execute("SET application_name = replica")', False),
        ('op.execute("ALTER TABLE orders ENABLE TRIGGER ALL")', False),
    ],
)
def test_triggers_are_not_switched_off(lines: str, rule_speaks: bool) -> None:
    assert_judged("disabled-trigger", f"{lines}  # finding" if rule_speaks else lines)


def test_one_trigger_may_rest_for_a_moment_and_all_may_not() -> None:
    pair = (
        'op.execute("ALTER TABLE orders DISABLE TRIGGER {0}"){1}\nop.execute("ALTER TABLE orders ENABLE TRIGGER {0}")'
    )
    assert_judged("disabled-trigger", pair.format("t", ""))
    assert_judged("disabled-trigger", pair.format("ALL", "  # finding"))
