"""What `env.py` and `alembic.ini` say about a run. None means: could not be told."""

from __future__ import annotations

from rules.model.frozen import OneOf
from rules.model.names import DEFAULT_SCHEMA


class Environment(OneOf):
    path: str | None = None
    """Of env.py; None where there is none."""
    transaction_per_migration: bool | None = None
    transactional_ddl: bool | None = None
    autocommit: bool = False
    """Whether the connection that env.py makes is in AUTOCOMMIT, so that each statement is a transaction."""
    lock_timeout: str | None = None
    """The value set for the session, as written; None where none was found."""
    lock_timeout_set: bool = False
    """By a SET, which RESET takes away; not by an option of the connection."""
    statement_timeout: str | None = None
    driver: str | None = None
    """`asyncpg`, `psycopg`, `psycopg2` of the URL."""
    naming_convention: tuple[tuple[str, str], ...] = ()
    naming_convention_known: bool = True
    """False where `target_metadata` could not be read: it may name what the migrations leave unnamed."""
    version_table: str | None = None
    version_table_schema: str | None = None
    render_as_batch: bool = False
    asynchronous: bool | None = None
    """Whether the engine that env.py makes is an async one."""
    connection_given: bool = False
    """The connection comes from whoever starts Alembic; how it was opened is not in sight."""
    search_path: tuple[str, ...] | None = (DEFAULT_SCHEMA,)
    """With which each connection begins; None where it cannot be told."""
    time_zone: str | None = None
    """Set for the session, as written."""
    commits_behind: bool | None = None
    """Whether env.py commits the connection once the migrations have run; None where it does not start them itself."""


def may_run_in_autocommit(environment: Environment) -> bool:
    """Whether the migrations perhaps run outside a transaction altogether.

    `transactional_ddl=False` alone does not do that; beside a connection that comes from elsewhere it may tell of one.
    """
    made_elsewhere = environment.asynchronous is None and environment.transactional_ddl is False
    return environment.autocommit or environment.connection_given or made_elsewhere
