"""`target_metadata = None` although the repository declares models.

`alembic revision --autogenerate` and `alembic check` compare the database with `target_metadata`. Without it they
refuse to work ("does not provide a MetaData object"): every revision is written by hand, and a change of a model that
nobody migrated is never found. Hand over the metadata of the models, `target_metadata = Base.metadata`, and import
every module that declares a model above it.

Nothing is said where the repository declares no models, and writes its migrations as SQL.
"""

from collections.abc import Iterator

from rules.context import Scene
from rules.model.finding import Finding, Severity
from rules.rule import Bad, Good, Rule
from rules.runner import Run

_ENV = '''"""Runs the migrations."""

from alembic import context
from sqlalchemy import create_engine

engine = create_engine("postgresql+psycopg://localhost/shop", connect_args={"options": "-c lock_timeout=60000"})
target_metadata = None

with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=target_metadata, transaction_per_migration=True
    )
    with context.begin_transaction():
        context.run_migrations()
'''
_MODELS = """from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
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
        Bad(_NOTE, env=_ENV, modules=(("shop/models.py", _MODELS),)),
        Good(_NOTE, env=_ENV, because="nothing in the repository declares a model"),
    ),
    references=("https://alembic.sqlalchemy.org/en/latest/autogenerate.html",),
)

MOST_FILES = 2_000
"""Looked into for a model."""


@rule.on(Run)
def check(run: Run, scene: Scene) -> Iterator[Finding]:
    given = [configure.options.get("target_metadata") for configure in run.runner.configures]
    stated = [option for option in given if option is not None and option.constant is None]
    if not stated or len(stated) < len(given) or any(option.conditional for option in stated):
        return
    model = run.first_model(MOST_FILES)
    if model is not None:
        yield rule.finding(
            stated[0].place,
            f"`target_metadata` is None while `{model}` declares models: autogenerate and `alembic check` refuse.",
            advice="Hand over the metadata of the models: `target_metadata = Base.metadata`.",
            subject="target_metadata",
        )
