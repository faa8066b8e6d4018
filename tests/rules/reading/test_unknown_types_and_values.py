"""Types and values that are not known: named, left as parameters, or said."""

from __future__ import annotations

from rules.model.columns import DataType
from rules.model.operations import AddColumn, Delete, Opaque
from tests.rules.reading.one_script import read


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


def test_an_enum_whose_length_hangs_on_unknown_labels_is_not_known() -> None:
    (found,) = read('op.add_column("t", sa.Column("k", sa.Enum(far.A, far.B, native_enum=False)))', "import far")
    assert isinstance(found, AddColumn)
    assert not found.column.type.known


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


def test_a_query_that_could_not_be_built_stands_for_unknown_values() -> None:
    body = """
    session = Session(bind=op.get_bind())
    t = sa.table("t", sa.column("a"))
    op.execute(t.delete().where(t.c.a.in_(session.query(models.Thing.id))))
    """
    (operation,) = read(body, "from sqlalchemy.orm import Session\nfrom shop import models")
    assert isinstance(operation, Delete)
    assert operation.condition == "t.a IN (:unknown)"


def test_a_default_that_another_package_holds_is_named() -> None:
    body = """
    op.add_column("t", sa.Column("status", sa.String(16), nullable=False, server_default=far.ACTIVE))
    op.alter_column("t", "size", server_default=str(far.SIZE))
    """
    assert [" ".join(one.sql.split()) for one in read(body, "import far")] == [
        "ALTER TABLE t ADD COLUMN status VARCHAR(16) DEFAULT :ACTIVE NOT NULL",
        "ALTER TABLE t ALTER COLUMN size SET DEFAULT :SIZE",
    ]
