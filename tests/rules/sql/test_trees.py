"""What only a tree tells: which word is a table, which condition is the statement's own, what bounds the rows."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from rules.model.operations import CreateObject, CreateTable, Delete, Insert, Operation, Rows, Select, Statement, Update
from rules.model.place import Place
from rules.postgres import trees
from rules.postgres.dialect import PostgreSQL
from rules.reading.sql import operations_of
from tests.rules.sql.forms import FORMS


def _read(sql: str) -> tuple[Operation, ...]:
    return operations_of(Statement(sql, Place("m.py", 1)))


def _rows(sql: str) -> Rows:
    (operation,) = _read(sql)
    assert isinstance(operation, (Insert, Update, Delete))
    return operation.rows


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE users SET a = 1 WHERE 5 = id",
        "UPDATE users SET a = 1 WHERE (id = 1 OR id = 2)",
        "UPDATE users SET a = 1 WHERE a = 2 AND (users.id = 1)",
        "UPDATE users SET a = 1 WHERE id = ANY(:ids)",
        "UPDATE users SET a = 1 WHERE id = ANY(%(ids)s)",
        "UPDATE users SET a = 1 WHERE id = ANY('{1,2}'::int[])",
        "UPDATE users SET a = 1 WHERE id=%s",
        "UPDATE users SET a = 1 WHERE id = $1::bigint",
        "UPDATE users SET a = 1 WHERE id=-1",
        "UPDATE users SET a = 1 WHERE id = (SELECT max(id) FROM users)",
        "UPDATE users SET a = 1 WHERE id IN (SELECT id FROM (SELECT id FROM users LIMIT 100) AS batch)",
        "WITH batch AS (SELECT id FROM users WHERE a IS NULL LIMIT 1000) "
        "UPDATE users SET a = 1 FROM batch WHERE users.id = batch.id",
        "WITH batch AS (SELECT id FROM users LIMIT 1000) DELETE FROM users WHERE id IN (SELECT id FROM batch)",
        "WITH batch AS (SELECT id FROM users LIMIT 1000) DELETE FROM users u USING batch b WHERE b.id = u.id",
        "DELETE FROM users u WHERE u.id = 1",
        "DELETE FROM users WHERE 1000 > id AND id >= 1",
        "INSERT INTO users SELECT * FROM (SELECT * FROM p LIMIT 10) AS few",
        "INSERT INTO users SELECT * FROM p WHERE id = 1 UNION ALL SELECT * FROM q LIMIT 3",
        "INSERT INTO users (SELECT * FROM p FETCH FIRST ROW ONLY)",
    ],
)
def test_rows_bounded_by_a_key_or_a_limit_are_bounded(sql: str) -> None:
    assert _rows(sql) == Rows.BOUNDED


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE users SET a = 1 WHERE id IN (1, other)",
        "UPDATE users SET a = 1 WHERE NOT id IN (1, 2)",
        "UPDATE users SET a = 1 WHERE id NOT IN (1, 2)",
        "UPDATE users SET a = 1 WHERE NOT id = 1",
        "UPDATE users SET a = 1 WHERE id BETWEEN 1 AND (SELECT max(id) FROM users)",
        "UPDATE users SET a = 1 WHERE id > 1 AND p > 4",
        "UPDATE users SET a = 1 WHERE note = 'WHERE id = 1 LIMIT 1'",
        "INSERT INTO users SELECT * FROM p WHERE id = 1 UNION ALL SELECT * FROM q WHERE a",
        "INSERT INTO users SELECT * FROM p WHERE id IN (SELECT id FROM q) ON CONFLICT DO NOTHING",
    ],
)
def test_rows_that_nothing_bounds_are_not_bounded(sql: str) -> None:
    assert _rows(sql) == Rows.UNBOUNDED


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE users SET a = 1 FROM p WHERE p.id = 5 AND p.x = users.x",  # the key of another table
        "DELETE FROM users USING p WHERE p.id = 5 AND p.x = users.x",
        "UPDATE users SET a = 1 WHERE id = ANY(ARRAY(SELECT id FROM p))",
        "UPDATE users SET a = 1 WHERE id = ANY (SELECT id FROM p)",
        "UPDATE users SET a = 1 WHERE id = (SELECT p.id FROM p WHERE p.x = users.x LIMIT 1)",  # one for each row
        "UPDATE users SET a = 1 WHERE id IN (SELECT id FROM (SELECT id FROM p LIMIT 5) few JOIN q USING (id))",
        "UPDATE users SET a = 1 WHERE id = 1 OR b IN (SELECT b FROM p LIMIT 3)",
        "WITH RECURSIVE t AS (SELECT id FROM p LIMIT 1) DELETE FROM users WHERE id IN (SELECT id FROM t)",
    ],
)
def test_rows_that_another_table_chooses_are_joined(sql: str) -> None:
    assert _rows(sql) == Rows.JOINED


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE users SET a = (SELECT x FROM p WHERE p.id = 1 LIMIT 1)",
        "UPDATE users SET note = 'WHERE id = 1'",
        "INSERT INTO users SELECT * FROM p ON CONFLICT (id) DO UPDATE SET a = 1 WHERE users.id = 1",
        "INSERT INTO users SELECT *, (SELECT 1 FROM q LIMIT 1) FROM p",
        "INSERT INTO users SELECT * FROM p WHERE id = 1 UNION ALL SELECT * FROM q",
        "INSERT INTO users SELECT * FROM p LIMIT ALL",
    ],
)
def test_a_condition_of_another_query_is_not_the_own_one(sql: str) -> None:
    assert _rows(sql) == Rows.ALL


@pytest.mark.parametrize(
    ("sql", "sources"),
    [
        ("WITH p AS (SELECT * FROM p) SELECT * FROM p", ["p"]),  # inside, the name is the table's
        ("WITH RECURSIVE p AS (SELECT * FROM q JOIN p USING (id)) SELECT * FROM p", ["q"]),
        ("WITH a AS (SELECT 1), b AS (SELECT * FROM a) SELECT * FROM b", []),
        ("SELECT * FROM (WITH p AS (SELECT 1) SELECT * FROM p) x, p", ["p"]),
        ("WITH p AS (SELECT 1) SELECT * FROM app.p", ["app.p"]),
        ("SELECT trim(both from a), overlay(a placing b from c), a IS DISTINCT FROM d FROM users", ["users"]),
        ("SELECT extract(epoch FROM coalesce(a, b)), position('x' in c) FROM users", ["users"]),
        ("SELECT 'FROM p', $$ FROM q $$, E'\\' FROM r' FROM \"Users\" -- FROM s", ["Users"]),
        (
            "SELECT count(*) FILTER (WHERE a) OVER (ORDER BY b), c FROM users u, LATERAL (SELECT * FROM p) x",
            ["users", "p"],
        ),
        ("SELECT * FROM users FOR UPDATE OF users", ["users"]),
        ("SELECT a @> b, c ->> 'x', d <-> e, @ f, g !~~* h FROM users", ["users"]),
        ("SELECT pivot, qualify, format, cache FROM users anti", ["users"]),
        ("SELECT * FROM pg_catalog.generate_series(1, 2) n, unnest(ARRAY[1]) WITH ORDINALITY AS m, users", ["users"]),
        ("SELECT * FROM ROWS FROM (f(1), g(2)) x, users", ["users"]),
        ("SELECT * FROM users TABLESAMPLE SYSTEM (10), p", ["users", "p"]),
    ],
)
def test_the_tables_read_are_those_of_the_server(sql: str, sources: list[str]) -> None:
    (operation,) = _read(sql)
    assert isinstance(operation, Select)
    assert [str(name) for name in operation.sources] == sources


@pytest.mark.parametrize(
    ("sql", "functions"),
    [
        ('SELECT now(), app.Lock_It(1), "Odd"(2), left(a, 1) FROM users', ["now", "lock_it", "Odd", "left"]),
        ("SELECT setval, count FROM users WHERE exists (SELECT 1) AND a IN (1) AND (b) = ANY (c)", []),
        ("SELECT a::numeric(3, 2), CAST(b AS varchar(3)), (ARRAY[1])[1], ROW(1) FROM users AS u (a, b)", []),
        ("SELECT 'pg_sleep(1)', pg_sleep /* why */ (1)", ["pg_sleep"]),
        ("INSERT INTO t SELECT 1; SELECT trim(a) || substring(b FROM 1)", ["trim", "substring"]),
    ],
)
def test_the_functions_called_keep_the_names_that_the_text_gives(sql: str, functions: list[str]) -> None:
    operation = _read(sql)[-1]
    assert isinstance(operation, Select)
    assert list(operation.functions) == functions


@pytest.mark.parametrize(
    ("assignments", "columns"),
    [
        ("a = CASE WHEN b THEN 1 ELSE 2 END, c = 2", ("a", "c")),
        ("a = b IS DISTINCT FROM c, d = 1", ("a", "d")),
        ('"A" = 1, (b, "C") = (SELECT 1, 2), d[1] = 3', ("A", "b", "C", "d")),
        ("a = DEFAULT", ("a",)),
    ],
)
def test_every_assigned_column_is_seen(assignments: str, columns: tuple[str, ...]) -> None:
    (operation,) = _read(f"UPDATE users SET {assignments} WHERE id = 1 RETURNING a")
    assert isinstance(operation, Update)
    assert operation.columns == columns
    assert operation.condition == "id = 1"


def test_changes_inside_with_are_operations_of_their_own() -> None:
    found = _read(
        "WITH a AS (UPDATE users SET x = 1 WHERE id = 1 RETURNING *), b AS (INSERT INTO log SELECT * FROM a) "
        "DELETE FROM p USING a WHERE p.y = a.y"
    )
    assert [type(it).__name__ for it in found] == ["Update", "Insert", "Delete"]
    assert [getattr(it, "condition", None) for it in found] == ["id = 1", None, "p.y = a.y"]


def test_a_change_inside_with_reads_what_the_queries_beside_it_read() -> None:
    insert, update = _read(
        "WITH b AS (SELECT id FROM p), i AS (INSERT INTO log SELECT id FROM b) "
        "UPDATE users SET a = 1 FROM b WHERE users.id = b.id"
    )
    assert isinstance(insert, Insert)
    assert isinstance(update, Update)
    assert ([str(name) for name in insert.sources], insert.rows) == (["p"], Rows.ALL)
    assert ([str(name) for name in update.sources], update.rows) == (["p", "log"], Rows.JOINED)


def test_rows_of_a_join_are_few_where_each_side_gives_few() -> None:
    joined = "INSERT INTO users SELECT p.* FROM p JOIN q ON q.p_id = p.id WHERE p.id = 5"
    assert _rows(joined) == Rows.UNBOUNDED  # any number of q
    assert _rows(f"{joined} AND q.id IN (1, 2)") == Rows.BOUNDED
    assert _rows("UPDATE users SET a = 1 WHERE id IN (SELECT p.id FROM p JOIN q ON q.p_id = p.id WHERE p.id < 9)") == (
        Rows.JOINED
    )
    bounded = "SELECT p.id FROM p JOIN q ON q.p_id = p.id WHERE p.id BETWEEN 5 AND 90"
    assert _rows(f"UPDATE users SET a = 1 WHERE id IN ({bounded})") == Rows.BOUNDED
    assert _rows(f"UPDATE users SET a = 1 WHERE b IN ({bounded})") == Rows.JOINED


def test_a_view_reads_what_its_query_reads() -> None:
    (operation,) = _read(
        "CREATE VIEW v (a) WITH (security_barrier) AS WITH p AS (SELECT * FROM p) "
        "SELECT extract(year FROM day) FROM p WITH CASCADED CHECK OPTION"
    )
    assert isinstance(operation, CreateObject)
    assert [str(name) for name in operation.reads] == ["p"]


def test_selecting_into_a_table_creates_it() -> None:
    (operation,) = _read("WITH x AS (SELECT 1) SELECT * INTO UNLOGGED TABLE t FROM x")
    assert isinstance(operation, CreateTable)
    assert (str(operation.table), operation.unlogged, operation.from_query) == ("t", True, True)


@pytest.mark.parametrize(
    ("sql", "rows", "sources"),
    [
        ("UPDATE users SET a = DEFAULT FROM p JOIN q ON b WHERE CURRENT OF c", Rows.UNBOUNDED, ["p", "q"]),
        (
            "WITH a AS (SELECT 1) DELETE FROM users USING p JOIN q USING (x) AS z WHERE id = 1",
            Rows.UNBOUNDED,
            ["p", "q"],
        ),
        ("INSERT INTO users (a[1]) SELECT a FROM p LIMIT 1", Rows.UNBOUNDED, ["p"]),
        ("DELETE FROM users USING p WHERE " + "(" * 30 + "a" + ")" * 30, Rows.UNBOUNDED, ["p"]),
        ("UPDATE users SET a = " + "ARRAY[" * 12 + "1" + "]" * 12, Rows.ALL, []),
    ],
)
def test_without_a_tree_the_words_err_on_the_side_of_more(sql: str, rows: Rows, sources: list[str]) -> None:
    assert trees.query(sql) is None
    (operation,) = _read(sql)
    assert isinstance(operation, (Insert, Update, Delete))
    assert operation.rows == rows
    assert set(sources) <= {str(name) for name in operation.sources}
    assert str(operation.table) == "users"


def test_without_a_tree_no_change_is_lost() -> None:
    sql = "WITH a AS (DELETE FROM p RETURNING *) UPDATE users SET b = 1 WHERE CURRENT OF c"
    assert trees.query(sql) is None
    assert [type(it).__name__ for it in _read(sql)] == ["Delete", "Update"]


def test_nearly_every_query_of_the_table_of_forms_has_a_tree() -> None:
    heads = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES", "MERGE", "TABLE")
    queries = [form.sql for form in FORMS if form.sql.split()[0] in heads]
    assert [sql for sql in queries if trees.query(sql) is None] == []


@pytest.mark.parametrize(
    "unit", ["ARRAY[", "numeric(", "f(", "CASE WHEN ", "NOT ", "(SELECT ", "- ", "a IN (", "x AND ", "a, "]
)
@pytest.mark.parametrize("times", [5, 20, 60, 400])
def test_a_nested_text_is_parsed_or_given_up_within_its_bounds(
    unit: str, times: int, caplog: pytest.LogCaptureFixture
) -> None:
    text = unit * times + "1" + {"[": "]", "(": ")"}.get(unit.strip()[-1], "") * times
    parser = PostgreSQL().parser()
    trees.expression(text)
    trees.query(f"SELECT {text}")
    assert not caplog.records
    assert parser.errors == []


def test_a_query_that_is_named_again_and_again_is_looked_at_once() -> None:
    steps = ", ".join(
        f"q{at + 1} AS (SELECT id FROM q{at} WHERE id IN (SELECT id FROM q{at}) AND id = ANY (SELECT id FROM q{at}))"
        for at in range(80)
    )
    assert _rows(f"WITH q0 AS (SELECT id FROM p), {steps} DELETE FROM users WHERE id IN (SELECT id FROM q80)") == (
        Rows.JOINED
    )


def test_the_dialect_logs_and_guesses_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert trees.query("LOCK TABLE users") is None
        assert trees.query("SELECT 1; SELECT 2") is None
        assert trees.query("ALTER TABLE users FROBNICATE") is None
        assert trees.expression("a, b") is None
        assert trees.expression("a FROM t") is None
        assert trees.expression("") is None
    assert not caplog.records


def test_ddl_and_constant_rows_are_read_without_sqlglot() -> None:
    code = (
        "import sys\n"
        "from rules.model.operations import Statement\n"
        "from rules.model.place import Place\n"
        "from rules.reading.sql import operations_of\n"
        "from rules.schema import Schema\n"
        "schema = Schema.empty()\n"
        "for sql in ('CREATE TABLE t (id SERIAL PRIMARY KEY, a NUMERIC(3, 2) DEFAULT 1 CHECK (a > 0), b INT)',\n"
        "            'CREATE INDEX i ON t (lower(a::text)) WHERE b IS NOT NULL', 'ALTER TABLE t RENAME b TO c',\n"
        "            \"INSERT INTO t (a) VALUES (1), (2) ON CONFLICT DO NOTHING\", 'ALTER TABLE t DROP COLUMN a'):\n"
        "    for operation in operations_of(Statement(sql, Place('m.py', 1))):\n"
        "        schema = schema.after(operation)\n"
        "assert schema.tables[0].columns[-1].name == 'c'\n"
        "assert 'sqlglot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
