"""Disabled triggers let wrong rows in, and foreign keys are triggers.

`DISABLE TRIGGER ALL` and `session_replication_role = replica` switch foreign-key checks off as well: an orphan row is
stored, and nothing finds it later. `DISABLE TRIGGER USER` leaves foreign keys on, but skips whatever the application
relies on.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Setting, SetTrigger
from rules.rule import Bad, Fixes, Good, Rule

_TRIGGER = """def upgrade() -> None:
    op.execute(
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN NEW.placed_at := now(); RETURN NEW; END $$"
    )
    op.execute("CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.NONE,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("ALTER TABLE orders DISABLE TRIGGER ALL")


def downgrade() -> None:
    op.execute("ALTER TABLE orders ENABLE TRIGGER ALL")
""",
            before=_TRIGGER,
        ),
        Good(
            """def upgrade() -> None:
    op.execute("ALTER TABLE orders DISABLE TRIGGER touch")
    op.execute("UPDATE orders SET status = 'open' WHERE id IN (1, 2)")
    op.execute("ALTER TABLE orders ENABLE TRIGGER touch")


def downgrade() -> None:
    pass  # The old status was wrong; nobody needs it back.
""",
            before=_TRIGGER,
            because="one named trigger is off for a moment, inside one transaction",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DISABLE-TRIGGER",),
    known_as={
        "squawk": ("ban-disable-trigger",),
        "pg-migration-lint": ("PGM020",),
        "migrationpilot": ("MP064",),
        "pgfence": ("enable-disable-trigger",),
    },
)


_GROUPS = ("ALL", "USER")


@rule.on(SetTrigger)
def check(op: SetTrigger, context: Context) -> Iterator[Finding]:
    if op.enabled or context.is_new(op.table):
        return
    if op.trigger not in _GROUPS and _is_enabled_again(op, context):
        return
    if op.trigger == "ALL":
        message = f"Foreign keys of `{op.table}` are not checked while its triggers are off: orphan rows stay for good."
    else:
        message = f"Rows written to `{op.table}` from now on skip what its triggers do."
    yield rule.finding(op.place, message, advice="Write the data so that the triggers may run.")


def _is_enabled_again(op: SetTrigger, context: Context) -> bool:
    """In the same transaction: nobody ever met the table without it."""
    return any(
        isinstance(step.operation, SetTrigger)
        and step.operation.enabled
        and step.operation.table.key == op.table.key
        and step.operation.trigger in (op.trigger, *_GROUPS)
        for step in context.rest_of_transaction
    )


@rule.on(Setting)
def check_role(op: Setting, context: Context) -> Iterator[Finding]:
    if op.name.lower() == "session_replication_role" and (op.value or "").strip("'\" ").lower() == "replica":
        yield rule.finding(
            op.place,
            "No trigger runs and no foreign key is checked from here on: orphan rows stay for good.",
            advice="Write the data so that the triggers may run.",
        )
