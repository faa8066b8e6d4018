"""A repair that builds concurrently takes a short `lock_timeout` off for the build, and nothing else."""

from __future__ import annotations

import pytest

from rules.engine import review
from rules.examples import EXAMPLE_PATH, repository
from rules.rewriting import apply_edits
from rules.rule import Bad
from tests.rules.runner.laid_out import env

ENV = env(
    """
with engine.connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
""",
    """engine = create_engine(
    "postgresql+psycopg://h/d",
    connect_args={"options": "-c lock_timeout=TIMEOUT"},
)""",
)
MIGRATION = """def upgrade() -> None:
    SETTING
    op.create_index("ix_user_id", "orders", ["user_id"])


def downgrade() -> None:
    op.drop_index("ix_user_id", table_name="orders")
"""


def repaired(timeout: str, setting: str) -> str:
    """The migration with the suggestion of `blocking-index-creation`, which stands only if it is judged clean."""
    text = MIGRATION.replace("SETTING", setting)
    laid = repository(Bad(text, env=ENV.replace("TIMEOUT", timeout)), text)
    found = review(laid.texts, new=laid.new, settings=laid.settings).findings
    (finding,) = [each for each in found if each.rule == "blocking-index-creation"]
    assert finding.suggestion is not None
    edited = apply_edits(laid.texts[EXAMPLE_PATH], finding.suggestion.edits)
    assert edited is not None
    return edited


@pytest.mark.parametrize(
    ("timeout", "setting", "below"),
    [
        ("4000", "pass", "RESET lock_timeout"),
        ("0", "op.execute(\"SET lock_timeout = '4s'\")", "SET lock_timeout = '4s'"),
        ("2s", "op.execute(\"SET LOCAL lock_timeout = '4s'\")", "RESET lock_timeout"),
    ],
)
def test_a_short_timeout_is_lifted_for_the_build_and_set_again(timeout: str, setting: str, below: str) -> None:
    block = f"""
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        op.create_index(
            "ix_user_id", "orders", ["user_id"], postgresql_concurrently=True
        )
        op.execute("{below}")
"""
    assert block in repaired(timeout, setting)


@pytest.mark.parametrize(
    ("timeout", "setting"), [("60000", "pass"), ("0", "pass"), ("4s", 'op.execute("SET lock_timeout = 0")')]
)
def test_a_long_timeout_is_left_alone(timeout: str, setting: str) -> None:
    assert "lock_timeout" not in repaired(timeout, setting).split("autocommit_block():")[1]
