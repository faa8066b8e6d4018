"""Revisions that hold nothing, several changes, or what is there already."""

from __future__ import annotations

import pytest

from rules.engine import review
from rules.settings import read_settings
from tests.rules.catalogue.proposed import BASE, CREATE, FOLDER, NOTE, revision, said


@pytest.mark.parametrize(
    "text",
    [
        revision("cccc33", "bbbb22", "pass", more="branch_labels = ('x',)"),
        revision("cccc33", "bbbb22", "print('nothing to do here')"),
        revision("cccc33", "bbbb22", '"""Marks the release."""'),
        revision("cccc33", "bbbb22", "pass", back='op.execute("SELECT 1")'),
    ],
)
def test_a_revision_that_marks_a_place_is_not_called_empty(text: str) -> None:
    assert said("empty-migration", {"c.py": text}) == ()


SEVERAL = "rules:\n  several-changes-in-one-migration: notice\n"


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (NOTE.replace('"note"', '"other"') + "; " + 'op.execute("UPDATE orders SET note = 1")', 1),
        (NOTE.replace('"note"', '"other"') + "; " + 'op.execute("GRANT SELECT ON orders TO reader")', 1),
        (NOTE.replace('"note"', '"other"') + "; " + 'op.create_index("ix", "orders", ["note"])', 0),
        (NOTE.replace('"note"', '"a"') + "; " + NOTE.replace("orders", "users"), 1),
        ('op.execute("ALTER TABLE orders ADD COLUMN a int"); op.execute("ALTER TABLE users ADD COLUMN b int")', 1),
        (CREATE.replace("orders", "new") + '; op.execute("INSERT INTO new VALUES (1)")', 0),
    ],
)
def test_changes_of_one_table_and_new_tables_are_one_change(body: str, count: int) -> None:
    users = revision("dddd44", "bbbb22", CREATE.replace("orders", "users"))
    base = {**BASE, f"{FOLDER}/d.py": users}
    texts = {**base, f"{FOLDER}/e.py": revision("eeee55", "dddd44", body)}
    settings = read_settings(SEVERAL, ".dbbot.yml")
    found = review(texts, new=[f"{FOLDER}/e.py"], base_texts=base, settings=settings).standing
    assert sum(one.rule == "several-changes-in-one-migration" for one in found) == count


def test_tables_joined_by_a_key_are_one_change() -> None:
    users = CREATE.replace("orders", "users").replace(
        "primary_key=True)", "primary_key=True), sa.Column('order_id', sa.BigInteger(), sa.ForeignKey('orders.id'))"
    )
    base = {**BASE, f"{FOLDER}/d.py": revision("dddd44", "bbbb22", users)}
    body = NOTE.replace('"note"', '"a"') + "; " + NOTE.replace("orders", "users")
    texts = {**base, f"{FOLDER}/e.py": revision("eeee55", "dddd44", body)}
    settings = read_settings(SEVERAL, ".dbbot.yml")
    found = review(texts, new=[f"{FOLDER}/e.py"], base_texts=base, settings=settings).standing
    assert all(one.rule != "several-changes-in-one-migration" for one in found)


def test_without_an_environment_a_convention_may_have_given_other_names() -> None:
    unique = 'op.create_unique_constraint("u", "orders", ["id"])'
    bare = {f"{FOLDER}/a.py": revision("aaaa11", None, CREATE), f"{FOLDER}/b.py": revision("bbbb22", "aaaa11", unique)}
    new = {f"{FOLDER}/c.py": revision("cccc33", "bbbb22", unique)}
    for env, expected in (({}, False), ({"m/env.py": "from alembic import context\ncontext.configure()\n"}, True)):
        found = review({**env, **bare, **new}, new=list(new), base_texts={**env, **bare}).standing
        assert ("existing-object" in {finding.rule for finding in found}) is expected
