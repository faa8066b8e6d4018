"""What is known offline, and what earlier revisions answer in the place of the database."""

from __future__ import annotations

from rules.model.script import MigrationScript
from rules.reading import read_script
from rules.schema import Schema
from tests.rules.reading.capabilities import migration
from tests.rules.reading.one_script import read, sent


def test_offline_no_variable_of_the_environment_is_set_and_the_server_has_no_version() -> None:
    body = """
    if os.environ.get("SLOWLY", "") == "true" or "SLOWLY" in os.environ or os.getenv("SLOWLY"):
        op.drop_table("a")
    if op.get_bind().engine.dialect.server_version_info:
        op.drop_table("b")
    try:
        os.environ["SLOWLY"]
    except KeyError:
        op.drop_table("c")
    """
    text = migration(body, "import os")
    online, offline = (read_script("v/a1.py", text, offline=one) for one in (False, True))
    assert isinstance(online, MigrationScript)
    assert isinstance(offline, MigrationScript)
    assert sent(online.upgrade) == [("DROP TABLE a", True), ("DROP TABLE b", True)]
    assert sent(offline.upgrade) == [("DROP TABLE c", False)]


def test_the_offline_side_is_read_only_when_asked_for() -> None:
    text = migration("if context.is_offline_mode():\n    op.drop_table('a')\nelse:\n    op.drop_table('b')")
    online, offline = (read_script("v/a1.py", text, offline=one) for one in (False, True))
    assert isinstance(online, MigrationScript)
    assert isinstance(offline, MigrationScript)
    assert [one.sql for one in online.upgrade] == ["DROP TABLE b"]
    assert [one.sql for one in offline.upgrade] == ["DROP TABLE a"]


def test_the_inspector_answers_from_the_earlier_revisions() -> None:
    schema = Schema.empty()
    for operation in read(
        "op.create_table('t', sa.Column('id', sa.Integer, primary_key=True))\nop.create_index('i', 't', ['id'])"
    ):
        schema = schema.after(operation)
    operations = read(
        """
        inspector = sa.inspect(op.get_bind())
        if inspector.has_table("t"):
            op.drop_index("i")
        if "x" not in [column["name"] for column in inspector.get_columns("t")]:
            op.add_column("t", sa.Column("x", sa.Text))
        if "x" not in {column["name"] for column in sa.inspect(op.get_bind()).get_columns("t")}:
            op.drop_table("never")
        if "elsewhere" in inspector.get_table_names():
            op.drop_table("elsewhere")
        """,
        schema=schema,
    )
    assert sent(operations) == [
        ("DROP INDEX i", False),
        ("ALTER TABLE t ADD COLUMN x TEXT", False),
        ("DROP TABLE elsewhere", True),
    ]
