"""Every example is a migration that real Alembic accepts and real PostgreSQL runs, or refuses as it says."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config

from rules.dialects import POSTGRESQL
from rules.examples import FOLDER, repository
from rules.registry import rules
from rules.rule import Bad, Example, Good, Rule
from tests.databases import catalog_of, fresh_database

ENV = """from alembic import context
from sqlalchemy import create_engine, pool

engine = create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
with engine.connect() as connection:
    each = context.config.attributes["each"]
    context.configure(connection=connection, transaction_per_migration=each)
    with context.begin_transaction():
        context.run_migrations()
"""

LEAVES_A_CHECK = "blocking-partition-detach"
"""The concurrent form leaves a CHECK in place of the partition's bounds."""


def cases(*kinds: type, dialects: Collection[str] = POSTGRESQL) -> list:
    return [
        pytest.param(rule, example, id=f"{rule.name}-{number}")
        for rule in rules()
        for number, example in enumerate(rule.examples)
        if isinstance(example, kinds) and example.dialect in dialects
    ]


def url_of(connection: psycopg.Connection) -> str:
    info = connection.info
    return f"postgresql+psycopg://{info.user}@/{info.dbname}?host={info.host}&port={info.port}"


class Migrations:
    """An example laid out on disk with an env.py that connects to the test's database."""

    def __init__(self, folder: Path, url: str, example: Example, text: str) -> None:
        laid_out = repository(example, text)
        for path, content in laid_out.texts.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(ENV if path.endswith("/env.py") else content)
        self.config = Config(attributes={})
        self.config.set_main_option("script_location", str(folder / FOLDER))
        each = example.env is None or "transaction_per_migration=True" in example.env
        self.config.attributes.update(url=url, each=each)

    def upgrade(self, revision: str = "head") -> str:
        """The error with which it stops; empty where it runs."""
        return self._run(command.upgrade, revision)

    def downgrade(self, revision: str) -> str:
        return self._run(command.downgrade, revision)

    def _run(self, run, revision: str) -> str:
        try:
            run(self.config, revision)
        except Exception as error:
            cause = getattr(error, "orig", error)
            return f"{type(cause).__name__} {getattr(cause, 'sqlstate', '')} {cause}"
        return ""


@pytest.mark.parametrize(("rule", "example"), cases(Bad, Good))
def test_an_example_runs_and_so_does_its_repair(rule: Rule, example: Bad | Good, tmp_path: Path) -> None:
    left = outcome(example, example.text, tmp_path / "shown")
    if isinstance(example, Bad) and example.becomes is not None:
        repaired = outcome(example.repaired, example.becomes, tmp_path / "repaired", fails="")
        if not (example.fails or rule.changes_schema or rule.name == LEAVES_A_CHECK):
            assert repaired == left


def outcome(example: Example, text: str, folder: Path, fails: str | None = None) -> tuple[str, ...]:
    """The schema that the migration leaves; the way back is tried too, unless the text says that there is none."""
    expected = example.fails if fails is None else fails
    with fresh_database() as connection:
        migrations = Migrations(folder, url_of(connection), example, text)
        error = migrations.upgrade()
        if expected:
            assert expected in error
            return ()
        assert error == ""
        left = catalog_of(connection)
        if "raise " not in text and fails is None and isinstance(example, Good):
            assert migrations.downgrade("0002" if example.before else "0001") == ""
        return left
