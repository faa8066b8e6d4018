"""Model files -> the tables that they map: classes are read by the interpreter of migrations, never run."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from rules.mapped.classes import table_of_class
from rules.mapped.model import Key, Mapped, MappedTable
from rules.mapped.reader import ModelMachine
from rules.mapped.tables import built
from rules.mapped.words import declares_models
from rules.model.operations import Direction
from rules.reading.bounds import BoundReached
from rules.reading.interpreter.frames import MISSING, Scope, Signal
from rules.reading.library import Library
from rules.reading.modules import Shelf
from rules.reading.recording import Record
from rules.reading.rendering import Renderer
from rules.reading.source import Source
from rules.reading.values import Class, Value

MOST_FILES = 60
"""Of one look."""


def read_mapped(paths: Iterable[str], texts: Mapping[str, str], env_path: str | None = None) -> Mapped:
    """The tables of those files; `texts` answers for what they import. Never raises.

    `env_path` is the env.py whose `target_metadata` says which tables are meant to be migrated.
    """
    shelf = Shelf(texts)
    library = Library(shelf)
    owned = _target_metadata(env_path, shelf, library)
    tables: dict[Key, MappedTable] = {}
    unread: set[str] = set()
    for path in sorted(paths)[:MOST_FILES]:
        text = texts.get(path, "")
        source = shelf.source(path) if declares_models(text) else None
        if source is None:
            if text and declares_models(text):
                unread.add(path)
            continue
        found, all_read = _in_file(source, library, owned)
        tables.update({table.name.key: table for table in found})
        if not all_read:
            unread.add(path)
    return Mapped(tables, frozenset(unread))


def _in_file(source: Source, library: Library, owned: Value) -> tuple[list[MappedTable], bool]:
    scope = library.scopes.setdefault(source.path, Scope.of(source))
    machine = machine_for(source, scope, library)
    found: list[MappedTable] = []
    all_read = True
    for statement in source.tree.body:
        try:
            read = _of_statement(statement, machine, scope, source, owned)
        except (BoundReached, Signal, RecursionError, MemoryError):
            read = None
        except Exception:  # an object that SQLAlchemy refuses belongs to one model, not to the review
            read = None
        if read is None:
            all_read = False
        else:
            found += read
    return found, all_read


def _of_statement(
    statement: ast.stmt, machine: ModelMachine, scope: Scope, source: Source, owned: Value
) -> list[MappedTable] | None:
    """The tables that a statement of a module maps; None if it maps one that could not be read."""
    match statement:
        case ast.ClassDef(name=name):
            value = machine.global_name(name, scope)
            if not isinstance(value, Class):
                return None if value is MISSING and _names_table(statement) else []
            return table_of_class(value, statement, machine, source, owned)
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call() as call) if _makes_table(call):
            made = built(machine.global_name(name, scope), source.place(statement), machine, owned)
            return None if made is None else [made]
    return []


def _names_table(node: ast.ClassDef) -> bool:
    return any(
        isinstance(one, ast.Assign) and any(isinstance(it, ast.Name) and it.id == "__tablename__" for it in one.targets)
        for one in node.body
    )


def _makes_table(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name == "Table" and len(call.args) > 2


def machine_for(source: Source, scope: Scope, library: Library) -> ModelMachine:
    record = Record(source, Renderer("postgresql"))
    machine = ModelMachine(scope, library, record, Direction.UPGRADE)
    record.attach(machine)
    machine.loading = 1
    return machine


def _target_metadata(env_path: str | None, shelf: Shelf, library: Library) -> Value:
    """What env.py hands over; MISSING where that is not known, None where it hands over nothing."""
    source = shelf.source(env_path) if env_path and env_path in shelf.texts else None
    if source is None:
        return MISSING
    calls = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    given = [one.value for call in calls for one in call.keywords if one.arg == "target_metadata"]
    if not given:
        return MISSING
    scope = library.scopes.setdefault(source.path, Scope.of(source))
    machine = machine_for(source, scope, library)
    try:
        return machine.evaluate(given[0], scope.frame())
    except (BoundReached, Signal, RecursionError, MemoryError):
        return MISSING
