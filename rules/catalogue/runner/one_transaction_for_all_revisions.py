"""All pending revisions run in one transaction, and this pull request relies on a commit between them.

By default `alembic upgrade head` puts every pending revision into one transaction. A constraint that one revision adds
`NOT VALID` and the next one validates is then checked under the lock of the first; a label that one revision adds to an
enum cannot be used by the next; what one revision locks stays locked until the last one has ended. And an
`autocommit_block()` commits whatever earlier revisions had done so far.

`context.configure(..., transaction_per_migration=True)` in env.py, in each call that gets a connection, gives every
revision a transaction of its own. Alembic recommends it wherever a revision uses `autocommit_block()`.
"""

from collections.abc import Iterator

from rules.context import Scene, Step
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import AddEnumValue, Delete, Insert, Update, ValidateConstraint
from rules.postgres.lock_modes import LockMode
from rules.rule import Bad, Fixes, Good, Rule
from rules.runner import Run
from rules.runner.edits import with_option

_ENV = '''"""Runs the migrations."""

from alembic import context
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://localhost/shop", connect_args={"options": "-c lock_timeout=60000"})

with engine.connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
'''
_BLOCK = """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True)


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_orders_user_id", table_name="orders", postgresql_concurrently=True)
"""
_NOTE = """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            _BLOCK,
            env=_ENV,
            env_becomes=_ENV.replace("connection=connection", "connection=connection, transaction_per_migration=True"),
        ),
        Good(_NOTE, env=_ENV, because="one revision, and nothing in it relies on a commit"),
        Good(
            _NOTE,
            env=_ENV,
            also=(
                """def upgrade() -> None:
    op.create_table("carts", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True))


def downgrade() -> None:
    op.drop_table("carts")
""",
            ),
            because="neither revision needs the other one to be committed",
        ),
    ),
    references=(
        "https://alembic.sqlalchemy.org/en/latest/api/runtime.html#alembic.runtime.migration.MigrationContext.autocommit_block",
    ),
)


@rule.on(Run)
def check(run: Run, scene: Scene) -> Iterator[Finding]:
    runner = run.runner
    without = [each for each in runner.configures if each.constant("transaction_per_migration", False) is False]
    if not without or runner.autocommit:
        return
    if any(each.constant("transactional_ddl", True) is False for each in runner.configures):
        return
    reason = _reason(run, scene)
    if reason is None:
        return
    yield rule.finding(
        without[0].place,
        f"All pending revisions run in one transaction, and {reason}.",
        advice="Pass `transaction_per_migration=True` to every `context.configure(...)` that gets a connection.",
        suggestion=_suggestion(run),
        subject="transaction_per_migration",
    )


def _reason(run: Run, scene: Scene) -> str | None:
    for step in run.steps():
        if not step.operation.statement.transactional:
            return f"the `autocommit_block()` of `{step.script.path}` commits whatever ran before it"
    return None if scene.apart or len(run.scripts) < 2 else _reliance(run)


def _reliance(run: Run) -> str | None:
    """A later revision that counts on an earlier one of this pull request being committed."""
    earlier: list[Step] = []
    for script in run.scripts:
        steps = list(run.steps_of(script))
        for step in steps:
            if earlier and (first := _first_needed(step, earlier)) is not None:
                return f"`{script.path}` {_why(step, first)} `{first.script.path}`"
        earlier += steps
    return None


def _first_needed(step: Step, earlier: list[Step]) -> Step | None:
    operation = step.operation
    table = operation.table if isinstance(operation, ValidateConstraint | Insert | Update | Delete) else None
    if isinstance(operation, Insert | Update | Delete) and step.schema.rows_of(operation).few:
        table = None
    for one in earlier:
        if table is not None and _locks(one, table.key):
            return one
        if isinstance(one.operation, AddEnumValue) and f"'{one.operation.label}'" in operation.sql:
            return one
    return None


def _why(step: Step, first: Step) -> str:
    if isinstance(first.operation, AddEnumValue):
        return f"uses the label `{first.operation.label}` before it is committed, which is added by"
    if isinstance(step.operation, ValidateConstraint):
        return "validates under the lock of"
    return "changes rows while everybody waits for what is locked by"


def _locks(step: Step, key: tuple[str, str]) -> bool:
    """Whether readers or writers of the table wait until its transaction ends."""
    return any(
        fact.mode.rank >= LockMode.SHARE.rank
        and any(table.key == key and not step.schema.is_new(table) for table in fact.tables)
        for fact in step.locks
    )


def _suggestion(run: Run) -> Suggestion | None:
    (configure, *others) = run.runner.configures
    if others:
        return None
    return with_option(
        run.runner, configure.node, "transaction_per_migration", "True", "A transaction for each revision"
    )
