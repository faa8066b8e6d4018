"""What cannot be known before a migration runs is read both ways, marked, or said; never dropped."""

from __future__ import annotations

import pytest

from rules.model.columns import DataType
from rules.model.names import Name
from rules.model.operations import (
    AddColumn,
    CreateIndex,
    Delete,
    DropTable,
    Insert,
    Opaque,
    OpaqueKind,
    Operation,
    Raises,
    Select,
    TransactionControl,
    Update,
)
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


def test_an_operation_with_an_unknown_argument_still_tells_its_table() -> None:
    (operation,) = read("op.create_index('i', 't', helper('x'))", top="from far.away import helper")
    assert isinstance(operation, Opaque)
    assert operation.tables == (Name("t"),)


def test_a_type_that_cannot_be_read_keeps_its_name() -> None:
    (operation,) = read("op.add_column('t', sa.Column('c', far.Money(3)))", top="import far")
    assert isinstance(operation, AddColumn)
    assert operation.column.type == DataType("Money", known=False)


def test_creating_a_type_that_cannot_be_read_is_said() -> None:
    operations = read(
        "far.Money(3).create(op.get_bind())\nsa.Enum(far.Kind, name='k').drop(op.get_bind())", top="import far"
    )
    assert [type(one) for one in operations] == [Opaque, Opaque]


def test_well_known_types_have_their_real_names() -> None:
    operations = read(
        """
        for kind in (utils.UUIDType(), sqlmodel.sql.sqltypes.AutoString(length=9), Vector(3), GUID(), CIText()):
            op.add_column("t", sa.Column("c", kind))
        """,
        top="""
        import sqlalchemy_utils as utils, sqlmodel
        from pgvector.sqlalchemy import Vector
        from fastapi_users_db_sqlalchemy.generics import GUID
        from citext import CIText
        """,
    )
    assert [one.sql.partition(" c ")[2] for one in operations] == ["UUID", "VARCHAR(9)", "VECTOR(3)", "UUID", "CITEXT"]


def test_unknown_values_stand_as_parameters() -> None:
    operations = read(
        """
        t = sa.table("t", sa.column("a", sa.Integer), sa.column("b"))
        for row in op.get_bind().execute(sa.select(t.c.a)):
            op.get_bind().execute(t.update().where(t.c.a == row.a).values(b=row.b))
        op.bulk_insert(t, [{"a": 1, "b": uuid.uuid4()}])
        """,
        top="import uuid",
    )
    assert [one.sql for one in operations] == [
        "SELECT t.a \nFROM t",
        "UPDATE t SET b=:b WHERE t.a = :a",
        "INSERT INTO t (a, b) VALUES (1, :b)",
    ]


def test_known_values_of_columns_without_a_type_are_sent_as_they_are() -> None:
    operations = read(
        """
        t = sa.table("t", sa.column("a"), sa.column("b"))
        op.execute(t.update().where(t.c.a == 2).values(b="it's", a=True))
        op.bulk_insert(t, [{"a": 1.5, "b": "x"}, {"a": None, "b": [1]}])
        """
    )
    assert [one.sql for one in operations] == [
        "UPDATE t SET a=true, b='it''s' WHERE t.a = 2::INTEGER",
        "INSERT INTO t (a, b) VALUES (1.5, 'x')",
        "INSERT INTO t (a, b) VALUES (:a, :b)",
    ]


def test_a_session_says_what_it_will_send() -> None:
    operations = read(
        """
        session = Session(bind=op.get_bind())
        for thing in session.query(Thing).filter(Thing.name == "x"):
            thing.name = "y"
        session.query(Thing).filter_by(id=3).delete()
        session.query(Thing).update({"name": None})
        session.add(Thing(name="new"))
        session.commit()
        """,
        top="""
        from sqlalchemy.orm import Session, declarative_base
        Base = declarative_base()

        class Thing(Base):
            __tablename__ = "things"
            id = sa.Column(sa.Integer, primary_key=True)
            name = sa.Column(sa.Text)
        """,
    )
    assert [one.sql for one in operations][:-1] == [
        "SELECT things.id, things.name \nFROM things \nWHERE things.name = 'x'",
        "UPDATE things SET name='y' WHERE things.id = :id",
        "DELETE FROM things WHERE things.id = 3",
        "UPDATE things SET name=NULL",
        "INSERT INTO things (name) VALUES ('new')",
    ]
    assert [type(one) for one in operations][:5] == [Select, Update, Delete, Update, Insert]
    assert [one.statement.conditional for one in operations] == [False, True, False, False, False, False]


