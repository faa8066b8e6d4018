"""A model changes, and no revision of the pull request changes the database with it.

The models are read from their source before and after, and compared with the schema that all revisions leave. What is
new in a model and not in the database fails when it is first used: every query selects each mapped column. Or the next
`alembic revision --autogenerate` finds it, in a pull request that has nothing to do with it.

Said of new tables, columns, types, nullability, indexes, unique constraints and foreign keys. What a model lets go is
right without a revision: it goes from the models first, from the database in a later release, unless it is a column
that the database wants a value for. Only models that were read whole are spoken of, and only those of the metadata that
env.py migrates.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.mapped.drift import ModelChange
from rules.model.finding import Finding, Severity
from rules.rule import Bad, Good, Rule

_WAS = """from sqlalchemy import BigInteger, Identity, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    status: Mapped[str] = mapped_column(Text)
"""
_NOW = f"""{_WAS}    note: Mapped[str | None] = mapped_column(Text)
"""
_PHONE = """def upgrade() -> None:
    op.add_column("users", sa.Column("phone", sa.Text()))


def downgrade() -> None:
    op.drop_column("users", "phone")
"""
_NOTE = """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
"""

rule = Rule(
    __name__,
    __doc__,
    severity=Severity.NOTICE,
    examples=(
        Bad(_PHONE, modules_were=(("shop/models.py", _WAS),), modules=(("shop/models.py", _NOW),)),
        Good(
            _NOTE,
            modules_were=(("shop/models.py", _WAS),),
            modules=(("shop/models.py", _NOW),),
            because="the revision adds the column that the model has",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/autogenerate.html",),
    known_as={"pytest-alembic": ("test_model_definitions_match_ddl",)},
)


@rule.on(ModelChange)
def check(change: ModelChange, scene: Scene) -> Iterator[Finding]:
    first, *others = change.changes
    more = f", and {len(others)} more like it" if len(others) > 1 else f" and {others[0]}" if others else ""
    yield rule.finding(
        change.place,
        f"The model of `{change.table}` {first}{more}, and no revision does.",
        advice="Add the revision: `alembic revision --autogenerate`.",
        subject=f"{change.table} {' '.join(change.changes)}",
    )
