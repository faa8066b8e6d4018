"""Each form of SQL in `forms.txt` becomes the operations written under it, and real servers know the form."""

from __future__ import annotations

import psycopg
import pytest

from rules.model.operations import Opaque, Operation, Statement
from rules.model.place import Place
from rules.reading.sql import operations_of
from tests.databases import fresh_database, versions
from tests.rules.sql.compact import compact
from tests.rules.sql.forms import FORMS, Form


def _read(sql: str) -> tuple[str, ...]:
    return tuple(compact(operation) for operation in operations_of(Statement(sql, Place("m.py", 1))))


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.sql[:60])
def test_a_form_becomes_its_operations(form: Form) -> None:
    assert _read(form.sql) == form.operations


def test_the_table_of_forms_shows_every_operation() -> None:
    shown = {operation.partition("(")[0] for form in FORMS for operation in form.operations}
    assert len(FORMS) > 300
    others = {"Raises", "RedefineColumn"}  # Python raises it; MySQL and MariaDB alone have it
    assert shown == {kind.__name__ for kind in Operation.__subclasses__()} - others


def test_no_form_is_opaque_as_a_statement() -> None:
    for form in FORMS:
        read = operations_of(Statement(form.sql, Place("m.py", 1)))
        assert not [it for it in read if isinstance(it, Opaque) and it.kind == "statement"], form.sql


@pytest.mark.parametrize("version", versions())
def test_a_real_server_knows_the_grammar_of_every_form(version: int) -> None:
    refused = []
    with fresh_database(version) as connection:
        connection.execute("SET client_min_messages = error")
        for form in FORMS:
            if form.since > version or _ends_or_waits(form.sql):
                continue
            connection.execute("BEGIN")
            try:
                connection.execute(form.sql.encode())
            except psycopg.errors.SyntaxError as error:
                refused.append((form.sql, str(error)))
            except psycopg.Error:
                pass  # an object is missing, or the statement is refused inside a transaction: the grammar was right
            connection.rollback()
    assert refused == []


def _ends_or_waits(sql: str) -> bool:
    """What would leave the transaction or open a copy of rows: their grammar is plain."""
    return sql.startswith(("COPY", "DISCARD", "CHECKPOINT", "PREPARE TRANSACTION"))


@pytest.mark.parametrize("case", [str.lower, str.swapcase], ids=["lower", "swapped"])
def test_keywords_may_be_written_in_any_case(case: object) -> None:
    for form in FORMS:
        if "'" in form.sql or '"' in form.sql or "$$" in form.sql or "Other(" in "".join(form.operations):
            continue
        assert callable(case)
        kinds = [it.partition("(")[0] for it in _read(case(form.sql))]
        assert kinds == [it.partition("(")[0] for it in form.operations], form.sql


def test_comments_and_line_breaks_between_words_change_nothing() -> None:
    plain = "ALTER TABLE users ADD COLUMN a INTEGER DEFAULT 1 NOT NULL"
    broken = plain.replace(" ", " -- why; not\n /* and; /* nested */ here */ ")
    assert _read(broken) == _read(plain)
