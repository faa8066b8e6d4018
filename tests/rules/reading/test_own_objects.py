"""Expressions and tables that a repository defines itself."""

from __future__ import annotations

from rules.model.script import MigrationScript
from rules.reading import read_script

HEAD = 'from alembic import op\nimport sqlalchemy as sa\nrevision = "a1"\n'
CLOCK = """
from sqlalchemy.ext.compiler import compiles
import sqlalchemy as sa
class clock(sa.sql.expression.FunctionElement):
    type = sa.DateTime()
@compiles(clock, "mysql")
def on_mysql(element, compiler, **kw):
    return "CURRENT_TIMESTAMP(6)"
@compiles(clock)
def elsewhere(element, compiler, **kw):
    return "CURRENT_TIMESTAMP"
"""


def sent(body: str, texts: dict[str, str]) -> list[str]:
    script = read_script("versions/a1.py", f"{HEAD}{body}", texts)
    assert isinstance(script, MigrationScript)
    return [" ".join(one.sql.split()) for one in script.upgrade_statements]


def test_an_expression_is_what_its_compiler_says_for_the_dialect() -> None:
    body = """
from shop.sql import clock
def upgrade():
    op.add_column("t", sa.Column("at", sa.DateTime(), server_default=clock()))
"""
    assert sent(body, {"shop/sql.py": CLOCK}) == [
        "ALTER TABLE t ADD COLUMN at TIMESTAMP WITHOUT TIME ZONE DEFAULT CURRENT_TIMESTAMP"
    ]


def test_a_table_that_is_only_referred_to_by_its_name_is_found() -> None:
    body = """
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class Tag(Base):
    __tablename__ = "tag"
    id = sa.Column(sa.Integer, primary_key=True)
    made_by = sa.Column(sa.Integer, sa.ForeignKey("person.id"))
class Person(Base):
    __tablename__ = "person"
    id = sa.Column(sa.Integer, primary_key=True)
def upgrade():
    Tag.__table__.create(op.get_bind())
"""
    (statement,) = sent(body, {})
    assert "FOREIGN KEY(made_by) REFERENCES person (id)" in statement


def test_a_call_that_seems_to_fail_while_a_module_is_imported_is_unknown_and_the_class_stays() -> None:
    body = """
from sqlalchemy.orm import declarative_base
Base = declarative_base()
def secret(of):
    raise RuntimeError("only inside of the application")
class Tag(Base):
    __tablename__ = "tag"
    id = sa.Column(sa.Integer, primary_key=True)
    password = sa.Column(secret(sa.Text))
def upgrade():
    Tag.__table__.create(op.get_bind())
"""
    (statement,) = sent(body, {})
    assert 'password "?secret"' in statement
