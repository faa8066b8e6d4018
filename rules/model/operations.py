"""What a migration does, one typed value for each effect; a statement with several actions gives several operations.

Rules are written against these types, never against a spelling: `op.*`, batch mode and SQL text meet here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rules.model.columns import Check, Column, DataType, Exclusion, ForeignKey, NotNull, PrimaryKey, Unique
from rules.model.names import Name
from rules.model.place import Place


class Direction(StrEnum):
    UPGRADE = "upgrade"
    DOWNGRADE = "downgrade"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement in the text that Alembic would send, and the call that causes it.

    `sql` is empty for what has no text (a commit through the connection, a call that could not be read).
    """

    sql: str
    place: Place
    direction: Direction = Direction.UPGRADE
    cause: str = ""
    """The call as written, without arguments: `op.add_column`, `batch_op.create_index`, `conn.execute`."""
    transactional: bool = True
    """False inside `autocommit_block()`."""
    block: int | None = None
    """Which `autocommit_block()` of the function, counted from 0."""
    conditional: bool = False
    """Under a condition, or in a loop over rows, that the reader cannot know."""


@dataclass(frozen=True, slots=True)
class Operation:
    """The base of all; `statement` is shared by the operations of one statement."""

    statement: Statement

    @property
    def place(self) -> Place:
        return self.statement.place

    @property
    def sql(self) -> str:
        return self.statement.sql


# Tables


@dataclass(frozen=True, slots=True)
class CreateTable(Operation):
    table: Name
    columns: tuple[Column, ...] = ()
    constraints: tuple[PrimaryKey | Unique | ForeignKey | Check | Exclusion | NotNull, ...] = ()
    if_not_exists: bool = False
    temporary: bool = False
    unlogged: bool = False
    partition_by: str | None = None
    """The clause after PARTITION BY, as `RANGE (created_at)`."""
    partition_of: Name | None = None
    partition_bound: str | None = None
    """The clause after PARTITION OF parent, as `FOR VALUES IN (1)` or `DEFAULT`."""
    like: Name | None = None
    inherits: tuple[Name, ...] = ()
    from_query: bool = False
    """CREATE TABLE AS, SELECT INTO: `columns` is unknown then."""


@dataclass(frozen=True, slots=True)
class DropTable(Operation):
    table: Name
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class RenameTable(Operation):
    table: Name
    new_name: str


@dataclass(frozen=True, slots=True)
class AlterTableOther(Operation):
    """An action of ALTER TABLE without a type of its own; `action` is its text from the keyword on."""

    table: Name
    action: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class AttachPartition(Operation):
    table: Name
    partition: Name
    bound: str


@dataclass(frozen=True, slots=True)
class DetachPartition(Operation):
    table: Name
    partition: Name
    concurrently: bool = False
    finalize: bool = False


@dataclass(frozen=True, slots=True)
class SetStorage(Operation):
    """SET LOGGED, SET UNLOGGED, SET TABLESPACE name, SET ACCESS METHOD name; `target` is that text."""

    table: Name
    target: str


@dataclass(frozen=True, slots=True)
class Truncate(Operation):
    table: Name
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class LockTable(Operation):
    table: Name
    mode: str
    """As PostgreSQL spells it: `ACCESS EXCLUSIVE`."""
    nowait: bool = False


# Columns


@dataclass(frozen=True, slots=True)
class AddColumn(Operation):
    table: Name
    column: Column
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropColumn(Operation):
    table: Name
    column: str
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class RenameColumn(Operation):
    table: Name
    column: str
    new_name: str


@dataclass(frozen=True, slots=True)
class AlterColumnType(Operation):
    table: Name
    column: str
    type: DataType
    using: str | None = None
    collation: str | None = None


@dataclass(frozen=True, slots=True)
class SetNotNull(Operation):
    table: Name
    column: str


@dataclass(frozen=True, slots=True)
class DropNotNull(Operation):
    table: Name
    column: str


@dataclass(frozen=True, slots=True)
class SetDefault(Operation):
    table: Name
    column: str
    default: str


@dataclass(frozen=True, slots=True)
class DropDefault(Operation):
    table: Name
    column: str


@dataclass(frozen=True, slots=True)
class AlterColumnOther(Operation):
    """ADD/SET/DROP IDENTITY, SET EXPRESSION, SET STATISTICS, SET STORAGE ...; `action` is that text."""

    table: Name
    column: str
    action: str


# Constraints


