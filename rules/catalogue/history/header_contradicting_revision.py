"""The docstring names another id or parent than the code.

Alembic writes `Revision ID:` and `Revises:` into the docstring once and never reads them again. After a revision was
given another parent by hand they mislead whoever reads the file. Change the line with the code, or drop it.
"""

import re
from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.script import MigrationScript
from rules.rewriting import line_edit
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.SUGGESTION,
    examples=(
        Bad(
            '''"""Add a note to orders.

Revision ID: 0003
Revises: 0000
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
            becomes='''"""Add a note to orders.

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
        ),
        Good(
            '''"""Add a note to orders.

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
            because="the lines say what the code says",
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
            because="there are no such lines",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/tutorial.html#create-a-migration-script",),
)


_LINE = re.compile(r"^(?P<word>Revision ID|Revises):[ \t]*(?P<ids>[^\r\n]*?)[ \t]*$", re.MULTILINE)
_IDS = re.compile(r"[\w.]+(?:[ \t]*,[ \t]*[\w.]+)*+\Z")
_NOTHING = frozenset({"", "None", "base"})


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    for found in _LINE.finditer(script.text):
        if found[0].strip() not in script.docstring:
            continue
        is_id = found["word"] == "Revision ID"
        meant = (script.revision,) if is_id else script.parents
        written = _written(found["ids"])
        if written is None or (not written and is_id) or _agree(written, meant):
            continue
        code = ", ".join(meant)
        edit = line_edit(script.path, script.text, found.span("ids"), code)
        yield rule.finding(
            script.place_of("revision" if is_id else "down_revision"),
            f"{_said(found)}, the code says `{code or 'None'}`.",
            advice="Let the docstring say what the code says.",
            suggestion=Suggestion("Correct the docstring", (edit,)),
            subject=found["word"],
        )


def _said(found: re.Match[str]) -> str:
    return f"The docstring says `{found[0].strip()}`" if found["ids"].strip() else f"`{found['word']}:` is empty"


def _written(ids: str) -> tuple[str, ...] | None:
    """The ids of a line; None where it holds anything else."""
    if ids in _NOTHING:
        return ()
    return tuple(each.strip() for each in ids.split(",")) if _IDS.match(ids) else None


def _agree(written: tuple[str, ...], meant: tuple[str, ...]) -> bool:
    """Abbreviated ids are ids."""
    return len(written) == len(meant) and all(any(one.startswith(other) for other in written) for one in meant)
