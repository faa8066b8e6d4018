"""A statement is of a kind that dbbot does not know, so no rule has judged it.

Its text is known, but not what it does: it does not parse as PostgreSQL, or it builds its own statements with
`EXECUTE` inside a `DO` block.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.dialects import READ
from rules.model.finding import Finding, Severity
from rules.model.operations import Opaque, OpaqueKind
from rules.rule import Bad, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    dialects=READ,
    severity=Severity.NOTICE,
    fold=True,
    downgrade=InDowngrade.SAME,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("FROBNICATE TABLE orders")


def downgrade() -> None:
    pass
""",
            fails="syntax error",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("COMMENT ON TABLE orders IS 'What customers ordered'")


def downgrade() -> None:
    op.execute("COMMENT ON TABLE orders IS NULL")
""",
            because="the statement is known",
        ),
    ),
    known_as={"migrationpilot": ("MP063",)},
)


@rule.on(Opaque)
def check(op: Opaque, context: Context) -> Iterator[Finding]:
    if op.kind is OpaqueKind.STATEMENT:
        yield rule.finding(
            op.place,
            f"No rule has judged this statement: {op.reason.rstrip('.')}.",
            advice="Look at what it does to the tables it names.",
        )
