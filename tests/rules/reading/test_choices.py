"""Values that hang on a condition: each of them is read, and nothing is said twice."""

from __future__ import annotations

from rules.model.operations import Opaque
from rules.model.script import MigrationScript
from rules.reading import read_script

HEAD = 'from alembic import op\nimport sqlalchemy as sa\nfrom somewhere import setting\nrevision = "a1"\n\n'


def read(body: str) -> MigrationScript:
    script = read_script("versions/a1.py", f"{HEAD}{body}")
    assert isinstance(script, MigrationScript)
    assert not [one for one in script.upgrade if isinstance(one, Opaque)], script.upgrade
    return script


def sent(body: str) -> list[tuple[str, bool]]:
    return [(one.sql, one.conditional) for one in read(body).upgrade_statements]


def test_a_name_that_hangs_on_a_condition_is_read_with_each_of_its_values() -> None:
    body = """
def upgrade():
    name = "ix_old" if setting.old else "ix_new"
    op.drop_index(name)
    op.create_index(op.f("ix_sure"), "t", ["c"])
"""
    assert sent(body) == [
        ("DROP INDEX ix_old", True),
        ("DROP INDEX ix_new", True),
        ("CREATE INDEX ix_sure ON t (c)", False),
    ]


def test_a_text_with_such_a_part_is_sent_with_each_of_its_values() -> None:
    body = """
def upgrade():
    if setting.old:
        table = "a"
    else:
        table = "b"
    op.execute(f"TRUNCATE {table}")
    op.execute(sa.text("ANALYZE " + table))
"""
    assert sent(body) == [("TRUNCATE a", True), ("TRUNCATE b", True), ("ANALYZE a", True), ("ANALYZE b", True)]


def test_a_function_that_hangs_on_a_condition_is_called_both_ways() -> None:
    body = """
def one(name):
    return f"DROP TRIGGER one ON {name}"

def other(name):
    return f"DROP TRIGGER other ON {name}"

def upgrade():
    make = one if setting.old else other
    op.execute(make("t"))
"""
    assert sent(body) == [("DROP TRIGGER one ON t", True), ("DROP TRIGGER other ON t", True)]


def test_what_all_of_them_agree_upon_is_known() -> None:
    body = """
def upgrade():
    name = "long" if setting.old else "longer"
    if name.startswith("long"):
        op.execute("SELECT 1")
"""
    assert sent(body) == [("SELECT 1", False)]


def test_more_values_than_can_be_told_apart_are_unknown() -> None:
    branches = "".join(f"    elif setting.x{number}:\n        name = 'n{number}'\n" for number in range(9))
    body = f"\ndef upgrade():\n    if setting.y:\n        name = 'n'\n{branches}    op.drop_table(name)\n"
    script = read_script("versions/a1.py", f"{HEAD}{body}")
    assert isinstance(script, MigrationScript)
    assert [type(one) for one in script.upgrade] == [Opaque]


def test_many_of_them_in_one_text_are_unknown_and_cost_little() -> None:
    choices = "".join(f"    t{number} = 'a' if setting.x{number} else 'b'\n" for number in range(24))
    text = "".join(f"{{t{number}}}" for number in range(24))
    script = read_script("versions/a1.py", f"{HEAD}\ndef upgrade():\n{choices}    op.drop_table(f'{text}')\n")
    assert isinstance(script, MigrationScript)
    assert {type(one) for one in script.upgrade} == {Opaque}


def test_what_both_sides_of_a_condition_send_first_is_sent_once() -> None:
    body = """
def upgrade():
    if setting.old:
        op.execute("LOCK TABLE t")
        op.execute("SELECT 1")
    else:
        op.execute("LOCK TABLE t")
        op.execute("SELECT 2")
"""
    assert sent(body) == [("LOCK TABLE t", False), ("SELECT 1", True), ("SELECT 2", True)]


def test_what_only_one_side_sends_stays_conditional() -> None:
    body = """
def upgrade():
    match setting.kind:
        case "a":
            op.execute("SELECT 1")
        case "b":
            op.execute("SELECT 1")
"""
    assert sent(body) == [("SELECT 1", True), ("SELECT 1", True)]


def test_an_object_that_is_made_and_filled_under_one_condition_is_known() -> None:
    body = """
class Drop:
    def __init__(self, name):
        self.name = name
    def run(self):
        op.drop_index(self.name)

def upgrade():
    if setting.old:
        Drop("ix").run()
"""
    assert sent(body) == [("DROP INDEX ix", True)]


def test_an_object_of_before_that_is_changed_under_a_condition_has_either_value() -> None:
    body = """
class Drop:
    def __init__(self):
        self.name = "ix_a"
    def run(self):
        op.drop_index(self.name)

def upgrade():
    drop = Drop()
    if setting.old:
        drop.name = "ix_b"
    drop.run()
"""
    assert sent(body) == [("DROP INDEX ix_a", True), ("DROP INDEX ix_b", True)]
