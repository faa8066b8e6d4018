"""Types and names of well-known packages, and what is left of those that cannot be known."""

from __future__ import annotations

import pytest

from rules.model.operations import CreateEnum, Opaque
from rules.model.script import MigrationScript
from rules.reading import read_script
from rules.reading.environment import read_environment
from tests.rules.reading.capabilities import migration

TOP = """
from alembic.context import get_context
from oslo_db.sqlalchemy import types as db_types
from sqlalchemy.ext.mutable import Mutable, MutableDict
from somewhere import constants


class Json(sa.TypeDecorator):
    impl = sa.Text


class Own(Mutable, list):
    @classmethod
    def coerce(cls, key, value):
        return value
"""


def read(upgrade: str, dialect: str = "postgresql") -> MigrationScript:
    script = read_script("m/versions/a1.py", migration(upgrade, TOP), {}, dialect=dialect)
    assert isinstance(script, MigrationScript), script
    return script


def sent(upgrade: str, dialect: str = "postgresql") -> list[tuple[str, bool]]:
    return [(" ".join(one.sql.split()), one.conditional) for one in read(upgrade, dialect).upgrade_statements]


@pytest.mark.parametrize(
    ("given", "rendered"),
    [
        ("MutableDict.as_mutable(Json)", "TEXT"),
        ("MutableDict.as_mutable(postgresql.JSONB())", "JSONB"),
        ("Own.as_mutable(sa.String(5))", "VARCHAR(5)"),
        ("db_types.JsonEncodedList()", "TEXT"),
        ("db_types.JsonEncodedDict(mysql_as_long=True)", "TEXT"),
        ("db_types.JsonEncodedDict(mysql_as_long=True).impl", "TEXT"),
        ("db_types.JsonEncodedDict.impl", "TEXT"),
        ("db_types.SoftDeleteInteger()", "INTEGER"),
    ],
)
def test_a_type_is_rendered_as_what_stands_in_the_database(given: str, rendered: str) -> None:
    assert sent(f'op.add_column("t", sa.Column("c", {given}))') == [(f"ALTER TABLE t ADD COLUMN c {rendered}", False)]


def test_a_long_text_is_one_on_mysql() -> None:
    column = 'op.add_column("t", sa.Column("c", db_types.JsonEncodedDict({})))'
    assert sent(column.format("mysql_as_long=True"), "mysql") == [("ALTER TABLE t ADD COLUMN c LONGTEXT", False)]
    assert sent(column.format(""), "mysql") == [("ALTER TABLE t ADD COLUMN c TEXT", False)]


@pytest.mark.parametrize("labels", ["*constants.LABELS", "constants.Kind"])
def test_an_enum_with_labels_that_are_not_known_is_no_enum_of_others(labels: str) -> None:
    script = read(f'op.add_column("t", sa.Column("c", sa.Enum({labels}, name="kind")))')
    assert [one.sql for one in script.upgrade_statements] == ['ALTER TABLE t ADD COLUMN c "?kind"']
    assert not any(isinstance(one, CreateEnum) for one in script.upgrade)
    created = read(f'sa.Enum({labels}, name="kind").create(op.get_bind())').upgrade
    assert [type(one) for one in created] == [Opaque]


def test_a_default_that_python_fills_in_is_no_part_of_a_statement() -> None:
    change = 'op.alter_column("t", "c", nullable=False, default=dict, onupdate=constants.now)'
    assert sent(change) == [("ALTER TABLE t ALTER COLUMN c SET NOT NULL", False)]


def test_the_context_is_the_same_by_each_way_to_import_it() -> None:
    body = """
    if get_context().dialect.name == "postgresql":
        op.execute("SELECT 1")
    else:
        op.execute("SELECT 2")
    """
    assert sent(body) == [("SELECT 1", False)]


def test_the_schema_of_the_version_table_is_the_one_that_the_environment_writes_down() -> None:
    written = "from alembic import context\ncontext.configure(connection=it, version_table_schema={})"
    assert read_environment("m/env.py", written.format('"app"')).version_table_schema == "app"
    assert read_environment("m/env.py", written.format("options.get('schema')")).version_table_schema is None
    body = """
    schema = get_context().version_table_schema or ""
    op.drop_column("t", "c", schema=schema)
    """
    assert sent(body) == [("ALTER TABLE t DROP COLUMN c", False)]
