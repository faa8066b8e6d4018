"""The revision cannot be taken back: `downgrade()` does nothing.

`alembic downgrade` reports success and changes nothing but the recorded revision. The next `upgrade` then runs on what
is still there and fails: the table exists, the column exists. Where `downgrade()` is absent, Alembic stops with an
error instead.

Write what undoes each operation, the last one first. If there is no way back, let `downgrade()` raise an error that
says so, or say in a sentence why nothing has to be undone. Projects that have no ways back at all are not spoken to.
"""

from collections.abc import Iterator
from dataclasses import replace

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Direction, Raises
from rules.model.script import MigrationScript
from rules.rollback import changes_schema, is_bare, most_have_none, tells_why, whole_way_back
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.SUGGESTION,
    downgrade=InDowngrade.SAME,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))
    op.alter_column("orders", "status", existing_type=sa.Text(), server_default="new")


def downgrade() -> None:
    pass
""",
            becomes="""def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))
    op.alter_column("orders", "status", existing_type=sa.Text(), server_default="new")


def downgrade() -> None:
    op.alter_column(
        "orders",
        "status",
        existing_type=sa.Text(),
        server_default=sa.text("'open'"),
    )
    op.drop_column("orders", "note")
""",
        ),
        Bad(
            """def upgrade() -> None:
    op.execute("ALTER TABLE orders ADD COLUMN note text")
""",
            becomes="""def upgrade() -> None:
    op.execute("ALTER TABLE orders ADD COLUMN note text")


def downgrade() -> None:
    op.execute("ALTER TABLE orders DROP COLUMN note")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            because="the way back undoes what the way up did",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    raise RuntimeError("Older versions of the application cannot run on this schema.")
""",
            because="the error says why there is no way back",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ANALYZE orders")


def downgrade() -> None:
    pass
""",
            because="there is nothing to undo",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/tutorial.html#downgrading",),
    known_as={
        "pytest-alembic": ("test_up_down_consistency",),
        "django-migration-linter": ("RUNSQL_REVERSIBLE", "RUNPYTHON_REVERSIBLE"),
    },
)


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    if len(script.parents) > 1 or not changes_schema(context):
        return
    silent_error = _silent_error(script)
    if not (is_bare(script) or silent_error is not None) or tells_why(script) or most_have_none(context):
        return
    if silent_error is not None:
        finding = rule.finding(
            script.place_of("downgrade"),
            f"`{script.revision}` has no way back: `downgrade()` stops with `{silent_error.error}` and does not say "
            "why.",
            advice="Write what undoes each operation, or give the error a sentence that says why there is no way back.",
            subject=script.revision,
        )
    elif script.has_downgrade:
        finding = rule.finding(
            script.place_of("downgrade"),
            f"`{script.revision}` cannot be taken back: `downgrade()` reports success and changes nothing, and the "
            "next upgrade meets what is still there.",
            advice="Write what undoes each operation, or let it raise an error that says why there is no way back.",
            suggestion=whole_way_back(script, context, "Undo each operation"),
            subject=script.revision,
        )
    else:
        finding = rule.finding(
            script.place_of("upgrade"),
            f"`{script.revision}` cannot be taken back: it has no `downgrade()`, at which Alembic stops.",
            advice="Write a `downgrade()` that undoes each operation, or one that raises an error saying why not.",
            suggestion=whole_way_back(script, context, "Undo each operation"),
            subject=script.revision,
        )
    yield replace(finding, direction=Direction.DOWNGRADE)


def _silent_error(script: MigrationScript) -> Raises | None:
    """The error without a message that is all of `downgrade()`."""
    match script.downgrade:
        case (Raises(message="") as error,):
            return error
    return None
