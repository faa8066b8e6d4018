"""How many rows a change reaches, in each spelling that SQLAlchemy has for it."""

from __future__ import annotations

import re

import pytest

from rules.model.operations import Delete, Insert, Rows, Update
from rules.model.script import MigrationScript
from rules.reading import read_script
from tests.rules.reading.capabilities import migration

TABLES = """
users = sa.table("users", sa.column("id"), sa.column("age"), sa.column("note"))
moves = sa.table("moves", sa.column("user_id"), sa.column("note"))
"""
MODELS = """
from sqlalchemy.orm import Session, declarative_base
Base = declarative_base()

class User(Base):
    __tablename__ = "users"
    id = sa.Column(sa.Integer, primary_key=True)
    age = sa.Column(sa.Integer)

class Move(Base):
    __tablename__ = "moves"
    user_id = sa.Column(sa.Integer, primary_key=True)
"""


def change(body: str, top: str = TABLES) -> Insert | Update | Delete:
    script = read_script("versions/a1.py", migration(body, top))
    assert isinstance(script, MigrationScript), script
    (operation,) = (one for one in script.upgrade if isinstance(one, Insert | Update | Delete))
    return operation


@pytest.mark.parametrize(
    "construct",
    [
        "users.update().values(note=moves.c.note).where(users.c.id == moves.c.user_id)",
        "sa.update(users).values(age=1).where(users.c.id.in_(sa.select(moves.c.user_id)))",
        "sa.update(users).values(age=1).where(sa.exists().where(moves.c.user_id == users.c.id))",
        "sa.update(users).values(age=1).where(sa.select(moves.c.note).where(moves.c.user_id == users.c.id).exists())",
        "users.delete().where(users.c.id == moves.c.user_id)",
        "sa.delete(users).where(users.c.id.in_(sa.select(moves.c.user_id).distinct()))",
        "(lambda m: sa.update(users).values(age=1).where(users.c.id == m.c.user_id))(moves.alias('m'))",
        "(lambda m: sa.update(users).values(age=1).where(users.c.id == m.c.user_id))(sa.select(moves).cte('m'))",
        "(lambda m: sa.update(users).values(age=1).where(users.c.id == m.c.user_id))(sa.select(moves).subquery())",
    ],
)
def test_a_table_of_core_that_chooses_the_rows_is_seen(construct: str) -> None:
    for call in ("op.execute", "op.get_bind().execute"):
        operation = change(f"{call}({construct})")
        assert isinstance(operation, Update | Delete)
        assert (operation.rows, [match.columns for match in operation.matches]) == (Rows.JOINED, [("id",)])
        assert [str(match.table) for match in operation.matches] == ["moves"]


@pytest.mark.parametrize(
    "call",
    [
        'query(User).filter(User.id == Move.user_id).update({"age": 1}, synchronize_session=False)',
        "query(User).filter(User.id.in_(session.query(Move.user_id))).delete(synchronize_session=False)",
        "execute(sa.update(User).values(age=1).where(User.id == Move.user_id))",
        "execute(sa.delete(User).where(sa.exists().where(Move.user_id == User.id)))",
    ],
)
def test_a_model_that_chooses_the_rows_is_seen(call: str) -> None:
    operation = change(f"session = Session(bind=op.get_bind())\nsession.{call}", MODELS)
    assert isinstance(operation, Update | Delete)
    assert (operation.rows, [match.columns for match in operation.matches]) == (Rows.JOINED, [("id",)])


@pytest.mark.parametrize(
    ("construct", "rows"),
    [
        ("users.update().values(age=sa.select(moves.c.note).scalar_subquery())", Rows.ALL),
        ("users.update().values(age=1).where(users.c.age == sa.bindparam('x'))", Rows.UNBOUNDED),
        ("users.update().values(age=1).where(users.c.id == sa.bindparam('x'))", Rows.BOUNDED),
        ("users.update().values(age=1).where(users.c.id.in_(sa.select(users.c.age)))", Rows.UNBOUNDED),
        ("users.update().values(age=1).where(users.c.id.in_(sa.select(moves.c.user_id).limit(100)))", Rows.BOUNDED),
        ("users.update().values(age=1).where(users.c.id.not_in(sa.select(moves.c.user_id)))", Rows.JOINED),
    ],
)
def test_what_chooses_by_itself_or_a_few_rows_is_no_join(construct: str, rows: Rows) -> None:
    assert change(f"op.execute({construct})").rows == rows


@pytest.mark.parametrize(
    ("sql", "rows"),
    [
        ("UPDATE users SET age = 1 WHERE id = :id", Rows.BOUNDED),
        ("UPDATE users SET age = 1 WHERE id > :id AND id <= :last", Rows.BOUNDED),
        ("UPDATE users SET age = 1 WHERE id IN (SELECT id FROM users LIMIT :id)", Rows.BOUNDED),
        ("INSERT INTO users SELECT user_id FROM moves LIMIT :id", Rows.BOUNDED),
        ("UPDATE users SET age = :id WHERE id > :id", Rows.UNBOUNDED),
        ("UPDATE users SET age = 1 WHERE age = :id", Rows.UNBOUNDED),
    ],
)
def test_a_value_given_for_a_placeholder_bounds_rows_though_it_is_not_shown(sql: str, rows: Rows) -> None:
    last = ", last=make_one()" if ":last" in sql else ""
    for call in (
        f'op.get_bind().execute(sa.text("{sql}"), {{"id": make_one(), "last": make_one()}})',
        f'op.execute(sa.text("{sql}").bindparams(id=make_one(){last}))',
        f'op.execute(sa.text("{sql}").params(id=make_one(){last}))',
    ):
        operation = change(call)
        assert ("NULL" in operation.sql, operation.statement.given) == (True, True)
        assert operation.rows == rows


def test_a_limit_of_null_that_is_written_is_none() -> None:
    operation = change('op.execute("UPDATE users SET age = 1 WHERE id IN (SELECT id FROM users LIMIT NULL)")')
    assert (operation.rows, operation.statement.given) == (Rows.UNBOUNDED, False)
    sql = "UPDATE users SET age = 1 WHERE id IN (SELECT id FROM users LIMIT NULL) AND age > :age"
    operation = change(f'op.execute(sa.text("{sql}").bindparams(age=3))')
    assert (operation.rows, operation.statement.given) == (Rows.UNBOUNDED, False)


@pytest.mark.parametrize(
    ("construct", "sql", "rows"),
    [
        ('users.c.note.in_({"c", "a", "d", "b"})', "users.note IN ('a', 'b', 'c', 'd')", Rows.UNBOUNDED),
        ("users.c.id.in_([3, 1])", "users.id IN (3, 1)", Rows.BOUNDED),
        ("users.c.id.in_([])", "users.id IN (NULL) AND (1 != 1)", Rows.BOUNDED),
    ],
)
@pytest.mark.parametrize("typed", [True, False])
def test_a_list_of_values_is_printed_whole_and_in_the_same_order_each_time(
    construct: str, sql: str, rows: Rows, typed: bool
) -> None:
    top = TABLES.replace('sa.column("note"))', 'sa.column("note", sa.Text()))').replace('"id")', '"id", sa.Integer())')
    operation = change(f"op.execute(users.update().values(age=1).where({construct}))", top if typed else TABLES)
    where = re.sub(r"::\w+", "", operation.sql).partition("WHERE ")[2]
    assert where in (sql, f"({sql})")
    assert operation.rows == rows
