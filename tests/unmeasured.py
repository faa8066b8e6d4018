"""Breaks the facts one entry at a time: what no measured statement notices is a fact that is believed.

    python -m tests.unmeasured [MODULE ...]

Noticed is what the facts say of the samples and pairs that the tests send to real servers. Prints the entries that
can be changed without any of them saying otherwise, and how many can.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rules.locking.page import MEASURED_ON
from rules.locking.pairs import DEFAULTS, IN_UTC, TYPE_CHANGES
from rules.locking.samples import SAMPLES
from rules.model.operations import Operation, Statement
from rules.model.place import Place
from rules.postgres import lock_modes
from rules.reading.sql import operations_of
from rules.reading.sql.cursor import Cursor
from rules.schema import Schema
from tests.mutants import put_in_place
from tests.mutations import changes, line_of, with_change

MODULES = (
    *(f"rules.locking.{name}" for name in ("columns", "constraints", "tables", "indexes", "others", "facts")),
    *(f"rules.postgres.{name}" for name in ("lock_modes", "type_changes", "volatility")),
)
OF_MYSQL = tuple(
    f"rules.mysql.{name}"
    for name in ("adding", "defaults", "keys", "online", "options", "redefining", "retyping", "storage")
)


@dataclass(frozen=True)
class Broken:
    module: str
    line: int
    what: str
    tree: ast.Module = field(repr=False)


def _read(sql: str) -> tuple[Operation, ...]:
    return operations_of(Statement(sql, Place("m.py", 1)))


def _after(setup: tuple[str, ...]) -> Schema:
    schema = Schema.empty()
    for text in setup:
        for operation in _read(text):
            schema = schema.after(operation)
    return schema


SENT = [
    (operation, _after(sample.setup), version)
    for samples in SAMPLES.values()
    for sample in samples
    for operation in _read(sample.sql)
    for version in MEASURED_ON
    if version >= sample.since
]
PAIRS = [
    (Cursor(old).type(), Cursor(new).type(), pairs is IN_UTC)
    for pairs in (TYPE_CHANGES, IN_UTC)
    for old, new, _ in pairs
]


def said_of_mysql() -> list[Any]:
    """As `said`, of MySQL and MariaDB; a cell that is not known is compared too."""
    from rules.mysql.page import SERVERS
    from rules.mysql.sample_keys import ASKED
    from rules.mysql.samples import SENT, said_of

    sent = (*SENT, *((altered, True) for altered in ASKED))
    return [str(said_of(altered, server, checks=checks)) for altered, checks in sent for server in SERVERS.values()]


def said() -> list[Any]:
    """All that the tests compare with what a server does."""
    from rules.locks import locks_of
    from rules.postgres.type_changes import type_change
    from rules.postgres.volatility import volatility_of

    found: list[Any] = [
        [
            (str(fact.mode), fact.tables, fact.rewrites, fact.scans, fact.builds)
            for fact in locks_of(operation, schema, version)
        ]
        for operation, schema, version in SENT
    ]
    found += [str(type_change(old, new, utc=utc)) for old, new, utc in PAIRS]
    found += [str(volatility_of(default)) for _, default, _, _ in DEFAULTS]
    found += [(str(mode), str(mode.blocks), sorted(lock_modes.CONFLICTS[mode])) for mode in lock_modes.LockMode]
    return found


def broken(name: str) -> Iterator[Broken]:
    tree = ast.parse(Path(importlib.import_module(name).__file__ or "").read_text())
    for at, node in enumerate(ast.walk(tree)):
        if getattr(node, "lineno", None) is None and not isinstance(node, ast.match_case | ast.comprehension):
            continue
        for what, make, about in changes(node):
            yield Broken(name, line_of(about), what, with_change(tree, at, make))


def is_noticed(one: Broken, before: list[Any]) -> bool:
    """Asked in a child of this process."""
    ask = said_of_mysql if one.module in OF_MYSQL else said
    child = os.fork()
    if child == 0:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        try:
            _put_in(one)
            os._exit(int(ask() != before))
        except BaseException:
            os._exit(1)
    return os.waitpid(child, 0)[1] != 0


def _put_in(one: Broken) -> None:
    """What each type of operation takes stays registered."""
    module = sys.modules[one.module]
    taking = vars(module).get("_TAKING")
    put_in_place(module, one.tree)
    if taking is not None:
        vars(module)["_TAKING"] = taking


def main() -> None:
    parser = argparse.ArgumentParser(description="Break the facts and see which ones nothing measures.")
    parser.add_argument("names", nargs="*", metavar="MODULE", help="the last part of its name")
    options = parser.parse_args()
    for name in (*MODULES, *OF_MYSQL):
        if options.names and name.rpartition(".")[2] not in options.names:
            continue
        before = said_of_mysql() if name in OF_MYSQL else said()
        made = list(broken(name))
        survived = [one for one in made if not is_noticed(one, before)]
        for one in survived:
            print(f"{one.module}:{one.line}: {one.what}")
        print(f"{name:30} {len(made):4} changes, {len(survived):4} that nothing measures", flush=True)


if __name__ == "__main__":
    main()
