"""Every fact about locks, rewrites and scans, against what each server does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from rules.locking.sample import Sample
from rules.locking.samples import SAMPLES
from rules.locks import LockFact, locks_of
from rules.model import operations as model
from rules.model.operations import Operation, Statement
from rules.model.place import Place
from rules.postgres.lock_modes import LockMode
from rules.reading.sql import operations_of
from rules.schema import Schema
from tests.databases import fresh_database, versions
from tests.rules.postgres.measuring import Measured, forget, measured, measured_alone

_ROWS = (model.Insert, model.Update, model.Delete, model.Select, model.Truncate, model.RefreshView, model.CreateObject)
_SERVER_CHOICE = (*_ROWS, model.Maintenance)
"""Their scans and files say nothing about checking or rewriting a table."""


@pytest.fixture(scope="module", params=versions())
def server(request: pytest.FixtureRequest) -> Iterator[tuple[int, psycopg.Connection]]:
    with fresh_database(request.param) as connection:
        connection.execute("SET client_min_messages = error")
        forget(connection)
        yield request.param, connection


def _read(sql: str) -> tuple[Operation, ...]:
    return operations_of(Statement(sql, Place("m.py", 1)))


def expected(sample: Sample, version: int) -> tuple[LockFact, ...]:
    schema = Schema.empty()
    for statement in sample.setup:
        for operation in _read(statement):
            schema = schema.after(operation)
    (operation,) = _read(sample.sql)
    return locks_of(operation, schema, version)


@pytest.mark.parametrize(
    "sample",
    [sample for samples in SAMPLES.values() for sample in samples],
    ids=lambda sample: f"{sample.sql[:70]} ({len(sample.setup)})",
)
def test_the_server_does_what_the_facts_say(sample: Sample, server: tuple[int, psycopg.Connection]) -> None:
    version, connection = server
    if sample.since > version:
        pytest.skip(f"since {sample.since}")
    facts = expected(sample, version)
    if sample.alone:
        found = measured_alone(connection, sample.setup, sample.sql, version)
        if sample.last:
            later = measured_alone(connection, sample.setup, sample.sql, version, [sample.last])
            found = replace(found, locks={**later.locks, **found.locks})
    else:
        found = measured(connection, sample.setup, sample.sql)
    said = {name.name: fact.mode for fact in facts for name in fact.tables}
    assert said == _comparable(found, said)
    (operation,) = _read(sample.sql)
    if not isinstance(operation, _SERVER_CHOICE):
        assert any(fact.rewrites for fact in facts) == bool(found.rewritten & set(said)), "rewrites"
        if not sample.alone:
            assert any(fact.scans or fact.rewrites for fact in facts) == bool(found.scanned), "scans"
            if not found.rewritten:
                assert any(fact.builds for fact in facts) == bool(found.built), "builds"


def _comparable(found: Measured, said: dict[str, LockMode]) -> dict[str, LockMode]:
    """Tables and views, and of indexes those that a fact names; ACCESS SHARE that no fact names hurts nobody."""
    return {
        name: mode
        for name, mode in found.locks.items()
        if name in said or (found.kinds[name] not in "iI" and mode is not LockMode.ACCESS_SHARE)
    }