@dataclass(frozen=True, slots=True)
class AddForeignKey(Operation):
    table: Name
    constraint: ForeignKey


@dataclass(frozen=True, slots=True)
class AddCheck(Operation):
    table: Name
    constraint: Check


@dataclass(frozen=True, slots=True)
class AddUnique(Operation):
    table: Name
    constraint: Unique


@dataclass(frozen=True, slots=True)
class AddPrimaryKey(Operation):
    table: Name
    constraint: PrimaryKey


@dataclass(frozen=True, slots=True)
class AddExclusion(Operation):
    table: Name
    constraint: Exclusion


@dataclass(frozen=True, slots=True)
class AddNotNullConstraint(Operation):
    table: Name
    constraint: NotNull


@dataclass(frozen=True, slots=True)
class ValidateConstraint(Operation):
    table: Name
    name: str


@dataclass(frozen=True, slots=True)
class DropConstraint(Operation):
    table: Name
    name: str
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class RenameConstraint(Operation):
    table: Name
    name: str
    new_name: str


# Indexes


@dataclass(frozen=True, slots=True)
class IndexKey:
    """One key of an index. `column` is None for an expression; `text` is the key as written."""

    text: str
    column: str | None = None
    operator_class: str | None = None


@dataclass(frozen=True, slots=True)
class CreateIndex(Operation):
    """`index` is None where the server picks the name."""

    index: Name | None
    table: Name
    keys: tuple[IndexKey, ...] = ()
    unique: bool = False
    concurrently: bool = False
    if_not_exists: bool = False
    only: bool = False
    method: str = "btree"
    predicate: str | None = None
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DropIndex(Operation):
    index: Name
    concurrently: bool = False
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class RenameIndex(Operation):
    index: Name
    new_name: str


@dataclass(frozen=True, slots=True)
class AttachIndex(Operation):
    """ALTER INDEX parent ATTACH PARTITION index."""

    index: Name
    partition: Name


@dataclass(frozen=True, slots=True)
class Reindex(Operation):
    """`kind` is INDEX, TABLE, SCHEMA, DATABASE or SYSTEM."""

    kind: str
    name: Name
    concurrently: bool = False


# Types, sequences, views, functions, everything with a name


@dataclass(frozen=True, slots=True)
class CreateEnum(Operation):
    type: Name
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AddEnumValue(Operation):
    type: Name
    label: str
    if_not_exists: bool = False
    positioned: bool = False


@dataclass(frozen=True, slots=True)
class RenameEnumValue(Operation):
    type: Name
    label: str
    new_label: str


@dataclass(frozen=True, slots=True)
class CreateDomain(Operation):
    domain: Name
    base: DataType
    constrained: bool = False


@dataclass(frozen=True, slots=True)
class AlterDomain(Operation):
    """`action` is the text after the domain's name."""

    domain: Name
    action: str


class Kind(StrEnum):
    """Kinds of objects that rules only need by name."""

    TYPE = "type"
    DOMAIN = "domain"
    SEQUENCE = "sequence"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized view"
    FUNCTION = "function"
    PROCEDURE = "procedure"
    TRIGGER = "trigger"
    POLICY = "policy"
    RULE = "rule"
    EXTENSION = "extension"
    SCHEMA = "schema"
    DATABASE = "database"
    ROLE = "role"
    STATISTICS = "statistics"
    PUBLICATION = "publication"
    SUBSCRIPTION = "subscription"
    AGGREGATE = "aggregate"
    CAST = "cast"
    OPERATOR = "operator"
    SERVER = "server"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CreateObject(Operation):
    """`table` is that of a trigger, policy or rule; `replace` says OR REPLACE; `definition` the text after the name."""

    kind: Kind
    name: Name
    table: Name | None = None
    replace: bool = False
    if_not_exists: bool = False
    definition: str = ""
    reads: tuple[Name, ...] = ()
    """Of a view: the tables and views that its query names."""
    volatility: str | None = None
    """Of a function: `immutable`, `stable` or `volatile` as declared; None where it does not say."""
    populated: bool = True
    """Of a materialized view: False for WITH NO DATA."""


@dataclass(frozen=True, slots=True)
class DropObject(Operation):
    kind: Kind
    name: Name
    table: Name | None = None
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class RenameObject(Operation):
    kind: Kind
    name: Name
    new_name: str


@dataclass(frozen=True, slots=True)
class MoveObject(Operation):
    """SET SCHEMA, of tables too (`kind` None)."""

    kind: Kind | None
    name: Name
    new_schema: str


