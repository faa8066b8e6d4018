"""Lays an example out as a small repository: a shop that is history, and the example's revisions as new ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rules.dialects import JUDGED
from rules.history.neighbours import Elsewhere
from rules.rule import Example
from rules.settings import Settings, read_settings, read_statistics

FOLDER = "migrations"
ENV_PATH = f"{FOLDER}/env.py"
EXAMPLE_PATH = f"{FOLDER}/versions/0003_example.py"
SETTINGS_PATH = ".github/dbbot.yml"

ENV = '''"""Runs the migrations."""

import os

from alembic import context
from sqlalchemy import create_engine

engine = create_engine(
    os.environ.get("DATABASE_URL", "postgresql+psycopg://localhost/shop"),
    connect_args={"options": "-c lock_timeout=60000"},
)

with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
'''

SHOP = """def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("email", sa.String(320)),
        sa.Column("name", sa.Text()),
        sa.Column("age", sa.Integer()),
        sa.Column("joined_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("status", sa.Text(), server_default="open", nullable=False),
        sa.Column("total", sa.Numeric(12, 2)),
        sa.Column("placed_at", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    op.drop_table("orders")
    op.drop_table("users")
"""

OTHER_ENV = '''"""Runs the migrations."""

from alembic import context
from sqlalchemy import create_engine

with create_engine("{dialect}://").connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
'''
"""Of the databases beside PostgreSQL."""

OTHER_SHOP = """def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("email", sa.String(320)),
        sa.Column("name", sa.String(200)),
        sa.Column("age", sa.Integer()),
        sa.Column("joined_at", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.Integer()),
        sa.Column("status", sa.String(20), server_default="open", nullable=False),
        sa.Column("total", sa.Numeric(12, 2)),
        sa.Column("placed_at", sa.DateTime()),
    )


def downgrade() -> None:
    op.drop_table("orders")
    op.drop_table("users")
"""

_HEADER = '''"""{title}

Revision ID: {revision}
Revises: {parent}
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "{revision}"
down_revision = {down_revision}


'''
_OWN_HEADER = re.compile(r"^(revision\b|# no header)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Repository:
    """The texts of an example by path; `new` are the paths of the pull request, the example's own first."""

    texts: dict[str, str]
    new: tuple[str, ...]
    settings: Settings
    base_texts: dict[str, str] | None = None
    elsewhere: tuple[Elsewhere, ...] = ()


def repository(example: Example, text: str) -> Repository:
    """The example with `text` as the migration that is shown (its own, or what it becomes)."""
    env, shop = (ENV, SHOP) if example.dialect == JUDGED else (OTHER_ENV.format(dialect=example.dialect), OTHER_SHOP)
    texts = {f"{FOLDER}/env.py": env if example.env is None else example.env}
    texts.update(example.modules)
    texts[f"{FOLDER}/versions/0001_shop.py"] = _file("The shop.", shop, "0001", None)
    parent = "0001"
    if example.before:
        texts[f"{FOLDER}/versions/0002_before.py"] = _file("Before.", example.before, "0002", parent)
        parent = "0002"
    if example.beside:
        texts[f"{FOLDER}/versions/0001a_beside.py"] = _file("Beside.", example.beside, "0001a", "0001")
    texts[EXAMPLE_PATH] = _file("The example.", text, "0003", parent)
    new = [EXAMPLE_PATH]
    for path, body, revision, above in _above(example):
        texts[path] = _file("Above the example.", body, revision, above)
        new.append(path)
    return Repository(
        texts, tuple(new), _settings(example), _base(example, texts, new, parent), tuple(_elsewhere(example))
    )


def _base(example: Example, texts: dict[str, str], new: list[str], parent: str) -> dict[str, str] | None:
    """Only where the pull request does something to what the base has."""
    if not (example.was or example.gone or example.modules_were):
        return None
    base = {path: text for path, text in texts.items() if path not in new}
    base.update(example.modules_were)
    if example.was:
        base[EXAMPLE_PATH] = _file("The example.", example.was, "0003", parent)
    if example.gone:
        base[f"{FOLDER}/versions/0002_gone.py"] = _file("Gone.", example.gone, "0002", "0001")
    return base


def _elsewhere(example: Example) -> Iterator[Elsewhere]:
    if example.elsewhere:
        text = _file("Elsewhere.", example.elsewhere, "0003b", "0001")
        yield Elsewhere(12, f"{FOLDER}/versions/0003b_elsewhere.py", text)


def _settings(example: Example) -> Settings:
    settings = read_settings(example.settings, SETTINGS_PATH)
    more: dict[str, object] = {} if example.dialect == JUDGED else {"dialect": example.dialect}
    if example.server_version is not None:
        more["server_version"] = example.server_version
    if example.statistics and not isinstance(statistics := read_statistics(example.statistics), str):
        more["table_statistics"] = statistics
    return settings.model_copy(update=more)


def _above(example: Example) -> Iterator[tuple[str, str, str, str]]:
    for number, body in enumerate(example.also, start=4):
        revision, parent = f"{number:04}", f"{number - 1:04}"
        yield f"{FOLDER}/versions/{revision}_above.py", body, revision, parent


def _file(title: str, body: str, revision: str, parent: str | None) -> str:
    if _OWN_HEADER.search(body):
        return body
    down_revision = "None" if parent is None else f'"{parent}"'
    header = _HEADER.format(title=title, revision=revision, parent=parent or "", down_revision=down_revision)
    return header + body
