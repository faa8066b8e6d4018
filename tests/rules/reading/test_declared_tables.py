"""The tables of a metadata: all that the files around a migration add to it."""

from __future__ import annotations

import pytest

from rules.model.operations import Opaque, Raises
from rules.model.script import MigrationScript
from rules.reading import read_script
from tests.rules.reading.capabilities import migration

MODELS = """
import sqlalchemy as sa
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class Person(Base):
    __tablename__ = "person"
    id = sa.Column(sa.Integer, primary_key=True)
sa.Table("bare", Base.metadata, sa.Column("id", sa.Integer))
thing = sa.Table("thing", Base.metadata, sa.Column("id", sa.Integer))
"""
FILES = {"shop/__init__.py": "", "shop/models.py": MODELS}
TOP = "from shop.models import Base"
UNSEEN = "is for more than the reader can see: the tables that modules of the project add to its metadata"


def read(upgrade: str, top: str = TOP, texts: dict[str, str] = FILES) -> MigrationScript:
    script = read_script("m/versions/a1.py", migration(upgrade, top), texts)
    assert isinstance(script, MigrationScript), script
    return script


def sent(script: MigrationScript) -> list[str]:
    return [" ".join(one.sql.split()) for one in script.upgrade_statements]


def reasons(script: MigrationScript) -> list[str]:
    return [one.reason for one in script.upgrade if isinstance(one, Opaque)]


CREATED = ["CREATE TABLE bare ( id INTEGER )", "CREATE TABLE person ( id SERIAL NOT NULL, PRIMARY KEY (id) )"]


def test_all_tables_of_the_files_that_are_in_sight_are_made_and_what_others_may_add_is_said() -> None:
    script = read("Base.metadata.create_all(op.get_bind())")
    assert sent(script) == [*CREATED, "CREATE TABLE thing ( id INTEGER )"]
    assert reasons(script) == [f"`create_all` {UNSEEN}"]
    assert reasons(read("Base.metadata.drop_all(op.get_bind())")) == [f"`drop_all` {UNSEEN}"]


def test_tables_of_modules_that_a_package_imports_are_in_sight_too() -> None:
    package = {
        "shop/models/__init__.py": "from .base import Base\nfrom .person import Person\n",
        "shop/models/base.py": "from sqlalchemy.orm import DeclarativeBase\nclass Base(DeclarativeBase):\n    pass\n",
        "shop/models/person.py": "import sqlalchemy as sa\nfrom .base import Base\nclass Person(Base):\n"
        '    __tablename__ = "person"\n    id = sa.Column(sa.Integer, primary_key=True)\n',
    }
    assert sent(read("Base.metadata.create_all(op.get_bind())", texts=package)) == [CREATED[1]]


def test_a_metadata_of_the_migration_itself_is_whole() -> None:
    top = 'metadata = sa.MetaData()\nsa.Table("bare", metadata, sa.Column("id", sa.Integer))'
    for upgrade in ("metadata.create_all(op.get_bind())", 'metadata.tables["bare"].create(op.get_bind())'):
        script = read(upgrade, top)
        assert (sent(script), reasons(script)) == ([CREATED[0]], [])
    assert any(isinstance(one, Raises | Opaque) for one in read('metadata.tables["no"].create()', top).upgrade)


@pytest.mark.parametrize("base", ["declarative_base()", "DeclarativeBase"])
def test_so_is_one_of_a_base_class_that_the_migration_defines(base: str) -> None:
    top = f"""
from sqlalchemy.orm import DeclarativeBase, declarative_base
class Base({base}):
    pass
class Person(Base):
    __tablename__ = "person"
    id = sa.Column(sa.Integer, primary_key=True)
"""
    script = read("Base.metadata.create_all(op.get_bind())", top)
    assert (sent(script), reasons(script)) == ([CREATED[1]], [])


def test_a_table_is_found_in_the_metadata_by_its_name() -> None:
    assert sent(read('Base.metadata.tables["person"].create(op.get_bind())')) == [CREATED[1]]
    assert sent(read('Base.metadata.create_all(op.get_bind(), tables=[Base.metadata.tables["bare"]])')) == [CREATED[0]]


def test_a_table_that_is_not_in_sight_may_be_there() -> None:
    script = read('Base.metadata.tables["order"].create(op.get_bind())')
    assert not any(isinstance(one, Raises) for one in script.upgrade)
    assert len(reasons(script)) == 1


def test_tables_that_are_given_and_not_known_are_said() -> None:
    top = f"{TOP}\nfrom somewhere import tables"
    for given in ("tables", '[Base.metadata.tables["order"]]'):
        script = read(f"Base.metadata.create_all(op.get_bind(), tables={given})", top)
        assert (sent(script), reasons(script)) == (
            [],
            ["`create_all` is for more than the reader can see: the tables that it is given"],
        )


def test_classes_of_one_repository_are_not_those_of_another() -> None:
    models = """
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase
class Base(DeclarativeBase):
    pass
class Person(Base):
    __tablename__ = "person"
    {} = sa.Column(sa.Integer, primary_key=True)
"""
    for column in ("id", "number"):
        texts = {"shop/__init__.py": "", "shop/models.py": models.format(column)}
        (statement,) = sent(read("Person.__table__.create(op.get_bind())", "from shop.models import Person", texts))
        assert statement == f"CREATE TABLE person ( {column} SERIAL NOT NULL, PRIMARY KEY ({column}) )"
