"""Which server is meant: of each major version the releases with long support, which the tests measure, stand for it.

MySQL 8 is 8.0 (from 8.0.29 on) and 8.4, MySQL 9 is 9.7; MariaDB 10 is 10.6 and 10.11, MariaDB 11 is 11.4 and 11.8.
Sources: https://dev.mysql.com/doc/refman/8.4/en/mysql-releases.html, https://mariadb.org/about/#maintenance-policy
"""

from __future__ import annotations

from dataclasses import dataclass

MEASURED = {"mysql": (8, 9), "mariadb": (10, 11)}


@dataclass(frozen=True, slots=True)
class Server:
    mariadb: bool
    major: int

    @property
    def is_known(self) -> bool:
        """Whether the facts of this room hold for it; of an older or newer one nobody has asked."""
        return self.major in MEASURED["mariadb" if self.mariadb else "mysql"]

    @property
    def copies_online(self) -> bool:
        """Writes go on while a table is copied: MariaDB from 11.2 on. https://mariadb.com/kb/en/online-schema-change/"""
        return self.mariadb and self.major >= 11

    @property
    def reads_inline_references(self) -> bool:
        """REFERENCES inside a column's definition; older MySQL steps over it.

        https://dev.mysql.com/doc/relnotes/mysql/9.0/en/news-9-0-0.html
        """
        return self.mariadb or self.major >= 9


def servers(dialect: str, version: int) -> tuple[Server, ...]:
    """The server of that major version; of 0, which nobody has said, all that are measured."""
    return tuple(Server(dialect == "mariadb", major) for major in ((version,) if version else MEASURED[dialect]))
