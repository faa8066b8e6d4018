"""`dbbot sql` and `dbbot locks` on real repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.cli import interface, shop
from tests.bot.cli.conftest import Run, as_json


def test_sql_is_what_alembic_would_send(repository: Path, run: Run) -> None:
    found = as_json(run("sql", "--all", "--format", "json"))
    interface.assert_keeps(interface.SQL, found)
    first, second = found["revisions"]
    assert (first["revision"], second["revision"], second["complete"]) == ("aa11", "ab12", True)
    (statement,) = second["statements"]
    assert statement == {
        "sql": "CREATE INDEX ix_users_email ON users (email)",
        "line": 11,
        "transactional": True,
        "conditional": False,
    }
    assert as_json(run("sql", "--format", "json"))["revisions"] == [second]


@pytest.mark.usefixtures("repository")
def test_sql_down_begins_with_the_newest(run: Run) -> None:
    found = as_json(run("sql", "--all", "--down", "--format", "json"))
    assert [(one["revision"], one["direction"]) for one in found["revisions"]] == [
        ("ab12", "downgrade"),
        ("aa11", "downgrade"),
    ]
    assert "DROP INDEX ix_users_email" in found["revisions"][0]["statements"][0]["sql"]


def test_sql_says_what_it_could_not_read(repository: Path, run: Run) -> None:
    body = "import datetime\n    op.execute('SELECT ' + str(datetime.datetime.now()))"
    shop.write(repository, {"migrations/versions/cd34.py": shop.revision("cd34", "ab12", body)})
    (one,) = as_json(run("sql", "cd34", "--format", "json"))["revisions"]
    assert one["complete"] is False
    assert one["unread"][0]["line"] == 12
    assert "-- line 12 not read: " in run("sql", "cd34").stdout


@pytest.mark.usefixtures("repository")
def test_sql_as_text_can_be_run(run: Run) -> None:
    assert run("sql", "ab12").stdout == (
        "-- ab12, upgrade: migrations/versions/ab12_add_email.py\n\nCREATE INDEX ix_users_email ON users (email);\n"
    )


@pytest.mark.usefixtures("repository")
def test_locks_say_who_waits(run: Run) -> None:
    found = as_json(run("locks", "--format", "json"))
    (lock,) = [row for row in found["locks"] if row["lock"] == "SHARE"]
    assert (lock["tables"], lock["blocks"], lock["scans"]) == (["users"], "writes", True)
    interface.assert_keeps(interface.several(interface.LOCK), found["locks"])
    assert run("locks").stdout == (
        "migrations/versions/ab12_add_email.py:11 (ab12, upgrade)\n"
        "  CREATE INDEX ix_users_email ON users (email)\n"
        "  locks  SHARE on users\n"
        "  waits  writes of users\n"
        "  time   grows with users: read whole, an index is built\n"
        "  until  the commit\n"
    )


def test_what_runs_outside_the_transaction_or_under_a_condition_is_marked(repository: Path, run: Run) -> None:
    body = (
        "with op.get_context().autocommit_block():\n"
        '        op.execute("REINDEX INDEX CONCURRENTLY ix_users_email")\n'
        "    if op.get_bind().execute(sa.text('SELECT now()')).scalar():\n"
        '        op.drop_column("users", "email")'
    )
    shop.write(repository, {"migrations/versions/cd34.py": shop.revision("cd34", "ab12", body)})
    lines = run("sql", "cd34").stdout.split("\n")
    outside = lines.index("-- outside the transaction")
    assert lines[outside + 1] == "REINDEX INDEX CONCURRENTLY ix_users_email;"
    assert "-- in the transaction" in lines[outside:]
    condition = lines.index("-- only under a condition:")
    assert lines[condition + 1] == "ALTER TABLE users DROP COLUMN email;"
    (one,) = as_json(run("sql", "cd34", "--format", "json"))["revisions"]
    assert one["complete"] is False


def test_locks_of_what_was_not_read_are_said_to_be_unknown(repository: Path, run: Run) -> None:
    body = "op.execute(open('x.sql').read())"
    shop.write(repository, {"migrations/versions/cd34.py": shop.revision("cd34", "ab12", body)})
    shown = run("locks", "cd34").stdout
    assert "no lock known" in shown
    assert "migrations/versions/cd34.py:11 not read, its locks are unknown" in shown


@pytest.mark.usefixtures("repository")
def test_locks_of_another_database_are_said_in_its_words_or_to_be_unknown(run: Run) -> None:
    of_mysql = run("locks", "--all", "--dialect", "mysql").stdout
    assert "ALGORITHM=" in of_mysql
    assert "EXCLUSIVE" not in of_mysql
    of_sqlite = run("locks", "--all", "--dialect", "sqlite").stdout
    assert "dbbot does not know the locks of sqlite" in of_sqlite
    assert "no lock that anybody waits for" not in of_sqlite


def test_locks_down_are_those_of_downgrade(repository: Path, run: Run) -> None:
    shown = run("locks", "ab12", "--down").stdout
    assert shown.startswith("migrations/versions/ab12_add_email.py:15 (ab12, downgrade)\n")
    assert "locks  ACCESS EXCLUSIVE on users\n  waits  reads and writes of users\n  time   a moment\n" in shown


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("command", ["sql", "locks"])
def test_nothing_new_is_said(run: Run, command: str) -> None:
    shop.git(Path(), "switch", "-q", "-C", "main")
    shop.commit(Path())
    assert "No new migration" in run(command).stdout
    assert as_json(run(command, "--format", "json"))["version"] == 1
