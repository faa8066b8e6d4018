"""A migration is synchronous, whatever the driver: there is nothing in it to await.

With an async engine `env.py` runs the migrations through `connection.run_sync(...)`, and `op.get_bind()` is a
synchronous connection again. `await_only(op.get_bind().execute(...))` gets a result that is there already: TypeError;
without an async engine it raises MissingGreenlet. `asyncio.run(...)` and `loop.run_until_complete(...)` raise
RuntimeError inside the event loop that an async `env.py` has started.

Call the connection plainly. A coroutine that must be called is given to `op.run_async(...)`, which needs an async
engine and raises ValueError with any other.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rules.calls import dotted, imported_names, place_of, reached_functions
from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Direction, Operation
from rules.model.script import MigrationScript
from rules.reads import Ways
from rules.rewriting import Source, unwrapped
from rules.rewriting.source import nodes_in
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
    downgrade=InDowngrade.LOWER,
    changes_schema=True,
    examples=(
        Bad(
            """from sqlalchemy.util import await_only


def upgrade() -> None:
    connection = op.get_bind()
    await_only(connection.execute(sa.text("COMMENT ON TABLE users IS 'People who buy'")))


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
            becomes="""from sqlalchemy.util import await_only


def upgrade() -> None:
    connection = op.get_bind()
    connection.execute(sa.text("COMMENT ON TABLE users IS 'People who buy'"))


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
            fails="greenlet",
        ),
        Good(
            """def upgrade() -> None:
    connection = op.get_bind()
    connection.execute(sa.text("COMMENT ON TABLE users IS 'People who buy'"))


def downgrade() -> None:
    op.execute("COMMENT ON TABLE users IS NULL")
""",
            because="the connection is called plainly, which is right with every driver",
        ),
    ),
    references=(
        "https://alembic.sqlalchemy.org/en/latest/ops.html#alembic.operations.Operations.run_async",
        "https://alembic.sqlalchemy.org/en/latest/cookbook.html#using-asyncio-with-alembic",
    ),
)


_WORDS = re.compile(r"await_only|asyncio|run_until_complete|run_async")


@rule.on(MigrationScript)
def check(script: MigrationScript, context: Context) -> Iterator[Finding]:
    source = _source_of(script)
    if source is None:
        return
    for direction, call, found in _failing_calls(source, context):
        suggestion = unwrapped(source, call, "Call it plainly") if found.removable else None
        finding = rule.finding(
            place_of(source, call),
            found.message,
            advice=found.advice,
            suggestion=suggestion,
            subject=ast.unparse(call)[:200],
        )
        yield replace(finding, direction=direction)


def _source_of(script: MigrationScript) -> Source | None:
    """None also where no word of the file speaks of awaiting."""
    return Source.of(script.path, script.text) if _WORDS.search(script.text) else None


def awaits(op: Operation, context: Context) -> bool:
    """Whether an operation comes from such a call: this rule speaks of it then."""
    source = _source_of(context.script)
    return source is not None and any(
        place_of(source, call) == op.place for _, call, _ in _failing_calls(source, context)
    )


@dataclass(frozen=True, slots=True)
class Failure:
    """`removable`: the call is right without what is around its argument."""

    message: str
    advice: str
    removable: bool = False


def _failing_calls(source: Source, context: Context) -> Iterator[tuple[Direction, ast.Call, Failure]]:
    names = imported_names(source)
    seen: set[str] = set()
    for direction in Direction:
        for function in reached_functions(source, (direction.value,)):
            if function.name in seen:
                continue
            seen.add(function.name)
            ways = Ways(function, names)
            for node in nodes_in(function):
                if isinstance(node, ast.Call) and node.args:
                    failure = _failure(node, ways, context.environment.asynchronous)
                    if failure is not None:
                        yield direction, node, failure


def _failure(call: ast.Call, ways: Ways, asynchronous: bool | None) -> Failure | None:
    name, argument = dotted(call.func, ways.names), call.args[0]
    written = f"`{ast.unparse(call.func)}`"
    if name.endswith(".await_only"):
        if ways.begins_with_one(argument):
            return Failure(f"{written} gets a result, and nothing to await: it raises TypeError.", _PLAINLY, True)
        if asynchronous is False:
            return Failure(f"{written} raises MissingGreenlet: `env.py` makes a synchronous engine.", _PLAINLY)
    elif name == "asyncio.run" or name.endswith(".run_until_complete"):
        if asynchronous:
            return Failure(f"{written} raises RuntimeError: `env.py` runs this in its own event loop.", _IN_LOOP)
        if isinstance(argument, ast.Call) and any(ways.is_connection(given) for given in argument.args):
            return Failure(f"{written} awaits a connection that is synchronous: it raises TypeError.", _PLAINLY)
    elif name == "alembic.op.run_async" and asynchronous is False:
        return Failure(f"{written} raises ValueError: `env.py` makes a synchronous engine.", _PLAINLY)
    return None


_PLAINLY = "Call the connection plainly; `op.get_bind()` is synchronous with every driver."
_IN_LOOP = "Give the function to `op.run_async`, or call the connection plainly."
