"""Unqualified names mean what the search path makes of them, whoever sets it."""

from __future__ import annotations

import pytest

from rules.engine import review
from rules.model.finding import Finding
from tests.rules.engine.test_review import revision

ENV = """
from alembic import context
from sqlalchemy import create_engine

engine = create_engine(url, connect_args={"options": "-c lock_timeout=4000 -c statement_timeout=9000"})
with engine.connect() as connection:
    %s
    connection.commit()
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
TABLE = 'op.create_table("orders", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("user_id", sa.Text()))'
INDEX = 'op.create_index("ix", "orders", ["user_id"]%s)'
SETS_APP = 'connection.execute(text("SET search_path TO app"))'
PLAIN_INDEX = "blocking-index-creation"
UNKNOWN = "unknown-object"


def found(*bodies: str, env: str = "pass", new: int = 1) -> list[Finding]:
    """Of the last `new` of the revisions `r0`, `r1`, ... with those bodies."""
    texts = {"m/env.py": ENV % env}
    for at, body in enumerate(bodies):
        texts[f"m/versions/r{at}.py"] = revision(f"r{at}", f"r{at - 1}" if at else None, body.replace("\n", "\n    "))
    paths = [f"m/versions/r{at}.py" for at in range(len(bodies) - new, len(bodies))]
    return list(review(texts, new=paths).standing)


def rules(*bodies: str, env: str = "pass", new: int = 1) -> set[str]:
    return {finding.rule for finding in found(*bodies, env=env, new=new)} & {PLAIN_INDEX, UNKNOWN}


@pytest.mark.parametrize(
    "setting",
    ["SET search_path TO app", "SET LOCAL search_path = app, public", "SELECT set_config('search_path', 'app', true)"],
)
def test_a_table_made_under_a_search_path_is_new_under_its_whole_name(setting: str) -> None:
    made = f'op.execute("{setting}")\n{TABLE}\n'
    assert rules(made + INDEX % "") == set()
    assert rules(made + INDEX % ', schema="app"') == set()
    assert rules(TABLE, made + INDEX % ', schema="public"') == {PLAIN_INDEX}


def test_a_role_s_search_path_is_not_the_session_s() -> None:
    for setting in ("ALTER ROLE shop SET search_path TO app", "ALTER DATABASE shop SET search_path TO app"):
        sets = f'op.execute("{setting}")\n'
        assert rules(TABLE, sets + INDEX % "") == {PLAIN_INDEX}
        assert rules(f"{sets}{TABLE}\n" + INDEX % ', schema="public"') == set()


def test_env_py_s_search_path_holds_for_every_revision() -> None:
    add = 'op.add_column("orders", sa.Column("note", sa.Text())%s)'
    assert rules(TABLE, add % ', schema="app"', env=SETS_APP) == set()
    assert rules(TABLE, add % ', schema="public"', env=SETS_APP) == set()  # perhaps made elsewhere
    (finding,) = (it for it in found(TABLE, INDEX % "", env=SETS_APP) if it.rule == PLAIN_INDEX)
    assert "`app.orders`" in finding.message


def test_a_search_path_left_behind_does_not_reach_revisions_that_run_another_day() -> None:
    left = 'op.execute("SET search_path TO app")'
    assert rules(TABLE, left, INDEX % "") == {PLAIN_INDEX}
    assert rules(TABLE, left, f"{TABLE}\n" + INDEX % ', schema="app"', new=2) == set()


def test_a_computed_search_path_makes_unqualified_names_unsure() -> None:
    drops = 'op.drop_column("orders", "missing")'
    assert rules(TABLE, drops) == {UNKNOWN}
    assert rules(TABLE, f"op.execute(sa.text(\"SELECT set_config('search_path', :p, false)\"))\n{drops}") == set()


def test_names_mean_one_thing_under_a_path_of_env_py_that_nobody_knows() -> None:
    computed = 'connection.execute(text(f"SET search_path TO {tenant}"))'
    drops = 'op.drop_column("orders", "missing"%s)'
    assert rules(TABLE, drops % "", env=computed) == {UNKNOWN}
    assert rules(TABLE, drops % ', schema="public"', env=computed) == set()


def test_the_way_back_begins_with_the_path_of_env_py() -> None:
    body = f'op.execute("SET search_path TO app")\n{TABLE}'
    text = revision("r0", None, body.replace("\n", "\n    "))
    text = text.replace("pass  # no way back is tried", 'op.drop_table("orders")')
    texts = {"m/env.py": ENV % "pass", "m/versions/r0.py": text}
    said = {it.rule for it in review(texts, new=["m/versions/r0.py"]).standing}
    assert "unmirrored-downgrade" in said
