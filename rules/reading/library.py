"""What the interpreter asks about names, modules and objects; one for each direction that is read."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from rules.model.names import Name
from rules.model.operations import OpaqueKind, Statement
from rules.model.place import Place
from rules.reading.bounds import MAX_MODULES
from rules.reading.interpreter.frames import MISSING, Raised, Scope
from rules.reading.modules import Shelf
from rules.reading.offers import declared, methods, models, own_types, third_party
from rules.reading.offers.builtins import BUILTINS
from rules.reading.offers.compiled import compiled_text
from rules.reading.offers.connection import ConnectionValue, DialectValue, MigrationContextValue
from rules.reading.offers.construction import guarded
from rules.reading.offers.exceptions import is_kind
from rules.reading.offers.names import namespaces
from rules.reading.offers.operations import BatchValue, OperationsValue
from rules.reading.offers.queries import QueryValue, RowValue
from rules.reading.offers.real import is_real
from rules.reading.offers.reflected import Reflected
from rules.reading.offers.sessions import SessionValue, row_changed
from rules.reading.recording import operations_in, unite
from rules.reading.rendering import put_indexes_in_order
from rules.reading.sql import operations_of
from rules.reading.values import (
    Arguments,
    Class,
    Instance,
    Namespace,
    Native,
    RealClass,
    Symbol,
    Unknown,
    Value,
)
from rules.schema import Schema

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine

WAYS = (OperationsValue, ConnectionValue, BatchValue, SessionValue, MigrationContextValue)


class ModuleValue(Symbol):
    """A module of the repository."""

    __slots__ = ("dotted", "scope")

    def __init__(self, dotted: str, scope: Scope) -> None:
        self.dotted = dotted
        self.scope = scope

    def attribute(self, name: str, machine: Machine) -> Value:
        found = machine.global_name(name, self.scope)
        if found is not MISSING:
            return found
        return machine.library.submodule(machine, self, name)

    @property
    def described(self) -> str:
        return f"the module `{self.dotted}`"


def offered_module(dotted: str) -> Namespace | None:
    return namespaces().get(dotted) or namespaces().get(third_party.inner_module(dotted))


class Library:
    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.scopes: dict[str, Scope] = {}
        self.folded = 0
        self.own_metadata: dict[int, sa.MetaData] = {}
        """Those that the migration's own file made, by identity."""
        self.reflected = Reflected()

    # Modules

    def builtin(self, name: str) -> Value:
        return BUILTINS.get(name, MISSING)

    def module(self, machine: Machine, scope: Scope, dotted: str) -> Value:
        offered = offered_module(dotted)
        if offered is not None:
            return offered
        path = self.shelf.module(dotted, scope.source.path)
        if path is not None:
            return self._module_at(dotted, path)
        return Unknown(f"the module `{dotted}` is not in this repository", dotted.rpartition(".")[2], True, dotted)

    def _module_at(self, dotted: str, path: str) -> Value:
        if path not in self.scopes:
            if len(self.scopes) >= MAX_MODULES:
                return Unknown(f"the module `{dotted}` is one of more than {MAX_MODULES}", "", True, dotted)
            source = self.shelf.source(path)
            if source is None:
                return Unknown(f"the module `{dotted}` cannot be read", "", True, dotted)
            self.scopes[path] = Scope.of(source)
        return ModuleValue(dotted, self.scopes[path])

    def name_from(self, machine: Machine, scope: Scope, module: str, level: int, name: str) -> Value:
        """`from module import name`."""
        if level:
            return self._relative(machine, scope, module, level, name)
        offered = offered_module(module)
        if offered is not None:
            if name not in offered.members and f"{module}.{name}" in namespaces():
                return namespaces()[f"{module}.{name}"]
            return offered.attribute(name, machine)
        path = self.shelf.module(module, scope.source.path)
        if path is not None:
            return self._name_in(machine, self._module_at(module, path), module, name)
        inner = self.shelf.module(f"{module}.{name}", scope.source.path)
        if inner is not None:
            return self._module_at(f"{module}.{name}", inner)
        return Unknown(f"the module `{module}` is not in this repository", name, True, f"{module}.{name}")

    def _relative(self, machine: Machine, scope: Scope, module: str, level: int, name: str) -> Value:
        dotted = f"{'.' * level}{module}"
        path = self.shelf.relative(module, level, scope.source.path)
        if path is not None:
            found = self._name_in(machine, self._module_at(dotted, path), dotted, name)
            if not (isinstance(found, Unknown) and found.foreign):
                return found
        inner = self.shelf.relative(f"{module}.{name}".lstrip("."), level, scope.source.path)
        if inner is not None:
            return self._module_at(f"{dotted}.{name}", inner)
        return Unknown(f"the module `{dotted}` is not in this repository", name, True, f"{dotted}.{name}")

    def _name_in(self, machine: Machine, module: Value, dotted: str, name: str) -> Value:
        if not isinstance(module, ModuleValue):
            return Unknown(module.why if isinstance(module, Unknown) else "a module", name, True, f"{dotted}.{name}")
        return module.attribute(name, machine)

    def submodule(self, machine: Machine, module: ModuleValue, name: str) -> Value:
        path = module.scope.source.path
        if path.endswith("/__init__.py"):
            inner = self.shelf.relative(name, 1, path)
            if inner is not None:
                return self._module_at(f"{module.dotted}.{name}", inner)
        dynamic = machine.global_name("__getattr__", module.scope)
        if dynamic is not MISSING:
            return machine.call(dynamic, Arguments([name]))
        dotted = f"{module.dotted}.{name}"
        return Unknown(f"`{dotted}` is not defined in that module", name, True, dotted)

    def from_star(self, machine: Machine, scope: Scope, star: ast.ImportFrom, name: str) -> Value:
        if id(star) in scope.done or name.startswith("_"):
            return MISSING
        scope.done.add(id(star))
        try:
            found = self.name_from(machine, scope, star.module or "", star.level, name)
        finally:
            scope.done.discard(id(star))
        return MISSING if isinstance(found, Unknown) and found.foreign else found

    def globals_of(self, machine: Machine) -> Value:
        return GlobalsValue(machine.frames[-1].scope if machine.frames else machine.scope)

    # Objects of SQLAlchemy

    def is_sql(self, value: Value) -> bool:
        return methods.is_sql(value)

    def is_object(self, value: Value) -> bool:
        return is_real(value)

    def object_attribute(self, machine: Machine, value: Value, name: str) -> Value:
        return methods.object_attribute(machine, value, name)

    def sql_operator(self, machine: Machine, function: Callable[..., Any] | None, left: Value, right: Value) -> Value:
        return methods.sql_operator(machine, function, left, right)

    def subscript_object(self, machine: Machine, value: Value, key: Value) -> Value:
        return methods.subscript(machine, value, key)

    def contains_object(self, machine: Machine, kind: ast.cmpop, item: Value, container: Value) -> Value:
        return methods.contains(machine, kind, item, container)

    def truth_of_object(self, value: Value) -> bool | None:
        return methods.truth(value)

    def items_of_object(self, value: Value) -> list[Value] | None:
        return methods.items(value)

    def text_of_object(self, machine: Machine, value: Value) -> Value:
        return methods.text_of(machine, value)

    def through_bind(self, machine: Machine, value: Any, name: str, arguments: Arguments) -> Value:
        """`table.create(bind)`, `enum.drop(bind, checkfirst=True)`, `metadata.create_all(bind)`: printed as offline."""
        if name == "reflect" and isinstance(value, sa.MetaData):
            self.reflected.all(machine, value, arguments)
            return None
        if machine.loading:
            return None
        if not hasattr(value, name):
            reason = f"`{name}` of a type that is not known"
            machine.record.opaque(machine, OpaqueKind.CALL, reason)
            return None
        if isinstance(value, sa.MetaData):
            declared.through_bind(machine, value, name, arguments)
            return None
        if isinstance(value, sa.Table):
            put_indexes_in_order(value)
        bind = machine.record.renderer.context.connection
        checkfirst = arguments.get(1, "checkfirst", True)
        keywords: dict[str, Any] = {}
        if isinstance(checkfirst, bool) and name in ("create", "drop"):
            keywords["checkfirst"] = checkfirst
        try:
            guarded(getattr(value, name), bind, **keywords)
        except Raised as raised:
            if not is_kind(raised.value, "NoReferencedTableError"):
                raise
            declared.declare_file(machine)
            guarded(getattr(value, name), bind, **keywords)
        return None

    def tables_of(self, machine: Machine, metadata: sa.MetaData, name: str) -> Value:
        return declared.tables_of(machine, metadata, name)

    def metadata_made(self, machine: Machine, metadata: sa.MetaData) -> sa.MetaData:
        if machine.current is not None and machine.current[0] is machine.scope:
            self.own_metadata[id(metadata)] = metadata
        return metadata

    def schema_now(self, machine: Machine) -> Schema | None:
        """What the earlier revisions left, and what this one has done to it so far."""
        if machine.schema is None and machine.past is not None:
            machine.schema = machine.past()
        emissions = machine.record.emissions
        while machine.schema is not None and self.folded < len(emissions):
            emission = emissions[self.folded]
            self.folded += 1
            for operation in operations_in(emission, machine.record.renderer.dialect.name):
                machine.schema = machine.schema.after(operation)
        return machine.schema

    def sent_once(self, machine: Machine, starts: Sequence[int]) -> None:
        """What all branches of a fork send first, before they differ, is sent for certain."""
        removed = unite(machine.record.emissions, starts, machine.conditional)
        self.folded = max(self.folded - removed, starts[0]) if self.folded > starts[0] else self.folded

    # Classes

    def is_type_class(self, one: RealClass) -> bool:
        return own_types.is_type_class(one)

    def kind_of_class(self, machine: Machine, one: Class) -> str:
        if any(third_party.is_type_class(base) for base in one.ancestors()):
            return "type"
        return "model" if models.is_model(one) else ""

    def class_defined(self, machine: Machine, one: Class) -> None:
        """A place to note what a class means."""

    def class_attribute(self, machine: Machine, one: Class, name: str) -> Value:
        return models.model_attribute(machine, one, name) if one.kind == "model" else None

    def instance_made(self, machine: Machine, instance: Instance) -> None:
        """A place to note what an instance means."""

    def instance_attribute(self, machine: Machine, instance: Instance, name: str) -> Value:
        if instance.of.kind == "type":
            return machine.attribute(own_types.real_type(machine, instance), name)
        foreign = any(isinstance(base, Unknown) for base in instance.of.ancestors())
        return Unknown(f"`{name}` of {instance.described}", name, foreign, name if foreign else "")

    def attribute_set(self, machine: Machine, value: Value, name: str, new: Value) -> None:
        """A row of a query is changed: its session will write that."""
        if isinstance(value, RowValue):
            row_changed(machine, value, name, new)

    def row_of(self, value: Value) -> Value:
        """What a loop over a query, or its rows, is read with; None of anything else."""
        if isinstance(value, QueryValue):
            return value.row()
        return value if isinstance(value, RowValue) else None

    def base_method(self, machine: Machine, instance: Value, name: str) -> Value:
        return own_types.base_method(machine, instance, name)

    def real_type(self, machine: Machine, value: Value) -> Any:
        return own_types.real_type(machine, value)

    def table_of(self, machine: Machine, one: Class) -> sa.Table | None:
        return models.table_of(machine, one)

    def real_symbol(self, machine: Machine, value: Symbol) -> Any:
        if isinstance(value, ConnectionValue):
            return machine.record.renderer.context.connection
        if isinstance(value, QueryValue):
            return value.select(machine, labelled=True)
        if isinstance(value, Instance):
            return compiled_text(machine, value)
        if isinstance(value, Native) and third_party.is_type_class(value):
            return machine.call(value, Arguments())
        return None

    def record_class(self, machine: Machine, name: str, fields: list[str]) -> Value:
        return Class(name, [], dict.fromkeys(f"{field}:" for field in fields), machine.scope.frame(), "dataclass")

    # The database

    def session(self) -> Value:
        return SessionValue()

    def is_way_to_database(self, value: Value) -> bool:
        return isinstance(value, WAYS)

    def is_dialect_class(self, machine: Machine, value: Value, kind: Value) -> bool | None:
        """`isinstance(bind.dialect, postgresql.dialect)`."""
        if isinstance(value, DialectValue) and isinstance(kind, Unknown | Namespace | Native):
            name = kind.dotted if isinstance(kind, Unknown) else kind.name
            parts = name.split(".")
            if "dialects" in parts[:-1]:
                return parts[parts.index("dialects") + 1] == machine.record.renderer.dialect.name
        return None

    def is_path(self, value: Value) -> bool:
        return False

    def path_operator(self, machine: Machine, left: Value, right: Value) -> Value:
        return Unknown("a path")

    def tables_in(self, machine: Machine, outline: str) -> tuple[Name, ...]:
        """The tables that the known parts of an SQL text name."""
        place = Place(machine.scope.source.path, 1)
        found: list[Name] = []
        for operation in operations_of(Statement(outline, place), machine.record.renderer.dialect.name):
            for name in (getattr(operation, "table", None), *getattr(operation, "tables", ())):
                if isinstance(name, Name) and name not in found:
                    found.append(name)
        return tuple(found)


class GlobalsValue(Symbol):
    """`globals()`."""

    __slots__ = ("scope",)

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def attribute(self, name: str, machine: Machine) -> Value:
        if name == "get":
            return Native(name, lambda arguments, machine: self._get(arguments, machine))
        found = machine.global_name(name, self.scope)
        return Unknown(f"the global name `{name}`", name) if found is MISSING else found

    def item_at_unknown(self, key: Unknown) -> Value:
        """Any function of the file, and it may be called."""
        return Unknown(key.why, key.name, foreign=True)

    def _get(self, arguments: Arguments, machine: Machine) -> Value:
        name = arguments.get(0, "key")
        if isinstance(name, Unknown):
            return self.item_at_unknown(name)
        found = machine.global_name(name, self.scope) if isinstance(name, str) else Unknown("a global name")
        return arguments.get(1, "default") if found is MISSING else found
