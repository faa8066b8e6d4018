"""Alembic's template for several databases: a function for each of them, picked by a name that is computed."""

from __future__ import annotations

import pytest

from rules.model.operations import Opaque
from rules.model.script import MigrationScript
from rules.reading import read_script

FUNCTIONS = """
def upgrade_users():
    op.drop_table("users")


def upgrade_():
    op.drop_table("plain")


def downgrade_users():
    op.execute("SELECT 1")
"""
HEAD = 'import os\nfrom alembic import op\nrevision = "a1"\n'


def read(body: str, parameter: str = "engine_name") -> MigrationScript:
    script = read_script("m/versions/a1.py", f"{HEAD}\n\ndef upgrade({parameter}):\n    {body}\n\n{FUNCTIONS}")
    assert isinstance(script, MigrationScript), script
    return script


def sent(script: MigrationScript) -> list[tuple[str, bool]]:
    return [(one.sql, one.conditional) for one in script.upgrade_statements]


@pytest.mark.parametrize(
    "body",
    ['globals()[f"upgrade_{engine_name}"]()', 'eval("upgrade_%s" % engine_name)()'],
)
def test_the_functions_of_all_databases_are_read_and_each_is_certain(body: str) -> None:
    script = read(body)
    assert sent(script) == [("DROP TABLE users", False), ("DROP TABLE plain", False)]
    assert not any(isinstance(one, Opaque) for one in script.upgrade)


def test_the_names_of_the_databases_come_from_the_functions_that_there_are() -> None:
    assert sent(read('if engine_name == "users":\n        op.execute("SELECT 2")')) == [("SELECT 2", False)]


@pytest.mark.parametrize("parameter", ["", "engine_name=None", "one, other", "*, engine_name"])
def test_a_function_that_does_not_ask_for_one_name_is_called_once(parameter: str) -> None:
    assert sent(read('op.execute("SELECT 2")', parameter)) == [("SELECT 2", False)]


@pytest.mark.parametrize(
    "body",
    ['globals()["upgrade_" + os.environ["X"]]()', 'globals().get(os.environ["X"])()', 'eval(os.environ["X"])()'],
)
def test_a_function_of_the_file_whose_name_is_not_known_is_said_to_be_unread(body: str) -> None:
    reasons = [one.reason for one in read(body, "").upgrade if isinstance(one, Opaque)]
    assert len(reasons) == 1
    assert "cannot be followed" in reasons[0]


@pytest.mark.parametrize(
    "body",
    [
        '{"a": upgrade_users, "b": upgrade_}[os.environ["X"]]()',
        '{"a": upgrade_users, "b": upgrade_}.get(os.environ["X"])()',
        '[upgrade_users, upgrade_][int(os.environ["X"])]()',
    ],
)
def test_a_function_picked_from_a_few_by_what_nobody_knows_is_read_with_each(body: str) -> None:
    assert sent(read(body, "")) == [("DROP TABLE users", True), ("DROP TABLE plain", True)]


def test_a_text_that_is_no_bare_name_is_not_evaluated() -> None:
    script = read("eval(\"op.drop_table('users')\")", "")
    assert sent(script) == []
    assert any(isinstance(one, Opaque) for one in script.upgrade)
