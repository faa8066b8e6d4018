"""A call that may change the schema could not be followed, so no rule has judged it.

A migration is read without running it. A helper that is not in the repository, `getattr(op, name)`, an operation that
a plugin adds or `exec` leave open what happens: nothing is guessed about them. Look at these lines yourself.

Helpers inside the repository are read along. Operations that are written out are judged.
"""

from collections.abc import Iterator

from rules.catalogue.constraints.drop_of_unnamed_constraint import is_unnamed_drop
from rules.catalogue.constraints.not_valid_where_impossible import is_refused_unique
from rules.catalogue.rewrites.alter_that_sqlite_refuses import is_refused_by_alembic
from rules.catalogue.transactions.application_model_in_migration import uses_a_model
from rules.catalogue.transactions.await_inside_migration import awaits
from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Opaque, OpaqueKind
from rules.rule import Bad, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fold=True,
    downgrade=InDowngrade.SAME,
    examples=(
        Bad(
            """def upgrade() -> None:
    getattr(op, "drop_" + context.get_x_argument(as_dictionary=True)["kind"])("orders")


def downgrade() -> None:
    raise RuntimeError("The orders are gone.")
""",
            fails="NameError",
        ),
        Good(
            """def note_column(name: str) -> sa.Column:
    return sa.Column(name, sa.Text())


def upgrade() -> None:
    op.add_column("orders", note_column("note"))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            because="a helper of the repository is read along",
        ),
    ),
    known_as={"strong_migrations": ("change_table",), "online_migrations": ("change_table",)},
)


@rule.on(Opaque)
def check(op: Opaque, context: Context) -> Iterator[Finding]:
    if op.kind is not OpaqueKind.CALL:
        return
    if is_unnamed_drop(op) or is_refused_unique(op) or uses_a_model(op, context) or awaits(op, context):
        return
    if is_refused_by_alembic(op):
        return
    yield rule.finding(
        op.place,
        f"No rule has judged this call: {op.reason.rstrip('.')}.",
        advice="Write the operations out, or look at them yourself.",
    )
