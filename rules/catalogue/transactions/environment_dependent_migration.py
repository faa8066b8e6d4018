"""A migration that asks where it runs leaves databases at the same revision with different schemas.

Under `if os.getenv("ENVIRONMENT") == "production":` an index or a table exists in one place and not in the other, and
`alembic_version` says the same for both. Later migrations, tests and comparisons with the models then meet a schema
that nobody has tried.

Run the same operations everywhere. What is only needed in production works in development as well: a concurrent index
build in `autocommit_block()` does. The name of the dialect and `context.is_offline_mode()` are fine to ask, and so are
a batch size or a pause read from the environment.
"""

import ast
from collections.abc import Iterator

from rules.calls import dotted, imported_names
from rules.conditions import condition_at, names_assigned_from
from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Operation
from rules.model.place import Place
from rules.repeating import leaves_something
from rules.rewriting import Source
from rules.rule import Bad, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    examples=(
        Bad(
            """import os


def upgrade() -> None:
    if os.getenv("ENVIRONMENT") == "production":
        op.execute("COMMENT ON TABLE users IS 'People who buy'")


def downgrade() -> None:
    pass
""",
        ),
        Good(
            """def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("COMMENT ON TABLE users IS 'People who buy'")


def downgrade() -> None:
    pass
""",
            because="the name of the dialect is the same in every place",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/cookbook.html",),
)

ASKED = ("os.environ", "os.getenv", "alembic.context.get_x_argument", "socket.gethostname", "platform.node")
SETTINGS = ("settings", "config", "conf")


@rule.on(Operation)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    source = Source.of(context.script.path, context.script.text)
    if source is None or not op.statement.conditional or not leaves_something(op):
        return
    condition = _condition(source, op.place)
    if condition is None:
        return
    earlier = context.steps[: context.position]
    if any(
        leaves_something(step.operation) and _condition(source, step.operation.place) is condition for step in earlier
    ):
        return
    asked = ast.unparse(condition.test)
    yield rule.finding(
        op.place,
        f"This runs only where `{asked[:80]}`: databases at the same revision will differ.",
        advice="Run the same operations everywhere.",
        subject=asked,
    )


def _condition(source: Source, place: Place) -> ast.If | None:
    names = imported_names(source)
    tainted = names_assigned_from(source, lambda value, found: _asks(value, names, found))
    return condition_at(source, place, lambda test: _asks(test, names, tainted))


def _asks(test: ast.expr, names: dict[str, str], tainted: frozenset[str] | set[str]) -> bool:
    for node in ast.walk(test):
        match node:
            case ast.Name(id=name) if name in tainted or _is_settings(name, names):
                return True
            case ast.Name() | ast.Attribute() if dotted(node, names).startswith(ASKED):
                return True
    return False


def _is_settings(name: str, names: dict[str, str]) -> bool:
    """Imported from a module of settings, or the object of that name."""
    return name in names and any(part in SETTINGS for part in names[name].lower().split(".")[1:])
