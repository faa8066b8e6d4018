"""The connection, its dialect, the migration context: symbols, because there is no database."""

from __future__ import annotations

from rules.model.operations import OpaqueKind, TransactionControl, TransactionVerb
from rules.reading.interpreter.contexts import Context
from rules.reading.interpreter.machine import Machine
from rules.reading.offers.execution import send_statement, send_text
from rules.reading.values import Arguments, Native, Symbol, Unknown, Value


class ConnectionValue(Context):
    """What `op.get_bind()` gives."""

    __slots__ = ()

    def attribute(self, name: str, machine: Machine) -> Value:
        match name:
            case "execute" | "scalar" | "scalars" | "stream":
                return Native(name, _execute)
            case "exec_driver_sql":
                return Native(name, _exec_driver_sql)
            case "dialect":
                return DialectValue()
            case "name":
                return machine.record.renderer.dialect.name
            case "engine":
                return EngineValue()
            case "connection":
                return RawConnectionValue()
            case "bind":
                return self
            case "execution_options":
                return Native(name, lambda arguments, machine: self._with_options(arguments, machine))
            case "connect" | "get_bind" | "get_transaction":  # the transaction ends as the connection ends it
                return Native(name, lambda _, __: self)
            case "begin" | "begin_nested":
                return Native(name, lambda arguments, machine: _transaction(machine, name))
            case "commit" | "rollback":
                verb = TransactionVerb.COMMIT if name == "commit" else TransactionVerb.ROLLBACK
                return Native(name, lambda arguments, machine: control(machine, verb))
            case "close" | "invalidate" | "detach" | "dispose":
                return Native(name, lambda _, __: None)
            case "run_sync":
                return Native(name, lambda arguments, machine: machine.call(
                    arguments.get(0, "fn"), Arguments([self, *arguments.positional[1:]], arguments.keywords)
                ))  # fmt: skip
        return Unknown(f"`{name}` of the connection", name)

    def _with_options(self, arguments: Arguments, machine: Machine) -> Value:
        """It is the same connection; between two transactions its level may change."""
        level = arguments.keywords.get("isolation_level")
        if level is not None:
            is_between = machine.record.is_between_transactions
            control(machine, TransactionVerb.ISOLATION)
            if is_between:
                machine.record.leave_transaction(machine, level == "AUTOCOMMIT")
        return self

    @property
    def described(self) -> str:
        return "the connection"


def _execute(arguments: Arguments, machine: Machine) -> Value:
    return send_statement(machine, arguments.get(0, "statement"), arguments.node)


def _exec_driver_sql(arguments: Arguments, machine: Machine) -> Value:
    sql = arguments.get(0, "statement")
    if isinstance(sql, str):
        return send_text(machine, sql, arguments.node)
    return send_statement(machine, sql, arguments.node)


class RawConnectionValue(ConnectionValue):
    """The driver's connection beneath: it ends the transaction, and leaves it for good, by its own means."""

    __slots__ = ()

    def attribute(self, name: str, machine: Machine) -> Value:
        match name:
            case "dbapi_connection" | "driver_connection" | "connection":
                return self
            case "cursor":
                return Native(name, lambda _, __: self)
            case "commit" | "rollback":  # SQLAlchemy's transaction knows nothing of it: the revision is recorded
                return Native(name, lambda _, __: None)
            case "set_session":
                return Native(name, lambda arguments, machine: self._switch(machine, arguments.get(3, "autocommit")))
            case "set_isolation_level":
                return Native(name, lambda arguments, machine: self._switch(machine, arguments.get(0, "level") == 0))
        return super().attribute(name, machine)

    def set_attribute(self, name: str, new: Value, machine: Machine) -> None:
        if name == "autocommit":
            self._switch(machine, new)

    def _switch(self, machine: Machine, autocommit: Value) -> Value:
        machine.record.leave_transaction(machine, autocommit is True)
        return None

    @property
    def described(self) -> str:
        return "the driver's connection"


