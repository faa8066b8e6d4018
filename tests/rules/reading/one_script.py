"""The operations of one migration, read from its text."""

from __future__ import annotations

from rules.model.operations import Operation
from rules.model.script import MigrationScript
from rules.reading import read_script
from rules.schema import Schema
from tests.rules.reading.capabilities import migration


def read(
    upgrade: str, top: str = "", texts: dict[str, str] | None = None, schema: Schema | None = None
) -> tuple[Operation, ...]:
    script = read_script("m/versions/a1.py", migration(upgrade, top), texts or {}, schema=schema)
    assert isinstance(script, MigrationScript), script
    return script.upgrade


def sent(operations: tuple[Operation, ...]) -> list[tuple[str, bool]]:
    return [(one.sql, one.statement.conditional) for one in operations]
