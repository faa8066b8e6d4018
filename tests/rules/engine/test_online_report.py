"""The lock report of MySQL and MariaDB speaks of algorithms, never of PostgreSQL's locks, and says what is unknown."""

from __future__ import annotations

from typing import Any

import pytest

from bot.review.listing import lock_section
from bot.review.locking import how_long, locks_in, who_waits
from rules.model.locks import Blocks, LockMoment
from rules.model.operations import Direction
from rules.postgres.lock_modes import LockMode
from tests.rules.engine.laid_out import judged, upgrade

WIDER = 'op.alter_column("orders", "user_id", type_=sa.BigInteger(), existing_type=sa.Integer())'
INDEX = 'op.create_index("ix", "orders", ["user_id"])'
NOTE = 'op.add_column("users", sa.Column("note", sa.Text()))'
SIZES = '{"taken_at": "2999-01-01T00:00:00Z", "tables": {"orders": {"rows": 12000000, "bytes": 3300000000}}}'


def moments(*lines: str, dialect: str = "mysql", **around: Any) -> list[LockMoment]:
    found = judged(upgrade(*lines), dialect=dialect, **around).moments
    return [moment for moment in found if moment.direction is Direction.UPGRADE]


def test_a_statement_says_its_algorithm_and_who_waits() -> None:
    said = {locks_in(one): (who_waits(one), how_long(one)) for one in moments(NOTE, INDEX, WIDER)}
    assert said == {
        "`ALGORITHM=INSTANT` on `users`": ("reads and writes of `users`", "a moment"),
        "`ALGORITHM=INPLACE, LOCK=NONE` on `orders`": (
            "other schema changes of `orders`",
            "grows with `orders`: read whole, an index is built",
        ),
        "`ALGORITHM=COPY, LOCK=SHARED` on `orders`": (
            "writes of `orders`",
            "grows with `orders`: read and written whole, its indexes too",
        ),
    }


def test_the_copy_is_the_worst_moment_and_none_is_kept_to_a_commit() -> None:
    found = moments(NOTE, INDEX, WIDER, statistics=SIZES)
    worst = min(found, key=lambda moment: moment.rank)
    assert "BIGINT" in worst.sql
    assert worst.size is not None
    assert {moment.transaction for moment in found} == {None}


def test_mariadb_11_lets_writes_through_while_it_copies() -> None:
    (found,) = moments(WIDER, dialect="mariadb", server_version=11)
    assert (locks_in(found), found.waiting[0].blocks) == (
        "`ALGORITHM=COPY, LOCK=NONE` on `orders`",
        Blocks.OTHER_ALTERS,
    )


def test_without_a_version_only_what_all_servers_do_is_said() -> None:
    (known,) = moments(INDEX, dialect="mariadb")
    assert locks_in(known) == "`ALGORITHM=INPLACE, LOCK=NONE` on `orders`"
    (copied,) = moments(WIDER, dialect="mariadb")
    assert (copied.known, copied.locks) == (False, ())
    (older,) = moments(WIDER, dialect="mariadb", server_version=10)
    assert locks_in(older) == "`ALGORITHM=COPY, LOCK=SHARED` on `orders`"


@pytest.mark.parametrize(
    "line",
    [
        'op.execute("UPDATE users SET age = 1")',
        'op.execute("OPTIMIZE TABLE users")',
        'op.execute("FROBNICATE TABLE users")',
        'op.execute("ALTER TABLE users ADD COLUMN z VARCHAR(36) DEFAULT (UUID())")',
        'op.alter_column("elsewhere", "x", type_=sa.BigInteger(), existing_type=sa.Integer())',
    ],
)
def test_what_is_not_known_is_no_guess(line: str) -> None:
    (found,) = moments(line)
    assert (found.known, found.locks, found.waiting) == (False, (), ())


def test_a_table_that_the_pull_request_makes_makes_nobody_wait() -> None:
    made = 'op.create_table("n", sa.Column("a", sa.Integer()))'
    assert moments(made, 'op.create_index("ix", "n", ["a"])', 'op.execute("SET foreign_key_checks = 0")') == []


def test_no_word_is_postgresqls() -> None:
    found = judged(upgrade(NOTE, INDEX, WIDER, 'op.drop_table("orders")'), dialect="mariadb")
    section = lock_section(found)
    assert section is not None
    text = str(section)
    assert "VACUUM" not in text
    assert "commits" not in text
    assert not [mode for mode in LockMode if f"`{mode}`" in text]


def test_of_sqlite_no_lock_is_named() -> None:
    assert moments(NOTE, dialect="sqlite") == []
