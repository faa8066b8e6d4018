"""The forms that MySQL and MariaDB have, or spell otherwise than PostgreSQL."""

from rules.reading.sql.mysql.cursor import MySQLCursor
from rules.reading.sql.mysql.statements import own_form, pieces

__all__ = ["MySQLCursor", "own_form", "pieces"]
