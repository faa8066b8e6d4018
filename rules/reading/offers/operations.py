"""`op.*`: Alembic's own operations, printed by Alembic itself."""

from __future__ import annotations

from functools import cache
from inspect import signature
from typing import Any

from alembic.operations.base import BatchOperations, Operations
from alembic.operations.batch import BatchOperationsImpl
from sqlalchemy import Table
from sqlalchemy.sql.elements import conv

from rules.model.names import Name
from rules.model.operations import OpaqueKind
from rules.reading.bounds import COST_OF_SQL
from rules.reading.interpreter.choices import choice_within, decided
from rules.reading.interpreter.contexts import Context
from rules.reading.interpreter.frames import Raised
from rules.reading.interpreter.machine import Machine
from rules.reading.offers.connection import ConnectionValue, MigrationContextValue
from rules.reading.offers.construction import as_type, guarded
from rules.reading.offers.copied import copied, in_order
from rules.reading.offers.copying import copy_of
from rules.reading.offers.execution import insert_rows, send_statement
from rules.reading.offers.keywords import is_offered_keyword
from rules.reading.offers.plugins import SPATIAL, add_enum_values
from rules.reading.offers.real import Uncertain, hole, offered, real, refuse
from rules.reading.offers.synced_enums import sync_enum_values
from rules.reading.offers.told_batches import MoreAboutACopy, overridden
from rules.reading.recording import Origin
from rules.reading.values import Arguments, Native, Symbol, Unknown, Value

TABLE_AT = {
    "add_column": 0, "alter_column": 0, "bulk_insert": 0, "create_check_constraint": 1, "create_exclude_constraint": 1,
    "create_foreign_key": 1, "create_index": 1, "create_primary_key": 1, "create_table": 0, "create_table_comment": 0,
    "create_unique_constraint": 1, "drop_column": 0, "drop_constraint": 1, "drop_index": 1, "drop_table": 0,
    "drop_table_comment": 0, "rename_table": 0,
}  # fmt: skip
"""Operations, and which argument names their table."""
TABLE_WORDS = ("table_name", "source_table", "old_table_name", "tablename", "source", "table", "name")
IN_BATCH = frozenset(TABLE_AT) - {"bulk_insert", "create_table", "drop_table", "rename_table"}
EXISTING = (
    "existing_type",
    "existing_server_default",
    "existing_nullable",
    "existing_comment",
    "existing_autoincrement",
)
FLAGS = ("postgresql_concurrently", "if_exists", "if_not_exists")
NOT_SENT = frozenset((*EXISTING[1:], "info", "comment", "existing_comment", "doc", "default", "onupdate"))


def send_operation(machine: Machine, target: Any, name: str, arguments: Arguments, table: Name | None = None) -> Value:
    """Calls `target.name(...)` with checked arguments; says so where an argument is not known."""
    if machine.loading:
        return Unknown("an operation at module level")
    machine.budget.step(COST_OF_SQL)
    flag = next((key for key in FLAGS if isinstance(arguments.keywords.get(key), Unknown)), None)
    if flag is not None:
        return _both_ways(machine, target, name, arguments, table, flag)
    choice = choice_within(machine, arguments.all)
    if choice is not None and machine.may_choose:
        return machine.each(
            choice, lambda one: send_operation(machine, target, name, decided(machine, arguments, choice, one), table)
        )
    table = table or _table_of(name, arguments)
    tables = () if table is None else (table,)
    try:
        if not arguments.complete:
            raise Uncertain(Unknown("arguments that are not known"))
        positional = [_argument(machine, name, number, one) for number, one in enumerate(arguments.positional)]
        keywords = _keywords(machine, name, arguments)
    except Uncertain as uncertain:
        machine.record.opaque(machine, OpaqueKind.CALL, f"`op.{name}` depends on {uncertain.unknown.why}", tables)
        return Unknown(f"the result of `op.{name}`")
    return offered(guarded(getattr(target, name), *positional, **keywords))


def _both_ways(machine: Machine, target: Any, name: str, arguments: Arguments, table: Name | None, flag: str) -> Value:
    """A flag that is not known before it runs: the statement is sent with it or without it."""
    machine.forks += 1
    try:
        for value in (False, True):
            keywords = {**arguments.keywords, flag: value}
            given = Arguments(arguments.positional, keywords, arguments.node, arguments.complete)
            result = send_operation(machine, target, name, given, table)
    finally:
        machine.forks -= 1
    return result


def _argument(machine: Machine, name: str, number: int, value: Value) -> Any:
    if name in ("add_column", "create_table", "alter_column") and isinstance(value, Unknown) and value.foreign:
        raise Uncertain(value)
    return real(machine, value)


def _keywords(machine: Machine, name: str, arguments: Arguments) -> dict[str, Any]:
    keywords: dict[str, Any] = {}
    for key, value in arguments.keywords.items():
        if key == "column_name" and name == "drop_index":
            continue  # of `drop_geospatial_index`, for SQLite
        if key not in keywords_of(name) and not is_offered_keyword(key):
            continue
        if key in ("type_", "existing_type"):
            keywords[key] = None if value is None else as_type(machine, value)
            continue
        try:
            keywords[key] = real(machine, value, hole if key == "server_default" else refuse)
        except Uncertain:
            if key not in NOT_SENT:
                raise
    return keywords


