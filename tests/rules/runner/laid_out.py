"""An env.py around one migration, judged by the rules of group `runner` alone."""

from __future__ import annotations

import textwrap
from typing import Any

from rules.engine import review
from rules.examples import repository
from rules.model.finding import Finding
from rules.registry import rules
from rules.rule import Bad
from rules.runner import Runner, read_runner

HEADER = """from alembic import context
import sqlalchemy as sa
from sqlalchemy import create_engine, text

"""
NOTE = """def upgrade() -> None:
    op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    op.drop_column("orders", "note")
"""
BUILD = """def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index("ix_orders_user_id", "orders", ["user_id"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index("ix_orders_user_id", table_name="orders")
"""
ALL_ON = "rules:\n" + "".join(f"  {rule.name}: warning\n" for rule in rules() if rule.group == "runner")


def env(body: str, engine: str = 'engine = create_engine("postgresql+psycopg://h/d")') -> str:
    return f"{HEADER}{engine}\n{textwrap.dedent(body).strip()}\n"


def runner(text: str, **modules: str) -> Runner:
    read = read_runner("m/env.py", {"m/env.py": text, **{f"m/{name}.py": body for name, body in modules.items()}})
    assert read is not None
    return read


def said(text: str, migration: str = NOTE, **example: Any) -> tuple[Finding, ...]:
    """What the rules of the group say about a migration that this env.py runs."""
    laid_out = repository(Bad(migration, env=text, **example), migration)
    found = review(laid_out.texts, new=laid_out.new, settings=laid_out.settings, base_texts=laid_out.base_texts)
    assert not found.crashed
    ours = {rule.name for rule in rules() if rule.group == "runner"}
    return tuple(finding for finding in found.standing if finding.rule in ours)


def names(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.rule for finding in findings]