class EngineValue(ConnectionValue):
    """An engine, or a connection that it gives: another than Alembic's, with transactions of its own."""

    __slots__ = ("autocommit",)

    def __init__(self, autocommit: bool = False) -> None:
        self.autocommit = autocommit

    def attribute(self, name: str, machine: Machine) -> Value:
        match name:
            case "begin" | "connect" | "execution_options":
                return Native(name, lambda arguments, _: self._other(arguments))
            case "begin_nested" | "commit" | "rollback":
                return Native(name, lambda _, __: QuietContext())
            case "engine":
                return self
            case "execute" | "scalar" | "scalars" | "exec_driver_sql" if self.autocommit:
                inside = super().attribute(name, machine)
                return Native(name, lambda arguments, machine: machine.record.outside_of(machine, inside, arguments))
        return super().attribute(name, machine)

    def _other(self, arguments: Arguments) -> Value:
        level = arguments.keywords.get("isolation_level")
        return EngineValue(self.autocommit if level is None else level == "AUTOCOMMIT")

    @property
    def described(self) -> str:
        return "another connection"


def control(machine: Machine, verb: TransactionVerb) -> Value:
    """A commit and kin through the connection: no text is sent by the migration itself."""
    machine.record.add(machine, "", lambda statement: (TransactionControl(statement, verb),))
    if verb in (TransactionVerb.COMMIT, TransactionVerb.ROLLBACK, TransactionVerb.ISOLATION):
        machine.record.between = len(machine.record.emissions)
    return None


def _transaction(machine: Machine, name: str) -> Value:
    verb = TransactionVerb.BEGIN if name == "begin" else TransactionVerb.SAVEPOINT
    control(machine, verb)
    return TransactionValue(verb is TransactionVerb.SAVEPOINT)


class TransactionValue(Context):
    __slots__ = ("nested",)

    def __init__(self, nested: bool = False) -> None:
        self.nested = nested

    def leave(self, machine: Machine, failed: bool) -> None:
        if not failed:
            control(machine, TransactionVerb.RELEASE if self.nested else TransactionVerb.COMMIT)

    def attribute(self, name: str, machine: Machine) -> Value:
        if name in ("commit", "rollback"):
            verb = TransactionVerb.COMMIT if name == "commit" else TransactionVerb.ROLLBACK
            verb = TransactionVerb.RELEASE if self.nested else verb
            return Native(name, lambda arguments, machine: control(machine, verb))
        return Native(name, lambda _, __: None)


class DialectValue(Symbol):
    __slots__ = ()

    def attribute(self, name: str, machine: Machine) -> Value:
        dialect = machine.record.renderer.dialect
        match name:
            case "name":
                return dialect.name
            case "dialect_description" | "driver":
                return str(getattr(dialect, name))
            case "supports_comments" | "supports_sequences" | "supports_native_enum" | "supports_native_boolean":
                return bool(getattr(dialect, name, False))
            case "server_version_info" if machine.offline:
                return None
            case "supports_alter":
                return bool(dialect.supports_alter)
            case "type_descriptor":
                return Native(name, lambda arguments, _: arguments.get(0, "typeobj"))
            case "identifier_preparer":
                return PreparerValue()
            case "has_table":
                from rules.reading.offers.inspection import InspectorValue

                return Native(name, lambda arguments, machine: machine.call(
                    InspectorValue().attribute("has_table", machine),
                    Arguments(arguments.positional[1:], arguments.keywords),
                ))  # fmt: skip
        return Unknown(f"`{name}` of the dialect", name)

    @property
    def described(self) -> str:
        return "the dialect"


def dialect_names() -> dict[str, dict[str, Value]]:
    """The classes of dialects: to compare with, and to quote by."""
    classes = {"postgresql": "PGDialect", "mysql": "MySQLDialect", "sqlite": "SQLiteDialect", "mssql": "MSDialect"}
    found: dict[str, dict[str, Value]] = {}
    for dialect, name in classes.items():
        dotted = f"sqlalchemy.dialects.{dialect}"
        one = Native(f"{dotted}.{name}", lambda _, machine, dialect=dialect: _dialect(machine, dialect))  # type: ignore[misc]
        found[dotted] = found[f"{dotted}.base"] = {name: one, "dialect": one}
    return found