@cache
def keywords_of(name: str) -> frozenset[str]:
    """The parameters of an operation, of `op` and of batch mode together."""
    targets = (getattr(kind, name, None) for kind in (Operations, BatchOperations))
    return frozenset(word for target in targets if target is not None for word in signature(target).parameters)


def _table_of(name: str, arguments: Arguments) -> Name | None:
    position = TABLE_AT.get(name, 0)
    value = arguments.positional[position] if position < len(arguments.positional) else None
    if value is None:
        words = [word for word in TABLE_WORDS if word in arguments.keywords]
        value = arguments.keywords[words[0]] if words else None
    if isinstance(value, Table):
        return Name(str(value.name), str(value.schema) if value.schema else None)
    schema = arguments.keywords.get("schema") or arguments.keywords.get("source_schema")
    return Name(str(value), schema if isinstance(schema, str) else None) if isinstance(value, str) else None


class OperationsValue(Symbol):
    """The module `op`, and any `Operations` object."""

    __slots__ = ()

    def attribute(self, name: str, machine: Machine) -> Value:
        name = SPATIAL.get(name, name)
        if name in TABLE_AT:
            return Native(f"op.{name}", lambda arguments, machine: _operate(machine, name, arguments))
        match name:
            case "execute":
                return Native("op.execute", _execute)
            case "batch_alter_table":
                return Native("op.batch_alter_table", _batch)
            case "get_bind":
                return Native("op.get_bind", lambda _, __: ConnectionValue())
            case "get_context" | "migration_context":
                context = MigrationContextValue()
                return Native("op.get_context", lambda _, __: context) if name == "get_context" else context
            case "f":
                return Native("op.f", _final_name)
            case "inline_literal":
                return Native("op.inline_literal", _inline_literal)
            case "run_async":
                return Native("op.run_async", _run_async)
            case "sync_enum_values":
                return Native("op.sync_enum_values", lambda arguments, machine: _sync_enum_values(machine, arguments))
            case "impl":
                return Unknown("Alembic's `impl`", "impl")
            case "register_operation" | "implementation_for" | "context":
                return Native(f"op.{name}", lambda _, __: Unknown(f"`op.{name}`"))
        return Native(f"op.{name}", lambda arguments, machine: _plugin(machine, name, arguments))

    @property
    def described(self) -> str:
        return "`op`"


def _operate(machine: Machine, name: str, arguments: Arguments) -> Value:
    if name == "bulk_insert" and insert_rows(machine, arguments):
        return None
    return send_operation(machine, machine.record.renderer.operations, name, arguments)


def _sync_enum_values(machine: Machine, arguments: Arguments) -> Value:
    """Of one of the two packages that add it."""
    return None if add_enum_values(machine, arguments) else sync_enum_values(machine, arguments)


def _plugin(machine: Machine, name: str, arguments: Arguments) -> Value:
    table = _table_of(name, arguments) if name not in ("invoke",) else None
    machine.record.opaque(
        machine, OpaqueKind.CALL, f"`op.{name}` is no operation of Alembic's own", () if table is None else (table,)
    )
    return Unknown(f"the result of `op.{name}`")


def _execute(arguments: Arguments, machine: Machine) -> Value:
    return send_statement(machine, arguments.get(0, "sqltext"), arguments.node)


def _final_name(arguments: Arguments, machine: Machine) -> Value:
    value = arguments.get(0, "name")
    return conv(value) if isinstance(value, str) else value


def _inline_literal(arguments: Arguments, machine: Machine) -> Value:
    try:
        positional = [real(machine, one) for one in arguments.positional]
        keywords = {key: real(machine, one) for key, one in arguments.keywords.items()}
    except Uncertain as uncertain:
        return uncertain.unknown
    return offered(guarded(machine.record.renderer.operations.inline_literal, *positional, **keywords))


def _run_async(arguments: Arguments, machine: Machine) -> Value:
    """The function gets the connection first, then the other arguments."""
    function = arguments.get(0, "async_function")
    rest = Arguments([ConnectionValue(), *arguments.positional[1:]], arguments.keywords, arguments.node)
    return machine.call(function, rest)


def _batch(arguments: Arguments, machine: Machine) -> Value:
    table = arguments.get(0, "table_name")
    if not isinstance(table, str) or not arguments.complete:
        return UnknownBatch(table if isinstance(table, Unknown) else Unknown("the name of a table"))
    return BatchValue(machine, table, arguments)


class UnknownBatch(Context):
    """Batch mode on a table that is not known: each call is said to be unread."""

    __slots__ = ("table",)

    def __init__(self, table: Unknown) -> None:
        self.table = table

    def attribute(self, name: str, machine: Machine) -> Value:
        return Native(f"batch_op.{name}", lambda _, machine: self._say(machine, name))

    def _say(self, machine: Machine, name: str) -> Value:
        if name in IN_BATCH or name == "execute":
            reason = f"`{name}` is for a table that is not known: {self.table.why}"
            machine.record.opaque(machine, OpaqueKind.CALL, reason)
        return Unknown(f"the result of `{name}`")


