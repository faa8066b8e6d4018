"""Tables reflected into a migration: columns from the replayed schema, the others as the migration names them."""

from __future__ import annotations

import pytest

from rules.model.location import ScriptLocation
from rules.model.operations import Direction, Opaque
from rules.model.script import MigrationScript
from rules.reading import read_location, read_script
from tests.rules.reading.capabilities import migration

WHERE = ScriptLocation("m", ("m/versions",))
FIRST = """
op.create_table("other", sa.Column("id", sa.Integer, primary_key=True))
op.create_table(
    "t",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("a", sa.String(20), nullable=False, server_default="x"),
    sa.Column("n", sa.Numeric(10, 2), sa.CheckConstraint("n > 0", name="ck")),
    sa.Column("o", sa.Integer, sa.ForeignKey("other.id", ondelete="CASCADE")),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now()),
    sa.Column("e", sa.Enum("a", "b", name="e")),
    sa.UniqueConstraint("a"),
    sa.Index("ix_n", "n"),
)
"""
COPY = """
with op.batch_alter_table("t", recreate="{}") as batch_op:
    batch_op.add_column(sa.Column("later", sa.Text()))
    batch_op.alter_column("a", new_column_name="b", type_=sa.Text())
    batch_op.create_unique_constraint("uq_o", ["o"])
"""


def second(body: str, first: str = FIRST, where: ScriptLocation = WHERE) -> MigrationScript:
    """The revision that follows `first`."""
    later = migration(body).replace('"a1"\ndown_revision = None', '"a2"\ndown_revision = "a1"')
    texts = {"m/versions/a1.py": migration(first), "m/versions/a2.py": later}
    return read_location(where, texts).scripts[1]


def sent(body: str, first: str = FIRST) -> list[str]:
    return [" ".join(one.sql.split()) for one in second(body, first).statements(Direction.UPGRADE)]


def test_a_table_made_anew_in_batch_mode_is_copied_as_the_earlier_revisions_leave_it() -> None:
    """As Alembic 1.18 sends it to PostgreSQL 18, but for the server's own spelling of expressions."""
    assert sent(COPY.format("always")) == [
        "ALTER TABLE t DROP CONSTRAINT ck",
        "ALTER TABLE t DROP CONSTRAINT t_pkey",
        "ALTER TABLE t DROP CONSTRAINT t_a_key",
        "ALTER TABLE t DROP CONSTRAINT t_o_fkey",
        "CREATE TABLE _alembic_tmp_t ( id SERIAL NOT NULL, b TEXT DEFAULT 'x' NOT NULL, n NUMERIC(10, 2), o INTEGER, "
        "at TIMESTAMP WITH TIME ZONE DEFAULT now(), e e, later TEXT, CONSTRAINT t_pkey PRIMARY KEY (id), "
        "CONSTRAINT ck CHECK (n > 0), CONSTRAINT t_a_key UNIQUE (b), "
        "CONSTRAINT t_o_fkey FOREIGN KEY(o) REFERENCES other (id) ON DELETE CASCADE, CONSTRAINT uq_o UNIQUE (o) )",
        "INSERT INTO _alembic_tmp_t (id, b, n, o, at, e) SELECT t.id, t.a, t.n, t.o, t.at, t.e FROM t",
        "DROP TABLE t",
        "ALTER TABLE _alembic_tmp_t RENAME TO t",
        "CREATE INDEX ix_n ON t (n)",
    ]


def test_the_copy_stands_at_the_call_that_begins_the_batch() -> None:
    script = second(COPY.format("always"))
    lines = script.text.split("\n")
    assert {lines[one.place.line - 1].strip() for one in script.upgrade} == {
        'with op.batch_alter_table("t", recreate="always") as batch_op:'
    }


def test_sqlite_copies_in_batch_mode_of_itself() -> None:
    first = 'op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String(20)))'
    body = """
    with op.batch_alter_table("t") as batch_op:
        batch_op.drop_column("a")
    op.execute("PRAGMA foreign_keys=ON")
    """
    script = second(body, first, ScriptLocation("m", ("m/versions",), dialect="sqlite"))
    assert not script.unread
    assert [one.sql.split()[0] for one in script.statements(Direction.UPGRADE)] == [
        "CREATE",
        "INSERT",
        "DROP",
        "ALTER",
        "PRAGMA",
    ]


def test_what_cannot_be_copied_for_want_of_its_columns_is_said() -> None:
    (found,) = second(COPY.format("always"), "op.execute('SELECT 1')").upgrade
    assert isinstance(found, Opaque)
    assert found.reason == "batch mode copies `t` as it finds it, which nothing that was read tells"


REFLECTED = """
metadata = sa.MetaData()
metadata.reflect(bind=op.get_bind(), only=("other", "unseen"))
other = {}
connection = op.get_bind()
connection.execute(sa.select(other.c.id))
"""


@pytest.mark.parametrize("table", ['metadata.tables["other"]', 'sa.Table("other", metadata)'])
def test_tables_that_metadata_reflects_have_their_columns(table: str) -> None:
    assert sent(REFLECTED.format(table)) == ["SELECT other.id FROM other"]


def test_a_table_that_nobody_saw_made_has_the_columns_that_are_asked_for() -> None:
    assert sent(REFLECTED.format('metadata.tables["unseen"]')) == ["SELECT unseen.id FROM unseen"]
    body = """
    unseen = sa.Table("unseen", sa.MetaData(), autoload_with=op.get_bind())
    op.get_bind().execute(unseen.update().where(unseen.c.name == "x").values(name="y", size=2))
    op.get_bind().execute(sa.select(unseen).where(unseen.c.size > 1))
    op.get_bind().execute(unseen.select())
    op.bulk_insert(unseen, [{"name": "z", "flag": True}])
    """
    assert sent(body) == [
        "UPDATE unseen SET name='y', size=2 WHERE unseen.name = 'x'",
        "SELECT unseen.* FROM unseen WHERE unseen.size > 1",
        "SELECT unseen.* FROM unseen",
        "INSERT INTO unseen (name, flag) VALUES ('z', true)",
    ]


def test_whether_a_table_that_nobody_saw_made_is_there_stays_open() -> None:
    body = """
    metadata = sa.MetaData()
    metadata.reflect(op.get_bind())
    if "unseen" in metadata.tables:
        op.drop_table("unseen")
    if "t" in metadata.tables:
        op.drop_table("t")
    """
    script = second(body)
    assert [(one.sql, one.statement.conditional) for one in script.upgrade] == [
        ("DROP TABLE unseen", True),
        ("DROP TABLE t", False),
    ]


def test_a_column_of_a_table_that_is_known_whole_must_be_there() -> None:
    body = 'metadata = sa.MetaData()\nmetadata.reflect(op.get_bind())\nt = metadata.tables["other"]\n'
    script = second(f"{body}op.execute(t.update().values(nothing=1))")
    assert [one.reason for one in script.upgrade if isinstance(one, Opaque)] == [
        "reading of the function ends here with `CompileError`: the table is not known to have nothing"
    ]


def test_without_any_history_a_reflected_table_is_read_all_the_same() -> None:
    script = read_script("m/versions/a1.py", migration(REFLECTED.format('sa.Table("other", metadata)')))
    assert isinstance(script, MigrationScript)
    assert [" ".join(one.sql.split()) for one in script.upgrade] == ["SELECT other.id FROM other"]
