"""A line that an edit makes too long is wrapped as the file wraps its calls."""

from __future__ import annotations

import textwrap

import pytest

from rules.model.operations import Statement
from rules.model.place import Place
from rules.rewriting import Source, apply_edits, with_keyword
from rules.rewriting.fitting import fitted, suggestion_of


def statement_at(text: str) -> Statement:
    """The first call of `upgrade` as the statement it causes."""
    source = Source.of("m.py", text)
    assert source is not None
    call = next(source._calls(source.functions[0].body, ())).node
    return Statement("", Place("m.py", *source.start_of(call), *source.end_of(call)))


HANGING = "    op.drop_table(\n        'a_rather_long_name_of_a_table',\n        schema='one',\n    )\n"
ALIGNED = "    op.drop_table('a_rather_long_name_of_a_table',\n                  schema='one')\n"


def with_schema(body: str, schema: str) -> str:
    """The body after `schema=` was added to its first call."""
    text = f"def upgrade():\n{textwrap.indent(textwrap.dedent(body), '    ')}"
    suggestion = with_keyword(text, statement_at(text), "schema", repr(schema), "Name the schema")
    assert suggestion is not None
    changed = apply_edits(text, suggestion.edits)
    assert changed is not None
    return textwrap.dedent(changed.removeprefix("def upgrade():\n"))


CALL = "op.create_index('an_index_on_two', 'a_table', ['first_column', 'second_column'])\n"
SHORT = "op.create_index('an_index', 'a_table', ['first_column'])\n"


def test_a_line_that_fits_stays_one() -> None:
    assert with_schema(SHORT, "one") == SHORT.replace("])", "], schema='one')")


def test_arguments_go_below_together_where_they_fit() -> None:
    assert with_schema(CALL, "one") == (
        "op.create_index(\n    'an_index_on_two', 'a_table', ['first_column', 'second_column'], schema='one'\n)\n"
    )


def test_they_have_a_line_each_where_they_do_not() -> None:
    schema = "a_schema_with_a_name"
    assert with_schema(CALL, schema) == (
        "op.create_index(\n    'an_index_on_two',\n    'a_table',\n    ['first_column', 'second_column'],\n"
        f"    schema='{schema}',\n)\n"
    )


def test_arguments_that_share_a_line_below_part_where_it_grows_too_long() -> None:
    below = "op.create_index(\n    'an_index_on_two', 'a_table', ['first_column', 'second_column']\n)\n"
    assert with_schema(below, "one") == below.replace("']\n", "'], schema='one'\n")
    schema = "a_schema_with_a_name"
    assert with_schema(below, schema) == with_schema(CALL, schema)
    commented = below.replace("']\n", "']  # both\n")
    assert "# both" in with_schema(commented, schema)


def test_the_file_shows_how_long_a_line_may_be() -> None:
    longer = f"# {'-' * 110}\n"
    assert with_schema(CALL + longer, "one") == CALL.replace("])", "], schema='one')") + longer
    beyond = f"# {'-' * 150}\n"
    assert len(max(with_schema(CALL + beyond, "a" * 40).replace(beyond, "").split("\n"), key=len)) <= 120


def test_a_file_that_aligns_its_arguments_gets_them_aligned() -> None:
    written = with_schema(CALL + textwrap.dedent(ALIGNED), "one").removesuffix(textwrap.dedent(ALIGNED))
    assert written == (
        "op.create_index('an_index_on_two', 'a_table', ['first_column', 'second_column'],\n"
        "                schema='one')\n"
    )


def test_the_more_frequent_way_of_wrapping_counts() -> None:
    both = textwrap.dedent(ALIGNED + HANGING + HANGING)
    assert with_schema(CALL + both, "one").startswith("op.create_index(\n    'an_index")
    both = textwrap.dedent(ALIGNED + ALIGNED + HANGING)
    assert with_schema(CALL + both, "one").startswith("op.create_index('an_index")


def test_a_comment_behind_does_not_make_the_call_too_long() -> None:
    written = SHORT.rstrip("\n") + "  # " + "why " * 8 + "so\n"
    assert with_schema(written, "one") == written.replace("])", "], schema='one')")


def test_windows_line_breaks_stay() -> None:
    text = f"def upgrade():\n    {CALL}".replace("\n", "\r\n")
    suggestion = with_keyword(text, statement_at(text), "schema", "'one'", "Name the schema")
    assert suggestion is not None
    changed = apply_edits(text, suggestion.edits)
    assert changed is not None
    assert changed.count("\n") == changed.count("\r\n") == 4


@pytest.mark.parametrize("line", ["x = 1\n", "f = 'a' if upgrade else 'b'\n"])
def test_what_is_no_call_is_left_long(line: str) -> None:
    source = Source.of("m.py", line)
    assert source is not None
    edit = source.edit((1, 4), (1, 4), "2 + " * 30)
    assert fitted(line, edit) == edit


def test_a_missing_edit_is_no_suggestion() -> None:
    assert suggestion_of("x = 1\n", [], "Nothing") is None
    assert suggestion_of("x = 1\n", [None], "Nothing") is None
