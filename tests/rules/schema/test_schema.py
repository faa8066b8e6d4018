"""What the schema says, and what it refuses to guess."""

from __future__ import annotations

import pytest

from rules.model.names import Name
from rules.model.operations import Opaque, OpaqueKind, Operation, Statement
from rules.model.place import Place
from rules.reading.sql import operations_of
from rules.schema import Schema


def _read(sql: str) -> tuple[Operation, ...]:
    return operations_of(Statement(sql, Place("m.py", 1)))


def _after(schema: Schema, sql: str, revision: str = "r1", *, new: bool = False) -> Schema:
    for operation in _read(sql):
        schema = schema.after(operation, revision=revision, new=new)
    return schema


_USERS = Name("users")


def test_a_table_never_seen_created_is_unknown_and_not_new() -> None:
    schema = _after(Schema.empty(), "ALTER TABLE users ADD COLUMN a INT NOT NULL", new=True)
    assert schema.table(_USERS) is None
    assert schema.is_new(_USERS) is False
    assert schema.tables == ()


def test_what_was_seen_of_an_unknown_table_is_kept_as_a_trace() -> None:
    schema = _after(
        Schema.empty(),
        "ALTER TABLE users ADD COLUMN a INT NOT NULL; ALTER TABLE users ALTER COLUMN b SET NOT NULL;"
        "ALTER TABLE users ADD CONSTRAINT c CHECK (d IS NOT NULL)",
    )
    trace = schema.trace(_USERS)
    assert trace is not None
    assert (trace.created, trace.complete) == (False, False)
    assert [(it.name, it.nullable, it.type.known) for it in trace.columns] == [("a", False, True), ("b", False, False)]
    assert schema.proves_not_null(_USERS, "d")


def test_a_table_of_the_pull_request_is_new_and_one_of_the_base_is_not() -> None:
    schema = _after(Schema.empty(), "CREATE TABLE users (id INT)", "r1")
    schema = _after(schema, "CREATE TABLE orders (id INT); CREATE TYPE mood AS ENUM ('a')", "r2", new=True)
    assert [schema.is_new(Name(name)) for name in ("users", "orders", "mood", "missing")] == [False, True, True, False]


def test_a_renamed_table_is_as_new_as_it_was() -> None:
    schema = _after(Schema.empty(), "CREATE TABLE users (id INT)", "r1")
    schema = _after(schema, "ALTER TABLE users RENAME TO people", "r2", new=True)
    people = schema.table(Name("people"))
    assert people is not None
    assert people.origin.revision == "r1"
    assert not schema.is_new(Name("people"))
    assert schema.table(_USERS) is None


def test_if_not_exists_on_a_table_of_the_base_makes_nothing_new() -> None:
    schema = _after(Schema.empty(), "CREATE TABLE users (id INT)", "r1")
    schema = _after(schema, "CREATE TABLE IF NOT EXISTS users (id INT)", "r2", new=True)
    assert not schema.is_new(_USERS)


def test_a_temporary_table_is_always_new() -> None:
    schema = _after(Schema.empty(), "CREATE TEMP TABLE users (id INT)", "r1")
    assert schema.is_new(_USERS)


def test_the_default_schema_may_be_written_or_not() -> None:
    schema = _after(Schema.empty(), "CREATE TABLE public.users (id INT); CREATE INDEX i ON users (id)")
    assert schema.table(_USERS) is schema.table(Name("users", "public"))
    assert schema.index(Name("i", "public")) is not None
    assert schema.table(Name("users", "app")) is None


def test_a_schema_is_a_value_that_no_operation_changes() -> None:
    before = _after(Schema.empty(), "CREATE TABLE users (id INT)")
    after = _after(before, "ALTER TABLE users ADD COLUMN a INT; CREATE TABLE t (id INT); DROP TABLE users")
    assert before.table(_USERS) is not None
    assert [table.name.name for table in before.tables] == ["users"]
    assert [table.name.name for table in after.tables] == ["t"]


