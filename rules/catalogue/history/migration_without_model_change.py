"""A revision adds a column that the model of its table does not have, though the pull request changes the model.

The two were written together and do not say the same: a name that is spelt otherwise, or a line that was forgotten. The
next `alembic revision --autogenerate` proposes to drop the column.

Nothing is said where the pull request leaves the models alone: a column that is there before the code that uses it is
how an expand step looks. Only models that were read whole are spoken of.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.mapped.drift import UnmappedColumn
from rules.model.finding import Finding, Severity
from rules.rule import Bad, Good, Rule

_WAS = """from sqlalchemy import BigInteger, Identity, Numeric, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    status: Mapped[str] = mapped_column(Text)
"""
_NOW = f"""{_WAS}    total: Mapped[float | None] = mapped_column(Numeric(12, 2))
"""
_BOTH = f"""{_NOW}    note: Mapped[str | None] = mapped_column(Text)
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
        Bad(_NOTE, modules_were=(("shop/models.py", _WAS),), modules=(("shop/models.py", _NOW),)),
        Good(
            _NOTE,
            modules_were=(("shop/models.py", _WAS),),
            modules=(("shop/models.py", _BOTH),),
            because="the model has the column too",
        ),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/autogenerate.html",),
)


@rule.on(UnmappedColumn)
def check(found: UnmappedColumn, scene: Scene) -> Iterator[Finding]:
    column, table = found.operation.column.name, found.operation.table
    yield rule.finding(
        found.place,
        f"The model of `{table}` (`{found.model.place.path}`), which this pull request changes too, has no column "
        f"`{column}`.",
        advice="Add it to the model, or write its name as the model does.",
        subject=f"{table}.{column}",
    )
