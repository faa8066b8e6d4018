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


SESSION = env(
    """
with engine.connect() as connection:
    connection.execute(text("SET lock_timeout = '15s'"))
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
""",
    "engine = create_engine('postgresql+psycopg://h/d')",
)
DROP = 'op.drop_index("ix_user_id", table_name="orders", if_exists=True, postgresql_concurrently=True)'
BUILD = 'op.create_index("ix_user_id", "orders", ["user_id"], postgresql_concurrently=True)'


def freed(body: str, of_run: str = SESSION) -> str | None:
    """The body of `upgrade()` with the suggestion of `lock-timeout-over-concurrent-build`."""
    text = f"def upgrade():\n{body}\n\n\ndef downgrade():\n    pass  # it may stay\n"
    laid = repository(Bad(text, env=of_run), text)
    found = review(laid.texts, new=laid.new, settings=laid.settings).findings
    (finding,) = [each for each in found if each.rule == "lock-timeout-over-concurrent-build"]
    if finding.suggestion is None:
        return None
    edited = apply_edits(laid.texts[EXAMPLE_PATH], finding.suggestion.edits)
    assert edited is not None
    return edited[edited.index("def upgrade():\n") + len("def upgrade():\n") : edited.index("\n\n\ndef downgrade")]


def test_one_pair_of_lines_serves_the_whole_block_and_brings_back_what_env_py_has_set() -> None:
    """`RESET` would bring back what the connection began with: nothing."""
    head = "    with op.get_context().autocommit_block():\n"
    assert freed(f"{head}        # Again, if a build failed.\n        {DROP}\n        {BUILD}") == (
        f"{head}        # Again, if a build failed.\n"
        '        op.execute("SET lock_timeout = 0")\n'
        f"        {DROP}\n        {BUILD}\n"
        "        op.execute(\"SET lock_timeout = '15s'\")"
    )
    option = ENV.replace("TIMEOUT", "15s")
    changed = freed(f"{head}        {DROP}\n        {BUILD}", option)
    assert changed is not None
    assert changed.count("SET lock_timeout = 0") == changed.count("RESET lock_timeout") == 1


def test_beside_other_work_each_build_is_freed_alone() -> None:
    head = "    with op.get_context().autocommit_block():\n"
    change = 'op.execute("ALTER TABLE users ADD COLUMN IF NOT EXISTS n text")'
    changed = freed(f"{head}        {DROP}\n        {change}\n        {BUILD}")
    assert changed is None or changed.count("SET lock_timeout = 0") == 2
