"""A CHECK on an expression whose value changes by itself does not keep its promise.

PostgreSQL accepts `CHECK (at <= now())`, and checks it when a row is written. As time passes rows that passed may no
longer pass; nobody looks again, until a dump is restored, or the constraint is validated, and fails.

Use a bound that stays, or a trigger that says what holds at the moment of writing.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.columns import Check
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import AddCheck, AddColumn, CreateTable, Operation
from rules.postgres.volatility import VOLATILE, Volatility, volatility_of
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.PLAN,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.create_check_constraint("orders_placed", "orders", "placed_at <= now()", postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint("orders_placed", "orders", type_="check")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.create_check_constraint("orders_placed", "orders", "placed_at >= '2020-01-01'", postgresql_not_valid=True)


def downgrade() -> None:
    op.drop_constraint("orders_placed", "orders", type_="check")
""",
            because="the bound stays what it is",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS",),
    known_as={"migrationpilot": ("MP087",)},
)


@rule.on(AddCheck)
def check(op: AddCheck, context: Context) -> Iterator[Finding]:
    yield from _changing(op, op.constraint, context)


@rule.on(CreateTable)
def check_table(op: CreateTable, context: Context) -> Iterator[Finding]:
    inline = (constraint for column in op.columns for constraint in column.constraints)
    for constraint in (*op.constraints, *inline):
        if isinstance(constraint, Check):
            yield from _changing(op, constraint, context)


@rule.on(AddColumn)
def check_column(op: AddColumn, context: Context) -> Iterator[Finding]:
    """Of a table in use `check-inside-new-column` speaks."""
    for constraint in op.column.constraints:
        if isinstance(constraint, Check) and not context.is_in_use(op.table):
            yield from _changing(op, constraint, context)


OF_THE_MOMENT = frozenset({"now", "transaction_timestamp", "statement_timestamp", "txid_current", "current_setting"})
"""Stable functions that give something else tomorrow; others (`date_trunc`, `to_char`) follow their arguments."""


def _changing(op: Operation, constraint: Check, context: Context) -> Iterator[Finding]:
    def declared(name: str) -> str | None:
        """A function that nobody knows counts as constant here: nothing is said about it."""
        found = context.schema.function(Name(name))
        if found is not None:
            return found.volatility
        return None if name in OF_THE_MOMENT or name in VOLATILE else Volatility.IMMUTABLE

    if volatility_of(constraint.expression, declared) is not Volatility.IMMUTABLE:
        name = f"`{constraint.name}`" if constraint.name else "the CHECK"
        yield rule.finding(
            op.place,
            f"What {name} compares with changes by itself: rows that pass today may not pass tomorrow.",
            advice="Use a bound that stays, or a trigger.",
            subject=constraint.expression,
        )
