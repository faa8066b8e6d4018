"""A short `lock_timeout` is in force while an index is built, dropped or rebuilt concurrently.

A concurrent build waits for every transaction that is older than it, and it waits under the session's `lock_timeout`.
A timeout of a few seconds, right for every other statement, ends the build as soon as one transaction takes longer, and
leaves an invalid index behind that nobody uses and every write maintains.

Switch it off for this one statement, inside the block: nobody waits for a concurrent build.

    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.create_index("ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True)
        op.execute("RESET lock_timeout")

`SET LOCAL` has no effect there, and without `RESET` the later revisions of the run have no timeout. `RESET` brings back
what the connection began with: a timeout that env.py has SET since is written out again in its place.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import CreateIndex, DropIndex, Operation, Reindex, Select, Setting
from rules.rewriting import in_autocommit_block
from rules.rule import Bad, Fixes, Good, Rule
from rules.runner.durations import is_short
from rules.runner.timeouts import lock_timeout_in_force, without_lock_timeout

_ENV = '''"""Runs the migrations."""

from alembic import context
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://localhost/shop", connect_args={"options": "-c lock_timeout=4000"})

with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
'''
_DOWN = """

def downgrade() -> None:
    op.drop_index("ix_orders_user_id", table_name="orders")
"""
_BUILD = """        op.create_index("ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True)
"""
_ALONE = f"""def upgrade() -> None:
    with op.get_context().autocommit_block():
{_BUILD}{_DOWN}"""
_FREED = f"""def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
{_BUILD}        op.execute("RESET lock_timeout")
{_DOWN}"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.SUGGESTION,
    fold=True,
    examples=(
        Bad(_ALONE, env=_ENV, becomes=_FREED),
        Good(_FREED, env=_ENV, because="the timeout is off while the index is built, and back afterwards"),
        Good(
            _ALONE,
            env=_ENV.replace("4000", "5min"),
            because="five minutes are long enough for older transactions to end",
        ),
    ),
    references=(
        "https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY",
        "https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT",
    ),
    known_as={"pgfence": ("lock-timeout-too-long",)},
)


@rule.on(CreateIndex, DropIndex, Reindex)
def check(op: CreateIndex | DropIndex | Reindex, context: Context) -> Iterator[Finding]:
    if not op.concurrently or op.statement.transactional:
        return
    written = lock_timeout_in_force(context)
    if not is_short(written):
        return
    table = getattr(op, "table", None)
    if table is not None and context.is_new(table):
        return
    what = "dropped" if isinstance(op, DropIndex) else "built"
    yield rule.finding(
        op.place,
        f"`lock_timeout` is `{written}` while the index is {what} concurrently: it waits for every older transaction, "
        "and if one takes longer, an invalid index is left behind.",
        advice="Switch it off first in the block, and set it again last.",
        suggestion=in_autocommit_block(
            context.script.text,
            op.statement,
            f"Without a timeout while it is {what}",
            around=without_lock_timeout(context),
            whole_block=_is_all_concurrent(op, context),
        ),
    )


def _is_all_concurrent(op: Operation, context: Context) -> bool:
    """Whether nothing in the block takes a lock that others would queue behind."""
    block = (step.operation for step in context.steps if step.operation.statement.block == op.statement.block)
    return all(getattr(one, "concurrently", False) or isinstance(one, Setting | Select) for one in block)
