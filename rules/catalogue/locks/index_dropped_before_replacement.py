"""An index is dropped before the one that takes its place is there.

Between the two no index serves the queries, which read the whole table meanwhile; and if it was unique, nothing keeps
duplicates out. In one transaction nobody sees that state: the drop takes an `ACCESS EXCLUSIVE` lock, so reads wait
until the replacement is built. Create the replacement first, under another name, then drop the old one.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.names import Name, quoted
from rules.model.operations import AddUnique, CreateIndex, DropConstraint, DropIndex, Operation
from rules.rewriting import swapped
from rules.rule import Bad, Fixes, Good, Rule
from rules.schema import ConstraintKind, Index
from rules.spelling import in_python

_INDEX = """def upgrade() -> None:
    op.create_index("ix_orders_status", "orders", ["status"])
"""
_DROP = """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_orders_status", table_name="orders", postgresql_concurrently=True)


def downgrade() -> None:
    op.create_index("ix_orders_status", "orders", ["status"])
"""
_CREATE = """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_status_total", "orders", ["status", "total"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_orders_status_total", table_name="orders")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.WARNING,
    fixes=Fixes.SUGGESTION,
    size_bound=True,
    examples=(
        Bad(_DROP, before=_INDEX, also=(_CREATE,)),
        Bad(
            """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index("ix_orders_status", table_name="orders", postgresql_concurrently=True, if_exists=True)
        op.create_index("ix_orders_status_total", "orders", ["status", "total"], postgresql_concurrently=True)


def downgrade() -> None:
    op.create_index("ix_orders_status", "orders", ["status"])
    op.drop_index("ix_orders_status_total", table_name="orders")
""",
            becomes="""def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_status_total", "orders", ["status", "total"], postgresql_concurrently=True)
        op.drop_index("ix_orders_status", table_name="orders", postgresql_concurrently=True, if_exists=True)


def downgrade() -> None:
    op.create_index("ix_orders_status", "orders", ["status"])
    op.drop_index("ix_orders_status_total", table_name="orders")
""",
            before=_INDEX,
            settings="rules:\n  unrepeatable-autocommit-block: off\n",
        ),
        Good(_CREATE, before=_INDEX, also=(_DROP,), because="the replacement is there before the old index goes"),
    ),
    references=("https://www.postgresql.org/docs/current/sql-createindex.html",),
    known_as={"online_migrations": ("replace_index",)},
)


@rule.on(DropIndex)
def check(op: DropIndex, context: Context) -> Iterator[Finding]:
    index = context.schema.index(op.index)
    if index is None or index.constraint is not None or index.origin.new or not context.is_in_use(index.table):
        return
    leading = _leading(index)
    if any(_leading(other) == leading and other.name.key != index.name.key for other in _beside(index, context)):
        return
    for later in _later(context):
        if isinstance(later, CreateIndex) and later.table.key == index.table.key and _leading(later) == leading:
            at_once = _at_once(later, context)
            under = _renamed_after(op.index, later.table) if later.index == op.index else None
            suggestion = _other_order(op, later, context, under)
            yield from _finding(op, str(op.index), index.table, str(later.index), at_once, suggestion)
            return


def _leading(index: Index | CreateIndex) -> str | None:
    """The column, or the expression as it is written, that comes first."""
    return next((key.column or " ".join(key.text.split()) for key in index.keys), None)


def _beside(index: Index, context: Context) -> Iterator[Index]:
    """All of its table, or of its view."""
    for owner in (context.schema.trace(index.table), context.schema.view(index.table)):
        if owner is not None:
            yield from owner.indexes


@rule.on(DropConstraint)
def check_constraint(op: DropConstraint, context: Context) -> Iterator[Finding]:
    table = context.schema.trace(op.table)
    constraint = table.constraint(op.name) if table else None
    if constraint is None or constraint.kind is not ConstraintKind.UNIQUE or constraint.origin.new:
        return
    if not context.is_in_use(op.table):
        return
    for later in _later(context):
        if not isinstance(later, AddUnique) or later.table.key != op.table.key:
            continue
        if later.constraint.columns[:1] == constraint.columns[:1] != ():
            if _at_once(later, context):  # `blocking-unique-constraint` speaks: nothing happens in between
                return
            suggestion = _other_order(op, later, context)
            yield from _finding(op, op.name, op.table, later.constraint.name, suggestion=suggestion)
            return


def _finding(
    op: DropIndex | DropConstraint,
    gone: str,
    table: Name,
    coming: str | None,
    at_once: bool = False,
    suggestion: Suggestion | None = None,
) -> Iterator[Finding]:
    yield rule.finding(
        op.place,
        f"Dropping `{gone}` first makes reads of `{table}` wait too while its replacement is built."
        if at_once
        else f"From here until its replacement is built nothing on `{table}` does what `{gone}` did.",
        advice=f"Build it first under another name, then drop `{gone}` and rename."
        if coming == gone
        else f"Create {f'`{coming}`' if coming else 'the new one'} first, then drop `{gone}`.",
        suggestion=suggestion,
    )


def _renamed_after(index: Name, table: Name) -> tuple[str, str, str]:
    """Its name, another one to build under, and the statement that gives the name back."""
    other = Name(f"{index.name}_new", table.schema)
    rename = f"ALTER INDEX {other.sql} RENAME TO {quoted(index.name)}"
    return index.name, other.name, f"op.execute({in_python(rename)})"


def _other_order(
    op: DropIndex | DropConstraint, later: Operation, context: Context, under: tuple[str, str, str] | None = None
) -> Suggestion | None:
    """The two statements swapped, where they are neighbours in one function; under another name if it is the same."""
    return swapped(context.script.text, op.place, later.place, "Build the new one first", under=under)


def _at_once(later: Operation, context: Context) -> bool:
    """In one transaction nobody reads the table between the two: the drop keeps its lock to the end."""
    return any(step.operation is later for step in context.rest_of_transaction)


def _later(context: Context) -> Iterator[Operation]:
    """Everything that the pull request does after this operation: in this function, and in revisions above."""
    yield from (step.operation for step in context.steps[context.position + 1 :])
    above = context.history.descendants(context.script.revision) - {context.script.revision}
    for revision in context.history.order:
        if revision in above and revision in context.together:
            yield from context.history.scripts[revision].upgrade
