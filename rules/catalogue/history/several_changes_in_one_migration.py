"""One revision makes several changes that have nothing to do with each other.

They can only be undone together, they hold their locks together until the commit, and whoever reviews one of them
reviews all. Give each change a revision of its own. Tables that the revision itself creates count as one change, and
so do tables that a foreign key joins.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import Copy, Delete, Insert, Operation, Privilege, Truncate, Update
from rules.model.script import MigrationScript
from rules.rule import Bad, Fixes, Good, Rule
from rules.schema import Schema

ON = "rules:\n  several-changes-in-one-migration: notice\n"
Key = tuple[str, str]

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.OFF,
    fixes=Fixes.NONE,
    examples=(
        Bad(
            """import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))
    op.add_column("users", sa.Column("phone", sa.Text()))


def downgrade() -> None:
    op.drop_column("users", "phone")
    op.drop_column("orders", "note")
""",
            settings=ON,
        ),
        Good(
            """import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.create_table("couriers", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True))
    op.create_table("vans", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True))
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
    op.drop_table("vans")
    op.drop_table("couriers")
""",
            because="new tables and one that changes are one change",
            settings=ON,
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/tutorial.html",),
)

_ROWS = (Copy, Delete, Insert, Truncate, Update)


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    schema, kinds, tables = context.schema, dict[str, None](), dict[Key, Name]()
    for operation in script.upgrade:
        schema = schema.after(operation, revision=script.revision, new=True)
        those = [name for name in _tables(operation) if not schema.is_new(name)]
        if those:
            kinds[_kind(operation)] = None
            tables |= {name.key: name for name in those}
    apart = _apart(tables, schema)
    if len(kinds) < 2 and len(apart) < 2:
        return
    what = " and ".join(kinds) if len(kinds) > 1 else f"{len(apart)} tables: {', '.join(f'`{name}`' for name in apart)}"
    yield rule.finding(
        script.place_of("upgrade"),
        f"`{script.revision}` changes {what}.",
        advice="Give each change a revision of its own.",
        subject=script.revision,
    )


def _kind(operation: Operation) -> str:
    if isinstance(operation, Privilege):
        return "rights"
    return "rows" if isinstance(operation, _ROWS) else "the schema"


def _tables(operation: Operation) -> tuple[Name, ...]:
    name = getattr(operation, "table", None)
    return operation.tables if isinstance(operation, Privilege) else (name,) if isinstance(name, Name) else ()


def _apart(tables: dict[Key, Name], schema: Schema) -> list[Name]:
    """The first table of each group that foreign keys join."""
    groups: list[set[Key]] = []
    for key, name in tables.items():
        referring = {table.name.key for table, _ in schema.references_to(name)}
        referred = {one for one in tables if key in {table.name.key for table, _ in schema.references_to(tables[one])}}
        joined = {key, *referring, *referred}
        near = [group for group in groups if group & joined]
        groups = [group for group in groups if group not in near]
        groups.append({key}.union(*near))
    return [next(name for key, name in tables.items() if key in group) for group in groups]
