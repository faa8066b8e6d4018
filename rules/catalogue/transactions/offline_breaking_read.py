"""A migration that reads from the database cannot be written out as SQL by `alembic upgrade --sql`.

Offline there is no database: `op.get_bind()` gives a connection that only prints. Its results are None, it cannot be
inspected, and it has no `exec_driver_sql`; rendering stops there with an error. Teams whose administrators apply the
printed SQL meet that on the day of the release.

Ask first: `if not context.is_offline_mode():` around what reads, with a plain statement or a comment in the other
branch. Where nobody renders offline this rule is of no use, so it is off unless the settings name it.
"""

from collections.abc import Iterator

from rules.calls import place_of
from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.script import MigrationScript
from rules.reads import reads_online
from rules.rewriting import Source
from rules.rule import Bad, Good, Rule

ON = "rules:\n  offline-breaking-read: warning\n"

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.OFF,
    fold=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    nameless = op.get_bind().execute(sa.text("SELECT count(*) FROM users WHERE name IS NULL")).scalar()
    print(f"{nameless} users have no name")


def downgrade() -> None:
    pass
""",
            settings=ON,
        ),
        Good(
            """from alembic import context


def upgrade() -> None:
    if not context.is_offline_mode():
        nameless = op.get_bind().execute(sa.text("SELECT count(*) FROM users WHERE name IS NULL")).scalar()
        print(f"{nameless} users have no name")


def downgrade() -> None:
    pass
""",
            settings=ON,
            because="offline the rows are not asked for",
        ),
        Good(
            """def upgrade() -> None:
    op.get_bind().execute(sa.text("COMMENT ON TABLE users IS 'People who buy'"))


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
            settings=ON,
            because="nobody looks at the result, and offline the statement is printed",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/offline.html",),
)


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    source = Source.of(script.path, script.text)
    if source is None:
        return
    for call, written in reads_online(source):
        yield rule.finding(
            place_of(source, call),
            f"`{written[:60]}` is asked for what only a database can answer: `alembic upgrade --sql` stops here.",
            advice="Put it under `if not context.is_offline_mode():`.",
            subject=written,
        )
