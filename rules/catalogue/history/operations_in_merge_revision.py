"""A merge revision changes the schema too.

A revision with several parents says that branches come together. Whoever reads the history, resolves the next conflict
or deletes an unneeded merge looks for nothing else there. Put the change into a revision above the merge.
"""

import re
from collections.abc import Iterator

from rules.context import Context
from rules.joining import Naming, merge_revision
from rules.joining.merge import created
from rules.model.finding import Finding, Plan, PlannedRevision, Severity
from rules.model.script import MigrationScript
from rules.rewriting import apply_edits, with_one_parent
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.PLAN,
    examples=(
        Bad(
            """import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = ("0001a", "0002")


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            before="""def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
""",
            beside="""def upgrade() -> None:
    op.add_column("orders", sa.Column("label", sa.Text()))
""",
        ),
        Good(
            """revision = "0003"
down_revision = ("0001a", "0002")


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
""",
            because="the merge does nothing else",
            before="""def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
""",
            beside="""def upgrade() -> None:
    op.add_column("orders", sa.Column("label", sa.Text()))
""",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/branches.html",),
)


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    if len(script.parents) < 2 or not script.upgrade:
        return
    first = script.upgrade[0]
    yield rule.finding(
        first.place,
        f"`{script.revision}` merges {len(script.parents)} branches and changes the schema too, where nobody looks "
        "for a change.",
        advice="Put the change into a revision of its own, above the merge.",
        plan=_taken_apart(script, context),
        subject=script.revision,
    )


def _taken_apart(script: MigrationScript, context: Context) -> Plan | None:
    """A merge that does nothing else, and the revision above it, under the id that it has."""
    history = context.history
    parents = [history.scripts[parent] for parent in script.parents if parent in history.scripts]
    if len(parents) < len(script.parents):
        return None
    folder = script.path.rpartition("/")[0]
    joined = merge_revision(parents, Naming(), history.scripts.keys(), created(script), folder)
    revision = next(iter(re.findall(r'^revision = "(\w+)"', joined.text, re.MULTILINE)))
    moved = with_one_parent(script, revision)
    text = None if moved is None else apply_edits(script.text, moved.edits)
    if text is None:
        return None
    above = PlannedRevision(f"Let {script.revision} follow it.", script.path, text)
    return Plan("The merge by itself, and the change above it", (joined, above), script.path)
