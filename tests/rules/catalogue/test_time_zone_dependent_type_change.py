"""Between the two kinds of timestamp the session's zone is asked for, unless it was said to be UTC."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, repaired

RULE = "time-zone-dependent-type-change"
CHANGE = 'op.execute("ALTER TABLE orders ALTER COLUMN placed_at TYPE timestamp")'


def test_both_directions_are_named_in_each_spelling() -> None:
    assert_judged(RULE, f"{CHANGE}  # finding")
    assert_judged(
        RULE,
        'op.alter_column("events", "at", type_=sa.DateTime(timezone=True))  # finding',
        before='def upgrade():\n    op.execute("CREATE TABLE events (at timestamp)")\n',
    )
    assert_judged(
        RULE,
        'with op.batch_alter_table("orders") as b:\n    b.alter_column("placed_at", type_=sa.DateTime())  # finding',
    )


@pytest.mark.parametrize("zone", ["'UTC'", "UTC", "'utc'", "'Etc/UTC'"])
@pytest.mark.parametrize("form", ["SET LOCAL TimeZone = {}", "SET timezone TO {}", "SET TIME ZONE {}"])
def test_utc_in_the_same_transaction_silences_it(zone: str, form: str) -> None:
    assert_judged(RULE, f'op.execute("{form.format(zone)}")\n{CHANGE}')


@pytest.mark.parametrize("setting", ["SET LOCAL TimeZone = 'Europe/Berlin'", "SET LOCAL lock_timeout = '1s'"])
def test_another_zone_or_setting_does_not(setting: str) -> None:
    assert_judged(RULE, f'op.execute("{setting}")\n{CHANGE}  # finding')


def test_utc_before_an_autocommit_block_is_lost_with_set_local() -> None:
    assert_judged(
        RULE,
        f"""
        op.execute("SET LOCAL TimeZone = 'UTC'")
        with op.get_context().autocommit_block():
            op.execute("VACUUM users")
        {CHANGE}  # finding
        """,
    )


ENV = """from alembic import context
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://localhost/shop", connect_args={"options": "-c timezone=%s"})
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
"""


def test_the_zone_of_the_connection_counts() -> None:
    assert_judged(RULE, CHANGE, env=ENV % "UTC")
    assert_judged(RULE, f"{CHANGE}  # finding", env=ENV % "Europe/Berlin")
    assert_judged(RULE, f"op.execute(\"SET TIME ZONE 'Asia/Tokyo'\")\n{CHANGE}  # finding", env=ENV % "UTC")
    assert_judged(RULE, f'op.execute("RESET TimeZone")\n{CHANGE}', env=ENV % "UTC")


def test_so_does_that_of_the_role_as_the_settings_say() -> None:
    assert_judged(RULE, CHANGE, settings="time_zone: UTC\n")
    assert_judged(RULE, f"{CHANGE}  # finding", settings="time_zone: Europe/Berlin\n")
    assert_judged(RULE, CHANGE, settings="time_zone: UTC\n", env=ENV % "Europe/Berlin")


def test_using_computes_every_row() -> None:
    change = "ALTER TABLE orders ALTER placed_at TYPE timestamp USING placed_at AT TIME ZONE 'UTC'"
    assert_judged(RULE, f'op.execute("SET LOCAL TimeZone = \'UTC\'")\nop.execute("{change}")  # finding')
    assert repaired(RULE, f'op.execute("{change}")') is None


def test_before_12_utc_does_not_help() -> None:
    assert_judged(RULE, f"op.execute(\"SET LOCAL TimeZone = 'UTC'\")\n{CHANGE}  # finding", server_version=11)
    assert repaired(RULE, CHANGE, server_version=11) is None


def test_the_zone_is_not_suggested_where_an_index_would_be_rebuilt() -> None:
    before = 'def upgrade():\n    op.execute("CREATE INDEX i ON orders (placed_at)")\n'
    assert_judged(RULE, f"{CHANGE}  # finding", before=before)
    assert repaired(RULE, CHANGE, before=before) is None


def test_in_utc_the_index_is_the_other_rules_matter() -> None:
    before = 'def upgrade():\n    op.execute("CREATE INDEX i ON orders (placed_at)")\n'
    setting = "op.execute(\"SET LOCAL TimeZone = 'UTC'\")\n"
    assert_judged(RULE, f"{setting}{CHANGE}", before=before)
    assert_judged("index-rebuilding-type-change", f"{setting}{CHANGE}  # finding", before=before)


def test_a_new_table_holds_no_time() -> None:
    assert_judged(
        RULE, 'op.execute("CREATE TABLE e (at timestamp)")\nop.execute("ALTER TABLE e ALTER at TYPE timestamptz")'
    )


def test_the_zone_is_said_above() -> None:
    assert repaired(RULE, CHANGE) == f"op.execute(\"SET LOCAL TimeZone = 'UTC'\")\n{CHANGE}"
