"""Where a statement comes from: the call in the migration, in characters, and the line that it leads to."""

from __future__ import annotations

from rules.model.operations import Direction, Operation
from rules.model.place import Place
from rules.model.script import MigrationScript
from rules.reading import read_script
from tests.rules.reading.capabilities import migration

PATH = "versions/a1.py"


def read(text: str, texts: dict[str, str] | None = None) -> MigrationScript:
    script = read_script(PATH, text, texts or {})
    assert isinstance(script, MigrationScript), script
    return script


def text_at(text: str, place: Place) -> str:
    """What stands at a place, as an editor would select it."""
    lines = text.split("\n")[place.line - 1 : place.end_line]
    lines[-1] = lines[-1][: place.end_column]
    lines[0] = lines[0][place.column :]
    return "\n".join(lines)


def calls(text: str) -> list[str]:
    return [text_at(text, operation.place) for operation in read(text).upgrade]


def only(text: str, texts: dict[str, str] | None = None) -> Operation:
    (operation,) = read(text, texts).upgrade
    return operation


def test_the_place_is_the_whole_call() -> None:
    text = migration('op.drop_index(\n    "i",\n    table_name="t",\n); op.drop_table("t")')
    assert calls(text) == ['op.drop_index(\n        "i",\n        table_name="t",\n    )', 'op.drop_table("t")']


def test_columns_count_characters_not_bytes() -> None:
    text = migration('x = "жук😀"; op.drop_table("täble")')
    assert calls(text) == ['op.drop_table("täble")']
    assert only(text).place.column == len('    x = "жук😀"; ')


def test_lines_end_where_python_says_so() -> None:
    text = migration('x = "a\x0cb\u2028c"\nop.drop_table("t")').replace("\n", "\r\n")
    place = only(text).place
    assert text.split("\r\n")[place.line - 1] == '    op.drop_table("t")'
    assert (place.column, place.end_column) == (4, 22)


def test_a_byte_order_mark_moves_nothing() -> None:
    assert only("\ufeff" + migration('op.drop_table("t")')).place == only(migration('op.drop_table("t")')).place


def test_the_cause_is_the_callee_as_written() -> None:
    script = read(
        migration(
            """
            with op.batch_alter_table("t") as changes:
                changes.drop_column("x")
            op.get_bind().execute(sa.text("SELECT 1"))
            sa.Enum("a", name="e").drop(op.get_bind())
            """
        )
    )
    assert [one.statement.cause for one in script.upgrade] == [
        "changes.drop_column",
        "op.get_bind().execute",
        "sa.Enum('a', name='e').drop",
    ]


def test_in_batch_mode_the_place_is_that_of_the_inner_call() -> None:
    text = migration('with op.batch_alter_table("t") as b:\n    b.drop_column("x")\n    b.drop_index("i")')
    assert calls(text) == ['b.drop_column("x")', 'b.drop_index("i")']


def test_a_helper_of_the_same_file_is_where_the_statement_stands() -> None:
    text = migration('drop("t")', top="def drop(name):\n    op.drop_table(name)")
    assert calls(text) == ["op.drop_table(name)"]


def test_a_helper_of_another_file_is_told_beside_the_call_in_the_migration() -> None:
    helper = "from alembic import op\n\n\ndef drop(name):\n    op.drop_table(name)\n"
    text = migration('for name in ["t"]:\n    drop(name)', top="from helpers.tables import drop")
    operation = only(text, {"helpers/tables.py": helper})
    assert text_at(text, operation.place) == "drop(name)"
    assert operation.place.via == Place("helpers/tables.py", 5, 4, 5, 23)


def test_what_a_manager_of_another_file_sends_comes_from_the_with() -> None:
    around = "    op.drop_index('i')\n    yield\n    op.drop_index('j')\n"
    top = "import contextlib\nfrom alembic import op\n\n\n"
    texts = {"app/helping.py": f"{top}@contextlib.contextmanager\ndef around():\n{around}"}
    text = migration("from app.helping import around\nwith around():\n    op.drop_table('t')")
    places = [operation.place for operation in read(text, texts).upgrade]
    assert [text_at(text, place) for place in places] == ["around()", "op.drop_table('t')", "around()"]
    assert [place.via.line if place.via else None for place in places] == [7, None, 9]


def test_sql_over_several_lines_tells_where_its_text_stands() -> None:
    text = migration('op.execute(\n    sa.text("""\n    UPDATE t\n    SET a = 1\n    """)\n)')
    via = only(text).place.via
    assert via is not None
    assert text_at(text, via).startswith('"""\n')
    assert via.line == only(text).place.line + 1


def test_each_round_of_a_loop_has_the_same_place() -> None:
    script = read(migration('for name in "abc":\n    op.drop_table(name)'))
    assert len({one.place for one in script.upgrade}) == 1
    assert [one.sql for one in script.upgrade] == ["DROP TABLE a", "DROP TABLE b", "DROP TABLE c"]


def test_the_heading_has_places() -> None:
    text = migration("pass")
    script = read(text)
    assert text_at(text, script.place_of("revision")) == 'revision = "a1"'
    assert text_at(text, script.place_of("down_revision")) == "down_revision = None"
    assert text_at(text, script.place_of("upgrade")).startswith("def upgrade():")
    assert script.place_of("no such word") == Place(PATH, 1, 0, 1, 0)


def test_autocommit_blocks_are_counted_and_leave_no_bookkeeping() -> None:
    script = read(
        migration(
            """
            op.execute("SELECT 1")
            with op.get_context().autocommit_block():
                op.create_index("i", "t", ["a"], postgresql_concurrently=True)
                op.execute("SELECT 2")
            op.execute("SELECT 3")
            with context.get_context().autocommit_block():
                op.execute("VACUUM")
            """
        )
    )
    found = [(one.sql, one.transactional, one.block) for one in script.statements(Direction.UPGRADE)]
    assert found == [
        ("SELECT 1", True, None),
        ("CREATE INDEX CONCURRENTLY i ON t (a)", False, 0),
        ("SELECT 2", False, 0),
        ("SELECT 3", True, None),
        ("VACUUM", False, 1),
    ]