def test_a_commit_of_the_connection_is_an_operation_without_text() -> None:
    operations = read("bind = op.get_bind()\nbind.commit()")
    assert [(type(one), one.sql) for one in operations] == [(TransactionControl, "")]


def test_a_raise_is_understood() -> None:
    (operation,) = read("raise NotImplementedError('no way back')")
    assert isinstance(operation, Raises)
    assert (operation.error, operation.message) == ("NotImplementedError", "no way back")


def test_offline_no_variable_of_the_environment_is_set_and_the_server_has_no_version() -> None:
    body = """
    if os.environ.get("SLOWLY", "") == "true" or "SLOWLY" in os.environ or os.getenv("SLOWLY"):
        op.drop_table("a")
    if op.get_bind().engine.dialect.server_version_info:
        op.drop_table("b")
    try:
        os.environ["SLOWLY"]
    except KeyError:
        op.drop_table("c")
    """
    text = migration(body, "import os")
    online, offline = (read_script("v/a1.py", text, offline=one) for one in (False, True))
    assert isinstance(online, MigrationScript)
    assert isinstance(offline, MigrationScript)
    assert sent(online.upgrade) == [("DROP TABLE a", True), ("DROP TABLE b", True)]
    assert sent(offline.upgrade) == [("DROP TABLE c", False)]


def test_a_query_that_could_not_be_built_stands_for_unknown_values() -> None:
    body = """
    session = Session(bind=op.get_bind())
    t = sa.table("t", sa.column("a"))
    op.execute(t.delete().where(t.c.a.in_(session.query(models.Thing.id))))
    """
    (operation,) = read(body, "from sqlalchemy.orm import Session\nfrom shop import models")
    assert isinstance(operation, Delete)
    assert operation.condition == "t.a IN (:unknown)"


def test_the_offline_side_is_read_only_when_asked_for() -> None:
    text = migration("if context.is_offline_mode():\n    op.drop_table('a')\nelse:\n    op.drop_table('b')")
    online, offline = (read_script("v/a1.py", text, offline=one) for one in (False, True))
    assert isinstance(online, MigrationScript)
    assert isinstance(offline, MigrationScript)
    assert [one.sql for one in online.upgrade] == ["DROP TABLE b"]
    assert [one.sql for one in offline.upgrade] == ["DROP TABLE a"]


def test_the_inspector_answers_from_the_earlier_revisions() -> None:
    schema = Schema.empty()
    for operation in read(
        "op.create_table('t', sa.Column('id', sa.Integer, primary_key=True))\nop.create_index('i', 't', ['id'])"
    ):
        schema = schema.after(operation)
    operations = read(
        """
        inspector = sa.inspect(op.get_bind())
        if inspector.has_table("t"):
            op.drop_index("i")
        if "x" not in [column["name"] for column in inspector.get_columns("t")]:
            op.add_column("t", sa.Column("x", sa.Text))
        if "x" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("t")}:
            op.drop_table("never")
        if "elsewhere" in inspector.get_table_names():
            op.drop_table("elsewhere")
        """,
        schema=schema,
    )
    assert sent(operations) == [
        ("DROP INDEX i", False),
        ("ALTER TABLE t ADD COLUMN x TEXT", False),
        ("DROP TABLE elsewhere", True),
    ]


def test_what_was_not_read_is_said_in_the_same_words_at_each_run() -> None:
    (found,) = read('op.drop_constraint(None, "a", type_="foreignkey")')
    assert isinstance(found, Opaque)
    assert "it has no name" in found.reason
    assert "0x" not in found.reason


ORM = """
from sqlalchemy.orm import Session, declarative_base, relationship
Base = declarative_base()
class Maker(Base):
    __tablename__ = "makers"
    id = sa.Column(sa.Integer, primary_key=True)
class Thing(Base):
    __tablename__ = "things"
    id = sa.Column(sa.Integer, primary_key=True)
    maker_id = sa.Column(sa.Integer, sa.ForeignKey("makers.id"))
    maker = relationship("Maker")
"""


