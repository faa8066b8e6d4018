"""What workers began and finished, kept for the sweep."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.jobs import Where
from bot.ledger import OPEN, SEEN, Ledger, OpenCheck
from bot.queue import connect

WHERE = Where(11, 22, "octo/shop")
CHECK = OpenCheck(WHERE, 7, "a" * 40, 99)


@pytest.fixture
def ledger(redis_url: str) -> Ledger:
    return Ledger(connect(redis_url))


def test_what_was_begun_and_not_ended_is_left_open(ledger: Ledger) -> None:
    other = replace(CHECK, check_id=100)
    ledger.began(CHECK)
    ledger.began(other)
    ledger.ended(CHECK)
    assert ledger.left_open(0) == (other,)
    assert ledger.left_open(3600) == ()


def test_a_repository_is_known_by_its_newest_name(ledger: Ledger) -> None:
    renamed = Where(11, 22, "octo/store")
    ledger.saw(WHERE)
    ledger.saw(renamed)
    assert ledger.repositories() == (renamed,)
    ledger.forget(renamed)
    assert ledger.repositories() == (WHERE,)


def test_only_the_newest_reviewed_head_counts(ledger: Ledger) -> None:
    ledger.reviewed(WHERE, 7, "a" * 40)
    ledger.reviewed(WHERE, 7, "b" * 40)
    assert not ledger.is_reviewed(WHERE, 7, "a" * 40)
    assert ledger.is_reviewed(WHERE, 7, "b" * 40)
    assert not ledger.is_reviewed(WHERE, 8, "b" * 40)


def test_what_cannot_be_read_is_dropped(redis_url: str, ledger: Ledger) -> None:
    redis = connect(redis_url)
    for key in (OPEN, SEEN):
        redis.zadd(key, {b"{}": 1e10 if key is SEEN else 1.0})
    assert ledger.left_open(0) == ()
    assert ledger.repositories() == ()
    assert redis.exists(OPEN, SEEN) == 0
