"""A type changed beside its column: whichever is written, the other follows, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.model.columns import DataType
from rules.model.names import Name
from rules.plans.retyped import Pair
from tests.databases import fresh_database
from tests.rules.catalogue.judged import migration
from tests.rules.plans.served import assert_same_end, fill, id_of, lay_out, planned


@pytest.mark.parametrize("nullable", [True, False])
@pytest.mark.parametrize("new", ["BigInteger", "Text", "Numeric"])
def test_a_type_is_changed_beside_the_column(new: str, nullable: bool, tmp_path: Path) -> None:
    before = migration(f'op.execute("ALTER TABLE users ALTER COLUMN age {"DROP" if nullable else "SET"} NOT NULL")')
    text = migration(
        f'op.alter_column("users", "age", type_=sa.{new}())',
        'op.execute("ALTER TABLE users ALTER COLUMN age TYPE integer USING age::integer")',
    )
    one = planned("rewriting-type-change", text, before=before)
    assert [step.path.rpartition("example_")[2] for step in one.plan.revisions] == [
        "expand.py",
        "fill.py",
        *([] if nullable else ["check.py", "not_null.py"]),
        "switch.py",
    ]
    assert_same_end(one, tmp_path)


def test_whichever_column_is_written_while_both_are_there_the_other_one_follows(tmp_path: Path) -> None:
    one = planned("rewriting-type-change", migration('op.alter_column("users", "age", type_=sa.BigInteger())'))
    expand = one.plan.revisions[0].text.split("Revision ID: ")[1].split()[0]
    with fresh_database(16) as connection:
        migrations = lay_out(tmp_path, connection, one.texts)
        assert migrations.upgrade(expand) == ""
        for statement, ages in (
            ("INSERT INTO users (id, age) OVERRIDING SYSTEM VALUE VALUES (1, 30)", (30, 30)),
            ("UPDATE users SET age = 31", (31, 31)),
            ("UPDATE users SET age_new = 32", (32, 32)),
            ("UPDATE users SET name = 'x'", (32, 32)),
            ("UPDATE users SET age = NULL", (None, None)),
            ("UPDATE users SET age_new = 33", (33, 33)),
            ("UPDATE users SET age_new = NULL", (None, None)),
            ("UPDATE users SET age = 1, age_new = 1", (1, 1)),
        ):
            connection.execute(statement)
            assert connection.execute("SELECT age, age_new FROM users").fetchone() == ages, statement
        connection.execute("DELETE FROM users")
        connection.execute("INSERT INTO users (age_new) VALUES (40)")
        assert connection.execute("SELECT age, age_new FROM users").fetchone() == (40, 40)


def test_values_written_after_the_switch_survive_the_way_back(tmp_path: Path) -> None:
    one = planned("rewriting-type-change", migration('op.alter_column("users", "age", type_=sa.BigInteger())'))
    with fresh_database(16) as connection:
        migrations = lay_out(tmp_path, connection, one.texts)
        assert migrations.upgrade("0001") == ""
        fill(connection)
        before = connection.execute("SELECT id, age FROM users ORDER BY id").fetchall()
        assert migrations.upgrade() == ""
        assert connection.execute("SELECT id, age FROM users ORDER BY id").fetchall() == before
        connection.execute("INSERT INTO users (name, age) VALUES ('LATE', 99)")
        assert migrations.downgrade("0001") == ""
        after = connection.execute("SELECT id, age FROM users WHERE name <> 'LATE' ORDER BY id").fetchall()
        assert after == before
        assert connection.execute("SELECT age FROM users WHERE name = 'LATE'").fetchone() == (99,)


def test_filling_a_column_of_less_precision_leaves_the_old_one_as_it_is() -> None:
    pair = Pair(Name("visits"), "at", "at_new", DataType("timestamp without time zone"), DataType("date"))
    with fresh_database(16) as connection:
        connection.execute("CREATE TABLE visits (at timestamp)")
        connection.execute("INSERT INTO visits VALUES ('2026-01-02 03:04')")
        connection.execute("ALTER TABLE visits ADD COLUMN at_new date")
        for statement in pair.kept_equal():
            connection.execute(statement)
        connection.execute("UPDATE visits SET at_new = CAST(at AS date)")
        assert connection.execute("SELECT at::text, at_new::text FROM visits").fetchone() == (
            "2026-01-02 03:04:00",
            "2026-01-02",
        )


def test_numbers_go_on_whenever_the_sequence_and_the_identity_change_places(tmp_path: Path) -> None:
    column = 'sa.Column("number", sa.BigInteger(), sa.Identity(always=True))'
    text = migration(f'op.add_column("users", {column})', 'op.drop_column("users", "number")')
    one = planned("auto-incrementing-column-addition", text)
    with fresh_database(16) as connection:
        migrations = lay_out(tmp_path, connection, one.texts)
        assert migrations.upgrade("0001") == ""
        fill(connection, rows=20)
        for _ in range(3):
            assert migrations.upgrade() == ""
            connection.execute("INSERT INTO users (email) VALUES ('x')")
            assert migrations.downgrade(id_of(one.plan.revisions[-2])) == ""
            connection.execute("INSERT INTO users (email) VALUES ('x')")
        numbers = "SELECT count(*), count(DISTINCT number) FROM users"
        assert connection.execute(numbers).fetchone() == (26, 26)
