"""After a history, the folded schema equals what the catalogs of a real server hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rules.model.operations import Statement
from rules.model.place import Place
from rules.reading.sql import operations_of
from rules.schema import Schema
from rules.schema.lines import lines
from tests.databases import NEWEST, fresh_database, model_lines_of, run_all, versions
from tests.normalised import differences


def read_histories() -> dict[str, list[str]]:
    """By heading; one that ends in `(13+)` has a statement that older servers refuse."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in (Path(__file__).parent / "histories.txt").read_text().splitlines():
        if line.startswith("== "):
            heading = line[3:]
            found[heading] = []
        elif line and not line.startswith("#"):
            found[heading].append(line)
    return found


HISTORIES = read_histories()


def folded(statements: list[str]) -> Schema:
    schema = Schema.empty()
    for sql in statements:
        for operation in operations_of(Statement(sql, Place("m.py", 1))):
            schema = schema.after(operation)
    return schema


@pytest.mark.parametrize("version", versions())
@pytest.mark.parametrize("name", HISTORIES)
def test_the_folded_schema_equals_the_servers(name: str, version: int) -> None:
    """On the newest server after each statement, on the others at the end."""
    since = re.search(r"\((\d+)\+\)$", name)
    if since and version < int(since[1]):
        pytest.skip(f"since {since[1]}")
    with fresh_database(version) as connection:
        connection.execute("SET client_min_messages = error")
        for count, statement in enumerate(HISTORIES[name], 1):
            run_all(connection, [statement])
            if version == NEWEST or count == len(HISTORIES[name]):
                assert lines(folded(HISTORIES[name][:count])) == model_lines_of(connection), statement
        assert differences(connection, folded(HISTORIES[name]))[1] == []
