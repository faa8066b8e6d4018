"""Constraints with an index behind them: unique, primary key, exclusion; built, taken over, impossible."""

from __future__ import annotations

import pytest

from rules.examples import ENV
from tests.rules.catalogue.judged import assert_judged, statistics

UNIQUE = "blocking-unique-constraint"
PRIMARY = "blocking-primary-key"
TAGS = """def upgrade():
    op.create_table("tags", sa.Column("name", sa.Text(){nullable}))
    op.create_index("tags_key", "tags", ["name"], unique=True)
"""
USING = 'op.execute("ALTER TABLE tags ADD CONSTRAINT tags_key PRIMARY KEY USING INDEX tags_key")'


@pytest.mark.parametrize(
    "line",
    [
        'op.create_unique_constraint("u", "users", ["email"])',
        'op.execute("ALTER TABLE users ADD UNIQUE (email)")',
        'op.execute("ALTER TABLE users ADD COLUMN code text UNIQUE")',
        'op.add_column("users", sa.Column("code", sa.Text(), unique=True))',
    ],
)
def test_a_unique_constraint_that_builds_its_index_is_seen(line: str) -> None:
    assert_judged(UNIQUE, f"{line}  # finding")


@pytest.mark.parametrize(
    "line",
    [
        'op.execute("ALTER TABLE users ADD CONSTRAINT u UNIQUE USING INDEX u")',
        'op.create_table("t", sa.Column("a", sa.Text(), unique=True))',
        'op.execute("ALTER TABLE users ADD CONSTRAINT u UNIQUE (email) NOT VALID")',
    ],
)
def test_one_that_takes_an_index_over_is_not(line: str) -> None:
    assert_judged(UNIQUE, line)


def test_a_small_table_is_spared() -> None:
    line = 'op.create_unique_constraint("u", "users", ["email"])'
    assert_judged(UNIQUE, line, statistics=statistics(users=5))


@pytest.mark.parametrize(
    "line",
    [
        'op.create_primary_key("p", "tags", ["name"])',
        'op.execute("ALTER TABLE tags ADD PRIMARY KEY (name)")',
        'op.execute("ALTER TABLE tags ADD COLUMN id bigint PRIMARY KEY")',
    ],
)
def test_a_primary_key_that_builds_its_index_is_seen(line: str) -> None:
    before = TAGS.format(nullable=", nullable=False")
    assert_judged(PRIMARY, f"{line}  # finding", before=before)
    assert_judged(PRIMARY, USING, before=before)


def test_a_key_over_a_nullable_column_reads_the_table_after_all() -> None:
    rule = "primary-key-over-nullable-columns"
    assert_judged(rule, f"{USING}  # finding", before=TAGS.format(nullable=""))
    assert_judged(rule, USING, before=TAGS.format(nullable=", nullable=False"))
    proof = '    op.create_check_constraint("c", "tags", "name IS NOT NULL")\n'
    assert_judged(rule, USING, before=TAGS.format(nullable="") + proof)
    assert_judged(rule, USING, before=TAGS.format(nullable=""), statistics=statistics(tags=5))


def test_an_exclusion_constraint_has_no_other_form() -> None:
    rule = "blocking-exclusion-constraint"
    before = 'def upgrade():\n    op.execute("CREATE TABLE stays (during tstzrange)")\n'
    assert_judged(rule, 'op.create_exclude_constraint("x", "stays", ("during", "&&"))  # finding', before=before)
    assert_judged(
        rule, 'op.execute("ALTER TABLE stays ADD EXCLUDE USING gist (during WITH &&)")', statistics=statistics(stays=1)
    )


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ('op.execute("ALTER TABLE users ADD CONSTRAINT u UNIQUE (email) NOT VALID")', True),
        ('op.execute("ALTER TABLE users ADD CONSTRAINT u PRIMARY KEY (email) NOT VALID")', True),
        ('op.create_unique_constraint("u", "users", ["email"], postgresql_using_index="i")', True),
        ('op.execute("ALTER TABLE users ADD CONSTRAINT u CHECK (age > 0) NOT VALID")', False),
        ('op.execute("ALTER TABLE users ADD CONSTRAINT u UNIQUE (email)")', False),
    ],
)
def test_not_valid_is_refused_where_an_index_stands_behind(line: str, refused: bool) -> None:
    assert_judged("not-valid-where-impossible", f"{line}  # finding" if refused else line)


