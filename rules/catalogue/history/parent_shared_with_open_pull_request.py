"""Another open pull request follows the same revision.

Nothing is wrong yet. Whichever of the two is merged second leaves two heads, and its check turns red as soon as the
first is merged. Agree on the order; the second then follows the first.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.history.neighbours import SharedParent
from rules.model.finding import Finding, Severity
from rules.model.script import MigrationScript
from rules.rule import Bad, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    examples=(
        Bad(
            """import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0001"


def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
""",
            elsewhere="""def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
""",
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
            because="the other pull request follows another revision",
            before="""def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))
""",
            elsewhere="""def upgrade() -> None:
    op.add_column("users", sa.Column("fax", sa.Text()))
""",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/branches.html",),
)


@rule.on(SharedParent)
def check(shared: SharedParent, scene: Scene) -> Iterator[Finding]:
    script = shared.script
    named = ", ".join(f"`#{pull}` (`{other.path}`)" for pull, other in shared.others[:5])
    more = f" and {len(shared.others) - 5} more" if len(shared.others) > 5 else ""
    is_one = len({pull for pull, _ in shared.others}) == 1
    yield rule.finding(
        script.place_of("down_revision"),
        f"Pull request{'' if is_one else 's'} {named}{more} also {_verb(script, is_one=is_one)}, as `{script.path}` "
        f"does: {_outcome(shared)}.",
        advice="Agree on who is merged first.",
        subject=" ".join(script.parents),
    )


def _verb(script: MigrationScript, *, is_one: bool) -> str:
    parents = " and ".join(f"`{parent}`" for parent in script.parents)
    if not script.parents:
        return "begins the history" if is_one else "begin the history"
    if len(script.parents) > 1:
        return f"{'joins' if is_one else 'join'} {parents}"
    return f"{'follows' if is_one else 'follow'} {parents}"


def _outcome(shared: SharedParent) -> str:
    same_id = any(other.revision == shared.script.revision for _, other in shared.others)
    again = f", and needs another id than `{shared.script.revision}`" if same_id else ""
    if len(shared.script.parents) > 1:
        return f"whoever merges second leaves two heads again{again}"
    return f"whoever merges second has to re-parent{again}"
