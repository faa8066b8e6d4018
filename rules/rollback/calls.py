"""Alembic's own calls, written from the schema's values."""

from __future__ import annotations

from msgspec.structs import replace

from rules.model.columns import Check, ForeignKey, Generated, PrimaryKey, Unique
from rules.model.frozen import Frozen
from rules.model.names import Name
from rules.plans.sql import qualified, quoted
from rules.plans.writing import as_text
from rules.rewriting.suggesting import AUTOCOMMIT_BLOCK
from rules.rollback.style import Style
from rules.rollback.types import written_type
from rules.schema import ConstraintKind, Index, Schema, Table, TableColumn, TableConstraint

_KINDS = {
    ConstraintKind.PRIMARY_KEY: "primary",
    ConstraintKind.UNIQUE: "unique",
    ConstraintKind.FOREIGN_KEY: "foreignkey",
    ConstraintKind.CHECK: "check",
}


class Piece(Frozen):
    """One statement: `verb` of `op` (or of a batch) with its arguments as Python text; without a verb, the whole of it.

    `table` stands among the arguments at `at`, or as the keyword `table_name`; in a batch it is left out.
    """

    verb: str
    arguments: tuple[str, ...]
    table: Name | None = None
    at: int | None = None
    alone: bool = False
    """Outside the transaction."""
    batch: str = ""
    """The variable of `with op.batch_alter_table(...)`; empty outside one."""

    def call(self, style: Style) -> tuple[str, tuple[str, ...]]:
        arguments = list(self.arguments)
        if self.batch:
            return f"{self.batch}.{self.verb}", tuple(arguments)
        if self.table is not None and self.at is not None:
            arguments.insert(self.at, style.text(self.table.name))
        elif self.table is not None:
            arguments.insert(1, f"table_name={style.text(self.table.name)}")
        if self.table is not None and self.table.schema:
            word = "source_schema" if self.verb == "create_foreign_key" else "schema"
            arguments.append(f"{word}={style.text(self.table.schema)}")
        return f"{style.op}.{self.verb}", tuple(arguments)


