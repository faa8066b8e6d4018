"""What `env.py` says about a run; what cannot be told is None."""

from __future__ import annotations

import pytest

from rules.model.environment import Environment
from rules.model.script import MigrationScript
from rules.reading import read_environment, read_script
from tests.rules.reading.capabilities import migration

FULL = """
from alembic import context
from sqlalchemy import MetaData, create_engine, text

metadata = MetaData(naming_convention={"uq": "uq_%(table_name)s_%(column_0_name)s"})
target_metadata = metadata


def run_migrations_offline():
    context.configure(url="x", literal_binds=True)


def run_migrations_online():
    engine = create_engine("postgresql+asyncpg://u@h/d", connect_args={"options": "-c lock_timeout=4000"})
    with engine.connect() as connection:
        connection.execute(text("SET statement_timeout TO '30s'"))
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            transaction_per_migration=True,
            render_as_batch=True,
            version_table="versions",
        )
"""


def test_everything_that_an_env_py_says_is_read() -> None:
    assert read_environment("m/env.py", FULL) == Environment(
        "m/env.py",
        transaction_per_migration=True,
        transactional_ddl=None,
        lock_timeout="4000",
        statement_timeout="30s",
        driver="asyncpg",
        naming_convention=(("uq", "uq_%(table_name)s_%(column_0_name)s"),),
        version_table="versions",
        render_as_batch=True,
        asynchronous=False,
    )


@pytest.mark.parametrize(
    ("configure", "expected"),
    [
        ("context.configure(connection=c)", False),
        ("context.configure(connection=c, transaction_per_migration=True)", True),
        ("context.configure(connection=c, transaction_per_migration=setting)", None),
        ("context.configure(connection=c, **options)", None),
        ("pass", None),
    ],
)
def test_whether_each_revision_has_its_transaction(configure: str, expected: bool | None) -> None:
    assert (
        read_environment("env.py", f"from alembic import context\n{configure}\n").transaction_per_migration is expected
    )


def test_the_driver_may_stand_in_the_ini() -> None:
    assert read_environment("env.py", "x = 1", {}, "sqlalchemy.url = postgresql+psycopg://x").driver == "psycopg"


def test_a_broken_env_py_says_nothing() -> None:
    assert read_environment("env.py", "def (") == Environment("env.py")


def test_a_convention_from_the_repository_names_the_constraints() -> None:
    texts = {
        "app/models.py": "import sqlalchemy as sa\nmeta = sa.MetaData(naming_convention={'uq': 'uq_%(table_name)s'})\n"
    }
    lines = ("from alembic import context", "from app.models import meta")
    env = "\n".join((*lines, "context.configure(connection=c, target_metadata=meta)"))
    environment = read_environment("migrations/env.py", env, texts)
    assert environment.naming_convention == (("uq", "uq_%(table_name)s"),)
    script = read_script(
        "migrations/versions/a1.py", migration("op.create_unique_constraint(None, 't', ['a'])"), {}, environment
    )
    assert isinstance(script, MigrationScript)
    assert script.upgrade_statements[0].sql == "ALTER TABLE t ADD CONSTRAINT uq_t UNIQUE (a)"


@pytest.mark.parametrize(
    ("metadata", "known"),
    [
        ("target_metadata=None", True),
        ("target_metadata=MetaData()", True),
        ("url='x'", True),
        ("target_metadata=current_app.db.metadata", False),
        ("target_metadata=metadata_of_plugins()", False),
        ("target_metadata=[MetaData(), MetaData()]", False),
    ],
)
def test_metadata_that_cannot_be_read_may_have_a_convention(metadata: str, known: bool) -> None:
    lines = ("from alembic import context", "from sqlalchemy import MetaData", "from flask import current_app")
    environment = read_environment("env.py", "\n".join((*lines, f"context.configure(connection=c, {metadata})")))
    assert environment.naming_convention_known is known
    assert environment.naming_convention == ()


RUN = """
from alembic import context

def run(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (RUN, False),
        (f"{RUN}    connection.commit()\n", True),
        (f"{RUN}\nwith engine.connect() as connection:\n    run(connection)\n    connection.commit()\n", True),
        (
            f"{RUN}\nasync def online():\n    async with engine.connect() as connection:\n"
            "        await connection.run_sync(run)\n        await connection.commit()\n",
            True,
        ),
        (f"{RUN}\nwith engine.connect() as connection:\n    connection.commit()\n    run(connection)\n", False),
        (f"{RUN}\ndef elsewhere(connection):\n    connection.commit()\n", False),
        ("from shop import run\nrun()\n", None),
    ],
)
def test_whether_the_connection_is_committed_behind_the_migrations(text: str, expected: bool | None) -> None:
    assert read_environment("env.py", text).commits_behind is expected