@dataclass(frozen=True, slots=True)
class AlterObject(Operation):
    """Any other ALTER of a named object; `action` is the text after the name."""

    kind: Kind
    name: Name
    action: str


@dataclass(frozen=True, slots=True)
class RefreshView(Operation):
    view: Name
    concurrently: bool = False
    with_data: bool = True


@dataclass(frozen=True, slots=True)
class SetTrigger(Operation):
    """ENABLE or DISABLE TRIGGER; `trigger` is a name, `ALL` or `USER`."""

    table: Name
    trigger: str
    enabled: bool


@dataclass(frozen=True, slots=True)
class CommentOn(Operation):
    """`kind` in upper case as written (`TABLE`, `COLUMN`)."""

    kind: str
    name: Name
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Privilege(Operation):
    """GRANT, REVOKE, ALTER DEFAULT PRIVILEGES, SECURITY LABEL; `verb` is the first word."""

    verb: str
    tables: tuple[Name, ...] = ()


# Rows


class Rows(StrEnum):
    """How many rows a statement can reach, as far as its text tells."""

    ALL = "all"
    """No condition."""
    UNBOUNDED = "unbounded"
    """A condition, that does not bound the number."""
    BOUNDED = "bounded"
    """By a key, a constant list, or LIMIT."""
    CONSTANT = "constant"
    """VALUES: the rows stand in the statement."""


@dataclass(frozen=True, slots=True)
class Insert(Operation):
    table: Name
    columns: tuple[str, ...] = ()
    rows: Rows = Rows.CONSTANT
    sources: tuple[Name, ...] = ()
    """The tables that it reads."""


@dataclass(frozen=True, slots=True)
class Update(Operation):
    table: Name
    columns: tuple[str, ...] = ()
    condition: str | None = None
    rows: Rows = Rows.ALL
    sources: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Delete(Operation):
    table: Name
    condition: str | None = None
    rows: Rows = Rows.ALL
    sources: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class Copy(Operation):
    table: Name
    into: bool = True
    """COPY table FROM; False for COPY TO."""


@dataclass(frozen=True, slots=True)
class Select(Operation):
    """A query sent for its rows or its effect (`SELECT setval(...)`)."""

    sources: tuple[Name, ...] = ()
    functions: tuple[str, ...] = ()
    """Names of the functions called, lower case."""
    locking: bool = False
    """FOR UPDATE and kin."""


@dataclass(frozen=True, slots=True)
class Call(Operation):
    """CALL procedure(...)."""

    procedure: Name


@dataclass(frozen=True, slots=True)
class Do(Operation):
    """An anonymous block; the statements found in its body follow as operations of their own."""

    body: str
    language: str = "plpgsql"


# Sessions, transactions, maintenance


class TransactionVerb(StrEnum):
    BEGIN = "begin"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    SAVEPOINT = "savepoint"
    RELEASE = "release"
    SET = "set transaction"


@dataclass(frozen=True, slots=True)
class TransactionControl(Operation):
    verb: TransactionVerb


@dataclass(frozen=True, slots=True)
class Setting(Operation):
    """SET or RESET; `value` is None for RESET and DEFAULT."""

    name: str
    value: str | None = None
    local: bool = False


@dataclass(frozen=True, slots=True)
class Maintenance(Operation):
    """VACUUM, VACUUM FULL, ANALYZE, CLUSTER, ALTER SYSTEM ...; `verb` in upper case; `table` None for all."""

    verb: str
    table: Name | None = None


@dataclass(frozen=True, slots=True)
class Harmless(Operation):
    """Understood and of no consequence for any rule (NOTIFY, LISTEN, PREPARE, DISCARD ...); `verb` in upper case."""

    verb: str


@dataclass(frozen=True, slots=True)
class Raises(Operation):
    """The function ends here with an error of its own (`raise NotImplementedError(...)`); nothing after it runs."""

    error: str
    message: str = ""


class OpaqueKind(StrEnum):
    CALL = "call"
    """A call that could not be followed."""
    SQL = "sql"
    """SQL text that is not known before the migration runs."""
    STATEMENT = "statement"
    """SQL text that is known, of a kind that is not."""


@dataclass(frozen=True, slots=True)
class Opaque(Operation):
    """What could not be read. `reason` is a phrase for people; `tables` what is known of its reach."""

    kind: OpaqueKind
    reason: str
    tables: tuple[Name, ...] = ()
