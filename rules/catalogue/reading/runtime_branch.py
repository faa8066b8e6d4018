"""What a migration does depends on what it finds in the database when it runs.

Under `if not inspector.has_table("orders"):` or `if connection.execute(...).scalar():` the same revision leaves
different schemas behind, and `alembic_version` says the same of them. Which way it goes cannot be read; every branch
was judged as if it ran.

Rows may be looked at before rows are written: only what changes the schema is named. Where the question is only whether
something exists, `if_exists=True` and `if_not_exists=True` say the same in the statement itself. Otherwise let the
revisions before decide what is there. Nothing is said where most revisions of the project do it: then it is its way of
working.
"""

import ast
import re
from collections.abc import Iterator

from rules.calls import dotted, imported_names
from rules.conditions import condition_at, names_assigned_from
from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.names import Name
from rules.model.operations import Copy, CreateTable, Delete, Insert, Operation, Update
from rules.model.script import MigrationScript
from rules.repeating import leaves_something
from rules.rewriting import Source
from rules.rule import Bad, Fixes, Good, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    fixes=Fixes.NONE,
    fold=True,
    examples=(
        Bad(
            """def upgrade() -> None:
    if op.get_bind().execute(sa.text("SELECT 1 FROM users WHERE name = 'root'")).scalar():
        op.execute("COMMENT ON TABLE users IS 'People who buy'")


def downgrade() -> None:
    pass
""",
        ),
        Good(
            """def upgrade() -> None:
    if not sa.inspect(op.get_bind()).has_table("users"):
        op.create_table("users", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True))


def downgrade() -> None:
    pass
""",
            because="the revisions before answer the question: the table is there",
        ),
    ),
)

_ASKED = re.compile(
    r"(?:^|[._])(?:has|exists?|missing)(?:_|$)|\.get_(?:table_names|columns|indexes|unique_constraints|foreign_keys|enums|"
    r"pk_constraint|check_constraints|view_names)$|(?:\(\)|[._]|^)(?:execute|scalar|scalars|fetchone|fetchall|first|count)$",
    re.IGNORECASE,
)
"""The dotted names of what asks a database, or tells what an inspector found."""
_MOST = 0.5
"""Of the revisions that are merged: from here on it is the project's way of working."""


@rule.on(Operation)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    if not op.statement.conditional or not leaves_something(op) or _is_guarded(op):
        return
    table = getattr(op, "table", None)
    if isinstance(op, CreateTable | Insert | Update | Delete | Copy) or (
        isinstance(table, Name) and not context.is_in_use(table)
    ):
        return
    condition = asked_at(context.script, op)
    if condition is None or _is_the_way_of_working(context):
        return
    asked = ast.unparse(condition.test)
    yield rule.finding(
        op.place,
        f"Whether this runs is decided by the database: `{asked[:80]}`; it was judged as if it did.",
        advice="Let the revisions before decide what is there, or say `if_exists` and `if_not_exists`.",
        subject=asked,
    )


def asked_at(script: MigrationScript, op: Operation) -> ast.If | None:
    """The `if` that asks the database whether an operation runs."""
    source = Source.of(script.path, script.text)
    if source is None:
        return None
    names = imported_names(source)
    tainted = names_assigned_from(source, lambda value, found: _asks(value, names, found))
    return condition_at(source, op.place, lambda test: _asks(test, names, tainted))


def _asks(test: ast.expr, names: dict[str, str], tainted: frozenset[str] | set[str]) -> bool:
    for node in ast.walk(test):
        if isinstance(node, ast.Call) and _ASKED.search(dotted(node.func, names)):
            return True
        if isinstance(node, ast.Name) and node.id in tainted:
            return True
    return False


def _is_guarded(op: Operation) -> bool:
    return bool(getattr(op, "if_exists", False) or getattr(op, "if_not_exists", False))


def _is_the_way_of_working(context: Context) -> bool:
    merged = [script for one, script in context.history.scripts.items() if one not in context.together]
    asking = sum(any(op.statement.conditional for op in script.upgrade) for script in merged)
    return asking > _MOST * sum(bool(script.upgrade) for script in merged)
