"""Batch mode copies a table of SQLite: what is sent is read from the schema, and is what Alembic sends to a server."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from rules.model.location import ScriptLocation
from rules.model.names import Name
from rules.model.operations import Direction, Opaque
from rules.model.script import MigrationScript
from rules.reading import read_location
from rules.schema import Schema

ENVIRONMENT = """from alembic import context

with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""
HEADER = """import sqlalchemy as sa
from alembic import op

revision = "{}"
down_revision = {}


def upgrade():
{}


def downgrade():
    pass
"""
SHOP = """
op.create_table("teams", sa.Column("id", sa.Integer, primary_key=True))
op.create_table(
    "users",
    sa.Column("id", sa.Integer, nullable=False),
    sa.Column("email", sa.String(320), nullable=False),
    sa.Column("age", sa.Integer, server_default="5"),
    sa.Column("total", sa.Numeric(12, 2)),
    sa.Column("at", sa.DateTime, server_default=sa.text("CURRENT_TIMESTAMP")),
    sa.Column("team_id", sa.Integer, sa.ForeignKey("teams.id", ondelete="CASCADE")),
    sa.PrimaryKeyConstraint("id", name="pk_users"),
    sa.UniqueConstraint("email", name="uq_email"),
    sa.UniqueConstraint("age", "total"),
    sa.CheckConstraint("age > 0", name="ck_age"),
)
op.create_index("ix_users_age", "users", ["age"])
"""
BATCHES = (
    'batch_op.alter_column("age", type_=sa.String(5), existing_type=sa.Integer())',
    'batch_op.alter_column("age", nullable=False)\nbatch_op.add_column(sa.Column("note", sa.Text()))',
    'batch_op.alter_column("email", new_column_name="mail")',
    'batch_op.drop_column("at")',
    'batch_op.drop_constraint("uq_email", type_="unique")\nbatch_op.create_unique_constraint("uq_2", ["email", "age"])',
    'batch_op.create_foreign_key("f", "teams", ["team_id"], ["id"])\nbatch_op.alter_column("at", server_default=None)',
    'batch_op.create_check_constraint("ck_total", sa.column("total") > 0)\nbatch_op.drop_index("ix_users_age")',
    'batch_op.create_index("ix_total", ["total"])\nbatch_op.drop_constraint("ck_age", type_="check")',
)


def texts(*bodies: str) -> dict[str, str]:
    parents = [None, *(f"a{at}" for at in range(1, len(bodies)))]
    return {
        f"m/versions/a{at}.py": HEADER.format(f"a{at}", repr(parent), indent(body.strip(), "    "))
        for at, (body, parent) in enumerate(zip(bodies, parents, strict=True), 1)
    }


def read(files: dict[str, str]) -> list[MigrationScript]:
    where = ScriptLocation("m", ("m/versions",), None, dialect="sqlite")
    return sorted(read_location(where, files).scripts, key=lambda script: script.revision)


