"""An index is dropped before the one that takes its place is there.

Between the two no index serves the queries, which read the whole table meanwhile; and if it was unique, nothing keeps
duplicates out. In one transaction nobody sees that state: the drop takes an `ACCESS EXCLUSIVE` lock, so reads wait
until the replacement is built. Create the replacement first, under another name, then drop the old one.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity, Suggestion
from rules.model.names import Name, quoted
from rules.model.operations import AddUnique, CreateIndex, DropConstraint, DropIndex, Operation, TransactionControl
from rules.rewriting import swapped
from rules.rule import Bad, Fixes, Good, Rule
from rules.schema import ConstraintKind

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
    others = context.schema.trace(index.table)
    served = any(
        other.name.key != index.name.key and other.columns[:1] == index.columns[:1]
        for other in (others.indexes if others else ())
    )
    for later in _later(context):
        if isinstance(later, CreateIndex) and later.table.key == index.table.key and not served:
            columns = tuple(key.column for key in later.keys)
            if columns[:1] == index.columns[:1] and columns[:1] != (None,):
                at_once = _at_once(op, later, context)
                suggestion = _other_order(op, later, context)
                yield from _finding(op, str(op.index), index.table, str(later.index), at_once, suggestion)
                return


@rule.on(DropConstraint)
def check_constraint(op: DropConstraint, context: Context) -> Iterator[Finding]:
    table = context.schema.trace(op.table)
    constraint = table.constraint(op.name) if table else None
    if constraint is None or constraint.kind is not ConstraintKind.UNIQUE or constraint.origin.new:
        return
    if not context.is_in_use(op.table):
        return
    for later in _later(context):
        if isinstance(later, AddUnique) and later.table.key == op.table.key:
            columns = later.constraint.columns
            if columns and columns[0] in constraint.columns[:1]:
                if _at_once(op, later, context):  # `blocking-unique-constraint` speaks: nothing happens in between
                    return
                coming = later.constraint.name or "the new constraint"
                yield from _finding(op, op.name, op.table, coming, suggestion=_other_order(op, later, context))
                return


def _finding(
    op: DropIndex | DropConstraint,
    gone: str,
    table: Name,
    coming: str,
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
        else f"Create `{coming}` first, then drop `{gone}`.",
        suggestion=suggestion,
    )


def _other_order(op: DropIndex | DropConstraint, later: Operation, context: Context) -> Suggestion | None:
    """The two statements swapped, where they are neighbours in one function; under another name if it is the same."""
    if all(step.operation is not later for step in context.steps):
        return None
    under = None
    if (
        isinstance(op, DropIndex)
        and isinstance(later, CreateIndex)
        and later.index
        and later.index.name == op.index.name
    ):
        other = Name(f"{later.index.name}_new", later.table.schema)
        rename = f"ALTER INDEX {other.sql} RENAME TO {quoted(later.index.name)}"
        if '"' in rename:
            return None
        under = (later.index.name, other.name, f'op.execute("{rename}")')
    return swapped(context.script.text, op.place, later.place, "Build the new one first", under=under)


def _at_once(op: Operation, later: Operation, context: Context) -> bool:
    """In one transaction nobody reads the table between the two: the drop keeps its lock to the end."""
    here = [step.operation for step in context.steps]
    if later not in here:
        return False
    between = here[context.position : here.index(later) + 1]
    return all(one.statement.transactional and not isinstance(one, TransactionControl) for one in between)


def _later(context: Context) -> Iterator[Operation]:
    """Everything that the pull request does after this operation: in this function, and in revisions above."""
    yield from (step.operation for step in context.steps[context.position + 1 :])
    above = context.history.descendants(context.script.revision) - {context.script.revision}
    for revision in context.history.order:
        if revision in above and revision in context.together:
            yield from context.history.scripts[revision].upgrade