@pytest.mark.parametrize(
    ("check", "proves"),
    [
        ("a IS NOT NULL", True),
        ("(a IS NOT NULL)", True),
        ("NOT (a IS NULL)", True),
        ("NOT a IS NULL", True),
        ("a IS NOT NULL AND b > 0", True),
        ("b BETWEEN 1 AND 2 AND (users.a) IS NOT NULL", True),
        ('"a" IS NOT NULL', True),
        ("a IS NOT NULL OR b > 0", False),
        ("(a IS NOT NULL OR b > 0) AND b > 1", False),
        ("a > 0", False),
        ("b IS NOT NULL", False),
        ("a IS NULL", False),
        ("NOT (a IS NOT NULL)", False),
        ("coalesce(a, 1) IS NOT NULL", False),
        ("'a IS NOT NULL' = note", False),
    ],
)
def test_a_validated_check_proves_what_the_server_takes_as_proof(check: str, proves: bool) -> None:
    schema = _after(Schema.empty(), f"CREATE TABLE users (a INT, b INT, note TEXT, CONSTRAINT c CHECK ({check}))")
    assert schema.proves_not_null(_USERS, "a") is proves


def test_a_check_proves_nothing_until_it_is_validated() -> None:
    schema = _after(
        Schema.empty(),
        "CREATE TABLE users (a INT); ALTER TABLE users ADD CONSTRAINT c CHECK (a IS NOT NULL) NOT VALID",
    )
    assert not schema.proves_not_null(_USERS, "a")
    assert _after(schema, "ALTER TABLE users VALIDATE CONSTRAINT c").proves_not_null(_USERS, "a")


def test_what_could_not_be_read_is_counted_and_makes_its_tables_incomplete() -> None:
    schema = _after(Schema.empty(), "CREATE TABLE users (id INT)")
    statement = Statement("", Place("m.py", 1))
    schema = schema.after(Opaque(statement, OpaqueKind.CALL, "a helper of another package", (_USERS,)))
    table = schema.table(_USERS)
    assert schema.unread == 1
    assert table is not None
    assert not table.complete


def test_a_table_made_by_a_query_does_not_know_its_columns() -> None:
    table = _after(Schema.empty(), "CREATE TABLE users AS SELECT 1 AS a").table(_USERS)
    assert table is not None
    assert (table.columns, table.complete) == ((), False)


def test_a_view_knows_what_it_reads_and_a_function_how_volatile_it_is() -> None:
    schema = _after(
        Schema.empty(),
        "CREATE TABLE users (id INT); CREATE VIEW v AS SELECT id FROM users;"
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';"
        "CREATE FUNCTION g() RETURNS int AS 'SELECT 1';"
        "CREATE FUNCTION h(a int) RETURNS int IMMUTABLE AS ''; ALTER FUNCTION g() IMMUTABLE",
    )
    assert [view.name.name for view in schema.readers_of(_USERS)] == ["v"]
    volatilities = {function.name.name: function.volatility for function in schema.functions.values()}
    assert volatilities == {"f": "stable", "g": "immutable", "h": "immutable"}


def test_foreign_keys_are_found_from_their_target() -> None:
    schema = _after(
        Schema.empty(),
        "CREATE TABLE users (id INT PRIMARY KEY); CREATE TABLE orders (user_id INT REFERENCES users);",
    )
    (found,) = schema.references_to(_USERS)
    assert (found[0].name.name, found[1].name) == ("orders", "orders_user_id_fkey")


def test_a_label_added_to_an_enum_knows_its_revision() -> None:
    schema = _after(Schema.empty(), "CREATE TYPE mood AS ENUM ('a')", "r1")
    schema = _after(schema, "ALTER TYPE mood ADD VALUE 'b'", "r2", new=True)
    enum = schema.enum(Name("mood"))
    assert enum is not None
    assert enum.labels == ("a", "b")
    assert [(label, origin.revision, origin.new) for label, origin in enum.added] == [("b", "r2", True)]
    assert schema.columns_of_type(Name("mood")) == ()


def test_a_type_that_is_there_already_stays_as_it_is() -> None:
    schema = _after(Schema.empty(), "CREATE TYPE mood AS ENUM ('a')", "r1")
    enum = _after(schema, "CREATE TYPE mood AS ENUM ('a', 'b')", "r2", new=True).enum(Name("mood"))
    assert enum is not None
    assert (enum.labels, enum.origin.revision) == (("a",), "r1")


def test_what_runs_under_a_condition_says_so() -> None:
    schema = _after(Schema.empty(), "DO $$ BEGIN IF true THEN CREATE TABLE users (id INT); END IF; END $$")
    table = schema.table(_USERS)
    assert table is not None
    assert table.origin.conditional