def _dialect(machine: Machine, name: str) -> Value:
    return DialectValue() if machine.record.renderer.dialect.name == name else Unknown(f"the dialect of {name}")


class PreparerValue(Symbol):
    __slots__ = ()

    def attribute(self, name: str, machine: Machine) -> Value:
        if name in ("quote", "quote_identifier", "quote_schema", "format_table"):
            return Native(name, lambda arguments, machine: _quoted(machine, name, arguments.get(0, "ident")))
        return Unknown(f"`{name}` of the dialect's quoting", name)


def _quoted(machine: Machine, name: str, value: Value) -> Value:
    preparer = machine.record.renderer.dialect.identifier_preparer
    if not isinstance(value, str):
        return Unknown("a quoted name") if not isinstance(value, Unknown) else value
    return preparer.quote_identifier(value) if name == "quote_identifier" else preparer.quote(value)


class MigrationContextValue(Context):
    """`op.get_context()`, `context.get_context()`; online, because that is what reviewers want to see."""

    __slots__ = ()

    def attribute(self, name: str, machine: Machine) -> Value:
        match name:
            case "autocommit_block":
                return Native(name, lambda _, __: AutocommitBlock())
            case "bind" | "connection":
                return ConnectionValue()
            case "dialect":
                return DialectValue()
            case "as_sql":
                return machine.offline
            case "impl":
                return ImplValue()
            case "execute":
                return Native(name, _execute)
            case "begin_transaction":
                return Native(name, lambda _, __: QuietContext())
            case "is_offline_mode":
                return Native(name, lambda _, machine: machine.offline)
            case "get_bind":
                return Native(name, lambda _, __: ConnectionValue())
            case "get_context" | "migration_context":
                return Native(name, lambda _, __: self)
            case "config":
                return ConfigValue()
            case "version_table_schema":  # computed, mostly from an option that is unset in an ordinary run
                return machine.environment.version_table_schema
        return Unknown(f"`{name}` of the migration context", name)

    @property
    def described(self) -> str:
        return "the migration context"


class ConfigValue(Symbol):
    """`context.config`: an option of the project's own is unset in an ordinary run, the usual ones are not known."""

    __slots__ = ()

    def attribute(self, name: str, machine: Machine) -> Value:
        if name == "get_main_option":
            return Native(name, lambda arguments, _: self._option(arguments))
        return Unknown(f"`{name}` of Alembic's configuration", name)

    def _option(self, arguments: Arguments) -> Value:
        option = arguments.get(0, "name")
        if not isinstance(option, str) or option in ("sqlalchemy.url", "script_location", "version_locations"):
            return Unknown("an option of Alembic's configuration", "option")
        return arguments.get(1, "default")


class ImplValue(Symbol):
    __slots__ = ()

    def attribute(self, name: str, machine: Machine) -> Value:
        match name:
            case "dialect":
                return DialectValue()
            case "bind" | "connection":
                return ConnectionValue()
            case "execute" | "_exec":
                return Native(name, _execute)
            case "transactional_ddl":
                return True
        return Native(name, lambda _, machine: _unread(machine, name))


def _unread(machine: Machine, name: str) -> Value:
    machine.record.opaque(machine, OpaqueKind.CALL, f"`impl.{name}` is not an operation that migrations normally use")
    return Unknown(f"the result of `impl.{name}`")


class QuietContext(Context):
    """A `with` that changes nothing for us."""

    __slots__ = ()


class AutocommitBlock(Context):
    """Statements inside run outside of a transaction; Alembic's COMMIT and BEGIN around it are bookkeeping."""

    __slots__ = ("before",)

    def __init__(self) -> None:
        self.before: int | None = None

    def enter(self, machine: Machine) -> Value:
        record = machine.record
        self.before, record.block = record.block, record.blocks
        record.blocks += 1
        return None

    def leave(self, machine: Machine, failed: bool) -> None:
        machine.record.block = self.before