def test_a_key_of_a_partitioned_table_may_be_not_valid_from_eighteen_on() -> None:
    before = 'def upgrade():\n    op.execute("CREATE TABLE e (u bigint, at date) PARTITION BY RANGE (at)")\n'
    line = 'op.create_foreign_key("f", "e", "users", ["u"], ["id"], postgresql_not_valid=True)'
    rule = "not-valid-where-impossible"
    assert_judged(rule, f"{line}  # finding", before=before, server_version=17)
    assert_judged(rule, line, before=before, server_version=18)


@pytest.mark.parametrize(
    ("line", "missing"),
    [
        ('op.create_index("i", "e", ["u"], unique=True)', True),
        ('op.create_index("i", "e", ["u", "at"], unique=True)', False),
        ('op.create_index("i", "e", ["u"])', False),
        ('op.execute("ALTER TABLE e ADD PRIMARY KEY (u)")', True),
        ('op.execute("CREATE TABLE f (u bigint PRIMARY KEY, at date) PARTITION BY RANGE (at)")', True),
        ('op.execute("CREATE TABLE f (u bigint, at date) PARTITION BY RANGE (lower(u), at)")', False),
    ],
)
def test_a_unique_index_must_contain_the_partition_key(line: str, missing: bool) -> None:
    before = 'def upgrade():\n    op.execute("CREATE TABLE e (u bigint, at date) PARTITION BY RANGE (at)")\n'
    assert_judged("unique-without-partition-key", f"{line}  # finding" if missing else line, before=before)


@pytest.mark.parametrize(
    ("lines", "speaks"),
    [
        ("{build}  # finding", True),
        ('op.execute("DELETE FROM users a USING users b WHERE a.id > b.id AND a.email = b.email")\n{build}', False),
    ],
)
def test_duplicates_are_only_feared_where_nothing_removes_them(lines: str, speaks: bool) -> None:
    build = 'op.create_index("u", "users", ["email"], unique=True, postgresql_concurrently=True)'
    assert_judged("unique-over-existing-rows", lines.format(build=build))


def test_a_small_table_may_hold_duplicates_too() -> None:
    rule, line = "unique-over-existing-rows", 'op.create_unique_constraint("u", "users", ["email"])'
    assert_judged(rule, f"{line}  # finding", statistics=statistics(users=50))
    assert_judged(rule, line, statistics=statistics(users=0))
    assert_judged(rule, line)


def test_alembics_own_table_is_small() -> None:
    line = 'op.create_primary_key("p", "{}", ["version_num"])'
    assert_judged("blocking-primary-key", line.format("alembic_version"))
    env = ENV.replace("connection=connection", 'connection=connection, version_table="applied"')
    assert_judged("blocking-primary-key", line.format("applied"), env=env)
    assert_judged("blocking-primary-key", f"{line.format('alembic_version')}  # finding", env=env)


COLUMN = 'op.add_column("orders", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id"){}){})'


@pytest.mark.parametrize("inline", ["n int CHECK (n > 0)", "n int PRIMARY KEY", "n int REFERENCES users"])
def test_only_unique_inside_a_column_is_a_unique_constraint(inline: str) -> None:
    line = "op.execute('ALTER TABLE orders ADD COLUMN {}')"
    assert_judged("blocking-unique-constraint", line.format(inline))
    assert_judged("blocking-unique-constraint", line.format("n int UNIQUE") + "  # finding")