def sent(files: dict[str, str], folder: Path) -> list[str]:
    """By real Alembic to a real SQLite, from the second revision on; its own bookkeeping left out."""
    for path, text in {"m/env.py": ENVIRONMENT, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    engine = sa.create_engine(f"sqlite:///{folder}/d.sqlite")
    config = Config(attributes={"engine": engine})
    config.set_main_option("script_location", str(folder / "m"))
    command.upgrade(config, "a1")
    found: list[str] = []
    sa.event.listen(engine, "before_cursor_execute", lambda *given: found.append(given[2]))
    command.upgrade(config, "head")
    return [one.strip() for one in found if not one.lstrip().startswith(("PRAGMA", "SELECT")) and "version" not in one]


TOLD_MORE = (
    'table_args=(sa.CheckConstraint("age < 99", name="ck_old"), sa.UniqueConstraint("total", name="uq_total"))',
    'table_args=[sa.ForeignKeyConstraint(["age"], ["teams.id"], name="fk_age")]',
    'table_kwargs={"sqlite_autoincrement": True, "comment": "people"}',
    'table_kwargs=dict(sqlite_with_rowid=False), table_args=(sa.CheckConstraint("age < 99", name="ck_old"),)',
    'reflect_args=[sa.Column("age", sa.BigInteger(), nullable=False)]',
    'reflect_args=[sa.Column("total", sa.Boolean()), sa.CheckConstraint("age < 9", name="ck_9")]',
    'reflect_args=(sa.CheckConstraint("total > 1", name="ck_t"), sa.Column("email", sa.Text(), server_default="x"))',
    'reflect_args=[sa.UniqueConstraint("total", name="uq_total")], reflect_kwargs={}',
    'reflect_kwargs={"resolve_fks": False}',
    'partial_reordering=[("email", "age")]',
    'partial_reordering=[("id", "at", "email")], reflect_args=[sa.Column("age", sa.BigInteger())]',
)
NEEDED = 'batch_op.add_column(sa.Column("note", sa.Text()))'


@pytest.mark.parametrize("more", TOLD_MORE)
def test_what_a_batch_is_told_besides_is_heard_as_alembic_hears_it(more: str, tmp_path: Path) -> None:
    _is_sent_alike(
        f'with op.batch_alter_table("users", recreate="always", {more}) as batch_op:\n    {NEEDED}', tmp_path
    )


def test_a_batch_is_told_more_by_position_too(tmp_path: Path) -> None:
    given = (
        '"users", None, "always", [("email", "age")], None, (sa.CheckConstraint("age < 99", name="ck_old"),), {}, ()'
    )
    _is_sent_alike(f"with op.batch_alter_table({given}) as batch_op:\n    {NEEDED}", tmp_path)


@pytest.mark.parametrize(
    "more",
    [
        "table_args=made()",
        "table_kwargs=made()",
        "table_kwargs={made(): 1}",
        "reflect_args=[made()]",
        "partial_reordering=made()",
        'reflect_kwargs={"listeners": [("column_reflect", print)]}',
        'reflect_kwargs={"include_columns": ["id", "email"]}',
        "reflect_kwargs=made()",
    ],
)
def test_a_batch_that_is_told_what_nobody_knows_is_said_to_be_unread(more: str) -> None:
    body = f'with op.batch_alter_table("users", recreate="always", {more}) as batch_op:\n    {NEEDED}'
    (one,) = read(texts(SHOP, body))[1].upgrade
    assert isinstance(one, Opaque)
    assert one.tables == (Name("users"),)


@pytest.mark.parametrize("batch", BATCHES)
def test_a_copy_is_sent_as_alembic_sends_it(batch: str, tmp_path: Path) -> None:
    _is_sent_alike(f'with op.batch_alter_table("users") as batch_op:\n{indent(batch, "    ")}', tmp_path)


def _is_sent_alike(body: str, tmp_path: Path) -> None:
    files = texts(SHOP, body)
    script = read(files)[1]
    assert [one for one in script.upgrade if isinstance(one, Opaque)] == []
    ours = [one.sql for one in script.statements(Direction.UPGRADE)]
    assert [parts(one) for one in ours] == [parts(one) for one in sent(files, tmp_path)]


def parts(sql: str) -> list[str]:
    """The lines of a statement; Alembic keeps the constraints of a copy in a set, so that their order is chance."""
    return sorted(line.strip(" \t,") for line in sql.strip().splitlines())


def test_a_table_that_nobody_saw_created_is_said_to_be_unknown() -> None:
    body = 'with op.batch_alter_table("elsewhere") as batch_op:\n    batch_op.drop_column("at")'
    (said,) = read(texts(SHOP, body))[1].upgrade
    assert isinstance(said, Opaque)
    assert said.reason == "batch mode copies `elsewhere` as it finds it, which nothing that was read tells"
    assert said.tables == (Name("elsewhere"),)


def test_the_copy_takes_the_place_of_its_table() -> None:
    body = 'with op.batch_alter_table("users") as batch_op:\n    batch_op.drop_column("at")'
    schema = Schema.empty("sqlite")
    for script, new in zip(read(texts(SHOP, body)), (False, True), strict=True):
        for operation in script.upgrade:
            schema = schema.after(operation, revision=script.revision, new=new)
    users = schema.table(Name("users"))
    assert users is not None
    assert [column.name for column in users.columns] == ["id", "email", "age", "total", "team_id"]
    assert not schema.is_new(Name("users"))
    assert {table.name.name for table in schema.tables} == {"teams", "users"}


def test_a_check_without_a_name_is_left_out_by_alembic_too(tmp_path: Path) -> None:
    table = 'op.create_table("t", sa.Column("a", sa.Integer), sa.CheckConstraint("a > 0"))'
    body = 'with op.batch_alter_table("t") as batch_op:\n    batch_op.alter_column("a", nullable=False)'
    files = texts(table, body)
    ours = [one.sql for one in read(files)[1].statements(Direction.UPGRADE)]
    assert [parts(one) for one in ours] == [parts(one) for one in sent(files, tmp_path)]
    assert "CHECK" not in ours[0]
