"""ALGORITHM and LOCK as a statement asks for them: the server does so, or refuses the statement.

Source: https://dev.mysql.com/doc/refman/8.4/en/alter-table.html#alter-table-performance
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rules.model.operations import AlterTableOther, Operation
from rules.mysql.algorithms import Algorithm, Lock

_DEFAULT = "DEFAULT"


@dataclass(frozen=True, slots=True)
class Asked:
    """`algorithm` is None, and `lock` the weakest, where the server may choose."""

    algorithm: Algorithm | None = None
    lock: Lock = Lock.NONE
    refuses: bool = False
    """Whether the server refuses the statement where it would make writes wait for long."""


def is_asked(operation: Operation) -> bool:
    return isinstance(operation, AlterTableOther) and _words(operation)[:1] in (["ALGORITHM"], ["LOCK"])


def asked_in(operations: Iterable[Operation]) -> Asked:
    algorithm, lock, refuses = None, Lock.NONE, False
    for operation in operations:
        if not (isinstance(operation, AlterTableOther) and is_asked(operation)):
            continue
        name, *values = _words(operation)
        value = values[0] if values else _DEFAULT
        if name == "LOCK":
            lock = Lock(value) if value in set(Lock) else Lock.NONE
            refuses = refuses or value == Lock.NONE
        else:
            algorithm = Algorithm(value) if value in set(Algorithm) else None
            refuses = refuses or value not in (_DEFAULT, Algorithm.COPY)
    return Asked(algorithm, lock, refuses)


def _words(operation: AlterTableOther) -> list[str]:
    return operation.action.upper().replace("=", " ").split()
