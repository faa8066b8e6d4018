"""The lock report in words: who waits, how long, and how much that is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.review.listing import MOST_MOMENTS, lock_section
from bot.review.locking import how_long, locks_in, size_in_words, who_waits
from rules.model.locks import Blocks, LockMoment, LockRow, Waiting, Work
from rules.model.operations import Direction
from rules.model.place import Place
from rules.model.review import Review
from rules.model.size import Size

PATH = "migrations/versions/ab12_x.py"
HERE = Place(PATH, 14)
EARLIER = Place(PATH, 12)
ROW = LockRow(HERE, "ab12", Direction.UPGRADE, "CREATE INDEX i ON orders (a)", "SHARE", ("orders",), Blocks.WRITES)
MOMENT = LockMoment(
    HERE,
    "ab12",
    Direction.UPGRADE,
    ROW.sql,
    (ROW,),
    (
        Waiting("users", Blocks.READS_AND_WRITES, EARLIER, "ab12"),
        Waiting("orders", Blocks.WRITES, HERE, "ab12"),
    ),
    Work.INDEXED,
    ("orders",),
    size=Size(12_345_678, 3_300_000_000),
    transaction=1,
)


def test_a_moment_says_its_own_locks_first_and_then_those_still_held() -> None:
    assert locks_in(MOMENT) == "`SHARE` on `orders`"
    assert who_waits(MOMENT) == "writes of `orders`; reads and writes of `users`, since line 12"
    assert how_long(MOMENT) == ("grows with `orders`: read whole, an index is built (about 12 million rows, 3.1 GB)")


def test_a_lock_of_an_earlier_revision_is_named_with_it() -> None:
    before = Waiting("users", Blocks.SCHEMA_CHANGES, Place("migrations/versions/aa11.py", 9), "aa11")
    assert who_waits(replace(MOMENT, waiting=(before,))) == (
        "schema changes and VACUUM of `users`, since line 9 of `aa11`"
    )


def test_a_brief_lock_says_what_it_outlasts() -> None:
    brief = replace(MOMENT, work=Work.NONE, works_on=(), size=None, stretched_by=Place(PATH, 20))
    assert how_long(brief) == "a moment; kept to the commit, while line 20 runs too"
    elsewhere = replace(brief, stretched_by=Place("migrations/versions/cd34.py", 20))
    assert how_long(elsewhere) == "a moment; kept to the commit, while line 20 of `cd34.py` runs too"


def test_row_locks_and_nobody_are_said() -> None:
    rows = Waiting("orders", Blocks.WRITES, HERE, "ab12", rows_only=True)
    assert who_waits(replace(MOMENT, waiting=(rows,))) == "writes to the changed rows of `orders`"
    assert who_waits(replace(MOMENT, waiting=())) == "nobody"


def test_work_on_tables_that_nobody_knows_is_said_without_a_size() -> None:
    assert how_long(replace(MOMENT, work=Work.WRITTEN, works_on=(), size=None)) == "as long as it takes: rows written"


def test_what_is_read_to_choose_the_rows_is_said_beside_what_is_written() -> None:
    joined = replace(MOMENT, work=Work.WRITTEN, reads=("users", "teams"), size=None)
    assert how_long(joined) == (
        "grows with `orders`, `users` and `teams`: rows of `orders` written, `users` and `teams` read"
    )
    chosen = replace(MOMENT, work=Work.WRITTEN, works_on=("users",), for_each="orders", size=Size(40, 8192))
    assert how_long(chosen) == "grows with `users`: at most as many rows of `orders` written (about 40 rows, 8 kB)"


def test_many_tables_are_counted() -> None:
    wide = replace(ROW, tables=tuple("abcdefg"))
    assert locks_in(replace(MOMENT, locks=(wide,))) == "`SHARE` on `a`, `b`, `c`, `d` and 3 more"


@pytest.mark.parametrize(
    ("rows", "size", "words"),
    [
        (0, 0, "about 0 rows, 0 bytes"),
        (1, 8192, "about 1 row, 8 kB"),
        (84_321, 9_999_999, "about 84,000 rows, 9.5 MB"),
        (999_999, 2**30, "about 1 million rows, 1 GB"),
        (1_234_567, 1_073_741_823, "about 1.2 million rows, 1 GB"),
        (123_456_789, 55 * 2**30, "about 120 million rows, 55 GB"),
        (3_500_000_000, 2 * 2**40, "about 3.5 billion rows, 2 TB"),
    ],
)
def test_a_size_has_two_digits(rows: int, size: int, words: str) -> None:
    assert size_in_words(Size(rows, size)) == words


def table(*moments: LockMoment) -> str:
    section = lock_section(Review((), (), moments=moments))
    return "\n".join((section.lead or "", *section.rows, section.left_out or "")) if section else ""


def test_the_table_shows_the_worst_few_and_counts_the_rest() -> None:
    many = [replace(MOMENT, rank=rank) for rank in range(1, MOST_MOMENTS + 4)]
    text = table(*many)
    assert text.count("`ab12_x.py:14`") == MOST_MOMENTS
    assert text.endswith("And 3 more, none of them worse; `dbbot locks` prints them.")


def test_the_table_leaves_out_the_way_back_and_moments_for_which_nobody_waits() -> None:
    down = replace(MOMENT, direction=Direction.DOWNGRADE)
    quiet = replace(MOMENT, waiting=())
    only_behind = replace(MOMENT, waiting=MOMENT.waiting[:1], work=Work.NONE)
    assert table(down, quiet, only_behind) == ""
    assert table(replace(only_behind, work=Work.READ)) != ""


def test_the_table_says_what_it_rests_on() -> None:
    unknown = replace(MOMENT, size=None)
    assert "How big the tables are is not known; `dbbot stats` shows how to tell." in table(unknown)
    assert "Sizes are those of the statistics file." in table(MOMENT)
    shared = replace(MOMENT, revision="cd34", place=Place("migrations/versions/cd34.py", 3))
    assert "`ab12` and `cd34` share one transaction." in table(MOMENT, shared)
    assert "share one" not in table(MOMENT, replace(shared, transaction=2))
