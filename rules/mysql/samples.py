"""The statements that the page of facts shows and the tests send to real servers."""

from __future__ import annotations

from functools import cache
from itertools import chain

from rules.model.operations import Operation, Statement
from rules.model.place import Place
from rules.mysql.algorithms import Online
from rules.mysql.online import Moment, online_of
from rules.mysql.sample_columns import COLUMNS
from rules.mysql.sample_keys import KEYS, UNCHECKED
from rules.mysql.sample_tables import BESIDE, PARENT, TABLES
from rules.mysql.server import Server
from rules.reading.sql import operations_of
from rules.schema import Schema

ALTERED = {**COLUMNS, **KEYS}
SENT = (
    *((altered, True) for altered in chain.from_iterable(ALTERED.values())),
    *((altered, False) for altered in UNCHECKED),
)
"""Each with whether foreign keys are checked."""
_OTHER_VALUES_ELSEWHERE = ("UUID", "UUID_SHORT", "SYSDATE", "RAND", "USER", "CURRENT_USER")


def is_refused(altered: str, server: Server) -> bool:
    """Whether the server takes the statement in no way: a form of the other, or a default that replicas cannot know."""
    if server.mariadb:
        return any(form in altered for form in ("NOT ENFORCED", "INVISIBLE", "((n * 2))"))
    unsafe = "ADD COLUMN" in altered and any(f"({name}())" in altered for name in _OTHER_VALUES_ELSEWHERE)
    return unsafe or "IGNORED" in altered


def operations_in(sql: str, dialect: str) -> tuple[Operation, ...]:
    return operations_of(Statement(sql, Place("", 1)), dialect)


def said_of(altered: str, server: Server, *, checks: bool = True) -> Online | None:
    """What `online_of` says of `ALTER TABLE` and that text, of the tables of `sample_tables`."""
    dialect = "mariadb" if server.mariadb else "mysql"
    operations = operations_in(f"ALTER TABLE {altered}", dialect)
    return online_of(operations, Moment(_schema(altered.partition(" ")[0], dialect), server, checks))


def statements_for(table: str) -> tuple[str, ...]:
    """That create it, and what stands beside it."""
    beside = (BESIDE[table],) if table in BESIDE else ()
    return (*((PARENT,) if TABLES[table] != PARENT else ()), TABLES[table], *beside)


@cache
def _schema(table: str, dialect: str) -> Schema:
    schema = Schema.empty(dialect)
    for statement in statements_for(table):
        for operation in operations_in(statement, dialect):
            schema = schema.after(operation)
    return schema
