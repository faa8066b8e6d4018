"""A default that differs from row to row makes PostgreSQL write the whole table when the column is added.

`random()`, `gen_random_uuid()`, `clock_timestamp()` give each row its own value, so `ADD COLUMN ... DEFAULT` computes
it for every row at once: table and indexes are written anew under an `ACCESS EXCLUSIVE` lock, reads and writes wait.
One volatile part makes the whole expression volatile. So does a function of your own, unless it is declared `STABLE`
or `IMMUTABLE`; without a declaration PostgreSQL takes it for volatile.

A constant, `now()`, `CURRENT_TIMESTAMP`, `current_user` are evaluated once and stored in the catalog: no row is
written. (Before PostgreSQL 11 every default wrote the table.) A Python `default=` sends nothing to the server.

A domain's default counts as much as a column's own, unless the column says `DEFAULT NULL`.

Add the column nullable and without a default, set the default in a second statement (it holds for new rows), and fill
the old rows in batches in a later revision.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.locking.columns import default_of, default_volatility
from rules.model.finding import Finding, Severity
from rules.model.operations import AddColumn
from rules.postgres.volatility import Volatility
from rules.rule import Bad, Fixes, Good, Rule
from rules.schema.expressions import functions

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.PLAN,
    size_bound=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("users", sa.Column("token", sa.Uuid(), server_default=sa.text("gen_random_uuid()")))


def downgrade() -> None:
    op.drop_column("users", "token")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("users", sa.Column("token", sa.Uuid()))
    op.alter_column("users", "token", server_default=sa.text("gen_random_uuid()"))


def downgrade() -> None:
    op.drop_column("users", "token")
""",
            because="a default that is set afterwards holds for new rows only",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE users ADD COLUMN seen_at timestamptz NOT NULL DEFAULT now() + interval '1 day'")


def downgrade() -> None:
    op.drop_column("users", "seen_at")
""",
            because="`now()` is stable: the expression is evaluated once and stored in the catalog",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES",
        "https://www.postgresql.org/docs/current/xfunc-volatility.html",
    ),
    known_as={
        "squawk": ("adding-field-with-default",),
        "eugene": ("E10",),
        "strong_migrations": ("add_column_default", "add_column_default_callable"),
        "atlas": ("PG302",),
        "pg-migration-lint": ("PGM006",),
        "migrationpilot": ("MP003",),
        "pgfence": ("add-column-non-constant-default", "add-column-default-pre-pg11"),
        "bytebase": ("column.default-disallow-volatile",),
        "online_migrations": ("add_column_with_default", "add_timestamps_with_default"),
    },
)

STORED_ONCE_SINCE = 11
LONGEST_QUOTED = 80
"""Characters."""


@rule.on(AddColumn)
def check(op: AddColumn, context: Context) -> Iterator[Finding]:
    default = default_of(op.column, context.schema, context.server_version)
    if default is None or not context.is_in_use(op.table) or _is_tried(op, context):
        return
    if context.server_version < STORED_ONCE_SINCE:
        reason = f"before PostgreSQL {STORED_ONCE_SINCE} a default is written into every row"
    elif default_volatility(default, context.schema) is Volatility.VOLATILE and "nextval" not in functions(default):
        reason = f"{_named(default)} may differ from row to row"
    else:
        return
    first = "without a default, set the default"
    if op.column.default is None:
        reason += f", the default of `{op.column.type}`"
        first = "with `DEFAULT NULL`, drop that default"
    yield rule.finding(
        op.place,
        f"Adding `{op.column.name}` writes `{op.table}` and its indexes anew, because {reason}; reads and writes wait "
        "until it is done.",
        advice=f"Add the column {first} in a second statement, and fill the old rows in batches in a later revision.",
    )


def _is_tried(op: AddColumn, context: Context) -> bool:
    """The domain has a condition: `constrained-domain-column` speaks."""
    return op.column.default is None and any(each.constrained for each in context.schema.domains_under(op.column.type))


def _named(default: str) -> str:
    written = " ".join(default.split())
    return f"`{written}`" if len(written) <= LONGEST_QUOTED else "its default"
