"""An earlier revision could not be read whole, and what is said here depends on it.

Which tables exist, which columns they have and which constraints are validated is known from the revisions beneath.
Where one of those does something to a table that cannot be followed, a later revision meets a table of which only part
is known: what a change of type costs, or which constraint goes, cannot be said.

It is said once for a pull request, where something depends on it. Look yourself at the table as it is.
"""

import re
from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import (
    AddCheck,
    AddColumn,
    AddForeignKey,
    AddPrimaryKey,
    AddUnique,
    AlterColumnType,
    CreateTable,
    DropConstraint,
    Opaque,
    OpaqueKind,
    Operation,
    RenameTable,
    SetNotNull,
)
from rules.model.place import Place
from rules.model.script import MigrationScript
from rules.rule import Bad, Good, Rule
from rules.schema import Table
from rules.wording import MOST, listed, named

_UNREAD = """def upgrade() -> None:
    getattr(op, context.get_x_argument(as_dictionary=True)["do"])("notes")


def downgrade() -> None:
    pass
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.alter_column("notes", "text", type_=sa.String(200))


def downgrade() -> None:
    op.alter_column("notes", "text", type_=sa.Text())
""",
            before=_UNREAD,
            fails="NameError",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            before="""def upgrade() -> None:
    op.execute("SELECT " + str(op.get_bind().dialect.max_identifier_length))


def downgrade() -> None:
    pass
""",
            because="what could not be read has nothing to do with this table, whose creation was seen",
        ),
    ),
)


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    if context.before.unread == 0:
        return
    scripts = context.history.scripts
    new = [scripts[one] for one in context.history.order if one in context.together]
    first = next(((one, gaps) for one in new if (gaps := _gaps(one, context))), None)
    if first is None or first[0].revision != script.revision:
        return
    tables = dict.fromkeys(str(table) for table, _ in first[1])
    yield rule.finding(
        script.place_of("upgrade"),
        f"The state of {named(tables)} is not known: {_places([gap.place for _, gap in first[1]])} could not be read.",
        advice=f"Look at the {'table' if len(tables) == 1 else 'tables'} in your database yourself.",
        subject=", ".join(f"`{table}`" for table in tables),
    )


def _places(places: list[Place]) -> str:
    """Lines by file."""
    lines: dict[str, list[str]] = {}
    for place in sorted(set(places)):
        lines.setdefault(place.path, []).append(str(place.line))
    return listed([f"{_lines(list(dict.fromkeys(found)))} of `{path}`" for path, found in lines.items()], most=3)


def _lines(numbers: list[str]) -> str:
    return f"line{'s' if len(numbers) > 1 else ''} {listed(numbers, MOST)}"


def _gaps(script: MigrationScript, context: Context) -> list[tuple[Name, Opaque]]:
    """The tables that a new script changes and whose state is open, with what in the history left it open."""
    found = []
    for table in _in_doubt(script, context):
        for one in context.history.order:
            if one in context.history.ancestors(script.revision) and one not in context.together:
                merged = context.history.scripts[one]
                found += [(table, op) for op in merged.unread if op in merged.upgrade and _names(op, table, merged)]
    return found


def _names(op: Opaque, table: Name, script: MigrationScript) -> bool:
    """Whether what could not be read says the table's name, and may change more than its rows."""
    written = "\n".join(script.text.split("\n")[op.place.line - 1 : op.place.last_line])
    if op.kind is OpaqueKind.SQL and not re.search(r"\b(?:CREATE|ALTER|DROP|RENAME)\b", written, re.IGNORECASE):
        return False
    return any(name.key == table.key for name in op.tables) or bool(re.search(rf"\b{re.escape(table.name)}\b", written))


def _in_doubt(script: MigrationScript, context: Context) -> tuple[Name, ...]:
    """The tables of which a new script changes something that nobody was seen to create."""
    made = {name.key for one in context.together for op in context.history.scripts[one].upgrade for name in _made(op)}
    added = {part for one in context.together for op in context.history.scripts[one].upgrade for part in _added(op)}
    found: dict[tuple[str, str], Name] = {}
    for op in script.upgrade:
        table = getattr(op, "table", None)
        if not isinstance(table, Name) or (table.key, _part(op)) in added:
            continue
        if table.key not in made and _is_asked_in_vain(op, context.before.trace(table)):
            found.setdefault(table.key, table)
    return tuple(found.values())


def _is_asked_in_vain(op: Operation, table: Table | None) -> bool:
    """Whether the column's type, or the constraint, that decides what the operation costs is not known."""
    match op:
        case AlterColumnType() | SetNotNull():
            column = table.column(op.column) if table else None
            return column is None or not column.type.known
        case DropConstraint():
            return table is None or (not table.complete and table.constraint(op.name) is None)
    return False


def _part(op: Operation) -> str | None:
    """The column or constraint that an operation changes."""
    name: str | None = getattr(op, "column", None) or getattr(op, "name", None)
    return name


def _added(op: Operation) -> Iterator[tuple[tuple[str, str], str | None]]:
    match op:
        case AddColumn():
            yield op.table.key, op.column.name
        case AddCheck() | AddForeignKey() | AddUnique() | AddPrimaryKey():
            yield op.table.key, op.constraint.name


def _made(op: object) -> tuple[Name, ...]:
    match op:
        case CreateTable():
            return (op.table,)
        case RenameTable():
            return (Name(op.new_name, op.table.schema),)
    return ()
