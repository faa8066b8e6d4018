"""A migration that waits for a lock without limit makes everybody else wait behind it.

Almost every `ALTER TABLE` is brief, but first it has to get its lock. As long as one transaction uses the table, it
waits, and while it waits every later query on that table queues behind it, reads too: one forgotten transaction in a
console stops the application. With a `lock_timeout` of a few seconds the migration gives up instead, and is started
again at a better moment.

It belongs to the connection, so that no revision can forget it:
`connect_args={"options": "-c lock_timeout=4000"}` for psycopg2 and psycopg,
`connect_args={"server_settings": {"lock_timeout": "4000"}}` for asyncpg. Or it belongs to the role that migrates
(`ALTER ROLE migrator SET lock_timeout = '4s'`); then say so in the settings file: `lock_timeout: 4s`. A plain
`SET lock_timeout` before `context.configure(...)` needs a `commit()` behind it.

This is said once per pull request, if it takes a lock for which writers or readers wait on a table that exists
already, and only where env.py makes its connection in sight.
"""

from collections.abc import Iterator

from rules.context import Scene, Step
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.names import Name
from rules.model.operations import LockTable, Operation, Setting
from rules.postgres.lock_modes import LockMode
from rules.rule import Bad, Fixes, Good, Rule
from rules.runner import Run
from rules.runner.durations import is_off
from rules.runner.edits import with_option

_ENV = '''"""Runs the migrations."""

from alembic import context
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://localhost/shop")

with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
'''

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            env=_ENV,
            env_becomes=_ENV.replace(
                '"postgresql+psycopg://localhost/shop"',
                '"postgresql+psycopg://localhost/shop", connect_args={"options": "-c lock_timeout=4000"}',
            ),
        ),
        Good(
            """def upgrade() -> None:
    op.create_table("carts", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True))


def downgrade() -> None:
    op.drop_table("carts")
""",
            env=_ENV,
            because="the table is new, so nobody holds a lock on it",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            env=_ENV,
            because="the revision sets its own timeout before it asks for the lock",
        ),
        Good(
            """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            env=_ENV,
            settings="lock_timeout: 4s\n",
            because="the settings say that the role has one",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT",
        "https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES",
    ),
    known_as={
        "squawk": ("require-lock-timeout", "require-timeout-settings"),
        "eugene": ("E9",),
        "migrationpilot": ("MP004",),
        "pgfence": ("missing-lock-timeout", "lock-timeout-after-dangerous-statement"),
    },
)

PSYCOPG = '{"options": "-c lock_timeout=4000"}'
ASYNCPG = '{"server_settings": {"lock_timeout": "4000"}}'


@rule.on(Run)
def check(run: Run, scene: Scene) -> Iterator[Finding]:
    runner = run.runner
    set_for_all = runner.setting("lock_timeout")
    if scene.settings.lock_timeout is not None or not runner.sessions_known:
        return
    if set_for_all is not None and not is_off(set_for_all.value):
        return
    waiting = list(_waiting(run))
    if not waiting:
        return
    step, mode, table = waiting[0]
    who = "query" if mode is LockMode.ACCESS_EXCLUSIVE else "write"
    others = len({id(each.operation.statement) for each, _, _ in waiting}) - 1
    more = f" So do {others} more statements." if others > 1 else " So does one more statement." if others else ""
    yield rule.finding(
        run.place,
        f"Line {step.operation.place.line} of `{step.script.path}` waits without limit for `{mode}` on `{table}`, "
        f"and every later {who} on the table waits behind it: no `lock_timeout` is set.{more}",
        advice=_advice(runner.driver),
        suggestion=_suggestion(run),
        subject="lock_timeout",
    )


def _waiting(run: Run) -> Iterator[tuple[Step, LockMode, Name]]:
    """The statements that ask for a lock on an existing table while no revision has set a timeout."""
    for_session = False
    for script in run.scripts:
        for_transaction, block = False, None
        for step in run.steps_of(script):
            operation = step.operation
            if operation.statement.block != block:
                for_transaction, block = False, operation.statement.block
            given = _timeout_set_by(operation)
            if given is not None:
                is_set, is_local = given
                if is_local:
                    for_transaction = is_set
                else:
                    for_session = is_set
            elif not (for_session or for_transaction) and (fact := _lock_in_use(step)) is not None:
                yield step, *fact


def _timeout_set_by(operation: Operation) -> tuple[bool, bool] | None:
    """Whether it sets one, and whether for the transaction alone; None if it is about something else."""
    if isinstance(operation, Setting) and operation.name.lower() == "lock_timeout":
        return operation.value is not None and not is_off(operation.value), operation.local
    return None


def _lock_in_use(step: Step) -> tuple[LockMode, Name] | None:
    if isinstance(step.operation, LockTable):
        return None  # explicit-table-lock speaks
    for fact in sorted(step.locks, key=lambda fact: -fact.mode.rank):
        used = [table for table in fact.tables if not step.schema.is_new(table)]
        if used and fact.mode.rank >= LockMode.SHARE.rank:
            return fact.mode, used[0]
    return None


def _advice(driver: str | None) -> str:
    option = ASYNCPG if driver == "asyncpg" else PSYCOPG
    where = "" if driver else " (psycopg)"
    return (
        f"Give the engine `connect_args={option}`{where}, or the role that migrates a `lock_timeout`, "
        "and name that one in the settings."
    )


def _suggestion(run: Run) -> Suggestion | None:
    """Where the driver is known: the other one refuses the option."""
    runner = run.runner
    if len(runner.engines) != 1 or runner.driver not in ("psycopg", "psycopg2", "asyncpg"):
        return None
    (engine,) = runner.engines
    if any(keyword.arg == "connect_args" for keyword in engine.keywords):
        return None
    option = ASYNCPG if runner.driver == "asyncpg" else PSYCOPG
    return with_option(runner, engine, "connect_args", option, "Give up after four seconds")
