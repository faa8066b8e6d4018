"""The tables that models map, in every style in which people write them; what cannot be read is unknown."""

from __future__ import annotations

import pytest

from rules.mapped import Mapped, MappedTable, Reference
from rules.mapped.reading import read_mapped

IMPORTS = """import sqlalchemy as sa
from typing import Optional
from sqlalchemy import *
from sqlalchemy.orm import DeclarativeBase, Mapped, declarative_base, declared_attr, mapped_column, relationship
"""
BASE = "class Base(DeclarativeBase):\n    pass\n\n\n"


def read(text: str, *, env: str = "", **modules: str) -> Mapped:
    texts = {"shop/models.py": text, "shop/__init__.py": "", "m/env.py": env}
    texts |= {f"shop/{name}.py": IMPORTS + body for name, body in modules.items()}
    return read_mapped(["shop/models.py"], texts, "m/env.py" if env else None)


def one(text: str, **more: str) -> MappedTable:
    (table,) = read(IMPORTS + text, **more).tables.values()
    return table


def told(table: MappedTable) -> list[str]:
    """Each column in one line."""
    words = {True: "", False: " not null", None: " ?"}
    return [f"{column.name} {column.type or '?'}{words[column.nullable]}" for column in table.columns]


STYLES = {
    "1.4": BASE
    + """class Order(Base):
    __tablename__ = "orders"
    id = Column(Integer, primary_key=True)
    user_id = Column(ForeignKey("users.id"), index=True, nullable=False)
    code = Column("number", String(20), unique=True)
    user = relationship("User")
""",
    "declarative_base": """Base = declarative_base()

class Order(Base):
    __tablename__ = "orders"
    id = sa.Column(sa.Integer, primary_key=True)
    user_id = sa.Column(sa.ForeignKey("users.id"), index=True, nullable=False)
    number = sa.Column(sa.String(20), unique=True)
""",
    "2.0": BASE
    + """class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    code: Mapped[Optional[str]] = mapped_column("number", String(20), unique=True)
    user: Mapped["User"] = relationship(back_populates="orders")
""",
    "table": """metadata = MetaData()
orders = Table(
    "orders",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", ForeignKey("users.id"), index=True, nullable=False),
    Column("number", String(20), unique=True),
)
""",
    "arguments": BASE
    + """class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column()
    user_id: Mapped[int]
    number: Mapped[str | None] = mapped_column(String(20))
    __table_args__ = (
        PrimaryKeyConstraint("id"),
        ForeignKeyConstraint(["user_id"], ["users.id"]),
        Index("ix_o", "user_id"),
        UniqueConstraint("number"),
    )
""",
    "flask": """from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()

class Orders(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    user_id = db.Column(db.ForeignKey("users.id"), index=True, nullable=False)
    number = db.Column(db.String(20), unique=True)
    user = db.relationship("User")
""",
    "sqlmodel": """from sqlmodel import Field, Relationship, SQLModel

class Orders(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    user_id: int = Field(foreign_key="users.id", index=True)
    number: Optional[str] = Field(default=None, max_length=20, unique=True)
    user: Optional["User"] = Relationship(back_populates="orders")
""",
    "dataclass": "from sqlalchemy.orm import MappedAsDataclass\n"
    + """class Base(MappedAsDataclass, DeclarativeBase):
    pass

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    number: Mapped[str | None] = mapped_column(String(20), unique=True, default=None)
""",
}


@pytest.mark.parametrize("style", STYLES)
def test_one_table_in_every_style(style: str) -> None:
    table = one(STYLES[style])
    assert str(table.name) == "orders"
    assert [column.name for column in table.columns] == ["id", "user_id", "number"]
    assert [column.nullable for column in table.columns] == [False, False, True]
    assert str(table.columns[0].type) == "integer"
    assert str(table.columns[2].type) == "character varying(20)"
    assert table.primary == ("id",)
    assert table.indexes == {("user_id",)}
    assert table.uniques == {("number",)}
    assert table.references == {Reference(("user_id",), ("public", "users"))}
    assert table.whole
    assert table.keys_whole


def test_a_mixin_of_another_module_and_an_abstract_base_bring_their_columns() -> None:
    mixins = """class Dated:
    created_at = Column(DateTime(timezone=True), nullable=False)

    @declared_attr
    def owner_id(cls):
        return Column(ForeignKey("users.id"))

    @declared_attr
    def owner(cls):
        return relationship("User")

class Base(DeclarativeBase):
    metadata = MetaData(schema="shop")

class Numbered(Base):
    __abstract__ = True
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
"""
    table = one(
        "from shop.mixins import Dated, Numbered\n\nclass Order(Dated, Numbered):\n    __tablename__ = 'orders'\n",
        mixins=mixins,
    )
    assert sorted(told(table)) == ["created_at timestamp with time zone not null", "id bigint not null", "owner_id ?"]
    assert table.name.key == ("shop", "orders")
    assert table.whole


