"""Rows that another table chooses: when its number bounds theirs, as real servers have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import psycopg
import pytest

from rules.model.operations import Delete, Insert, Rows, Statement, Update
from rules.model.place import Place
from rules.reading.sql import operations_of
from rules.schema import Schema
from tests.databases import fresh_database, versions

HISTORY = (
    "CREATE TABLE users (key INT PRIMARY KEY, email TEXT UNIQUE, tenant INT, code TEXT, grp INT, parent INT, note TEXT,"
    " UNIQUE (tenant, code))",
    "CREATE TABLE moves (no INT PRIMARY KEY, user_key INT, email TEXT, tenant INT, code TEXT, grp INT, kind TEXT"
    " UNIQUE, data JSONB)",
    "CREATE TABLE audit (user_key INT, move INT, code TEXT)",
    "CREATE VIEW moving AS SELECT * FROM moves",
)
ROWS = (
    "INSERT INTO users SELECT n, 'u' || n, n % 2, 'c' || n / 2, 1, n - 1 FROM generate_series(1, 40) n",
    "INSERT INTO moves SELECT n, 1 + n % 2, 'u' || n, n % 2, 'c' || n, 1, 'k' || n, jsonb_build_object('k', n)"
    " FROM generate_series(1, 3) n",
    "INSERT INTO audit SELECT n, n % 3, 'c' || n FROM generate_series(1, 40) n",
)
OF_MOVES = 3

BOUNDED_BY_MOVES = [
    "UPDATE users SET note = 'x' FROM moves WHERE users.key = moves.user_key",
    "UPDATE users u SET note = m.kind FROM moves AS m WHERE m.user_key = u.key AND m.grp = 1",
    "UPDATE users SET note = 'x' FROM moves m WHERE users.email = m.email",
    "UPDATE users SET note = 'x' FROM moves m WHERE users.tenant = m.tenant AND users.code = m.code",
    "UPDATE users SET note = 'x' FROM moves m WHERE users.tenant = 1 AND users.code = m.code",
    "UPDATE users SET note = 'x' FROM moves m, audit a WHERE users.key = m.user_key AND a.code <> m.code",
    "UPDATE users SET note = 'x' FROM moves m JOIN audit a ON a.move = m.no WHERE users.key = m.user_key",
    "UPDATE users SET note = 'x' FROM audit a LEFT JOIN moves m ON a.move = m.no WHERE users.key = m.user_key",
    "UPDATE users SET note = 'x' FROM (SELECT user_key AS k, count(*) AS n FROM moves GROUP BY 1) g WHERE g.k = key"
    " AND users.key = g.k",
    "UPDATE users SET note = 'x' FROM moves m WHERE users.key = (m.data ->> 'k')::int",
    "UPDATE users SET note = 'x' WHERE key IN (SELECT user_key FROM moves)",
    "UPDATE users SET note = 'x' WHERE key IN (SELECT m.user_key FROM moves m JOIN audit a ON true)",
    "UPDATE users SET note = 'x' WHERE (tenant, code) IN (SELECT tenant, code FROM moves)",
    "UPDATE users SET note = 'x' WHERE key = ANY (SELECT user_key FROM moves) AND note IS NULL",
    "UPDATE users SET note = 'x' WHERE EXISTS (SELECT 1 FROM moves m WHERE m.user_key = users.key)",
    "UPDATE users SET note = 'x' WHERE key = (SELECT max(m.user_key) FROM moves m WHERE m.grp = users.grp)"
    " AND key IN (SELECT user_key FROM moves)",
    "WITH few AS (SELECT user_key AS k FROM moves) UPDATE users SET note = 'x' FROM few WHERE few.k = users.key",
    "WITH few (k) AS (SELECT user_key FROM moves) DELETE FROM users WHERE key IN (SELECT k FROM few)",
    "WITH all_moves AS (SELECT * FROM moves) DELETE FROM users USING all_moves m WHERE m.user_key = users.key",
    "DELETE FROM users USING moves m WHERE m.user_key = users.key",
    "DELETE FROM users USING (audit a JOIN moves m ON a.move = m.no) WHERE m.user_key = users.key",
]
GROWING = [
    "UPDATE users SET note = 'x' FROM moves WHERE users.grp = moves.grp",
    "UPDATE users SET note = 'x' FROM moves m WHERE users.tenant = m.tenant",
    "UPDATE users SET note = 'x' FROM moves m, moves n WHERE users.tenant = m.tenant AND users.code = n.code",
    "WITH m AS (SELECT tenant, code FROM moves)"
    " UPDATE users SET note = 'x' FROM m a, m b WHERE users.tenant = a.tenant AND users.code = b.code",
    "WITH RECURSIVE m AS (SELECT user_key AS k FROM moves UNION SELECT k + 1 FROM m WHERE k < 9)"
    " UPDATE users SET note = 'x' FROM m WHERE users.key = m.k",
    "UPDATE users SET note = 'x' FROM moves a, moves b WHERE a.email = b.email AND a.grp = users.grp",
    "UPDATE users SET note = 'x' FROM moves m, unnest(ARRAY[m.no, m.no + 9, m.no + 18]) v (k) WHERE v.k = users.key",
    "UPDATE users SET note = 'x' FROM moves m, audit a WHERE users.key = a.user_key",
    "UPDATE users SET note = 'x' FROM moves m, audit a WHERE users.key = a.user_key + m.no - m.no",
    "UPDATE users SET note = 'x' FROM moves m CROSS JOIN LATERAL generate_series(1, 40) n WHERE users.key = n",
    "UPDATE users SET note = 'x' FROM (SELECT generate_series(1, 40) AS k FROM moves) m WHERE users.key = m.k",
    "UPDATE users SET note = 'x' FROM moves m WHERE users.key > m.user_key",
    "UPDATE users SET note = 'x' FROM moves m WHERE users.key = m.user_key OR users.grp = m.grp",
    "UPDATE users SET note = 'x' FROM moves m WHERE users.key + 0 = m.user_key OR true",
    "UPDATE users SET note = 'x' WHERE key IN (SELECT key FROM moves)",  # the target's own key
    "UPDATE users SET note = 'x' WHERE EXISTS (SELECT 1 FROM moves m WHERE key = users.key)",
    "UPDATE users SET note = 'x' WHERE EXISTS (SELECT 1 FROM moves users WHERE users.no = 1)",
    "UPDATE users SET note = 'x' WHERE EXISTS (SELECT 1 FROM moves users WHERE users.email = users.email)",
    "UPDATE users SET note = 'x' WHERE EXISTS (SELECT 1 FROM moves WHERE email = moves.email)",
    "UPDATE users SET note = 'x' WHERE NOT EXISTS (SELECT 1 FROM moves m WHERE m.user_key = users.key)",
    "DELETE FROM users WHERE key NOT IN (SELECT user_key FROM moves)",
    "DELETE FROM users WHERE key NOT IN (SELECT user_key FROM moves WHERE kind = 'k1')",
    "UPDATE users SET note = 'x' WHERE key IN (SELECT user_key FROM audit UNION SELECT user_key FROM moves)",
    "UPDATE users SET note = 'x' WHERE EXISTS (SELECT 1 FROM moves m WHERE m.kind = 'k1')",
]
FEW = [
    "UPDATE users SET note = 'x' FROM moves m WHERE users.key = m.user_key AND m.kind = 'k1'",
    "UPDATE users SET note = 'x' FROM moves m WHERE users.key = m.user_key AND m.no IN (1, 2)",
    "UPDATE users SET note = 'x' WHERE key IN (SELECT user_key FROM moves WHERE kind = 'k2')",
    "UPDATE users SET note = 'x' FROM moves m WHERE users.key = 7 AND m.grp = users.grp",
    "UPDATE users SET note = 'x' FROM (VALUES (1), (2)) AS v (k) WHERE v.k = users.key",
    "UPDATE users SET note = 'x' FROM unnest(ARRAY[1, 2]) AS v (k) WHERE v.k = users.key",
    "WITH batch AS (SELECT user_key FROM audit LIMIT 3) UPDATE users SET note = 'x' FROM batch b WHERE key = b.user_key"
    " AND users.key = b.user_key",
    "DELETE FROM users USING moves m WHERE users.key = m.user_key AND m.kind = 'k3'",
]
OF_ITSELF = [
    "UPDATE users u SET note = o.email FROM users o WHERE o.key = u.parent",
    "UPDATE users SET note = 'x' WHERE key IN (SELECT parent FROM users)",
    "DELETE FROM users u USING users o WHERE o.grp = u.grp AND o.key < u.key",
]
BESIDE = [
    "UPDATE users SET note = (SELECT kind FROM moves m WHERE m.no = users.key) WHERE note IS NULL",
    "UPDATE users SET note = 'x' WHERE grp = (SELECT grp FROM moves WHERE no = 1)",
    "UPDATE users SET note = 'x' FROM (VALUES (1, 'a'), (1, 'b')) AS v (g, t) WHERE v.g = users.grp",
]
WHOLE = ["UPDATE users SET note = m.kind FROM moves m", "UPDATE users SET note = (SELECT max(kind) FROM moves)"]


def change(
    sql: str, history: Sequence[str] = HISTORY, *, new: Sequence[str] = (), perhaps: str = ""
) -> tuple[Rows, str | None]:
    """Its class, and the other table that bounds its rows.

    `new` is what the pull request does before it, `perhaps` the one of these that hangs on a condition.
    """
    schema = Schema.empty()
    for at, text in enumerate((*history, *new)):
        for operation in operations_of(Statement(text, Place("m.py", 1), conditional=text == perhaps)):
            schema = schema.after(operation, new=at >= len(history))
    (operation,) = operations_of(Statement(sql, Place("m.py", 1)))
    operation = schema.meets(operation)
    assert isinstance(operation, Update | Delete)
    bound = schema.bounded_by(operation)
    return schema.rows_of(operation), None if bound is None else str(bound)


@pytest.mark.parametrize("sql", BOUNDED_BY_MOVES)
def test_the_rows_of_a_table_that_each_find_one_by_its_key_bound_those_that_are_changed(sql: str) -> None:
    assert change(sql) == (Rows.JOINED, "moves")


@pytest.mark.parametrize("sql", GROWING)
def test_rows_that_do_not_find_one_each_bound_nothing(sql: str) -> None:
    rows, bound = change(sql)
    assert rows in (Rows.JOINED, Rows.UNBOUNDED)
    assert bound in (None, "audit")


@pytest.mark.parametrize("sql", FEW)
def test_a_key_held_to_a_few_values_bounds_a_joined_change_too(sql: str) -> None:
    assert change(sql) == (Rows.BOUNDED, None)


@pytest.mark.parametrize("sql", OF_ITSELF)
def test_a_table_joined_to_itself_chooses_as_a_condition_of_its_own_does(sql: str) -> None:
    assert change(sql) == (Rows.UNBOUNDED, None)


@pytest.mark.parametrize("sql", BESIDE)
def test_a_table_that_only_gives_a_value_chooses_nothing(sql: str) -> None:
    assert change(sql) == (Rows.UNBOUNDED, None)


@pytest.mark.parametrize("sql", WHOLE)
def test_without_a_condition_the_whole_table_is_changed_whatever_is_read(sql: str) -> None:
    assert change(sql) == (Rows.ALL, None)


@pytest.fixture(scope="module", params=versions())
def server(request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    with fresh_database(request.param) as connection:
        for sql in (*HISTORY, *ROWS):
            connection.execute(sql.encode())
        yield connection


def _changed(connection: psycopg.Connection, sql: str) -> int:
    with connection.transaction(force_rollback=True):
        return connection.execute(sql.encode()).rowcount


@pytest.mark.parametrize("sql", [*BOUNDED_BY_MOVES, *FEW])
def test_a_server_changes_no_more_rows_than_the_other_table_has(sql: str, server: psycopg.Connection) -> None:
    assert 0 < _changed(server, sql) <= OF_MOVES


@pytest.mark.parametrize("sql", [*GROWING, *OF_ITSELF, *BESIDE, *WHOLE])
def test_a_server_changes_more_where_nothing_is_said_to_bound_them(sql: str, server: psycopg.Connection) -> None:
    assert _changed(server, sql) > OF_MOVES


def test_a_join_that_multiplies_changes_each_row_once(server: psycopg.Connection) -> None:
    assert _changed(server, "UPDATE users SET note = a.code FROM audit a, moves m WHERE users.grp = m.grp") == 40


TEMPORARY = "CREATE TABLE few (k INT, note TEXT)"
JOIN = "UPDATE users SET note = few.note FROM few WHERE few.k = users.key"


def test_the_rows_that_a_pull_request_lists_bound_those_that_they_choose() -> None:
    listed = "INSERT INTO few VALUES (1, 'a'), (2, 'b')"
    assert change(JOIN, new=[TEMPORARY, listed]) == (Rows.BOUNDED, None)
    assert change(JOIN, new=[TEMPORARY.replace("TABLE", "TEMP TABLE"), listed]) == (Rows.BOUNDED, None)
    assert change(JOIN.replace("users.key", "users.grp"), new=[TEMPORARY, listed]) == (Rows.JOINED, None)


@pytest.mark.parametrize(
    "new",
    [
        [TEMPORARY, "INSERT INTO few SELECT key, note FROM users"],
        [TEMPORARY, "COPY few FROM STDIN"],
        [TEMPORARY, "CALL fill_few()"],
        [TEMPORARY, "DO $$ BEGIN PERFORM fill_few(); END $$"],
        [TEMPORARY, "FROBNICATE few"],
        ["CREATE FUNCTION fill_few() RETURNS int LANGUAGE sql AS ''", TEMPORARY],
        [TEMPORARY.replace("TABLE", "TABLE IF NOT EXISTS")],
        ["CREATE TABLE few AS SELECT key AS k, note FROM users"],
        ["CREATE TABLE few (k INT, note TEXT) INHERITS (moves)"],
        [TEMPORARY, "CREATE TABLE more () INHERITS (few)"],
    ],
)
def test_a_new_table_that_may_hold_other_rows_bounds_nothing(new: list[str]) -> None:
    assert change(JOIN, new=new) == (Rows.JOINED, None)


def test_rows_that_come_from_a_loop_over_others_are_not_counted() -> None:
    new = [TEMPORARY, "INSERT INTO few VALUES (1, 'a')"]
    assert change(JOIN, new=new) == (Rows.BOUNDED, None)
    for perhaps in new:
        assert change(JOIN, new=new, perhaps=perhaps) == (Rows.JOINED, None)


def test_a_function_may_give_another_value_for_each_row_of_the_target() -> None:
    by_function = "UPDATE users SET note = 'x' FROM moves m WHERE users.key = pick(m.user_key)"
    assert change(by_function) == (Rows.JOINED, None)
    assert change(by_function.replace("pick(m.user_key)", "(m.user_key)")) == (Rows.JOINED, "moves")


def test_a_table_of_an_earlier_pull_request_has_had_time_to_grow() -> None:
    assert change(JOIN, (*HISTORY, TEMPORARY, "INSERT INTO few VALUES (1, 'a')")) == (Rows.JOINED, "few")


def test_what_the_schema_does_not_know_bounds_nothing() -> None:
    assert change(BOUNDED_BY_MOVES[0], ()) == (Rows.JOINED, None)
    assert change("UPDATE users SET note = 'x' WHERE key IN (SELECT k FROM unseen)") == (Rows.JOINED, None)
    assert change("UPDATE users SET note = 'x' FROM unseen s WHERE s.k = users.key") == (Rows.JOINED, "unseen")


def test_heirs_of_the_target_may_have_a_row_each() -> None:
    assert change(BOUNDED_BY_MOVES[0], (*HISTORY, "CREATE TABLE old_users () INHERITS (users)")) == (Rows.JOINED, None)


def merged(sql: str) -> dict[str, tuple[Rows, str | None]]:
    schema = Schema.empty()
    for text in HISTORY:
        for operation in operations_of(Statement(text, Place("m.py", 1))):
            schema = schema.after(operation)
    found = {}
    for operation in operations_of(Statement(sql, Place("m.py", 1))):
        assert isinstance(operation, Insert | Update | Delete)
        bound = None if isinstance(operation, Insert) else schema.bounded_by(operation)
        found[type(operation).__name__] = (schema.rows_of(operation), None if bound is None else str(bound))
    return found


def test_a_merge_changes_the_rows_that_its_source_finds() -> None:
    tail = "WHEN MATCHED THEN UPDATE SET note = 'x' WHEN NOT MATCHED THEN INSERT (key) VALUES (s.user_key)"
    assert merged(f"MERGE INTO users u USING moves s ON s.user_key = u.key {tail}") == {
        "Update": (Rows.JOINED, "moves"),
        "Insert": (Rows.UNBOUNDED, None),
    }
    assert merged(f"MERGE INTO users u USING (VALUES (1), (2)) s (user_key) ON s.user_key = u.key {tail}") == {
        "Update": (Rows.BOUNDED, None),
        "Insert": (Rows.CONSTANT, None),
    }
    assert merged("MERGE INTO users u USING users s ON s.key = u.parent WHEN MATCHED THEN DELETE") == {
        "Delete": (Rows.UNBOUNDED, None)
    }


def test_a_merge_changes_any_number_of_rows_that_its_source_does_not_find() -> None:
    sql = "MERGE INTO users u USING moves s ON s.user_key = u.key WHEN NOT MATCHED BY SOURCE THEN DELETE"
    assert merged(sql) == {"Delete": (Rows.JOINED, None)}
    assert merged(sql.replace("moves", "(VALUES (1))").replace(") s ON", ") s (user_key) ON")) == {
        "Delete": (Rows.UNBOUNDED, None)
    }
