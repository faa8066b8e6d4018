"""What hangs on something unknown is read both ways, or once, and marked; never dropped."""

from __future__ import annotations

from rules.model.names import Name
from rules.model.operations import Delete, DropTable, Opaque, OpaqueKind, Select, Update
from tests.rules.reading.one_script import read, sent


def test_both_sides_of_an_unknown_condition_are_read() -> None:
    assert sent(
        read(
            """
            if op.get_bind().execute(sa.text("SELECT 1")).scalar():
                op.drop_table("a")
            elif sa.inspect(op.get_bind()).has_table("x"):
                op.drop_table("b")
            else:
                op.drop_table("c")
            op.drop_table("d")
            """
        )
    ) == [
        ("SELECT 1", False),
        ("DROP TABLE a", True),
        ("DROP TABLE b", True),
        ("DROP TABLE c", True),
        ("DROP TABLE d", False),
    ]


def test_a_loop_over_rows_is_read_once() -> None:
    operations = read(
        """
        for row in op.get_bind().execute(sa.text("SELECT id FROM t")):
            op.execute("UPDATE t SET a = 1")
            op.execute(f"DELETE FROM t WHERE id = {row.id}")
        """
    )
    assert [type(one) for one in operations] == [Select, Update, Opaque]
    assert [one.statement.conditional for one in operations] == [False, True, True]
    assert isinstance(operations[2], Opaque)
    assert operations[2].kind is OpaqueKind.SQL
    assert operations[2].tables == (Name("t"),)


def test_what_follows_a_possible_return_is_conditional() -> None:
    assert sent(
        read(
            """
            if sa.inspect(op.get_bind()).has_table("t"):
                return
            op.drop_table("a")
            """
        )
    ) == [("DROP TABLE a", True)]


def test_what_follows_a_possible_continue_is_conditional_in_that_round_only() -> None:
    assert sent(
        read(
            """
            for name in ("a", "b"):
                if sa.inspect(op.get_bind()).has_table(name):
                    continue
                op.drop_table(name)
            op.drop_table("c")
            """
        )
    ) == [("DROP TABLE a", True), ("DROP TABLE b", True), ("DROP TABLE c", False)]


def test_a_guard_that_raises_leaves_the_rest_certain() -> None:
    assert sent(
        read(
            """
            if not sa.inspect(op.get_bind()).has_table("t"):
                raise RuntimeError("run the other migration first")
            op.drop_table("t")
            """
        )
    ) == [("DROP TABLE t", False)]


def test_a_handler_of_an_error_of_the_database_is_conditional() -> None:
    assert sent(
        read(
            """
            try:
                op.drop_index("i")
            except Exception:
                op.drop_index("j")
            """
        )
    ) == [("DROP INDEX i", False), ("DROP INDEX j", True)]


def test_a_list_that_was_filled_under_a_condition_makes_its_loop_conditional() -> None:
    assert sent(
        read(
            """
            names = []
            if sa.inspect(op.get_bind()).has_table("t"):
                names.append("t")
            for name in names:
                op.drop_table(name)
            """
        )
    ) == [("DROP TABLE t", True)]


def test_an_endless_loop_until_no_rows_are_left_is_read_once() -> None:
    operations = read(
        """
        while True:
            done = op.get_bind().execute(sa.text("DELETE FROM t WHERE id IN (SELECT id FROM t LIMIT 100)"))
            if done.rowcount == 0:
                break
        op.drop_table("t")
        """
    )
    assert [type(one) for one in operations] == [Delete, DropTable]


def test_a_helper_that_may_have_returned_before_it_raises_gives_what_it_may_have_returned() -> None:
    top = """
    def chosen(row):
        for name in ("a", "b"):
            if row == name:
                return name
        raise ValueError("no such row")
    """
    assert sent(read('op.drop_table(chosen(op.get_bind().execute(sa.text("SELECT 1"))))\nop.drop_table("z")', top)) == [
        ("SELECT 1", False),
        ("DROP TABLE a", True),
        ("DROP TABLE b", True),
        ("DROP TABLE z", False),
    ]


def test_rows_of_which_some_are_not_known_are_inserted_on_a_condition() -> None:
    body = """
    rows = []
    for one in op.get_bind().execute(sa.text("SELECT a FROM t")):
        rows.append({"a": 1})
    op.bulk_insert(sa.table("t", sa.column("a", sa.Integer())), rows)
    """
    assert sent(read(body))[1:] == [("INSERT INTO t (a) VALUES (1)", True)]