def test_the_child_of_a_mapped_class_has_its_own_columns_only() -> None:
    text = (
        BASE
        + """class Animal(Base):
    __tablename__ = "animals"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]

class Cat(Animal):
    __tablename__ = "cats"
    id: Mapped[int] = mapped_column(ForeignKey("animals.id"), primary_key=True)
    indoors: Mapped[bool]

class Dog(Animal):
    pass
"""
    )
    tables = read(IMPORTS + text).tables
    assert {name: [column.name for column in table.columns] for (_, name), table in tables.items()} == {
        "animals": ["id", "name"],
        "cats": ["id", "indoors"],
    }


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a: Mapped[int]", "a integer not null"),
        ("a: Mapped[int | None]", "a integer"),
        ('a: Mapped["Optional[int]"]', "a integer"),
        ("a: Mapped[int] = mapped_column(nullable=True)", "a integer"),
        ("a: Mapped[datetime.datetime]", "a timestamp without time zone not null"),
        ("a: Mapped[Decimal] = mapped_column(Numeric(12, 2))", "a numeric(12,2) not null"),
        ("a: Mapped[dict] = mapped_column(MutableDict.as_mutable(JSON))", "a json not null"),
        ("a = Column(Enum('x', 'y', name='kind'))", "a kind"),
        ("a = Column(Enum(Kind))", "a kind"),
        ("a = Column(JSON().with_variant(postgresql.JSONB(), 'postgresql'))", "a jsonb"),
        ("a = Column(ARRAY(Text))", "a text[]"),
        ("a = Column(Money)", "a ?"),
        ("a: Mapped[Money]", "a ? not null"),
        ("a = Column(String(LENGTH))", "a ?"),
        ("a = Column(Text, default=compute, onupdate=compute, info={'x': 1})", "a text"),
    ],
)
def test_a_column_as_it_is_written(written: str, expected: str) -> None:
    text = f"""import datetime, enum
from decimal import Decimal
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.mutable import MutableDict
from money import LENGTH, Money, compute

class Kind(enum.Enum):
    x = 1

{BASE}class Thing(Base):
    __tablename__ = "things"
    {written}
"""
    assert told(one(text)) == [expected]


@pytest.mark.parametrize(
    ("written", "whole", "keys_whole"),
    [
        ("b = Column(Text, nullable=UNKNOWN)", True, False),
        ("b = Column(Text, some_constraint())", True, False),
        ("b = make_column()", False, False),
        ("__table_args__ = arguments()", True, False),
        ("b = relationship('Other')\n    c = association_proxy('b', 'd')\n    E = 'e'", True, True),
        ("def total(self):\n        return 1\n\n    @provided\n    def other(self):\n        return 2", True, True),
    ],
)
def test_what_cannot_be_read_is_unknown_and_not_missing(written: str, whole: bool, keys_whole: bool) -> None:
    text = f"""from elsewhere import UNKNOWN, arguments, make_column, provided, some_constraint

{BASE}class Thing(Base):
    __tablename__ = "things"
    a = Column(Integer)
    {written}
"""
    table = one(text)
    assert (table.whole, table.keys_whole) == (whole, keys_whole)
    assert table.column("a") is not None
    assert (table.column("b") is not None) == ("b = Column" in written)


def test_a_base_class_from_elsewhere_may_bring_columns() -> None:
    assert not one(
        "from elsewhere import Base\n\nclass A(Base):\n    __tablename__ = 'a'\n    x = Column(Text)\n"
    ).whole


@pytest.mark.parametrize(
    ("env", "owned"),
    [
        ("from shop.base import Base\ncontext.configure(connection=c, target_metadata=Base.metadata)", True),
        ("from shop.base import Other\ncontext.configure(connection=c, target_metadata=Other.metadata)", False),
        ("from shop.base import Base\ncontext.configure(connection=c, target_metadata=[Base.metadata])", True),
        ("context.configure(connection=c, target_metadata=app.metadata)", None),
        ("context.configure(connection=c)", None),
        ("", None),
    ],
)
def test_which_metadata_env_py_migrates(env: str, owned: bool | None) -> None:
    bases = "class Base(DeclarativeBase):\n    pass\n\nclass Other(DeclarativeBase):\n    pass\n"
    text = "from shop.base import Base\n\nclass A(Base):\n    __tablename__ = 'a'\n    x = Column(Text)\n"
    assert one(text, env=env and f"from alembic import context\n{env}\n", base=bases).owned is owned


@pytest.mark.parametrize(
    "text",
    [
        "",
        "class (",
        "class A(A):\n    __tablename__ = 'a'\n",
        "class A:\n    __tablename__ = open('/etc/passwd').read()\n",
        f"class A(Base):\n    __tablename__ = 'a'\n    x = Column({'(' * 300}{')' * 300})\n",
        "class A(Base):\n    __tablename__ = 'a' * 10 ** 9\n",
        "class A(Base):\n    __tablename__ = 'a'\n    x = Column(Integer, ForeignKey('nowhere'))\n",
        "class A(Base):\n    __tablename__ = 'a'\n    x = Column('y', Integer)\n    z = Column('y', Text)\n",
        "class A(Base):\n    __tablename__ = 'a'\n    __table_args__ = (Index('i', 'no'),)\n    x = Column(Text)\n",
        "while True:\n    pass\nclass A(Base):\n    __tablename__ = 'a'\n",
        "import os\nclass A(Base):\n    __tablename__ = 'a'\n    x = Column(os.system('false'))\n",
    ],
)
def test_any_text_is_answered(text: str) -> None:
    read(IMPORTS + BASE + text)
    read(text)


def test_a_model_stands_where_it_is_written() -> None:
    table = one(STYLES["2.0"])
    start = (IMPORTS + BASE).count("\n") + 1
    assert (table.place.path, table.place.line) == ("shop/models.py", start)
    assert [column.place.line for column in table.columns] == [start + 2, start + 3, start + 4]
