"""Connections beside Alembic's, savepoints, and the driver's own autocommit."""

from __future__ import annotations

import pytest

from rules.model.columns import DataType
from rules.model.operations import AlterColumnType, CreateIndex, Operation, TransactionControl, TransactionVerb
from rules.model.script import MigrationScript
from rules.reading import read_script
from tests.rules.reading.capabilities import migration


def upgrade_of(body: str, top: str = "") -> tuple[Operation, ...]:
    script = read_script("versions/a1.py", migration(body, top))
    assert isinstance(script, MigrationScript), script
    return script.upgrade


def transactional(body: str, top: str = "") -> list[bool]:
    return [one.statement.transactional for one in upgrade_of(body, top) if isinstance(one, CreateIndex)]


def verbs(body: str) -> list[TransactionVerb]:
    return [one.verb for one in upgrade_of(body) if isinstance(one, TransactionControl)]


BUILD = 'op.create_index("ix_a_b", "a", ["b"], postgresql_concurrently=True)'


def test_a_savepoint_that_is_committed_leaves_the_transaction_open() -> None:
    assert verbs("savepoint = op.get_bind().begin_nested()\nsavepoint.commit()") == [
        TransactionVerb.SAVEPOINT,
        TransactionVerb.RELEASE,
    ]
    assert verbs("one = op.get_bind().begin()\none.commit()") == [TransactionVerb.BEGIN, TransactionVerb.COMMIT]


def test_another_connection_of_the_engine_has_transactions_of_its_own() -> None:
    body = """
    with op.get_bind().engine.begin() as other:
        other.execute(sa.text("UPDATE a SET b = 1"))
        other.commit()
    """
    assert verbs(body) == []
    assert [one.sql for one in upgrade_of(body)] == ["UPDATE a SET b = 1"]


@pytest.mark.parametrize(
    "connection",
    [
        'engine.connect().execution_options(isolation_level="AUTOCOMMIT")',
        'engine.execution_options(isolation_level="AUTOCOMMIT").connect()',
    ],
)
def test_another_connection_in_autocommit_is_in_no_transaction(connection: str) -> None:
    body = f"""
    with op.get_bind().{connection} as other:
        other.execute(sa.text("CREATE INDEX CONCURRENTLY ix_a_b ON a (b)"))
    {BUILD}
    """
    assert transactional(body) == [False, True]


def test_another_connection_without_autocommit_is_in_one() -> None:
    assert transactional("""
    with op.get_bind().engine.connect() as other:
        other.execute(sa.text("CREATE INDEX CONCURRENTLY ix_a_b ON a (b)"))
    """) == [True]


@pytest.mark.parametrize(
    ("on", "off"),
    [
        ("raw.autocommit = True", "raw.autocommit = False"),
        ("raw.set_isolation_level(0)", "raw.set_isolation_level(1)"),
        ("raw.set_session(autocommit=True)", "raw.set_session(autocommit=False)"),
    ],
)
def test_autocommit_of_the_driver_lasts_until_it_is_switched_off(on: str, off: str) -> None:
    body = f"raw = op.get_bind().connection.dbapi_connection\n{BUILD}\n{on}\n{BUILD}\n{off}\n{BUILD}"
    assert transactional(body) == [True, False, True]


def test_a_commit_of_the_driver_is_none_of_sqlalchemy_s() -> None:
    assert verbs("op.get_bind().connection.dbapi_connection.commit()") == []


def test_under_a_condition_only_what_needs_autocommit_counts_as_outside() -> None:
    body = """
    concurrently = os.environ.get("CONCURRENTLY") == "true"
    raw = op.get_bind().connection.dbapi_connection
    if concurrently:
        raw.commit()
        raw.autocommit = True
    try:
        op.create_index("ix_a_b", "a", ["b"], postgresql_concurrently=concurrently)
    finally:
        if concurrently:
            raw.autocommit = False
    op.create_index("ix_a_c", "a", ["c"], postgresql_concurrently=True)
    """
    found = [one for one in upgrade_of(body, "import os") if isinstance(one, CreateIndex)]
    assert sorted((one.concurrently, one.statement.transactional) for one in found) == [
        (False, True),
        (True, False),
        (True, True),
    ]


def test_the_description_of_the_dialect_tells_postgresql_from_sqlite() -> None:
    body = """
    if "sqlite" in sa.inspect(op.get_bind()).dialect.dialect_description:
        op.execute("PRAGMA foreign_keys = OFF")
    """
    assert upgrade_of(body) == ()


def test_another_isolation_level_is_told_and_leaves_the_transaction_only_between_two() -> None:
    autocommit = 'op.get_bind().execution_options(isolation_level="AUTOCOMMIT")'
    commit = "op.get_bind().commit()"
    assert verbs(autocommit) == [TransactionVerb.ISOLATION]
    assert verbs("op.get_bind().execution_options(stream_results=True)") == []
    assert transactional(f"{BUILD}\n{autocommit}\n{BUILD}") == [True, True]
    assert transactional(f"{BUILD}\n{commit}\n{autocommit}\n{BUILD}\n{BUILD}") == [True, False, False]
    back = 'op.get_bind().execution_options(isolation_level="READ COMMITTED")'
    assert transactional(f"{commit}\n{autocommit}\n{BUILD}\n{back}\n{BUILD}") == [False, True]
    assert transactional(f"{commit}\n{BUILD}\n{autocommit}\n{BUILD}") == [True, True]


@pytest.mark.parametrize("batch", [False, True])
def test_a_change_of_type_knows_what_the_call_says_was_there(batch: bool) -> None:
    said = "type_=sa.BigInteger(), existing_type=sa.String(20), existing_nullable=False, nullable=True"
    body = f'op.alter_column("t", "c", {said})'
    if batch:
        body = f'with op.batch_alter_table("t") as changes:\n    changes.alter_column("c", {said})'
    (change,) = [one for one in upgrade_of(body) if isinstance(one, AlterColumnType)]
    assert (change.existing_type, change.existing_nullable) == (DataType("character varying", ("20",)), False)


def test_a_change_of_type_that_says_nothing_of_what_was_there_knows_nothing() -> None:
    for body in ('op.alter_column("t", "c", type_=sa.Text())', 'op.execute("ALTER TABLE t ALTER c TYPE text")'):
        (change,) = upgrade_of(body)
        assert isinstance(change, AlterColumnType)
        assert (change.existing_type, change.existing_nullable) == (None, None)
