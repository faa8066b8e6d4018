"""A type changed beside the column: what is made of the column is made of the new one, and comes back with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import fresh_database
from tests.rules.catalogue.judged import migration
from tests.rules.plans.served import assert_same_end, ends, fill, finding_of, id_of, lay_out, planned

WIDER = migration(
    'op.alter_column("users", "age", type_=sa.BigInteger())',
    'op.execute("ALTER TABLE users ALTER COLUMN age TYPE integer")',
)


@pytest.mark.parametrize(
    ("made", "step"),
    [
        ('op.create_index("ix_users_age", "users", ["age"])', "ON users (age_new)"),
        ('op.create_index("ix_users_name", "users", ["name"], postgresql_where=sa.text("age > 1"))', "age_new > 1"),
        ('op.create_index("ix_users_age", "users", [sa.text("(age + 1)"), "name"], unique=True)', "(age_new + 1)"),
        ('op.execute("ALTER TABLE users ADD CONSTRAINT u UNIQUE (name, age)")', "ON users (name, age_new)"),
        ("op.execute(\"ALTER TABLE users ADD CONSTRAINT grown CHECK (age > 0 OR name = 'age')\")", "age_new > 0"),
        ('op.execute("CREATE VIEW named AS SELECT id, name FROM users")', "RENAME COLUMN age_new"),
        (
            """
            op.execute("CREATE TABLE ages (age integer PRIMARY KEY)")
            op.execute("INSERT INTO ages SELECT generate_series(1, 3000)")
            op.execute("ALTER TABLE users ADD CONSTRAINT known FOREIGN KEY (age) REFERENCES ages ON DELETE CASCADE")
            """,
            "FOREIGN KEY (age_new) REFERENCES ages",
        ),
    ],
)
def test_what_is_made_of_the_column_is_made_of_the_new_one(made: str, step: str, tmp_path: Path) -> None:
    one = planned("rewriting-type-change", WIDER, before=migration(made))
    assert any(step in revision.text for revision in one.plan.revisions)
    assert_same_end(one, tmp_path)


def test_a_default_goes_over_to_the_new_column(tmp_path: Path) -> None:
    one = planned(
        "rewriting-type-change", WIDER, before=migration('op.alter_column("users", "age", server_default="7")')
    )
    after = ends(tmp_path, one.texts)
    assert any(line.startswith("column public.users.age bigint default") for line in after)


def test_a_comment_goes_over_to_the_new_column(tmp_path: Path) -> None:
    before = migration("op.execute(\"COMMENT ON COLUMN users.age IS 'in years'\")")
    one = planned("rewriting-type-change", WIDER, before=before)
    said = "SELECT description FROM pg_description WHERE objoid = 'users'::regclass"
    with fresh_database(16) as connection:
        migrations = lay_out(tmp_path, connection, one.texts)
        assert migrations.upgrade() == ""
        assert connection.execute(said).fetchall() == [("in years",)]
        assert migrations.downgrade("0002") == ""
        assert connection.execute(said).fetchall() == [("in years",)]


def test_a_view_of_the_column_is_there_again_after_the_switch(tmp_path: Path) -> None:
    before = migration('op.execute("CREATE VIEW ages AS SELECT id, age FROM users")')
    one = planned("rewriting-type-change", WIDER, before=before)
    assert any("view public.ages" in line for line in ends(tmp_path, one.texts))


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ('op.execute("CREATE VIEW old AS SELECT * FROM users")', "The view old reads age"),
        ('op.alter_column("users", "age", server_default=sa.text("random()::int"))', "the default of age"),
        ('op.execute("ALTER TABLE users ADD COLUMN old boolean GENERATED ALWAYS AS (age > 60) STORED")', "old is comp"),
        ('op.execute("ALTER TABLE users ADD CONSTRAINT grown CHECK (age > 0) NOT VALID")', "not plain enough"),
        ('op.execute("ALTER TABLE users ADD CONSTRAINT u UNIQUE (age) DEFERRABLE")', "not plain enough"),
    ],
)
def test_what_cannot_go_over_is_named(made: str, reason: str) -> None:
    found, _ = finding_of("rewriting-type-change", WIDER, before=migration(made))
    assert found.plan is None
    assert reason in found.no_plan


def test_before_a_type_gets_narrower_a_check_keeps_out_what_does_not_fit(tmp_path: Path) -> None:
    text = migration(
        'op.alter_column("users", "email", type_=sa.String(100))',
        'op.alter_column("users", "email", type_=sa.String(320))',
    )
    one = planned("narrowing-type-change", text)
    assert "char_length(email) <= 100" in one.plan.revisions[0].text
    assert "VALIDATE" in one.plan.revisions[1].text
    assert_same_end(one, tmp_path)


def test_a_value_that_does_not_fit_stops_the_plan_before_anything_is_cut(tmp_path: Path) -> None:
    one = planned("narrowing-type-change", migration('op.alter_column("users", "email", type_=sa.String(5))'))
    with fresh_database(16) as connection:
        migrations = lay_out(tmp_path, connection, one.texts)
        assert migrations.upgrade("0001") == ""
        fill(connection, rows=200)
        assert "violated by some row" in migrations.upgrade()
        connection.execute("UPDATE users SET email = left(email, 5)")
        assert migrations.upgrade() == ""


def test_text_becomes_a_number_beside_it(tmp_path: Path) -> None:
    text = migration(
        'op.alter_column("users", "name", type_=sa.Integer(), postgresql_using="name::integer")',
        'op.alter_column("users", "name", type_=sa.Text())',
    )
    one = planned("rewriting-type-change", text)
    assert "refused from here on" in one.plan.revisions[0].text
    assert_same_end(one, tmp_path, ("UPDATE users SET name = id",))


def test_without_a_cast_by_itself_the_plan_casts(tmp_path: Path) -> None:
    one = planned("uncastable-type-change", migration('op.alter_column("users", "name", type_=sa.Integer())'))
    assert any("users.name integer" in line for line in ends(tmp_path, one.texts, ("UPDATE users SET name = id",)))


def test_a_timestamp_is_read_in_the_zone_that_using_says(tmp_path: Path) -> None:
    change, tokyo = "ALTER TABLE orders ALTER COLUMN placed_at TYPE", "AT TIME ZONE 'Asia/Tokyo'"
    text = migration(
        f'op.execute("{change} timestamp USING placed_at {tokyo}")',
        f'op.execute("{change} timestamptz USING placed_at {tokyo}")',
    )
    one = planned("time-zone-dependent-type-change", text)
    with fresh_database(16) as connection:
        migrations = lay_out(tmp_path, connection, one.texts)
        assert migrations.upgrade("0001") == ""
        connection.execute("INSERT INTO orders (placed_at) VALUES ('2026-01-02 03:04+00')")
        assert migrations.upgrade(id_of(one.plan.revisions[1])) == ""
        connection.execute("INSERT INTO orders (placed_at) VALUES ('2026-01-02 03:04+00')")
        assert migrations.upgrade() == ""
        query = "SELECT DISTINCT placed_at::text FROM orders"
        assert connection.execute(query).fetchall() == [("2026-01-02 12:04:00",)]
        assert migrations.downgrade("0001") == ""
        same = "SELECT DISTINCT placed_at = '2026-01-02 03:04+00' FROM orders"
        assert connection.execute(same).fetchall() == [(True,)]


def test_a_zone_that_nobody_says_is_asked_for() -> None:
    before = migration('op.create_index("ix_orders_placed_at", "orders", ["placed_at"])')
    text = migration('op.alter_column("orders", "placed_at", type_=sa.DateTime())')
    found, _ = finding_of("time-zone-dependent-type-change", text, before=before)
    assert "Which time zone the values mean is not said" in found.no_plan
