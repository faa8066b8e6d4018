"""NOT NULL columns without a value; and the literal `default=` that becomes the server's."""

from __future__ import annotations

from contextlib import nullcontext

import psycopg
import pytest

from tests import databases
from tests.rules.catalogue.judged import assert_judged, repaired, statistics

RULE = "required-column-without-default"


@pytest.mark.parametrize(
    "line",
    [
        'op.add_column("orders", sa.Column("n", sa.Text(), nullable=False))',
        'op.add_column("orders", sa.Column("n", sa.Integer(), nullable=False, default=0))',
        'op.execute("ALTER TABLE orders ADD COLUMN n text NOT NULL")',
        'op.execute("ALTER TABLE orders ADD n text NOT NULL, ADD m text")',
    ],
)
def test_a_column_without_a_value_is_seen_in_every_spelling(line: str) -> None:
    assert_judged(RULE, f"{line}  # finding")


def test_batch_mode_is_seen() -> None:
    column = 'sa.Column("n", sa.Text(), nullable=False)'
    assert_judged(RULE, f'with op.batch_alter_table("orders") as b:\n    b.add_column({column})  # finding')


@pytest.mark.parametrize(
    "line",
    [
        'op.add_column("orders", sa.Column("n", sa.Text()))',
        'op.add_column("orders", sa.Column("n", sa.Text(), nullable=False, server_default=""))',
        'op.add_column("orders", sa.Column("n", sa.DateTime(), nullable=False, server_default=sa.func.now()))',
        'op.add_column("orders", sa.Column("n", sa.Integer(), sa.Computed("1", persisted=True), nullable=False))',
        'op.add_column("orders", sa.Column("n", sa.BigInteger(), sa.Identity(), nullable=False))',
        'op.create_table("t", sa.Column("n", sa.Text(), nullable=False))',
        "op.execute(\"ALTER TABLE orders ADD COLUMN n text NOT NULL DEFAULT ''\")",
    ],
)
def test_a_column_with_a_value_is_not(line: str) -> None:
    assert_judged(RULE, line)


def test_a_small_table_fails_all_the_same_and_an_empty_one_does_not() -> None:
    line = 'op.add_column("orders", sa.Column("n", sa.Text(), nullable=False))'
    assert_judged(RULE, f"{line}  # finding", statistics=statistics(orders=3))
    assert_judged(RULE, line, statistics=statistics(orders=0))


@pytest.mark.parametrize(
    ("default", "server_default"),
    [
        ("default=0", 'server_default="0"'),
        ("default=True", 'server_default="true"'),
        ('default="new"', 'server_default="new"'),
        ("default=dict", None),
        ("default=-1", None),
    ],
)
def test_a_literal_default_becomes_the_servers(default: str, server_default: str | None) -> None:
    line = 'op.add_column("orders", sa.Column("n", sa.Text(), nullable=False, {}))'
    wanted = None if server_default is None else line.format(server_default)
    assert repaired(RULE, line.format(default)) == wanted


@pytest.mark.parametrize(
    ("above", "emptied"),
    [
        ('op.execute("DELETE FROM orders")', True),
        ('op.execute("TRUNCATE orders")', True),
        ("op.execute(\"DELETE FROM orders WHERE status = 'a'\")", False),
        ('op.execute("DELETE FROM users")', False),
        ('op.execute("DELETE FROM orders")\nop.execute("INSERT INTO orders SELECT * FROM archive")', False),
        ('op.execute("DELETE FROM orders")\nop.execute("COPY orders FROM \'/rows\'")', False),
        ('op.execute("DELETE FROM orders")\nop.execute("COPY orders TO \'/rows\'")', True),
    ],
)
def test_on_a_table_just_emptied_the_inserts_fail(above: str, emptied: bool) -> None:
    line = 'op.add_column("orders", sa.Column("n", sa.Text(), nullable=False))'
    (finding,) = assert_judged(RULE, f"{above}\n{line}  # finding")
    assert finding.message.startswith("After this every insert into `orders`") is emptied


def test_a_new_table_has_no_row_to_fail_on() -> None:
    new = 'op.create_table("t", sa.Column("a", sa.Text()))'
    assert_judged(RULE, f'{new}\nop.add_column("t", sa.Column("k", sa.Text(), nullable=False))')


@pytest.mark.parametrize(
    ("written", "becomes"),
    [
        ("sa.Integer(), nullable=False, default=3", "sa.Integer(), nullable=False, server_default='3'"),
        ("sa.Float(), nullable=False, default=1.5", None),
    ],
)
def test_a_literal_is_written_in_the_quotes_of_its_column(written: str, becomes: str | None) -> None:
    line = "op.add_column('orders', sa.Column('k', {}))"
    assert repaired(RULE, line.format(written)) == (becomes and line.format(becomes))


@pytest.mark.parametrize("version", databases.versions())
def test_a_domain_with_a_default_fills_the_column_where_the_server_says_so(version: int) -> None:
    before = "def upgrade():\n    op.execute('CREATE DOMAIN ready AS int DEFAULT 1')\n    op.execute('{}')\n"
    line = "op.execute('ALTER TABLE orders ADD COLUMN n ready NOT NULL')"
    silent = before.format("SELECT 1")
    assert_judged(RULE, line if version >= 13 else f"{line}  # finding", before=silent, server_version=version)
    gone = before.format("ALTER DOMAIN ready DROP DEFAULT")
    assert_judged(RULE, f"{line}  # finding", before=gone, server_version=version)
    over, late = (
        "    op.execute('CREATE DOMAIN over AS ready')\n",
        "    op.execute('ALTER DOMAIN ready SET DEFAULT 2')\n",
    )
    of_over = line.replace("ready", "over")
    assert_judged(RULE, of_over, before=gone + late + over, server_version=max(version, 13))
    assert_judged(RULE, f"{of_over}  # finding", before=gone + over + late, server_version=max(version, 13))
    with databases.fresh_database(version) as connection:
        connection.execute("CREATE DOMAIN ready AS int DEFAULT 1; CREATE TABLE orders AS SELECT 1 AS id")
        with nullcontext() if version >= 13 else pytest.raises(psycopg.errors.NotNullViolation):
            connection.execute("ALTER TABLE orders ADD COLUMN n ready NOT NULL")
        connection.execute("ALTER DOMAIN ready DROP DEFAULT; CREATE DOMAIN over AS ready")
        connection.execute("ALTER DOMAIN ready SET DEFAULT 2")
        with pytest.raises(psycopg.errors.NotNullViolation):
            connection.execute("ALTER TABLE orders ADD COLUMN o over NOT NULL")
