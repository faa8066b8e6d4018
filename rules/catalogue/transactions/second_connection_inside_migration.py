"""A second connection sees nothing of the migration, and may wait for it for ever.

`create_engine(...)`, `op.get_bind().engine.connect()` or a `sessionmaker` over an engine open another connection beside
the one that Alembic uses. It does not see what the migration has done and not committed. If it touches a table that the
migration has locked, it waits for a lock that is given back only when the migration ends, which waits for it: nobody
detects that as a deadlock. What it commits stays when the revision fails.

Use `op.get_bind()`, or `Session(bind=op.get_bind())`. For work that has to commit on its own, a revision with
`autocommit_block()`.
"""

import ast
from collections.abc import Iterator

from rules.calls import calls_of, dotted, imported_names, place_of
from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.script import MigrationScript
from rules.rewriting import Source
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.PLAN,
    examples=(
        Bad(
            """def upgrade() -> None:
    with op.get_bind().engine.connect() as connection:
        connection.execute(sa.text("SELECT count(*) FROM users"))


def downgrade() -> None:
    pass
""",
        ),
        Good(
            """from sqlalchemy.orm import Session


def upgrade() -> None:
    session = Session(bind=op.get_bind())
    session.execute(sa.text("SELECT count(*) FROM users"))


def downgrade() -> None:
    pass
""",
            because="the session works on the migration's own connection",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/ops.html#alembic.operations.Operations.get_bind",),
)

ENGINES = (
    "sqlalchemy.create_engine",
    "sqlalchemy.engine.create_engine",
    "sqlalchemy.engine_from_config",
    "sqlalchemy.engine.engine_from_config",
    "sqlalchemy.ext.asyncio.create_async_engine",
    "sqlalchemy.ext.asyncio.async_engine_from_config",
)
OPENED = (".engine.connect", ".engine.begin", ".engine.raw_connection")
SESSIONS = ("sqlalchemy.orm.Session", "sqlalchemy.orm.sessionmaker", "sqlalchemy.orm.session.Session")


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    source = Source.of(script.path, script.text) if "engine" in script.text else None  # each of the names has it
    if source is None:
        return
    for call, name in calls_of(source):
        if name in ENGINES or name.endswith(OPENED) or _is_on_an_engine(call, name, source):
            yield rule.finding(
                place_of(source, call),
                f"`{name.rpartition('.')[2]}` opens another connection: it sees nothing of this migration, and may "
                "wait for its locks for ever.",
                advice="Use `op.get_bind()`; work that has to commit on its own goes into `autocommit_block()`.",
                subject=name,
            )


def _is_on_an_engine(call: ast.Call, name: str, source: Source) -> bool:
    """`Session(op.get_bind().engine)`: the engine of a connection gives another one."""
    given = [*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "bind")]
    return name in SESSIONS and any(dotted(each, imported_names(source)).endswith(".engine") for each in given)
