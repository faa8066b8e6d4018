"""What a database holds, as values. Every object knows the revision that created it."""

from __future__ import annotations

from enum import StrEnum

from rules.model.columns import Constraint, DataType, Generated
from rules.model.frozen import Frozen
from rules.model.names import Name
from rules.model.operations import IndexKey


class Origin(Frozen):
    """`new` says that the revision belongs to what is being reviewed; `conditional` that it may not have run."""

    revision: str = ""
    new: bool = False
    conditional: bool = False


class TableColumn(Frozen):
    """`default` is SQL text; a SERIAL column has none here, `generated` says it."""

    name: str
    type: DataType
    nullable: bool = True
    default: str | None = None
    generated: Generated | None = None
    expression: str | None = None
    collation: str | None = None
    origin: Origin = Origin()
    character_set: str | None = None
    """Of MySQL and MariaDB, where its definition says it."""


class ConstraintKind(StrEnum):
    PRIMARY_KEY = "primary key"
    UNIQUE = "unique"
    FOREIGN_KEY = "foreign key"
    CHECK = "check"
    EXCLUDE = "exclude"
    NOT_NULL = "not null"


class TableConstraint(Frozen):
    """`name` is the one the server picked where the statement gave none.

    `columns` are those it is about, of a CHECK those that it mentions; `index` the name of the index behind it.
    """

    name: str
    kind: ConstraintKind
    columns: tuple[str, ...]
    definition: Constraint
    validated: bool = True
    index: str | None = None
    origin: Origin = Origin()


class Index(Frozen):
    """`constraint` is the name of the constraint that owns it; `valid` is False for ON ONLY a partitioned parent."""

    name: Name
    table: Name
    keys: tuple[IndexKey, ...] = ()
    unique: bool = False
    valid: bool = True
    method: str = "btree"
    predicate: str | None = None
    include: tuple[str, ...] = ()
    constraint: str | None = None
    concurrently: bool = False
    """Whether it was built that way, and may be invalid after a failure."""
    origin: Origin = Origin()

    @property
    def columns(self) -> tuple[str | None, ...]:
        """The keys' columns in order; None for an expression."""
        return tuple(key.column for key in self.keys)


class Trigger(Frozen):
    name: str
    definition: str = ""
    enabled: bool = True
    origin: Origin = Origin()


class Table(Frozen):
    """`created` is False where only later changes were seen, not the creation: nothing missing here is missing there.

    `complete` is True where every column is known (False after CREATE TABLE AS, LIKE an unknown table, an unread call).
    `storage` is what is known of where it is kept: `TABLESPACE fast`, `ACCESS METHOD heap`; nothing where the server's
    settings told. `listed` is True as long as each of its rows stands in a statement of the history.
    """

    name: Name
    columns: tuple[TableColumn, ...] = ()
    constraints: tuple[TableConstraint, ...] = ()
    indexes: tuple[Index, ...] = ()
    triggers: tuple[Trigger, ...] = ()
    partition_by: str | None = None
    partition_of: Name | None = None
    partition_bound: str | None = None
    inherits: tuple[Name, ...] = ()
    temporary: bool = False
    unlogged: bool = False
    storage: tuple[str, ...] = ()
    created: bool = True
    complete: bool = True
    listed: bool = False
    origin: Origin = Origin()
    options: str = ""
    """Of MySQL and MariaDB, as written, what ALTER TABLE says of them behind it."""

    def column(self, name: str) -> TableColumn | None:
        return next((column for column in self.columns if column.name == name), None)

    def constraint(self, name: str) -> TableConstraint | None:
        return next((constraint for constraint in self.constraints if constraint.name == name), None)

    def constraints_of(self, kind: ConstraintKind) -> tuple[TableConstraint, ...]:
        return tuple(constraint for constraint in self.constraints if constraint.kind is kind)

    def index(self, name: str) -> Index | None:
        return next((index for index in self.indexes if index.name.name == name), None)

    @property
    def primary_key(self) -> TableConstraint | None:
        return next(iter(self.constraints_of(ConstraintKind.PRIMARY_KEY)), None)

    @property
    def partitioned(self) -> bool:
        return self.partition_by is not None


class View(Frozen):
    """`reads` are the tables and views that its query names."""

    name: Name
    reads: tuple[Name, ...] = ()
    definition: str = ""
    materialized: bool = False
    populated: bool = True
    indexes: tuple[Index, ...] = ()
    origin: Origin = Origin()


class EnumType(Frozen):
    """`added` are the labels that came by ADD VALUE, with the revision that added each."""

    name: Name
    labels: tuple[str, ...] = ()
    added: tuple[tuple[str, Origin], ...] = ()
    origin: Origin = Origin()


class Domain(Frozen):
    """`checks` are the names of its CHECKs, `not_valid` those of them that are not validated.

    `default` holds for its columns without a default of their own.
    """

    name: Name
    base: DataType
    not_null: bool = False
    checks: tuple[str, ...] = ()
    not_valid: tuple[str, ...] = ()
    default: str | None = None
    origin: Origin = Origin()

    @property
    def constrained(self) -> bool:
        """Then a column of such a type is checked row by row."""
        return self.not_null or bool(self.checks)


class Sequence(Frozen):
    """`owner` is the table and column that it belongs to, with which it is dropped."""

    name: Name
    owner: tuple[Name, str] | None = None
    origin: Origin = Origin()


class Function(Frozen):
    """`volatility` is `immutable`, `stable` or `volatile`; of overloaded ones the most volatile."""

    name: Name
    volatility: str = "volatile"
    origin: Origin = Origin()


class OtherObject(Frozen):
    """A composite type, an extension, a schema: known by name only."""

    name: Name
    origin: Origin = Origin()
