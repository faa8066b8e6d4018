"""`dbbot stats`: its query on real servers, and the file made of the answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.commands import dbbot
from rules.model.names import Name
from rules.settings.statistics import Statistics, read_statistics
from tests import databases


def run(*words: str, given: str = "") -> str:
    result = CliRunner().invoke(dbbot, ["stats", *words], input=given, standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result.output


@pytest.mark.parametrize("version", databases.versions())
def test_the_answer_of_a_server_becomes_a_file_that_is_read(version: int, tmp_path: Path) -> None:
    with databases.fresh_database(version) as connection:
        connection.execute("CREATE TABLE orders (id int)")
        connection.execute("INSERT INTO orders SELECT generate_series(1, 20000)")
        connection.execute('CREATE TABLE "Odd name" (id int)')
        connection.execute("CREATE TABLE visits (id int) PARTITION BY RANGE (id)")
        connection.execute("CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM (0) TO (20000)")
        connection.execute("INSERT INTO visits SELECT generate_series(1, 15000)")
        connection.execute("ANALYZE orders, visits_1")
        (answer,) = connection.execute(run()).fetchone() or (None,)
    target = tmp_path / "sizes.json"
    run("-", "--output", str(target), given=f"{json.dumps(answer)}\n(1 row)\n")
    read = read_statistics(target.read_text())
    assert isinstance(read, Statistics)
    assert read.server_version == version
    sizes = read.of(Name("orders"))
    assert sizes is not None
    assert (sizes.rows, sizes.is_small) == (20_000, False)
    parts = read.of(Name("visits"))
    assert parts is not None
    assert parts.rows == 15_000
    assert parts.bytes > 0
    assert read.of(Name("Odd name")) is not None


@pytest.mark.parametrize("version", databases.versions())
def test_a_table_that_was_never_analysed_is_empty_only_without_a_page(version: int) -> None:
    with databases.fresh_database(version) as connection:
        connection.execute("CREATE TABLE empty (id int PRIMARY KEY)")
        connection.execute("CREATE TABLE filled (id int PRIMARY KEY)")
        connection.execute("INSERT INTO filled SELECT generate_series(1, 50)")
        (answer,) = connection.execute(run()).fetchone() or (None,)
    assert {name: table["rows"] for name, table in answer["tables"].items()} == {
        "public.empty": 0,
        "public.filled": 1,
    }


def test_an_empty_database_has_no_tables() -> None:
    with databases.fresh_database() as connection:
        (answer,) = connection.execute(run()).fetchone() or (None,)
    assert answer["tables"] == {}
    assert json.loads(run("-", given=json.dumps(answer)))["tables"] == {}


@pytest.mark.parametrize("given", ["", "psql: error: connection refused", "{", '{"tables": {"users": {"rows": -1}}}'])
def test_an_answer_that_is_none_is_refused_in_one_sentence(given: str) -> None:
    with pytest.raises(Exception, match="psql -XAt"):
        run("-", given=given)
