"""The docstring does not say what the revision is for.

Whoever reads the history in a year, or has to decide at night whether it may be undone, has only this sentence. Say
what changes and why, above the lines that Alembic writes.
"""

import re
from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.script import MigrationScript
from rules.rule import Bad, Good, Rule

ON = "rules:\n  undocumented-migration: notice\n"

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.OFF,
    examples=(
        Bad(
            '''"""empty message

Revision ID: 0003
Revises: 0001
Create Date: 2026-03-01 09:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
''',
            settings=ON,
        ),
        Good(
            '''"""Add a note to orders, which the courier reads at the door.

Revision ID: 0003
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
''',
            because="a sentence says what it is for",
            settings=ON,
        ),
        Good(
            """revision = "0003"
down_revision = ("0001a", "0002")


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
""",
            because="a merge says by itself what it is for",
            before="""def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
""",
            beside="""def upgrade() -> None:
    op.add_column("orders", sa.Column("label", sa.Text()))
""",
            settings=ON,
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/tutorial.html#create-a-migration-script",),
)

_HEADER = re.compile(
    r"^(?:Revision ID|Revises|Create Date|Branch Labels|Depends On)\b.*$", re.MULTILINE | re.IGNORECASE
)
_NOTHING = frozenset({"", "empty message", "auto", "autogenerate", "migration", "wip"})


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    said = " ".join(_HEADER.sub("", script.docstring).split()).rstrip(".").lower()
    if len(script.parents) > 1 or said not in _NOTHING:
        return
    yield rule.finding(
        script.place_of("revision"),
        f"The docstring of `{script.revision}` does not say what it is for.",
        advice="Say in a sentence what changes, and why.",
        subject=script.revision,
    )
