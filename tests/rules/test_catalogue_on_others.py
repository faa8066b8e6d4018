"""Every example for another database is accepted by real Alembic and run by a real server of its kind, or refused."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from rules.dialects import MYSQL, SQLITE
from rules.mysql.server import MEASURED
from rules.registry import rules
from rules.rule import Bad, Good, Rule
from tests.mysql_servers import fresh, needs_mariadb, programs, running
from tests.rules.test_catalogue import judged
from tests.rules.test_catalogue_on_server import Migrations, cases


def ran(example: Bad | Good, text: str, folder: Path, url: str, fails: str) -> tuple[str, ...]:
    """The tables as the server shows them once the migration has run; the way back of a `Good` is tried too."""
    migrations = Migrations(folder, url, example, text)
    error = migrations.upgrade()
    assert (error == "") if not fails else (fails in error), error
    left = shown(url)
    if isinstance(example, Good):
        assert migrations.downgrade("0002" if example.before else "0001") == ""
    return left


def shown(url: str) -> tuple[str, ...]:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            found = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
            return tuple(sql for (sql,) in found)
        tables = [name for (name,) in connection.exec_driver_sql("SHOW TABLES")]
        return tuple(connection.exec_driver_sql(f"SHOW CREATE TABLE `{name}`").fetchone()[1] for name in tables)


@contextlib.contextmanager
def database(dialect: str, folder: Path) -> Iterator[str]:
    if dialect == "sqlite":
        yield f"sqlite:///{folder}/shop.sqlite"
        return
    program = next((it for it in programs() if it.dialect == dialect), programs()[0])
    with fresh(program):
        yield f"{dialect}+pymysql://root@/shop?unix_socket={running(program).socket}"


def assert_runs(example: Bad | Good, folder: Path, changes_schema: bool) -> None:
    with database(example.dialect, folder) as url:
        left = ran(example, example.text, folder / "shown", url, example.fails)
    if isinstance(example, Bad) and example.becomes is not None:
        again = folder / "again"
        again.mkdir()
        with database(example.dialect, again) as url:
            repaired = ran(example.repaired, example.becomes, again / "repaired", url, "")
        assert changes_schema == (repaired != left)


@pytest.mark.parametrize(("rule", "example"), cases(Bad, Good, dialects=SQLITE))
def test_an_example_for_sqlite_runs_and_so_does_its_repair(rule: Rule, example: Bad | Good, tmp_path: Path) -> None:
    assert_runs(example, tmp_path, rule.changes_schema)


@needs_mariadb
@pytest.mark.parametrize(("rule", "example"), cases(Bad, Good, dialects=MYSQL))
def test_an_example_for_either_runs_and_so_does_its_repair(rule: Rule, example: Bad | Good, tmp_path: Path) -> None:
    assert_runs(example, tmp_path, rule.changes_schema)


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in rules() if rule.dialects])
def test_a_rule_says_the_same_of_each_database_that_it_speaks_of(rule: Rule) -> None:
    for example in rule.examples:
        assert rule.speaks_of(example.dialect)
        if example.server_version is not None:  # it is about that server
            continue
        of_its_kind = {one for one in (MYSQL, SQLITE) if example.dialect in one}
        for dialect in (dialect for kind in of_its_kind for dialect in kind):
            oldest = MEASURED[dialect][0] if dialect in MYSQL else None  # they do the same, as far as the examples go
            other = replace(example, dialect=dialect, server_version=oldest)
            found = {finding.rule for finding in judged(other, example.text).standing}
            assert found == ({rule.name} if isinstance(example, Bad) else set())
