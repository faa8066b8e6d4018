"""The schema at one moment of a history: frozen; each operation gives the next one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import field
from msgspec.structs import replace

from rules.model.columns import DataType
from rules.model.frozen import Frozen
from rules.model.names import Name
from rules.model.operations import Delete, Insert, Opaque, Operation, Rows, Update
from rules.schema.changes import change_of
from rules.schema.expressions import proves_not_null
from rules.schema.listed import is_listed, may_hide_rows
from rules.schema.objects import (
    ConstraintKind,
    Domain,
    EnumType,
    Function,
    Index,
    Origin,
    OtherObject,
    Sequence,
    Table,
    TableConstraint,
    View,
)
from rules.schema.paths import DEFAULT, SearchPath
from rules.schema.reach import bounded_by, rows_reached
from rules.schema.resolving import is_astray, resolved

Key = tuple[str, str]

_OWN_INDEX_NAMES = frozenset({"mysql", "mariadb"})
"""Where an index has its name within its table."""


class Schema(Frozen):
    """Objects by (schema, name). What was never seen created is not here: asking gives None, never a guess.

    `relations` also holds traces of tables that were altered but never seen created; `table()` hides them.
    """

    dialect: str = "postgresql"
    relations: Mapping[Key, Table] = field(default_factory=dict)
    views: Mapping[Key, View] = field(default_factory=dict)
    index_owners: Mapping[Key, Key] = field(default_factory=dict)
    """(schema, index) -> (schema, table or materialized view)."""
    enums: Mapping[Key, EnumType] = field(default_factory=dict)
    domains: Mapping[Key, Domain] = field(default_factory=dict)
    types: Mapping[Key, OtherObject] = field(default_factory=dict)
    sequences: Mapping[Key, Sequence] = field(default_factory=dict)
    functions: Mapping[Key, Function] = field(default_factory=dict)
    extensions: Mapping[str, OtherObject] = field(default_factory=dict)
    schemas: Mapping[str, OtherObject] = field(default_factory=dict)
    parents: frozenset[Key] = frozenset()
    """Tables that have or had partitions or heirs: all others need no search for them."""
    unread: int = 0
    """How many operations before this moment could not be read."""
    hidden_rows: bool = False
    """Whether the pull request may write rows that no statement of it shows."""
    path: SearchPath = field(default_factory=SearchPath)
    astray: bool = False
    """Whether a name was said whose schema cannot be told."""

    @classmethod
    def empty(cls, dialect: str = "postgresql", path: tuple[str, ...] | None = DEFAULT) -> Schema:
        """`path` is the search path with which each connection begins; None where it cannot be told."""
        return cls(dialect, path=SearchPath.of(path))

    def begun(self) -> Schema:
        """The same, met by a connection of its own."""
        path = self.path.begun()
        return self if path is self.path else replace(self, path=path)

    def meets(self, operation: Operation) -> Operation:
        """The operation as it is understood at this moment: which objects its names mean."""
        return resolved(self, operation)

    def after(self, operation: Operation, *, revision: str = "", new: bool = False) -> Schema:
        """The schema once this operation has run; of what it cannot know it says nothing. Never raises."""
        origin = Origin(revision, new, operation.statement.conditional)
        operation = self.meets(operation)
        after = self._changed(operation, origin)
        if new and not self.hidden_rows and may_hide_rows(operation):
            after = replace(after, hidden_rows=True)
        path, astray = self.path.after(operation), self.astray or is_astray(self, operation)
        if path is self.path and astray is self.astray:
            return after
        return replace(after, path=path, astray=astray)

    def _changed(self, operation: Operation, origin: Origin) -> Schema:
        if isinstance(operation, Opaque):
            return self._unsure(operation)
        change = change_of(type(operation))
        return self if change is None else change(self, operation, origin)

    def _unsure(self, operation: Opaque) -> Schema:
        relations = dict(self.relations)
        for name in operation.tables:
            if table := relations.get(name.key):
                relations[name.key] = replace(table, complete=False)
        return replace(self, relations=relations, unread=self.unread + 1)

    # Looking

    def table(self, name: Name) -> Table | None:
        """A table whose creation was seen."""
        found = self.relations.get(name.key)
        return found if found is not None and found.created else None

    def trace(self, name: Name) -> Table | None:
        """All that is known of a table, also where its creation was not seen."""
        return self.relations.get(name.key)

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(table for table in self.relations.values() if table.created)

    def view(self, name: Name) -> View | None:
        return self.views.get(name.key)

    def index(self, name: Name, on: Name | None = None) -> Index | None:
        """`on` is its table, which counts where each table has names of its own for its indexes."""
        if on is not None and self.dialect in _OWN_INDEX_NAMES:
            table = self.relations.get(on.key)
            return table.index(name.name) if table is not None else None
        owner = self.index_owners.get(name.key)
        if owner is None:
            return None
        relation = self.relations.get(owner) or self.views.get(owner)
        return next((index for index in relation.indexes if index.name.key == name.key), None) if relation else None

    def enum(self, name: Name) -> EnumType | None:
        return self.enums.get(name.key)

    def domain(self, name: Name) -> Domain | None:
        return self.domains.get(name.key)

    def domains_under(self, type_: DataType) -> tuple[Domain, ...]:
        """The domain that a type is, the one that this is over, and so on; none for an array of domains."""
        found: list[Domain] = []
        while not type_.dimensions:
            domain = self.domain(Name(type_.name, type_.schema))
            if domain is None or domain in found:
                break
            found.append(domain)
            type_ = domain.base
        return tuple(found)

    def columns_of_domain(self, name: Name, *, in_arrays: bool = False) -> tuple[tuple[Table, str], ...]:
        """The columns that hold values of a domain, as themselves or within arrays, also through domains over it."""
        return tuple(
            (table, column.name)
            for table in self.relations.values()
            for column in table.columns
            if (name.key, in_arrays) in self._held_by(column.type)
        )

    def _held_by(self, type_: DataType) -> Iterator[tuple[Key, bool]]:
        """The type, what this is over, and so on, each with whether its values stand in an array."""
        seen: set[Key] = set()
        in_array = False
        while True:
            in_array = in_array or type_.dimensions > 0
            key = Name(type_.name, type_.schema).key
            yield key, in_array
            if key in seen or key not in self.domains:
                return
            seen.add(key)
            type_ = self.domains[key].base

    def sequence(self, name: Name) -> Sequence | None:
        return self.sequences.get(name.key)

    def function(self, name: Name) -> Function | None:
        return self.functions.get(name.key)

    def is_new(self, name: Name) -> bool:
        """Whether a revision under review created this table, view, type, sequence, function or index."""
        key = name.key
        found = (
            self.table(name)
            or self.views.get(key)
            or self.enums.get(key)
            or self.domains.get(key)
            or self.types.get(key)
            or self.sequences.get(key)
            or self.functions.get(key)
            or self.index(name)
        )
        return found is not None and (found.origin.new or (isinstance(found, Table) and found.temporary))

    # Relations between objects

    def default_partition(self, parent: Name) -> Table | None:
        """The one for rows that no other partition takes."""
        bounds = ((table, table.partition_bound or "") for table in self.partitions(parent))
        return next((table for table, bound in bounds if bound.strip().upper() == "DEFAULT"), None)

    def partitions(self, name: Name) -> tuple[Table, ...]:
        """The partitions of a table, direct ones."""
        if name.key not in self.parents:
            return ()
        return tuple(
            table
            for table in self.relations.values()
            if table.partition_of is not None and table.partition_of.key == name.key
        )

    def heirs(self, name: Name) -> tuple[Table, ...]:
        """The tables that inherit from a table, direct ones."""
        if name.key not in self.parents:
            return ()
        return tuple(
            table for table in self.relations.values() if any(parent.key == name.key for parent in table.inherits)
        )

    def below(self, name: Name) -> tuple[Name, ...]:
        """The partitions and heirs of a table at each depth, those above first, each once."""
        found: dict[Key, Name] = {}
        waiting = [name]
        while waiting:
            above = waiting.pop(0)
            for table in (*self.partitions(above), *self.heirs(above)):
                if table.name.key not in found and table.name.key != name.key:
                    found[table.name.key] = table.name
                    waiting.append(table.name)
        return tuple(found.values())

    def references_to(self, name: Name) -> tuple[tuple[Table, TableConstraint], ...]:
        """The foreign keys that point at a table, with the table each belongs to."""
        return tuple(
            (table, constraint)
            for table in self.relations.values()
            for constraint in table.constraints
            if constraint.kind is ConstraintKind.FOREIGN_KEY
            and getattr(constraint.definition, "target", name).key == name.key
        )

    def readers_of(self, name: Name) -> tuple[View, ...]:
        """The views whose query names a table or view."""
        return tuple(view for view in self.views.values() if any(read.key == name.key for read in view.reads))

    def columns_of_type(self, name: Name) -> tuple[tuple[Table, str], ...]:
        """The columns that have an enum, a domain or another user type, arrays of it included."""
        return tuple(
            (table, column.name)
            for table in self.relations.values()
            for column in table.columns
            if Name(column.type.name, column.type.schema).key == name.key
        )

    def rows_of(self, operation: Insert | Update | Delete) -> Rows:
        """How many rows a change can reach: this knows more of its keys than its text does."""
        return rows_reached(self, operation)

    def is_listed(self, name: Name) -> bool:
        """Whether a table of the pull request holds no row but those that its statements list."""
        table = self.table(name)
        return table is not None and is_listed(self, table)

    def bounded_by(self, operation: Update | Delete) -> Name | None:
        """Of a joined change: another table of which each row chooses one row at most."""
        return bounded_by(self, operation)

    def is_stored_so(self, table: Name, target: str) -> bool:
        """Whether `ALTER TABLE ... SET target` copies nothing: it is stored so already, or it is partitioned."""
        found = self.trace(table)
        if found is None or found.partitioned or target in found.storage:
            return found is not None
        return found.created and target in ("LOGGED", "UNLOGGED") and found.unlogged == (target == "UNLOGGED")

    def proves_not_null(self, table: Name, column: str) -> bool:
        """Whether a validated CHECK or NOT NULL constraint says so, so that SET NOT NULL need not look (12+; 18+)."""
        found = self.relations.get(table.key)
        if found is None:
            return False
        return any(
            constraint.validated and proves_not_null(constraint.definition, column) for constraint in found.constraints
        )
