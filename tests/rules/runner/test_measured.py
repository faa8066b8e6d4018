"""What the rules of group `runner` say, seen on real Alembic and PostgreSQL."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

from tests.databases import fresh_database, second_connection

ENV = """import time
from alembic import context
from sqlalchemy import create_engine, pool, text

noted = context.config.attributes["noted"]


def after_migration(ctx, revision, heads):
    noted.append("called")


engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool{engine})
with engine.connect() as connection:
    {before}
    context.configure(connection=connection{options})
    with context.begin_transaction():
        {inside}
        context.run_migrations()
"""
REVISION = """from alembic import op
revision = "{name}"
down_revision = {parent}


def upgrade():
    {body}
"""


class Project:
    """Revisions and an env.py on disk, run against a database of its own."""

    def __init__(self, folder: Path, connection: psycopg.Connection, *bodies: str, **env: str) -> None:
        versions = folder / "versions"
        versions.mkdir(parents=True, exist_ok=True)
        parent = None
        for number, body in enumerate(bodies):
            text = REVISION.format(name=f"r{number}", parent=repr(parent), body=body.replace("\n", "\n    "))
            (versions / f"r{number}.py").write_text(text)
            parent = f"r{number}"
        parts = {"engine": "", "before": "pass", "options": "", "inside": "pass", **env}
        (folder / "env.py").write_text(ENV.format(**parts))
        self.noted: list[str] = []
        self.config = Config(attributes={})
        self.config.set_main_option("script_location", str(folder))
        info = connection.info
        url = f"postgresql+psycopg://{info.user}@/{info.dbname}?host={info.host}&port={info.port}"
        self.config.attributes.update(url=url, noted=self.noted)

    def upgrade(self) -> None:
        command.upgrade(self.config, "head")


TABLE = 'op.execute("CREATE TABLE a (b int)")'
SHOWN = 'op.get_context().config.attributes["noted"].append(op.get_bind().exec_driver_sql("SHOW {}").scalar())'


def tables(connection: psycopg.Connection) -> list[str]:
    query = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1"
    return [row[0] for row in connection.execute(query)]


STRAY = """connection.execute(text("SET lock_timeout = '4s'"))"""


@pytest.mark.parametrize(
    ("before", "left"),
    [
        (STRAY, []),
        (f"{STRAY}\n    connection.commit()", ["a", "alembic_version"]),
        (f"with connection.begin():\n        {STRAY}", ["a", "alembic_version"]),
    ],
)
def test_a_statement_before_configure_leaves_nothing_committed_and_no_error(
    before: str, left: list[str], tmp_path: Path
) -> None:
    with fresh_database() as connection:
        Project(tmp_path, connection, TABLE, before=before).upgrade()
        assert tables(connection) == left


@pytest.mark.parametrize(
    ("env", "shown"),
    [
        ({"options": ", postgresql_set_session_options={'lock_timeout': '4s'}"}, "0"),
        ({"engine": ", connect_args={'options': '-c lock_timeout=4000'}"}, "4s"),
    ],
)
def test_an_option_that_alembic_does_not_know_is_ignored(env: dict[str, str], shown: str, tmp_path: Path) -> None:
    with fresh_database() as connection:
        project = Project(tmp_path, connection, SHOWN.format("lock_timeout"), **env)
        project.upgrade()
        assert project.noted == [shown]


def test_a_callback_with_other_parameters_stops_the_first_revision(tmp_path: Path) -> None:
    with fresh_database() as connection:
        project = Project(tmp_path, connection, TABLE, options=", on_version_apply=after_migration")
        with pytest.raises(TypeError, match="unexpected keyword argument"):
            project.upgrade()
        assert project.noted == []
        assert "a" not in tables(connection)


HALF = f'{TABLE}\nop.execute("SELECT 1 / 0")'


@pytest.mark.parametrize(
    ("env", "left"),
    [
        ({}, []),
        ({"options": ", transactional_ddl=False"}, []),
        ({"engine": ', isolation_level="AUTOCOMMIT"'}, ["a", "alembic_version"]),
    ],
)
def test_without_a_transaction_a_revision_stays_half_applied(
    env: dict[str, str], left: list[str], tmp_path: Path
) -> None:
    with fresh_database() as connection:
        with pytest.raises(Exception, match="division by zero"):
            Project(tmp_path, connection, HALF, **env).upgrade()
        assert tables(connection) == left


CONCURRENT = 'op.create_index("i", "a", ["b"], postgresql_concurrently=True)'


@pytest.mark.parametrize(
    ("env", "built"),
    [
        ({}, False),
        ({"options": ", transactional_ddl=False"}, False),
        ({"engine": ', isolation_level="AUTOCOMMIT"'}, True),
        ({"engine": ', isolation_level="AUTOCOMMIT"', "options": ", transaction_per_migration=True"}, True),
    ],
)
def test_a_concurrent_build_runs_where_the_engine_is_in_autocommit(
    env: dict[str, str], built: bool, tmp_path: Path
) -> None:
    with fresh_database() as connection:
        connection.execute("CREATE TABLE a (b integer)")
        project = Project(tmp_path, connection, CONCURRENT, **env)
        if built:
            project.upgrade()
        else:
            with pytest.raises(Exception, match="cannot run inside a transaction block"):
                project.upgrade()


@pytest.mark.parametrize(("options", "transactions"), [("", 1), (", transaction_per_migration=True", 2)])
def test_all_revisions_are_one_transaction_unless_env_py_says_otherwise(
    options: str, transactions: int, tmp_path: Path
) -> None:
    noting = (
        'op.get_context().config.attributes["noted"].append('
        'op.get_bind().exec_driver_sql("SELECT txid_current()").scalar())'
    )
    with fresh_database() as connection:
        project = Project(tmp_path, connection, noting, noting, options=options)
        project.upgrade()
        assert len(set(project.noted)) == transactions


@pytest.mark.parametrize(("options", "held"), [("", [1, 1]), (", transaction_per_migration=True", [0, 0])])
def test_an_advisory_lock_of_the_transaction_is_gone_with_it(options: str, held: list[int], tmp_path: Path) -> None:
    counting = (
        'op.get_context().config.attributes["noted"].append(op.get_bind().exec_driver_sql('
        "\"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711\").scalar())"
    )
    lock = 'connection.execute(text("SELECT pg_advisory_xact_lock(4711)"))'
    with fresh_database() as connection:
        project = Project(tmp_path, connection, counting, counting, options=options, inside=lock)
        project.upgrade()
        assert project.noted[1:] == held[1:]


def test_a_short_timeout_ends_a_concurrent_build_and_leaves_an_invalid_index(tmp_path: Path) -> None:
    build = (
        "with op.get_context().autocommit_block():\n"
        '    op.create_index("ix_t_a", "t", ["a"], postgresql_concurrently=True)'
    )
    free = build.replace(
        "block():\n",
        'block():\n    op.execute("DROP INDEX IF EXISTS ix_t_a")\n    op.execute("SET lock_timeout = 0")\n',
    )
    engine = ", connect_args={'options': '-c lock_timeout=200'}"
    with fresh_database() as connection, second_connection(connection) as older:
        connection.execute("CREATE TABLE t (a int)")
        older.execute("BEGIN")
        older.execute("INSERT INTO t VALUES (1)")
        with pytest.raises(Exception, match="lock timeout"):
            Project(tmp_path / "short", connection, build, engine=engine).upgrade()
        invalid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_t_a'::regclass"
        assert connection.execute(invalid).fetchone() == (False,)
        older.execute("COMMIT")
        Project(tmp_path / "free", connection, free, engine=engine).upgrade()
        assert connection.execute(invalid).fetchone() == (True,)


def waits_for_lock(connection: psycopg.Connection) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    row = connection.execute(query).fetchone()
    return row is not None and row[0] > 0


def test_without_a_timeout_a_migration_waits_and_a_later_read_waits_behind_it(tmp_path: Path) -> None:
    """The reader gives up after its own timeout; the migration alone would not."""
    alter = 'op.execute("ALTER TABLE t ADD COLUMN b int")'
    with (
        fresh_database() as connection,
        second_connection(connection) as older,
        second_connection(connection) as reader,
    ):
        connection.execute("CREATE TABLE t (a int)")
        older.execute("BEGIN")
        older.execute("SELECT * FROM t")
        with pytest.raises(Exception, match="lock timeout"):
            Project(
                tmp_path / "timed", connection, alter, engine=", connect_args={'options': '-c lock_timeout=100'}"
            ).upgrade()
        waiting = Project(tmp_path / "untimed", connection, alter)
        run = threading.Thread(target=waiting.upgrade)
        run.start()
        try:
            end = time.monotonic() + 60
            while not waits_for_lock(connection) and time.monotonic() < end:
                time.sleep(0.02)
            reader.execute("SET lock_timeout = '100ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable):
                reader.execute("SELECT * FROM t")
        finally:
            older.execute("COMMIT")
            run.join()
        assert reader.execute("SELECT * FROM t").fetchall() == []


def test_without_metadata_autogenerate_and_check_refuse_to_work(tmp_path: Path) -> None:
    with fresh_database() as connection:
        project = Project(tmp_path, connection, TABLE, options=", target_metadata=None")
        project.upgrade()
        with pytest.raises(CommandError, match="MetaData"):
            command.check(project.config)
