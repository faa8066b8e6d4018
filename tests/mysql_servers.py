"""Real MySQL and MariaDB servers for tests: the machine's own, and each that `DBBOT_MYSQL_SERVERS` names.

The variable holds paths of `mysqld` or `mariadbd`, parted by colons. The program of a package that was unpacked
somewhere, and not installed, runs by the loader and with the libraries that were unpacked beside it. Where there is no
server at all, what asks for one is skipped.

A server starts when it is first asked for, in a folder of its own and reached by a socket in it, and ends with the
test run.
"""

from __future__ import annotations

import atexit
import contextlib
import getpass
import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pymysql
import pytest

_PATIENCE = 60
"""Seconds until it must answer."""
_MEMORY = Path("/dev/shm")
_ROOM = 2**31
"""Bytes."""
_STARTS = {
    "mysql": ("--mysqlx=OFF", "--skip-log-bin", "--secure-file-priv="),
    "mariadb": ("--skip-grant-tables", "--innodb-flush-method=nosync"),
}


@dataclass(frozen=True)
class Program:
    """`mysqld` or `mariadbd`. Its folder `usr` stands in `root`, which is `/` where it is installed."""

    path: Path

    @property
    def root(self) -> Path:
        return self.path.parents[2]

    @cached_property
    def command(self) -> list[str]:
        loader = next(self.root.glob("**/ld-linux-*.so.*"), None) if self.root != Path("/") else None
        if loader is None:
            return [str(self.path)]
        folders = sorted({str(library.parent) for library in self.root.glob("**/lib/**/*.so*")})
        return [str(loader), "--library-path", ":".join(folders), str(self.path)]

    @cached_property
    def _said(self) -> tuple[str, tuple[int, int, int]]:
        asked = [*self.command, "--no-defaults", "--version"]
        text = subprocess.run(asked, check=True, capture_output=True, text=True, timeout=_PATIENCE).stdout
        found = re.search(r"Ver (\d+)\.(\d+)\.(\d+)", text)
        assert found, text
        major, minor, patch = map(int, found.groups())
        return ("mariadb" if "MariaDB" in text else "mysql"), (major, minor, patch)

    @property
    def dialect(self) -> str:
        return self._said[0]

    @property
    def version(self) -> tuple[int, int, int]:
        return self._said[1]

    def __str__(self) -> str:
        return f"{self.dialect}-{'.'.join(map(str, self.version))}"

    @cached_property
    def share(self) -> Path:
        """Where its messages and the definitions of its own tables are."""
        return next(self.path.parents[1].glob("share/m*/english/errmsg.sys")).parents[1]


_OLDEST = {"mysql": (8, 0, 29), "mariadb": (10, 6, 0)}
"""The first versions that the facts are about."""


@cache
def programs() -> tuple[Program, ...]:
    """The machine's own first."""
    named = [Path(path) for path in os.environ.get("DBBOT_MYSQL_SERVERS", "").split(":") if path]
    own = [shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") for name in ("mariadbd", "mysqld")]
    paths = [Path(path).resolve() for path in (*own, *named) if path is not None]
    found = map(Program, dict.fromkeys(paths))
    return tuple(program for program in found if program.version >= _OLDEST[program.dialect])


_MARIADB = next((program for program in programs() if program.dialect == "mariadb"), None)
needs_mariadb = pytest.mark.skipif(_MARIADB is None, reason="this machine has no MariaDB server")
on_every_server = pytest.mark.parametrize(
    "program",
    programs() or [pytest.param(None, marks=pytest.mark.skip(reason="no MySQL and no MariaDB server here"))],
    ids=str,
)


def _place() -> Path | None:
    """In memory where there is enough: hundreds of tables are made and dropped."""
    return _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM else None


class RunningServer:
    def __init__(self, program: Program) -> None:
        self.program = program
        self.folder = Path(tempfile.mkdtemp(prefix=f"dbbot-{program.dialect}-", dir=_place()))
        self.socket = f"{self.folder}/s"
        self._user = "nobody" if os.geteuid() == 0 else None
        if self._user is not None:
            account = pwd.getpwnam(self._user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        places = [f"--basedir={program.path.parents[1]}", f"--lc-messages-dir={program.share}"]
        self._common = [*program.command, "--no-defaults", *places, f"--datadir={self.folder}/data"]
        self._make_data()
        options = ("--skip-networking", "--innodb-flush-log-at-trx-commit=0", *_STARTS[program.dialect])
        self._process = subprocess.Popen(
            [*self._common, *options, f"--socket={self.socket}", f"--pid-file={self.folder}/pid"],
            user=self._user,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    def _make_data(self) -> None:
        if self.program.dialect == "mysql":
            self._run("--initialize-insecure")
            return
        made = "CREATE DATABASE mysql;\nUSE mysql;\n"
        made += next(self.program.share.glob("*_system_tables.sql")).read_text(encoding="utf-8")
        (self.folder / "data").mkdir()
        if self._user is not None:
            shutil.chown(self.folder / "data", self._user)
        self._run("--bootstrap", given=made)

    def _run(self, *options: str, given: str = "") -> None:
        subprocess.run(
            [*self._common, *options],
            check=True,
            input=given.encode(),
            capture_output=True,
            user=self._user,
            cwd=self.folder,
            timeout=_PATIENCE,
        )

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self.connect().close()
                return
            except pymysql.err.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.05)

    def connect(self, database: str | None = None) -> pymysql.Connection:
        user = "root" if self.program.dialect == "mysql" else getpass.getuser()
        return pymysql.connect(unix_socket=self.socket, user=user, database=database, autocommit=True)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(_PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)


@cache
def running(program: Program) -> RunningServer:
    found = RunningServer(program)
    atexit.register(found.stop)
    return found


@contextlib.contextmanager
def fresh(program: Program) -> Iterator[pymysql.Connection]:
    """A connection to an empty database."""
    with contextlib.closing(running(program).connect()) as connection, connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS shop")
        cursor.execute("CREATE DATABASE shop CHARACTER SET utf8mb4")
        cursor.execute("USE shop")
        yield connection


@contextlib.contextmanager
def fresh_mariadb() -> Iterator[pymysql.Connection]:
    assert _MARIADB is not None
    with fresh(_MARIADB) as connection:
        yield connection