class Calls(Frozen):
    """Each answers with the statements, or None where they cannot be written for sure. `schema` knows the types."""

    style: Style
    schema: Schema

    def sql(self, statement: str) -> Piece:
        return Piece("execute", (self.style.text(as_text(statement)),))

    def named(self, name: str) -> str:
        """A constraint's name, kept from being decorated by a naming convention."""
        written = self.style.text(name)
        return f"{self.style.op}.f({written})" if self.style.convention else written

    def drop_table(self, name: Name) -> Piece:
        return Piece("drop_table", (), name, 0)

    def rename_table(self, old: Name, new: str) -> Piece:
        return Piece("rename_table", (self.style.text(new),), old, 0)

    def drop_column(self, table: Name, column: str) -> Piece:
        return Piece("drop_column", (self.style.text(column),), table, 0)

    def alter_column(self, table: Name, column: str, *keywords: tuple[str, str]) -> Piece:
        return Piece("alter_column", (self.style.text(column), *(f"{word}={it}" for word, it in keywords)), table, 0)

    def drop_constraint(self, table: Name, constraint: TableConstraint) -> Piece:
        kind = _KINDS.get(constraint.kind)
        more = () if kind is None else (f"type_={self.style.text(kind)}",)
        return Piece("drop_constraint", (self.named(constraint.name), *more), table, 1)

    def drop_index(self, index: Index, *, concurrently: bool = False) -> Piece:
        more = ("postgresql_concurrently=True",) if concurrently else ()
        piece = Piece("drop_index", (self.style.text(index.name.name),), index.table)
        return replace(piece, arguments=(*piece.arguments, *more), alone=concurrently)

    def drop_enum(self, name: Name) -> Piece:
        arguments = [f"name={self.style.text(name.name)}"]
        if name.schema:
            arguments.append(f"schema={self.style.text(name.schema)}")
        op, sa = self.style.op, self.style.sa
        return Piece("", (f"{sa}.Enum({', '.join(arguments)}).drop({op}.get_bind(), checkfirst=True)",))

    def add_column(self, table: Name, column: TableColumn) -> Piece | None:
        """None for a column that rows would have to be given values for."""
        if not column.nullable and column.default is None and column.generated in (None, Generated.SERIAL):
            return None
        written = self.column(column)
        return None if written is None else Piece("add_column", (written,), table, 0)

    def column(self, column: TableColumn, *more: str) -> str | None:
        type_ = written_type(column.type, self.schema, self.style)
        if type_ is None or column.generated is Generated.SERIAL or column.collation:
            return None
        sa = self.style.sa
        arguments = [self.style.text(column.name), type_]
        match column.generated:
            case Generated.IDENTITY_ALWAYS:
                arguments.append(f"{sa}.Identity(always=True)")
            case Generated.IDENTITY_BY_DEFAULT:
                arguments.append(f"{sa}.Identity()")
            case Generated.STORED:
                arguments.append(f"{sa}.Computed({self.style.text(as_text(column.expression or ''))}, persisted=True)")
            case Generated.VIRTUAL:
                arguments.append(f"{sa}.Computed({self.style.text(as_text(column.expression or ''))}, persisted=False)")
        if column.default is not None:
            arguments.append(f"server_default={self.default(column.default)}")
        if column.generated not in (Generated.IDENTITY_ALWAYS, Generated.IDENTITY_BY_DEFAULT):
            arguments.append(f"nullable={column.nullable}")
        return f"{sa}.Column({', '.join([*arguments, *more])})"

    def default(self, default: str | None) -> str:
        return "None" if default is None else f"{self.style.sa}.text({self.style.text(as_text(default))})"

    def create_index(self, index: Index, *, concurrently: bool = False) -> Piece | None:
        keys = []
        for key in index.keys:
            if key.column is not None and key.operator_class is None and key.text.strip('"') == key.column:
                keys.append(self.style.text(key.column))
            else:
                keys.append(f"{self.style.sa}.text({self.style.text(as_text(key.text))})")
        more = [f"unique={index.unique}"]
        if index.method != "btree":
            more.append(f"postgresql_using={self.style.text(index.method)}")
        if index.predicate is not None:
            more.append(f"postgresql_where={self.style.sa}.text({self.style.text(as_text(index.predicate))})")
        if index.include:
            more.append(f"postgresql_include={self.style.texts(index.include)}")
        if concurrently:
            more.append("postgresql_concurrently=True")
        if not index.valid or not index.keys or not self.style.sa:
            return None
        arguments = (self.style.text(index.name.name), f"[{', '.join(keys)}]", *more)
        return Piece("create_index", arguments, index.table, 1, alone=concurrently)

    def create_constraint(self, table: Name, constraint: TableConstraint) -> Piece | None:
        name, columns = self.named(constraint.name), self.style.texts(constraint.columns)
        match constraint.kind, constraint.definition:
            case ConstraintKind.PRIMARY_KEY, PrimaryKey(deferrable=False):
                return Piece("create_primary_key", (name, columns), table, 1)
            case ConstraintKind.UNIQUE, Unique(nulls_not_distinct=False, deferrable=False):
                return Piece("create_unique_constraint", (name, columns), table, 1)
            case ConstraintKind.CHECK, Check(expression=expression, no_inherit=False):
                condition = self.style.text(as_text(expression))
                return Piece("create_check_constraint", (name, condition, *_not_valid(constraint)), table, 1)
            case ConstraintKind.FOREIGN_KEY, ForeignKey() as key if key.plain:
                return self._foreign_key(table, constraint, key)
        return None

    def _foreign_key(self, table: Name, constraint: TableConstraint, key: ForeignKey) -> Piece | None:
        if not key.target_columns:
            return None
        more = [f"{word}={self.style.text(it)}" for word, it in _actions(key)]
        if key.target.schema:
            more.append(f"referent_schema={self.style.text(key.target.schema)}")
        arguments = (
            self.named(constraint.name),
            self.style.text(key.target.name),
            self.style.texts(constraint.columns),
            self.style.texts(key.target_columns),
            *more,
            *_not_valid(constraint),
        )
        return Piece("create_foreign_key", arguments, table, 1)

    def create_table(self, table: Table) -> Piece | None:
        """None for partitions, heirs and tables of which a column is not known."""
        plain = table.complete and not (table.partitioned or table.partition_of or table.inherits or table.unlogged)
        columns = [self._column_of(table, column) for column in table.columns]
        constraints = [self._inside(it) for it in table.constraints if it.kind is not ConstraintKind.NOT_NULL]
        written = [it for it in (*columns, *constraints) if it is not None]
        if not plain or table.triggers or not columns or len(written) < len(columns) + len(constraints):
            return None
        return Piece("create_table", tuple(written), table.name, 0)

    def _column_of(self, table: Table, column: TableColumn) -> str | None:
        """SQLAlchemy makes a SERIAL of an integer that is the whole primary key, unless told otherwise."""
        key = table.primary_key
        counts = key is not None and key.columns == (column.name,)
        counts = counts and column.type.name in ("integer", "bigint", "smallint") and column.default is None
        refers = any(it.kind is ConstraintKind.FOREIGN_KEY and column.name in it.columns for it in table.constraints)
        if column.generated is Generated.SERIAL:
            return self.column(replace(column, generated=None)) if counts and not refers else None
        if counts and not refers and column.generated is None:
            return self.column(column, "autoincrement=False")
        return self.column(column)

    def _inside(self, constraint: TableConstraint) -> str | None:
        sa, name = self.style.sa, f"name={self.named(constraint.name)}"
        columns = ", ".join(map(self.style.text, constraint.columns))
        match constraint.kind, constraint.definition:
            case ConstraintKind.PRIMARY_KEY, PrimaryKey(deferrable=False):
                return f"{sa}.PrimaryKeyConstraint({columns}, {name})"
            case ConstraintKind.UNIQUE, Unique(nulls_not_distinct=False, deferrable=False):
                return f"{sa}.UniqueConstraint({columns}, {name})"
            case ConstraintKind.CHECK, Check(expression=expression, no_inherit=False) if constraint.validated:
                return f"{sa}.CheckConstraint({self.style.text(as_text(expression))}, {name})"
            case ConstraintKind.FOREIGN_KEY, ForeignKey() as key if constraint.validated and key.plain:
                if not key.target_columns:
                    return None
                target = f"{key.target.schema}.{key.target.name}" if key.target.schema else key.target.name
                targets = self.style.texts(tuple(f"{target}.{it}" for it in key.target_columns))
                more = [name, *(f"{word}={self.style.text(it)}" for word, it in _actions(key))]
                return f"{sa}.ForeignKeyConstraint([{columns}], {targets}, {', '.join(more)})"
        return None


