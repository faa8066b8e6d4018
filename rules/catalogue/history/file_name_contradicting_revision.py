"""The file is named for another revision than the one it declares.

Alembic writes the id into the file's name and never reads it there again. After a file was copied, or an id changed by
hand, the name leads to the wrong file whoever looks for a revision. Rename the file, or give the revision the id of its
name.
"""

import re
from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.script import MigrationScript
from rules.rule import Bad, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    examples=(
        Bad(
            """# The file is 0003_example.py.
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
        ),
        Good(
            """# The file is 0003_example.py.
import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            because="the name begins with the id",
        ),
        Good(
            """# The file is 0003_example.py.
import sqlalchemy as sa
from alembic import op

revision = "add_note"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            because="ids of this kind are no part of the names",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/tutorial.html#editing-the-ini-file",),
)

_PART = re.compile(r"[A-Za-z0-9]+")
_RANDOM = re.compile(r"(?=.*\d)(?=.*[a-f])[0-9a-f]{12}\Z")
"""As Alembic makes them; words and dates are none."""


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    doubles = {double.revision for double in context.history.doubles}
    named = _named(script, context)
    if named is None or script.revision in doubles:
        return
    yield rule.finding(
        script.place_of("revision"),
        f"The file is named for `{named}` and declares `{script.revision}`.",
        advice="Rename the file, or give the revision the id of its name.",
        subject=script.revision,
    )


def _named(script: MigrationScript, context: Context) -> str | None:
    """The other id in the file's name, where most files of the location have theirs in it."""
    stem = _stem(script)
    if script.revision.lower() in stem.lower() or not _is_custom(script, context):
        return None
    parts = _PART.findall(stem)
    others = [part for part in parts if part in context.history.scripts and not _is_a_date(part)]
    alike = [part for part in parts[:1] if _shape(part) == _shape(script.revision)]
    return next(iter((*others, *alike)), None)


def _is_custom(script: MigrationScript, context: Context) -> bool:
    others = [other for other in context.history.scripts.values() if other.path != script.path]
    return 2 * sum(other.revision in _stem(other) for other in others) > len(others)


def _shape(word: str) -> object:
    """Numbers of one length are alike, and random ids; other words are like nothing."""
    if word.isdecimal() and not _is_a_date(word):
        return len(word)
    return "random" if _RANDOM.match(word) else object()


def _is_a_date(part: str) -> bool:
    return part.isdecimal() and len(part) >= 8


def _stem(script: MigrationScript) -> str:
    return script.path.rpartition("/")[2].removesuffix(".py")
