"""The revision does nothing.

Autogenerate saw no difference, or the body was forgotten. If it was never merged, delete it; if it marks a point on
purpose, say so in a docstring.
"""

import ast
from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.script import MigrationScript
from rules.rewriting import Source
from rules.rule import Bad, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    examples=(
        Bad(
            """revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
""",
        ),
        Good(
            """import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            because="the revision has an operation",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/autogenerate.html",),
)


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    marks_a_place = len(script.parents) != 1 or script.branch_labels or script.depends_on
    if marks_a_place or script.upgrade or script.downgrade or not _is_bare(script):
        return
    yield rule.finding(
        script.place_of("upgrade"),
        f"`{script.revision}` does nothing, in either direction.",
        advice="Delete the file, if it was never merged; otherwise fill it.",
        subject=script.revision,
    )


def _is_bare(script: MigrationScript) -> bool:
    """Whether the functions hold nothing but `pass`, and no sentence says why."""
    source = Source.of(script.path, script.text)
    functions = [] if source is None else [node for node in source.tree.body if isinstance(node, ast.FunctionDef)]
    return bool(functions) and all(len(node.body) == 1 and isinstance(node.body[0], ast.Pass) for node in functions)
