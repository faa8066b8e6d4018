"""The tables of a metadata: the files that may add to it are read whole, as Python runs them when it imports them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from rules.model.operations import OpaqueKind
from rules.reading.bounds import BoundReached, Budget
from rules.reading.offers.construction import guarded
from rules.reading.offers.models import table_of
from rules.reading.offers.real import offered
from rules.reading.rendering import put_indexes_in_order
from rules.reading.values import Arguments, Class, Value

if TYPE_CHECKING:
    from rules.reading.interpreter.frames import Scope
    from rules.reading.interpreter.machine import Machine

MOST_STEPS = 100_000
"""For the files around a migration: what is left unread of them does not end the reading of it."""
ALONE, ALL = (ast.ClassDef, ast.Assign), (ast.ClassDef, ast.Assign, ast.Import, ast.ImportFrom)


def declare_file(machine: Machine) -> None:
    """Makes the tables of the migration's own file, that others refer to by name."""
    _declare(machine, machine.scope, ALONE)


def tables_of(machine: Machine, metadata: sa.MetaData, name: str) -> Value:
    """`metadata.tables`, `metadata.sorted_tables`."""
    _declare_all(machine)
    found = offered(guarded(getattr, metadata, name))
    if not _is_whole(machine, metadata):
        machine.open[id(found)] = found
    return found


def through_bind(machine: Machine, metadata: sa.MetaData, name: str, arguments: Arguments) -> None:
    """`metadata.create_all(bind)`, `metadata.drop_all(bind)`."""
    _declare_all(machine)
    for table in metadata.tables.values():
        put_indexes_in_order(table)
    keywords: dict[str, Any] = {}
    doubt = "" if _is_whole(machine, metadata) else "the tables that modules of the project add to its metadata"
    given = arguments.get(1, "tables")
    if given is not None:
        keywords["tables"] = [one for one in given if isinstance(one, sa.Table)] if isinstance(given, list) else []
        known = isinstance(given, list) and len(keywords["tables"]) == len(given) and id(given) not in machine.open
        doubt = "" if known else "the tables that it is given"
    guarded(getattr(metadata, name), machine.record.renderer.context.connection, **keywords)
    if doubt:
        machine.record.opaque(machine, OpaqueKind.CALL, f"`{name}` is for more than the reader can see: {doubt}")


def _is_whole(machine: Machine, metadata: sa.MetaData) -> bool:
    """Made in the migration's own file, so that no other file adds to it."""
    return id(metadata) in machine.library.own_metadata


def _declare_all(machine: Machine) -> None:
    """The migration's own file, the modules that it led to, and those that these import in turn."""
    budget, machine.budget = machine.budget, Budget(MOST_STEPS)
    done: set[int] = set()
    try:
        while left := [one for one in (machine.scope, *machine.library.scopes.values()) if id(one) not in done]:
            for scope in left:
                done.add(id(scope))
                _declare(machine, scope, ALL)
    except BoundReached:
        return
    finally:
        machine.budget = budget


def _declare(machine: Machine, scope: Scope, kinds: tuple[type[ast.stmt], ...]) -> None:
    calls = [one for one in scope.source.tree.body if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]
    machine.read_statements([*calls], scope)
    for name, statements in list(scope.bindings.items()):
        if any(isinstance(one, kinds) for one in statements):
            declared = machine.global_name(name, scope)
            if isinstance(declared, Class) and declared.kind == "model":
                table_of(machine, declared)
