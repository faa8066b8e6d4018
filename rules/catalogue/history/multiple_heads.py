"""The pull request leaves the revision graph with more heads than the base branch has.

A head is a revision that no other one follows. With two of them `alembic upgrade head` refuses to run: "Multiple head
revisions are present". It happens when two people branch off from the same revision and both merge.

The graph is judged as it will be after the merge. As long as the new revision is not merged, let it follow the other
head: change `down_revision`, and the `Revises:` line of the docstring. dbbot suggests that where the two lines end in
the same schema in either order and neither touches what the other one uses. Where the order matters, people have to
look; a merge revision, which dbbot writes too (`/dbbot merge`, `dbbot graph --merge`), keeps both lines.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.history.extra_heads import ExtraHead
from rules.model.finding import Finding, Plan, Severity
from rules.rewriting import reparented
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.BOTH,
    examples=(
        Bad(
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
            becomes='''"""Add a note to orders.

Revision ID: 0003
Revises: 0002
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
            before="""def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
""",
            fails="Multiple head revisions",
        ),
        Bad(
            """import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.alter_column("orders", "status", server_default="placed")


def downgrade() -> None:
    op.alter_column("orders", "status", server_default="open")
""",
            before="""def upgrade() -> None:
    op.alter_column("orders", "status", server_default="new")


def downgrade() -> None:
    op.alter_column("orders", "status", server_default="open")
""",
            fails="Multiple head revisions",
        ),
        Good(
            '''"""Join the two lines.

Revision ID: 0003
Revises: 0001a, 0002
"""

revision = "0003"
down_revision = ("0001a", "0002")


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
''',
            before="""def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
""",
            beside="""def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))
""",
            because="the merge revision follows both heads that the base has",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/branches.html",),
    known_as={"pytest-alembic": ("test_single_head_revision",)},
)


@rule.on(ExtraHead)
def check(extra: ExtraHead, scene: Scene) -> Iterator[Finding]:
    root, beside = extra.root, extra.beside
    others = f"`{beside.revision}` (`{beside.path}`)" if beside else "the heads of the other branches"
    yield rule.finding(
        root.place_of("down_revision"),
        f"After the merge `{extra.head.revision}` and {others} are both heads: `alembic upgrade head` refuses to run.",
        advice=_advice(extra),
        suggestion=None if beside is None or extra.tied else reparented(root, beside.revision),
        plan=Plan(extra.joined.title.rstrip("."), (extra.joined,)) if extra.joined else None,
        subject=extra.head.revision,
    )


def _advice(extra: ExtraHead) -> str:
    root, beside = extra.root.revision, extra.beside
    if beside is None:
        return "Let it follow one of the heads."
    if not extra.tied:
        return f"Let `{root}` follow `{beside.revision}`."
    return (
        f"It cannot simply be moved, because {extra.tied}. Let `{root}` follow `{beside.revision}` once it fits there, "
        "or join the two lines with a merge revision."
    )
