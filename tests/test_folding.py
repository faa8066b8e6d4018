"""A history that changes what it never made is folded against a server that was given what it takes for granted."""

from __future__ import annotations

import pytest

from rules.model.operations import Statement
from rules.model.place import Place
from rules.reading.sql import operations_of
from rules.schema import Schema
from rules.schema.lines import lines
from tests.databases import fresh_database, model_lines_of
from tests.folding import Fold


@pytest.mark.parametrize(
    ("sql", "made"),
    [
        ("ALTER TABLE t ADD COLUMN a INT", 1),
        ("ALTER TABLE app.t ADD COLUMN a INT", 2),
        ("CREATE INDEX i ON t (a, b)", 3),
        ("ALTER TABLE t ALTER COLUMN a TYPE NUMERIC(8, 2)", 2),
        ("ALTER TABLE t ALTER COLUMN a SET DEFAULT false", 2),
        ("ALTER TABLE t ADD CHECK (a > 0 AND NOT b)", 3),
        ("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (id)", 5),
        ("CREATE TABLE t (a UUID REFERENCES u (id))", 3),
        ("CREATE TABLE t (a INT, b TEXT, FOREIGN KEY (a, b) REFERENCES u (x, y))", 4),
        ("ALTER TABLE t DROP CONSTRAINT c", 2),
        ("ALTER TABLE t RENAME COLUMN a TO b", 2),
        ("ALTER TYPE mood ADD VALUE 'a'", 1),
        ("ALTER TYPE mood RENAME VALUE 'a' TO 'b'", 1),
        ("DROP INDEX app.i", 2),
        ("ALTER INDEX i RENAME TO j", 1),
        ("ALTER SEQUENCE s RENAME TO r", 1),
        ("DROP VIEW v", 1),
        ("DROP TABLE app.t", 2),
    ],
)
def test_what_a_statement_misses_is_made_before(sql: str, made: int) -> None:
    with fresh_database() as connection:
        fold = Fold(connection, Schema.empty())
        fold.send(sql, operations_of(Statement(sql, Place("m.py", 1))))
        assert not fold.refused
        assert len(fold.base) == made
        assert lines(fold.schema) == model_lines_of(connection)


def test_what_is_refused_for_another_reason_is_left_out_of_both() -> None:
    with fresh_database() as connection:
        fold = Fold(connection, Schema.empty())
        for sql in ("CREATE TABLE t (a INT)", "CREATE TABLE t (b INT)", "UPDATE missing SET a = 1"):
            fold.send(sql, operations_of(Statement(sql, Place("m.py", 1))))
        assert (len(fold.refused), fold.rows, fold.base) == (1, 1, [])
        assert lines(fold.schema) == model_lines_of(connection)
