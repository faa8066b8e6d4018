"""A migration that uses the application's models works with the tables of today, not with those of its revision.

`from app.models import User` gives the class as the code has it now. When `User` gains a column in a later revision,
`session.query(User)` in this one asks for a column that does not exist yet, and a new database can no longer be built
from its history. The same holds for `Model.__table__`, `Base.metadata.create_all(...)`, labels taken from an enum
class, and SQL that a function of the application returns.

Write down what the migration needs: `sa.table("users", sa.column("name", sa.Text()))`, the labels of the enum, the text
of the SQL. Column types, constants and helpers that live beside the migrations may be imported.
"""

from collections.abc import Iterator

from rules.calls import place_of
from rules.context import Context
from rules.imports import may_name_the_application, models_used
from rules.model.finding import Finding, Severity
from rules.model.operations import Operation
from rules.model.script import MigrationScript
from rules.rewriting import Source
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.PLAN,
    fold=True,
    examples=(
        Bad(
            """from shop.models import User


def upgrade() -> None:
    op.bulk_insert(User.__table__, [{"name": "the first customer"}])


def downgrade() -> None:
    pass
""",
            fails="No module named 'shop'",
        ),
        Good(
            """users = sa.table("users", sa.column("name", sa.Text()))


def upgrade() -> None:
    op.bulk_insert(users, [{"name": "the first customer"}])


def downgrade() -> None:
    pass
""",
            because="the table is written down as it stands at this revision",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/ops.html#alembic.operations.Operations.bulk_insert",),
    known_as={"django-migration-linter": ("RUNPYTHON_MODEL_IMPORT", "RUNPYTHON_MODEL_VARIABLE_NAME")},
)


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    source = _source_of(script)
    if source is None:
        return
    for node, name in models_used(source, context.scene.where):
        short = name.rpartition(".")[2]
        yield rule.finding(
            place_of(source, node),
            f"`{short}` is what the application has today, not what stands at this revision: building a database from "
            f"the history fails as soon as the two differ.",
            advice="Write the table out with `sa.table(...)` and `sa.column(...)`, labels and SQL as they are now.",
            subject=name,
        )


def _source_of(script: MigrationScript) -> Source | None:
    """None also where the file imports nothing of the application."""
    return Source.of(script.path, script.text) if may_name_the_application(script.text) else None


def uses_a_model(op: Operation, context: Context) -> bool:
    """Whether the call behind an operation holds such a model: this rule speaks of it then."""
    source = _source_of(context.script)
    place = op.place
    start, end = (place.line, place.column), (place.end_line, place.end_column)
    return source is not None and any(
        start <= source.start_of(node) and source.end_of(node) <= end
        for node, _ in models_used(source, context.scene.where)
    )