def _actions(key: ForeignKey) -> list[tuple[str, str]]:
    pairs = (("ondelete", key.on_delete), ("onupdate", key.on_update))
    return [(word, it) for word, it in pairs if it is not None and it.upper() != "NO ACTION"]


def _not_valid(constraint: TableConstraint) -> tuple[str, ...]:
    return () if constraint.validated else ("postgresql_not_valid=True",)


def lines_of(pieces: list[Piece], style: Style) -> list[str]:
    """Lines without indentation; those of one batch, and those outside the transaction, in a block of their own."""
    lines: list[str] = []
    header = ""
    for piece in pieces:
        wanted = _header(piece, style)
        if wanted and wanted != header:
            lines.append(wanted)
        header = wanted
        margin = style.indent if wanted else ""
        lines += [f"{margin}{line}" for line in _call_lines(piece, style, margin)]
    return lines


def _header(piece: Piece, style: Style) -> str:
    if piece.alone:
        return AUTOCOMMIT_BLOCK.replace("op.", f"{style.op}.", 1)
    if not piece.batch or piece.table is None:
        return ""
    schema = f"schema={style.text(piece.table.schema)}" if piece.table.schema else "schema=None"
    return f"with {style.op}.batch_alter_table({style.text(piece.table.name)}, {schema}) as {piece.batch}:"


def _call_lines(piece: Piece, style: Style, margin: str) -> list[str]:
    if not piece.verb:
        return [piece.arguments[0]]
    name, arguments = piece.call(style)
    one = f"{name}({', '.join(arguments)})"
    if len(style.indent) + len(margin) + len(one) <= style.width:
        return [one]
    return [f"{name}(", *(f"{style.indent}{argument}," for argument in arguments), ")"]


def renamed(table: Name, what: str, old: str, new: str) -> str:
    """`what` is COLUMN or CONSTRAINT."""
    return f"ALTER TABLE {qualified(table)} RENAME {what} {quoted(old)} TO {quoted(new)}"
