"""A real MariaDB for tests, where the machine has one (`apt-get install mariadb-server`); else they are skipped.

The server starts when it is first asked for, in a folder of its own and reached by a socket in it, and ends with the
test run.
"""

from __future__ import annotations

import atexit
import contextlib
import getpass
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pymysql
import pytest

_SERVER = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_INSTALL = shutil.which("mariadb-install-db")
needs_mariadb = pytest.mark.skipif(not (_SERVER and _INSTALL), reason="this machine has no MariaDB server")
_PATIENCE = 60
"""Seconds until it must answer."""


class MariaDB:
    def __init__(self) -> None:
        assert _SERVER
        assert _INSTALL
        self.folder = Path(tempfile.mkdtemp(prefix="dbbot-mariadb-"))
        self._user = "nobody" if os.geteuid() == 0 else getpass.getuser()
        if os.geteuid() == 0:
            account = pwd.getpwnam(self._user)
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        data = f"--datadir={self.folder}/data"
        common = ["--no-defaults", data]
        install = [_INSTALL, *common, "--auth-root-authentication-method=normal", "--skip-test-db"]
        self._run(install)
        self._process = subprocess.Popen(
            [_SERVER, *common, f"--socket={self.socket}", "--skip-networking", "--loose-innodb-flush-method=nosync"],
            user=self._user if os.geteuid() == 0 else None,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait()

    @property
    def socket(self) -> str:
        return f"{self.folder}/s"

    def _run(self, command: list[str]) -> None:
        user = self._user if os.geteuid() == 0 else None
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, user=user, cwd=self.folder, timeout=_PATIENCE)

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
        return pymysql.connect(unix_socket=self.socket, user="root", database=database, autocommit=True)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait(_PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)


@cache
def server() -> MariaDB:
    found = MariaDB()
    atexit.register(found.stop)
    return found


@contextlib.contextmanager
def fresh_mariadb() -> Iterator[pymysql.Connection]:
    """A connection to an empty database."""
    with contextlib.closing(server().connect()) as connection, connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS shop")
        cursor.execute("CREATE DATABASE shop CHARACTER SET utf8mb4")
        cursor.execute("USE shop")
        yield connection


def version() -> tuple[int, int]:
    with fresh_mariadb() as connection:
        major, minor = connection.get_server_info().removeprefix("5.5.5-").split(".")[:2]
        return int(major), int(minor)