class NotedBatch(BatchOperationsImpl):
    """Alembic's batch, that remembers for each entry the call that made it."""

    def __init__(self, machine: Machine, more: MoreAboutACopy, *positional: Any) -> None:
        super().__init__(*positional)  # type: ignore[no-untyped-call]
        self.machine = machine
        self.more = more
        self.noted = NotedList(machine)
        self.batch = self.noted
        self.origin = machine.record.here(machine)
        """Of the copying, where the table is made anew."""

    def flush(self) -> None:
        if self._should_recreate():
            self._copy()
            return
        try:
            for (name, positional, keywords), origin in zip(self.noted, self.noted.origins, strict=True):
                self.machine.record.origin = origin
                try:
                    guarded(getattr(self.operations.impl, name), *positional, **keywords)
                except Raised as raised:  # at the call that asked for it, not at the end of the block
                    raised.origin = origin
                    raise
        finally:
            self.machine.record.origin = None

    def _copy(self) -> None:
        """Alembic reflects the table; here, it is what the earlier revisions leave."""
        record = self.machine.record
        record.origin = self.origin
        first = len(record.emissions)
        try:
            self.copy_from = self.copy_from if self.copy_from is not None else self._reflected()
            if self.copy_from is None or not self.more.known:
                how = "as it finds it, which nothing that was read tells"
                if not self.more.known:
                    how = "with changes that are not known"
                reason = f"batch mode copies `{self.table_name}` {how}"
                record.opaque(self.machine, OpaqueKind.CALL, reason, (Name(self.table_name, self.schema),))
                return
            in_order(self.copy_from)
            super().flush()
            record.read_as_a_copy(first)
        finally:
            record.origin = None

    def _reflected(self) -> Table | None:
        """None where the revisions read so far do not tell what Alembic finds in the database."""
        schema = self.machine.library.schema_now(self.machine)
        known = None if schema is None else schema.table(Name(self.table_name, self.schema))
        if known is None or not known.complete:
            return None
        if self.machine.record.renderer.dialect.name == "sqlite":
            found: Table | None = guarded(copied, known, self.naming_convention or {}, self.operations.impl)
        else:
            found = copy_of(known, self.machine.record.renderer.dialect.name)
        if found is not None:
            guarded(overridden, found, self.more.reflect_args)
        return found


class NotedList(list[Any]):
    def __init__(self, machine: Machine) -> None:
        super().__init__()
        self.machine = machine
        self.origins: list[Origin] = []

    def append(self, entry: Any) -> None:
        super().append(entry)
        self.origins.append(self.machine.record.here(self.machine))


def _plain(convention: Value) -> dict[str, str] | None:
    """A naming convention of texts; one with functions of its own counts as none."""
    if not isinstance(convention, dict):
        return None
    return {key: value for key, value in convention.items() if isinstance(key, str) and isinstance(value, str)}


class BatchValue(Context):
    """`with op.batch_alter_table(...)`: operations are sent when the block ends."""

    __slots__ = ("arguments", "impl", "operations", "table")

    def __init__(self, machine: Machine, table: str, arguments: Arguments) -> None:
        schema = arguments.get(1, "schema")
        self.table = Name(table, schema if isinstance(schema, str) else None)
        self.arguments = arguments
        recreate = arguments.get(2, "recreate", "auto")
        copy_from = arguments.get(4, "copy_from")
        convention = arguments.get(9, "naming_convention")
        more = MoreAboutACopy.of(machine, arguments)
        self.impl = NotedBatch(
            machine, more, machine.record.renderer.operations, table, schema if isinstance(schema, str) else None,
            recreate if isinstance(recreate, str) else "auto",
            copy_from if isinstance(copy_from, Table) else None, more.table_args, more.table_kwargs, (), {},
            _plain(convention), more.partial_reordering,
        )  # fmt: skip
        self.operations = BatchOperations(machine.record.renderer.context, impl=self.impl)

    def leave(self, machine: Machine, failed: bool) -> None:
        if not failed and not machine.loading:
            guarded(self.impl.flush)

    def attribute(self, name: str, machine: Machine) -> Value:
        name = SPATIAL.get(name, name)
        if name in IN_BATCH:
            return Native(f"batch_op.{name}", lambda arguments, machine: self._operate(machine, name, arguments))
        match name:
            case "f":
                return Native("batch_op.f", _final_name)
            case "get_bind":
                return Native("batch_op.get_bind", lambda _, __: ConnectionValue())
            case "get_context":
                return Native("batch_op.get_context", lambda _, __: MigrationContextValue())
            case "execute":
                return Native("batch_op.execute", _execute)
        return Native(f"batch_op.{name}", lambda arguments, machine: _plugin(machine, name, arguments))

    def _operate(self, machine: Machine, name: str, arguments: Arguments) -> Value:
        return send_operation(machine, self.operations, name, arguments, self.table)

    @property
    def described(self) -> str:
        return f"batch mode on `{self.table}`"
