"""A text with several statements is cut where the server would cut it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.reading.sql import Piece, split


def test_pieces_know_their_offset_and_their_line() -> None:
    text = "\n-- first\nSELECT 1;\n\n  SELECT 2 ;"
    assert split(text) == (Piece("SELECT 1", 10, 3), Piece("SELECT 2", 23, 5))
    assert [text[piece.offset :].startswith(piece.sql) for piece in split(text)] == [True, True]


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ';'",
        "SELECT 'it''s; fine'",
        r"SELECT E'\';'",
        'SELECT ";" FROM t',
        "SELECT $$;$$, $a$ ; $$ ; $a$",
        "SELECT 1 -- ; not here",
        "SELECT 1 /* ; /* ; */ ; */ + 1",
        "CREATE RULE r AS ON DELETE TO t DO ALSO (DELETE FROM a; DELETE FROM b)",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END",
        "DO $do$ BEGIN PERFORM 1; END $do$",
        "SELECT 'a\\'",
        "SELECT a$$b FROM t",
        "SELECT U&'\\0061;'",
    ],
)
def test_a_semicolon_inside_something_ends_nothing(text: str) -> None:
    assert len(split(text)) == 1
    assert len(split(f"{text}\n; SELECT 2;")) == 2


@pytest.mark.parametrize("text", ["", " \n", ";", ";;", "-- only words", "/* nothing */ ;"])
def test_a_text_without_statements_has_no_pieces(text: str) -> None:
    assert split(text) == ()


@given(st.text(alphabet="ab';\"$-/*() \nE\\&U.:0", max_size=60))
@settings(max_examples=500, deadline=None)
def test_any_text_splits_and_the_pieces_stand_in_it(text: str) -> None:
    end = 0
    for piece in split(text):
        assert piece.sql
        assert text[piece.offset : piece.offset + len(piece.sql)] == piece.sql
        assert piece.offset >= end
        assert piece.line == 1 + text.count("\n", 0, piece.offset)
        end = piece.offset + len(piece.sql)
