"""A setting without LOCAL stays for all later revisions of the run.

`SET statement_timeout = 0` in one revision switches the timeout off for every revision that runs after it on the same
connection; a changed `search_path` lets their unqualified names mean other tables; `session_replication_role = replica`
leaves their triggers and foreign keys unchecked.

`SET LOCAL` ends with the transaction of the revision. Where an `autocommit_block()` follows, LOCAL would be lost: use
`SET`, and `RESET` in the same function.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.operations import Setting
from rules.rewriting import in_sql
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("SET statement_timeout = 0")
    op.execute("COMMENT ON TABLE users IS 'People who buy'")


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
            becomes="""def upgrade() -> None:
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute("COMMENT ON TABLE users IS 'People who buy'")


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("SET statement_timeout = 0")
    op.execute("COMMENT ON TABLE users IS 'People who buy'")
    op.execute("RESET statement_timeout")


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
            because="it is taken back in the same function",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("SET lock_timeout = '2s'")
    op.execute("COMMENT ON TABLE users IS 'People who buy'")


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
            because="a stricter timeout harms no later revision",
        ),
    ),
    references=("https://www.postgresql.org/docs/current/sql-set.html",),
    known_as={"pgfence": ("lock-timeout-zero",)},
)

TIMEOUTS = frozenset({"statement_timeout", "lock_timeout"})
CONTAGIOUS = frozenset({"search_path", "session_replication_role", "row_security"})
OFF = frozenset({"0", "0s", "0ms", "0min"})
BEFORE = {
    "session_replication_role": "origin",
    "row_security": "on",
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "default_transaction_deferrable": "off",
}
"""What the server has by itself: setting that takes another value back."""


@rule.on(Setting)
def check(op: Setting, context: Context) -> Iterator[Finding]:
    if op.local or op.value is None or not _is_contagious(op.name, op.value.strip("'\"").lower()):
        return
    if any(_takes_back(later, op) for later in context.later(Setting)):
        return
    yield rule.finding(
        op.place,
        f"`{op.name}` keeps this value for every later revision of the run.",
        advice="Use `SET LOCAL`; where an `autocommit_block()` follows, `RESET` it in the same function.",
        suggestion=_local(op, context),
    )


def _is_contagious(name: str, value: str) -> bool:
    if name in TIMEOUTS:
        return value.replace(" ", "") in OFF
    return (name in CONTAGIOUS or name.startswith("default_transaction_")) and value != BEFORE.get(name)


def _takes_back(later: Setting, op: Setting) -> bool:
    """RESET, or the next value, which is judged by itself."""
    return not later.local and later.name in (op.name, "all")


def _local(op: Setting, context: Context) -> Suggestion | None:
    if not op.statement.transactional:
        return None
    return in_sql(
        context.script.text, op.statement, r"\bSET\s+(SESSION\s+)?(?!LOCAL\b)", "SET LOCAL ", "End it with LOCAL"
    )