def test_a_list_made_of_rows_is_read_with_one_of_them() -> None:
    body = """
    session = Session(bind=op.get_bind())
    session.add_all([Thing(maker_id=one.id) for one in session.query(Maker)])
    names = [f"ix_{one[0]}" for one in op.get_bind().execute(sa.text("SELECT 1")) if one]
    op.get_bind().execute(Thing.__table__.delete().where(Thing.__table__.c.id.in_(names)))
    if names:
        op.drop_table("a")
    names[3]
    op.drop_table("b")
    """
    found = read(body, ORM)
    assert [type(one).__name__ for one in found] == ["Select", "Insert", "Select", "Delete", "DropTable", "DropTable"]
    assert [one.statement.conditional for one in found] == [False, True, False, False, True, False]


def test_a_relationship_leads_to_rows_of_its_model() -> None:
    body = """
    session = Session(bind=op.get_bind())
    for thing in session.query(Thing):
        session.delete(thing.maker)
    """
    assert [one.table for one in read(body, ORM) if isinstance(one, Delete)] == [Name("makers")]


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


def test_the_end_of_the_application_s_session_sends_nothing() -> None:
    assert read("db.session.close()", "from shop import db") == ()


def test_errors_of_sqlalchemy_are_told_in_plain_words() -> None:
    (found,) = read('op.execute(sa.table("t", sa.column("a")).insert().values(b=1))')
    assert isinstance(found, Opaque)
    assert found.reason == "reading of the function ends here with `CompileError`: the table is not known to have b"


def test_what_sqlalchemy_keeps_in_no_order_is_told_in_one() -> None:
    values = ", ".join(f"{letter}=1" for letter in "hgfedcb")
    (found,) = read(f'op.execute(sa.table("t", sa.column("a")).insert().values({values}))')
    assert isinstance(found, Opaque)
    assert found.reason.endswith("the table is not known to have b, c, d, e, f, g, h")


@pytest.mark.parametrize(
    "written",
    ['op.create_table("t", {})', 'sa.Table("t", sa.MetaData(), {}).create(op.get_bind())'],
)
def test_the_indexes_of_a_new_table_come_in_the_order_of_its_columns(written: str) -> None:
    columns = ", ".join(f'sa.Column("{letter}", sa.Integer(), index=True)' for letter in "gbdafce")
    _, *indexes = read(written.format(columns))
    assert [one.index.name for one in indexes if isinstance(one, CreateIndex)] == [f"ix_t_{one}" for one in "gbdafce"]


def test_a_changed_row_stands_where_it_is_changed_and_hangs_on_there_being_rows() -> None:
    helper = "def pages(query):\n    for one in query:\n        yield one\ndef shown(value):\n    return str(value)\n"
    body = """
    session = Session(bind=op.get_bind())
    for thing in pages(session.query(Thing)):
        thing.maker_id = shown(3)
    for thing in session.query(Thing):
        setattr(thing, "maker_id", 4)
    """
    text = migration(body, f"{ORM}\nfrom shop.pages import pages, shown")
    script = read_script("m/versions/a1.py", text, {"shop/pages.py": helper})
    assert isinstance(script, MigrationScript)
    lines = text.split("\n")
    changes = [one for one in script.upgrade if isinstance(one, Update)]
    assert [lines[one.place.line - 1].strip() for one in changes] == [
        "thing.maker_id = shown(3)",
        'setattr(thing, "maker_id", 4)',
    ]
    assert all(one.statement.conditional for one in changes)


def test_a_default_that_another_package_holds_is_named() -> None:
    body = """
    op.add_column("t", sa.Column("status", sa.String(16), nullable=False, server_default=far.ACTIVE))
    op.alter_column("t", "size", server_default=str(far.SIZE))
    """
    assert [" ".join(one.sql.split()) for one in read(body, "import far")] == [
        "ALTER TABLE t ADD COLUMN status VARCHAR(16) DEFAULT :ACTIVE NOT NULL",
        "ALTER TABLE t ALTER COLUMN size SET DEFAULT :SIZE",
    ]


def test_an_enum_whose_length_hangs_on_unknown_labels_is_not_known() -> None:
    (found,) = read('op.add_column("t", sa.Column("k", sa.Enum(far.A, far.B, native_enum=False)))', "import far")
    assert isinstance(found, AddColumn)
    assert not found.column.type.known


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


def test_rows_of_which_some_are_not_known_are_inserted_on_a_condition() -> None:
    body = """
    rows = []
    for one in op.get_bind().execute(sa.text("SELECT a FROM t")):
        rows.append({"a": 1})
    op.bulk_insert(sa.table("t", sa.column("a", sa.Integer())), rows)
    """
    assert sent(read(body))[1:] == [("INSERT INTO t (a) VALUES (1)", True)]
