"""The text of a statement is computed when the migration runs, so no rule has judged it.

Constants, f-strings over constants, loops over literal lists and files beside the migration are folded into the text
that is sent. What comes from the database, the environment or a function that cannot be followed is not known before.
What the constant parts tell is used.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Opaque, OpaqueKind
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.NONE,
    fold=True,
    downgrade=InDowngrade.SAME,
    examples=(
        Bad(
            """def upgrade() -> None:
    name = op.get_bind().execute(sa.text("SELECT current_database()")).scalar()
    op.execute(f"ALTER DATABASE {name} SET timezone TO 'UTC'")


def downgrade() -> None:
    pass
""",
        ),
        Good(
            """TABLE = "orders"


def upgrade() -> None:
    op.execute(f"COMMENT ON TABLE {TABLE} IS 'What customers ordered'")


def downgrade() -> None:
    op.execute(f"COMMENT ON TABLE {TABLE} IS NULL")
""",
            because="the text is put together from constants",
        ),
    ),
    known_as={"strong_migrations": ("execute",), "online_migrations": ("execute",)},
)


@rule.on(Opaque)
def check(op: Opaque, context: Context) -> Iterator[Finding]:
    if op.kind is OpaqueKind.SQL:
        yield rule.finding(
            op.place,
            f"No rule has judged this statement: {op.reason.rstrip('.')}.",
            advice="Write the text as a constant, and give the values that are known only then as parameters.",
        )
