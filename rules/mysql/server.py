"""Which server is meant: of each major version the oldest release that is still in wide use stands for it.

MySQL 8 is 8.0 from 8.0.29 on, MariaDB 10 is 10.6, MariaDB 11 is 11.4: the releases with long support. Sources:
https://dev.mysql.com/doc/refman/8.4/en/mysql-releases.html,
https://mariadb.org/about/#maintenance-policy
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Server:
    mariadb: bool
    major: int

    @property
    def is_known(self) -> bool:
        """Whether the facts of this room hold for it."""
        return self.major >= (10 if self.mariadb else 8)

    @property
    def copies_online(self) -> bool:
        """Writes go on while a table is copied: MariaDB from 11.2 on. https://mariadb.com/kb/en/mariadb-1121-release-notes/"""
        return self.mariadb and self.major >= 11
