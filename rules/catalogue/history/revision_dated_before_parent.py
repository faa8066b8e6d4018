"""The revision is dated before the one that it follows.

The order is `down_revision`; dates decide nothing. But people sort the folder by name and look for the newest revision
at its end: after a rebase onto a younger parent the old date misleads them. Date the revision like its parent or later.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from rules.context import Context
from rules.joining.merge import created
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.script import MigrationScript
from rules.rewriting import line_edit
from rules.rule import Bad, Fixes, Good, Rule

ON = "rules:\n  revision-dated-before-parent: notice\n"
BEFORE = '''"""Add a phone to users.

Revision ID: 0002
Revises: 0001
Create Date: 2026-05-04 10:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))


def downgrade() -> None:
    op.drop_column("users", "phone")
'''

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.OFF,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            '''"""Add a note to orders.

Revision ID: 0003
Revises: 0002
Create Date: 2026-03-01 09:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
''',
            becomes='''"""Add a note to orders.

Revision ID: 0003
Revises: 0002
Create Date: 2026-05-04 10:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
''',
            before=BEFORE,
            settings=ON,
        ),
        Good(
            '''"""Add a note to orders.

Revision ID: 0003
Revises: 0002
Create Date: 2026-06-01 09:30:00
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
''',
            because="the revision is younger than its parent",
            before=BEFORE,
            settings=ON,
        ),
        Good(
            """import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            because="it has no date",
            before=BEFORE,
            settings=ON,
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/tutorial.html#create-a-migration-script",),
    known_as={"atlas": ("non_linear",)},
)

_CREATED = re.compile(r"^Create Date:[ \t]*(?P<date>\S[^\r\n]*?)[ \t]*$", re.MULTILINE)
_STAMP = re.compile(
    r"(?P<year>\d{4})[-_]?(?P<month>\d\d)[-_]?(?P<day>\d\d)(?:[-_T]?(?P<hour>\d\d)(?P<minute>\d\d))?(?!\d)"
)


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    parents = [context.history.scripts[parent] for parent in context.history.parents[script.revision]]
    for date_of in (created, _stamped):
        own = date_of(script)
        if own is None:
            continue
        younger = [(at, parent) for parent in parents if (at := date_of(parent)) is not None and at > own]
        if not younger:
            continue
        at, parent = max(younger, key=lambda each: (each[0], each[1].revision))
        form = "%Y-%m-%d" if own.date() != at.date() else "%Y-%m-%d %H:%M:%S"
        yield rule.finding(
            script.place_of("revision"),
            f"`{script.revision}` is dated {own:{form}} and follows `{parent.revision}`, dated {at:{form}}.",
            advice="Date it like its parent, or later.",
            suggestion=_dated_like(script, parent),
            subject=parent.revision,
        )
        return


def _stamped(script: MigrationScript) -> datetime | None:
    """The time stamp with which the file's name begins."""
    found = _STAMP.match(script.path.rpartition("/")[2])
    try:
        return datetime(*(int(part or 0) for part in found.groups())) if found else None  # type: ignore[arg-type]
    except ValueError:
        return None


def _dated_like(script: MigrationScript, parent: MigrationScript) -> Suggestion | None:
    here, there = _CREATED.search(script.text), _CREATED.search(parent.docstring)
    if here is None or there is None or not there["date"].isascii():
        return None
    return Suggestion(
        "Date it like its parent", (line_edit(script.path, script.text, here.span("date"), there["date"]),)
    )
