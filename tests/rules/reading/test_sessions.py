"""What sessions send: queries, changed rows, relationships, commits."""

from __future__ import annotations

from rules.model.names import Name
from rules.model.operations import Delete, Insert, Select, TransactionControl, Update
from rules.model.script import MigrationScript
from rules.reading import read_script
from tests.rules.reading.capabilities import migration
from tests.rules.reading.one_script import read


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
