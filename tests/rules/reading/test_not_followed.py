"""What cannot be followed is said, with its reason in plain words."""

from __future__ import annotations

import pytest

from rules.model.names import Name
from rules.model.operations import Opaque, OpaqueKind, Raises, Update
from tests.rules.reading.capabilities import migration
from tests.rules.reading.one_script import read


@pytest.mark.parametrize(
    ("upgrade", "reason"),
    [
        (
            "helper(op)",
            "`helper` is called with a way to the database, and `far.away.helper` is not in this repository",
        ),
        ("helper()", "`helper` cannot be followed: `far.away.helper` is not in this repository"),
        ("op.create_view('v')", "`op.create_view` is no operation of Alembic's own"),
        ("exec('x')", "`exec` cannot be followed: `exec` is not in this repository"),
    ],
)
def test_a_call_that_cannot_be_followed_is_said(upgrade: str, reason: str) -> None:
    (operation,) = read(upgrade, top="from far.away import helper")
    assert isinstance(operation, Opaque)
    assert operation.kind is OpaqueKind.CALL
    assert operation.reason == reason


def test_logging_and_printing_are_of_no_consequence() -> None:
    assert (
        read("print('x')\nlog.info('y %s', 1)\ntime.sleep(3)", top="import logging, time\nlog = logging.getLogger()")
        == ()
    )


def test_the_end_of_the_application_s_session_sends_nothing() -> None:
    assert read("db.session.close()", "from shop import db") == ()


def test_an_operation_with_an_unknown_argument_still_tells_its_table() -> None:
    (operation,) = read("op.create_index('i', 't', helper('x'))", top="from far.away import helper")
    assert isinstance(operation, Opaque)
    assert operation.tables == (Name("t"),)


def test_a_raise_is_understood() -> None:
    (operation,) = read("raise NotImplementedError('no way back')")
    assert isinstance(operation, Raises)
    assert (operation.error, operation.message) == ("NotImplementedError", "no way back")


def test_errors_of_sqlalchemy_are_told_in_plain_words() -> None:
    (found,) = read('op.execute(sa.table("t", sa.column("a")).insert().values(b=1))')
    assert isinstance(found, Opaque)
    assert found.reason == "reading of the function ends here with `CompileError`: the table is not known to have b"


def test_where_reading_stops_at_a_bound_it_says_at_which_statement() -> None:
    (found,) = read("op.get_bind()\nfor one in range(10_000):\n    sum(range(10_000))")
    assert isinstance(found, Opaque)
    assert "more than" in found.reason
    lines = migration("op.get_bind()\nfor one in range(10_000):\n    sum(range(10_000))").split("\n")
    assert lines[found.place.line - 1].strip() == "sum(range(10_000))"


def test_names_in_backquotes_are_no_names_to_postgresql() -> None:
    (found,) = read('op.execute("UPDATE `t` SET a = 1")')
    assert isinstance(found, Opaque)
    assert found.reason == "it quotes names as MySQL does, and PostgreSQL refuses that"
    assert isinstance(read("op.execute(\"UPDATE t SET a = '`'\")")[0], Update)
