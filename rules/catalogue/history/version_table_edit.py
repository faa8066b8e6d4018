"""A revision writes to Alembic's own table of versions.

Which revisions count as applied is Alembic's to record, in the same transaction, after the revision has run. A row
written, changed or deleted by hand makes the record and the schema part: a revision is skipped that never ran, or runs
twice. `command.stamp()` inside a revision does the same. Stamp by hand, once, with a note of why.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from rules.calls import place_of
from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Delete, DropTable, Insert, Truncate, Update
from rules.model.script import MigrationScript
from rules.rewriting import Source
from rules.rule import Bad, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    downgrade=InDowngrade.SAME,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("DELETE FROM alembic_version WHERE version_num = '0000'")


def downgrade() -> None:
    pass  # The row was a mistake and is not needed.
""",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("INSERT INTO users (name) VALUES ('alembic_version')")


def downgrade() -> None:
    op.execute("DELETE FROM users WHERE name = 'alembic_version' AND id = 1")
""",
            because="only a value has the table's name",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/api/commands.html#alembic.command.stamp",),
)
_TABLE = "alembic_version"
_STAMPS = frozenset({"command.stamp", "alembic.command.stamp", "context.stamp", "op.get_context().stamp"})


@rule.on(Insert, Update, Delete, Truncate, DropTable)
def check(op: Insert | Update | Delete | Truncate | DropTable, context: Context) -> Iterator[Finding]:
    if op.table.name in (context.environment.version_table, _TABLE):
        yield rule.finding(
            op.place,
            f"This changes `{op.table}`, in which Alembic records what has run: record and schema part.",
            advice="Leave that table to Alembic; stamp by hand, once, if the record is wrong.",
        )


@rule.on(MigrationScript)
def check_stamp(script: MigrationScript, context: Context) -> Iterator[Finding]:
    source = Source.of(script.path, script.text) if "stamp(" in script.text else None
    if source is None:
        return
    for node in source.nodes:
        if isinstance(node, ast.Call) and ast.unparse(node.func) in _STAMPS:
            yield rule.finding(
                place_of(source, node),
                f"`{ast.unparse(node.func)}` inside a revision changes which revisions count as applied.",
                advice="Take it out; stamp by hand, once, if the record is wrong.",
                subject=ast.unparse(node),
            )
