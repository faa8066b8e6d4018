"""A generated history of any length, with the kinds of revisions that projects write. Same seed, same text."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SEED = 20
VERSIONS = "migrations/versions"
INI = "[alembic]\nscript_location = %(here)s/migrations\nsqlalchemy.url = postgresql://\n"
ENV = '''"""Offline only: prints what a run would send."""

from alembic import context

context.configure(url="postgresql://", literal_binds=True, dialect_opts={"paramstyle": "named"})
with context.begin_transaction():
    context.run_migrations()
'''
MAKO = "# unused\n"
HEADER = '''"""{title}

Revision ID: {revision}
Revises: {parent}
Create Date: 2024-01-01 12:00:00
"""

from typing import Sequence, Union

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "{revision}"
down_revision: Union[str, None] = {down!r}
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
{downgrade}
'''
TYPES = (
    "sa.Integer()",
    "sa.BigInteger()",
    "sa.String(length=255)",
    "sa.Text()",
    "sa.Boolean()",
    "sa.Numeric(precision=12, scale=2)",
    "sa.DateTime(timezone=True)",
    "postgresql.JSONB(astext_type=sa.Text())",
    "postgresql.UUID(as_uuid=True)",
)


@dataclass(frozen=True)
class Step:
    """One operation and its reverse, as source lines without indentation."""

    up: str
    down: str


class Growing:
    """What the history has made so far, so that every revision builds on tables and columns that exist."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.tables: list[str] = []
        self.columns: dict[str, list[str]] = {}
        self.made = 0

    def new_name(self, kind: str) -> str:
        self.made += 1
        return f"{kind}_{self.made}"

    def table(self) -> str:
        return self.chance.choice(self.tables)

    def step(self) -> Step:
        if len(self.tables) < 2:
            return self.create_table()
        kinds: tuple[tuple[Callable[[], Step], int], ...] = (
            (self.create_table, 22),
            (self.add_column, 30),
            (self.create_index, 12),
            (self.add_foreign_key, 8),
            (self.alter_column, 8),
            (self.execute, 10),
            (self.batch, 10),
        )
        return self.chance.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]()

    def create_table(self) -> Step:
        name = self.new_name("table")
        columns = [self.new_name("column") for _ in range(self.chance.randint(3, 9))]
        lines = [
            f'    sa.Column("{column}", {self.chance.choice(TYPES)}, nullable={self.coin()}),' for column in columns
        ]
        self.tables.append(name)
        self.columns[name] = columns
        inner = "\n".join(lines)
        up = (
            f'op.create_table(\n    "{name}",\n    sa.Column("id", sa.Integer(), nullable=False),\n{inner}\n'
            '    sa.Column("created_at", sa.DateTime(), server_default=sa.text("now()"), nullable=False),\n'
            '    sa.PrimaryKeyConstraint("id"),\n)'
        )
        return Step(up, f'op.drop_table("{name}")')

    def add_column(self) -> Step:
        table, column = self.table(), self.new_name("column")
        self.columns[table].append(column)
        default = ', server_default="0", nullable=False' if self.coin() else ", nullable=True"
        kind = "sa.Integer()" if "default" in default else self.chance.choice(TYPES)
        up = f'op.add_column("{table}", sa.Column("{column}", {kind}{default}))'
        return Step(up, f'op.drop_column("{table}", "{column}")')

    def create_index(self) -> Step:
        table = self.table()
        column, unique = self.chance.choice(self.columns[table]), self.coin()
        name = f"ix_{self.new_name(table)}"
        up = f'op.create_index(op.f("{name}"), "{table}", ["{column}"], unique={unique})'
        return Step(up, f'op.drop_index(op.f("{name}"), table_name="{table}")')

    def add_foreign_key(self) -> Step:
        table, target, name = self.table(), self.table(), self.new_name("fk")
        column = self.chance.choice(self.columns[table])
        up = f'op.create_foreign_key("{name}", "{table}", "{target}", ["{column}"], ["id"], ondelete="CASCADE")'
        return Step(up, f'op.drop_constraint("{name}", "{table}", type_="foreignkey")')

    def alter_column(self) -> Step:
        table = self.table()
        column = self.chance.choice(self.columns[table])
        head = f'op.alter_column("{table}", "{column}", existing_type=sa.String(length=255)'
        return Step(f"{head}, nullable=False)", f"{head}, nullable=True)")

    def execute(self) -> Step:
        table = self.table()
        column = self.chance.choice(self.columns[table])
        return Step(f'op.execute("UPDATE {table} SET {column} = NULL WHERE id < 100")', "pass")

    def batch(self) -> Step:
        table, column = self.table(), self.new_name("column")
        self.columns[table].append(column)
        head = f'with op.batch_alter_table("{table}", schema=None) as batch_op:\n    '
        up = f'{head}batch_op.add_column(sa.Column("{column}", sa.Text(), nullable=True))'
        return Step(up, f'{head}batch_op.drop_column("{column}")')

    def coin(self) -> bool:
        return self.chance.random() < 0.5


def generated(length: int, seed: int = SEED) -> dict[str, str]:
    """Repository-relative path -> text of a whole repository with that many revisions in one line."""
    growing = Growing(seed)
    texts = {"alembic.ini": INI, "migrations/env.py": ENV, "migrations/script.py.mako": MAKO}
    parent: str | None = None
    for number in range(1, length + 1):
        revision = f"{growing.chance.getrandbits(48):012x}"
        steps = [growing.step() for _ in range(growing.chance.choice((1, 1, 2, 3)))]
        texts[f"{VERSIONS}/{number:05d}_{revision}.py"] = HEADER.format(
            title=f"Change number {number}",
            revision=revision,
            parent=parent or "",
            down=parent,
            upgrade=_indented([step.up for step in steps]),
            downgrade=_indented([step.down for step in reversed(steps)]),
        )
        parent = revision
    return texts


def write(texts: dict[str, str], folder: Path) -> None:
    for path, text in texts.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _indented(blocks: list[str]) -> str:
    return "\n".join(f"    {line}" for block in blocks for line in block.splitlines())
