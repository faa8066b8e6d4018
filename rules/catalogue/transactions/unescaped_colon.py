r"""A colon before a word in SQL text is a placeholder, and this one gets no value.

`op.execute("...")` makes `sa.text()` of the string, and there `:name` stands for a value that is passed with the
statement. Inside a literal it does so too: `'{"dark":true}'` asks for a value named `true`. Online the statement fails;
offline (`alembic upgrade --sql`) NULL is written into the middle of the literal.

Write `\:name`: as `"\\:name"`, or in a raw string `r"\:name"`. `value::integer`, `12:30`, `a:b` and `:=` are no
placeholders and need nothing. Where a value was meant, pass it: `sa.text("...").bindparams(name=...)`.
"""

from collections.abc import Iterator

from rules.context import Context
from rules.model.finding import Finding, Severity
from rules.model.operations import Operation
from rules.rewriting.colons import escaped_colons
from rules.rule import Bad, Fixes, Good, InDowngrade, Rule

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.ERROR,
    fixes=Fixes.SUGGESTION,
    downgrade=InDowngrade.LOWER,
    examples=(
        Bad(
            """def upgrade() -> None:
    op.execute("UPDATE users SET name = '{\\"dark\\":true}' WHERE id = 1")


def downgrade() -> None:
    pass  # The old name was a test; nobody needs it back.
""",
            becomes="""def upgrade() -> None:
    op.execute("UPDATE users SET name = '{\\"dark\\"\\\\:true}' WHERE id = 1")


def downgrade() -> None:
    pass  # The old name was a test; nobody needs it back.
""",
            fails="A value is required for bind parameter 'true'",
        ),
        Good(
            """def upgrade() -> None:
    op.execute(sa.text("UPDATE users SET name = :name WHERE id = 1").bindparams(name="nobody"))


def downgrade() -> None:
    pass  # The old name was a test; nobody needs it back.
""",
            because="the placeholder gets its value",
        ),
        Good(
            """def upgrade() -> None:
    op.execute("UPDATE users SET name = '12:30'::text WHERE id = 1")


def downgrade() -> None:
    pass  # The old name was a test; nobody needs it back.
""",
            because="a colon after a digit and a double colon are no placeholders",
        ),
    ),
    references=("https://docs.sqlalchemy.org/en/20/core/sqlelement.html#sqlalchemy.sql.expression.text",),
)


@rule.on(Operation)
def check(op: Operation, context: Context) -> Iterator[Finding]:
    names = op.statement.unbound
    if not names or any(step.operation.place == op.place for step in context.steps[: context.position]):
        return
    placeholders = ", ".join(f"`:{name}`" for name in names)
    one = len(names) == 1
    yield rule.finding(
        op.place,
        f"SQLAlchemy takes {placeholders} for {'a placeholder' if one else 'placeholders'}, and no value is given: the "
        "statement fails; offline, NULL is written in its place.",
        advice=f"Escape the {'colon' if one else 'colons'} as `\\\\:` in the string, or pass the "
        f"{'value' if one else 'values'}.",
        suggestion=escaped_colons(context.script.text, op.statement, names, "Escape the colon"),
    )
