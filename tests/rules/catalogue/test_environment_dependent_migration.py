"""Work under a condition on the environment is named once per condition; other conditions are not."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged

RULE = "environment-dependent-migration"
WORK = 'op.drop_column("users", "name")'


@pytest.mark.parametrize(
    "head",
    [
        "import os\nif os.getenv('ENV') == 'prod':",
        "import os\nif os.environ['ENV'] == 'prod':",
        "import os\nif os.environ.get('ENV', 'dev') != 'dev':",
        "from os import environ\nif 'CI' not in environ:",
        "import os\nenv = os.getenv('ENV')\nprod = env == 'prod'\nif prod:",
        "from alembic import context\nif context.get_x_argument(as_dictionary=True).get('seed'):",
        "import socket\nif socket.gethostname().startswith('db'):",
        "from app.config import settings\nif settings.debug:",
        "from app import settings\nif settings.ENV == 'prod':",
    ],
)
def test_each_way_to_ask_is_named(head: str) -> None:
    assert_judged(RULE, f"{head}\n    {WORK}  # finding\n    op.drop_table('orders')\nelse:\n    op.drop_table('x')")


def test_a_return_on_top_is_a_condition_on_the_rest() -> None:
    assert_judged(RULE, f"import os\nif os.getenv('ENV') == 'prod':\n    return\n{WORK}  # finding")


@pytest.mark.parametrize(
    "upgrade",
    [
        f"if op.get_bind().dialect.name == 'postgresql':\n    {WORK}",
        f"from alembic import context\nif not context.is_offline_mode():\n    {WORK}",
        f"if sa.inspect(op.get_bind()).has_table('unseen'):\n    {WORK}",
        f"import os\nsize = int(os.getenv('BATCH', '1000'))\n{WORK}",
        f"import os\nif os.getenv('VERBOSE'):\n    print('working')\n{WORK}",
        f"import os\nif os.getenv('VERBOSE'):\n    op.execute('SELECT 1')\n{WORK}",
    ],
)
def test_other_conditions_are_not_named(upgrade: str) -> None:
    assert_judged(RULE, upgrade)


def test_a_setting_that_the_repository_states_is_the_same_everywhere() -> None:
    modules = (("app/config.py", "STAGE = 'all'\n"),)
    upgrade = f"from app import config\nif config.STAGE == 'all':\n    {WORK}"
    assert_judged(RULE, upgrade, modules=modules)
    assert_judged(RULE, f"{upgrade}  # finding")


def test_a_condition_that_nobody_knows_is_not_named() -> None:
    assert_judged(
        RULE, f"for settings in op.get_bind().execute(sa.text('SELECT 1')):\n    if settings:\n        {WORK}"
    )


def test_each_condition_is_named_once_at_what_it_first_leaves() -> None:
    drop = "op.drop_column('users', {!r})"
    assert_judged(
        RULE,
        f"""
        import os
        if os.getenv("A"):
            op.execute("SELECT 1")
            {drop.format("age")}  # finding
            {drop.format("name")}
        if os.getenv("B"):
            {drop.format("email")}  # finding
        """,
    )
