"""Types that a foreign key joins, against what each server refuses."""

from __future__ import annotations

from itertools import product

import psycopg
import pytest

from rules.model.columns import DataType
from rules.postgres.key_types import FAMILIES, clash
from tests.databases import fresh_database, versions

TYPES = sorted(FAMILIES.keys() - {"citext"})


@pytest.mark.parametrize("version", versions())
def test_each_pair_clashes_where_the_server_says_so(version: int) -> None:
    """`name` against the padded texts is refused too, and nothing is said."""
    refused = set()
    with fresh_database(version) as connection:
        for number, name in enumerate(TYPES):
            connection.execute(f"CREATE TABLE t{number} (c {name} UNIQUE)".encode())
        for own, key in product(range(len(TYPES)), repeat=2):
            try:
                connection.execute(f"ALTER TABLE t{own} ADD FOREIGN KEY (c) REFERENCES t{key} (c)".encode())
            except psycopg.errors.DatatypeMismatch:
                refused.add((TYPES[own], TYPES[key]))
    said = {pair for pair in product(TYPES, repeat=2) if clash(*map(DataType, pair))}
    assert said == refused - {("name", "bpchar"), ("name", "character")}


def test_nothing_is_said_of_arrays_of_types_of_the_project_and_of_types_that_are_not_known() -> None:
    text, number = DataType("text"), DataType("bigint")
    assert clash(text, number)
    for other in (
        DataType("text", dimensions=1),
        DataType("text", schema="shop"),
        DataType("text", known=False),
        DataType("mood"),
    ):
        assert not clash(other, number)
        assert not clash(number, other)
