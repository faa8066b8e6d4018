"""`op.sync_enum_values` of alembic-postgresql-enum, as the package runs it."""

from __future__ import annotations

import pytest
from psycopg import Connection

from rules.model.names import Name
from rules.model.operations import AlterColumnType, CreateEnum, DropDefault, Opaque, Operation, SetDefault
from rules.model.script import MigrationScript
from rules.reading import read_script
from rules.schema import Schema
from tests.databases import fresh_database, run_all, versions
from tests.rules.reading.capabilities import migration

TOP = """
from alembic_postgresql_enum import ColumnType, TableReference
from alembic_postgresql_enum.sql_commands.indexes import TableIndex
from somewhere import setting
"""
BEFORE = (
    "CREATE TYPE public.kind AS ENUM ('a', 'b')",
    "CREATE TABLE public.t (k public.kind DEFAULT 'a'::public.kind, ks public.kind[] DEFAULT ARRAY['a'::public.kind])",
    "CREATE INDEX ix ON public.t (k) WHERE k = 'a'::public.kind",
    "INSERT INTO public.t VALUES ('a', '{a,b}')",
)
RENAMING = """
op.sync_enum_values(
    enum_schema="public",
    enum_name="kind",
    new_values=["z", "b", "c"],
    affected_columns=[
        TableReference("t", "k", "public", existing_server_default="'a'::public.kind"),
        TableReference(
            table_schema="public", table_name="t", column_name="ks", column_type=ColumnType.ARRAY,
            existing_server_default="ARRAY['a'::public.kind]",
        ),
    ],
    enum_values_to_rename=[("a", "z")],
    indexes_to_recreate=[
        TableIndex(name="public.ix", definition="CREATE INDEX ix ON public.t (k) WHERE k = 'a'::public.kind"),
    ],
)
"""


def read(upgrade: str, dialect: str = "postgresql", schema: Schema | None = None) -> MigrationScript:
    script = read_script("m/versions/a1.py", migration(upgrade, TOP), {}, dialect=dialect, schema=schema)
    assert isinstance(script, MigrationScript), script
    return script


def sent(upgrade: str, schema: Schema | None = None) -> list[str]:
    return [one.sql for one in read(upgrade, schema=schema).upgrade_statements]


def reasons(operations: tuple[Operation, ...]) -> list[str]:
    return [one.reason for one in operations if isinstance(one, Opaque)]


def test_the_type_is_made_anew_and_each_column_cast_through_text() -> None:
    assert sent('op.sync_enum_values("public", "kind", ["a", "c"], [TableReference("t", "k")])') == [
        'ALTER TYPE "public"."kind" RENAME TO "kind_old"',
        """CREATE TYPE "public"."kind" AS ENUM('a', 'c')""",
        'CREATE FUNCTION "public".new_old_not_equals( new_enum_val "public"."kind", old_enum_val "public"."kind_old" )'
        " RETURNS boolean AS $$ SELECT new_enum_val::text != old_enum_val::text; $$ LANGUAGE SQL IMMUTABLE",
        'CREATE OPERATOR "public".!= ( leftarg = "public"."kind", rightarg = "public"."kind_old", '
        'procedure = "public".new_old_not_equals )',
        'CREATE FUNCTION "public".new_old_equals( new_enum_val "public"."kind", old_enum_val "public"."kind_old" )'
        " RETURNS boolean AS $$ SELECT new_enum_val::text = old_enum_val::text; $$ LANGUAGE SQL IMMUTABLE",
        'CREATE OPERATOR "public".= ( leftarg = "public"."kind", rightarg = "public"."kind_old", '
        'procedure = "public".new_old_equals )',
        'ALTER TABLE "public"."t" ALTER COLUMN "k" TYPE "public"."kind" USING "k"::text::"public"."kind"',
        'DROP OPERATOR IF EXISTS "public".!= ( "public"."kind", "public"."kind_old" )',
        'DROP FUNCTION "public".new_old_not_equals( new_enum_val "public"."kind", old_enum_val "public"."kind_old" )',
        'DROP OPERATOR IF EXISTS "public".= ( "public"."kind", "public"."kind_old" )',
        'DROP FUNCTION "public".new_old_equals( new_enum_val "public"."kind", old_enum_val "public"."kind_old" )',
        'DROP TYPE "public"."kind_old"',
    ]


@pytest.mark.parametrize("version", versions())
def test_a_server_takes_the_statements_and_keeps_rows_defaults_and_indexes(version: int) -> None:
    with fresh_database(version) as connection:
        run_all(connection, (*BEFORE, *sent(RENAMING)))
        assert _rows(connection, "SELECT k::text, ks::text FROM t") == [("z", "{z,b}")]
        assert _rows(connection, "INSERT INTO t DEFAULT VALUES RETURNING k::text") == [("z",)]
        assert _rows(connection, "SELECT enum_range(NULL::kind)::text") == [("{z,b,c}",)]
        assert _rows(connection, "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix'") == [
            ("CREATE INDEX ix ON public.t USING btree (k) WHERE (k = 'z'::kind)",)
        ]


def _rows(connection: Connection[tuple[object, ...]], query: str) -> list[tuple[object, ...]]:
    return connection.execute(query.encode()).fetchall()


def test_each_statement_has_its_operation() -> None:
    operations = read(RENAMING).upgrade
    assert not reasons(operations)
    assert sum(isinstance(one, AlterColumnType) for one in operations) == 2
    assert sum(isinstance(one, DropDefault | SetDefault) for one in operations) == 4
    assert [one.labels for one in operations if isinstance(one, CreateEnum)] == [("z", "b", "c")]


def test_an_older_call_takes_the_default_from_what_earlier_revisions_leave() -> None:
    call = 'op.sync_enum_values("public", "kind", ["a"], [("t", "k")], [])'
    assert reasons(read(call).upgrade) == [
        "`op.sync_enum_values` depends on the default of `t.k`, that is asked of the server"
    ]
    earlier = read(f"op.execute({BEFORE[0]!r})\nop.execute({BEFORE[1]!r})").upgrade
    schema = Schema()
    for operation in earlier:
        schema = schema.after(operation)
    assert schema.table(Name("t")) is not None
    assert """ALTER TABLE "public"."t" ALTER COLUMN "k" SET DEFAULT 'a'::public.kind""" in sent(call, schema)


@pytest.mark.parametrize(
    "call",
    [
        'op.sync_enum_values("public", "kind", setting.labels, [])',
        'op.sync_enum_values("public", "kind", ["a", setting.label], [])',
        'op.sync_enum_values("public", "kind", ["a"], [TableReference(setting.table, "k")])',
        'op.sync_enum_values("public", "kind", ["a"], setting.columns)',
        "op.sync_enum_values(*setting.all)",
    ],
)
def test_what_is_not_known_of_a_call_is_said(call: str) -> None:
    script = read(call)
    assert script.upgrade_statements == ()
    assert len(reasons(script.upgrade)) == 1


def test_other_databases_have_no_such_types() -> None:
    assert read('op.sync_enum_values("public", "kind", ["a"], [])', dialect="mysql").upgrade == ()
