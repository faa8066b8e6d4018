"""Operations that well-known packages add to `op`, as servers got them from those packages."""

from __future__ import annotations

from rules.model.operations import Opaque
from tests.rules.reading.one_script import read


def sent(body: str, top: str = "") -> list[str]:
    return [one.reason if isinstance(one, Opaque) else one.sql for one in read(body, top)]


def test_the_older_package_of_that_name_adds_labels() -> None:
    """alembic-autogenerate-enums 0.1.2."""
    assert sent('op.sync_enum_values("public", "kind", ["a"], ["a", "b"])', "") == [
        "COMMIT",
        "ALTER TYPE public.kind ADD VALUE 'b'",
    ]


def test_spatial_operations_are_plain_ones_on_postgresql() -> None:
    """GeoAlchemy2 0.20.0."""
    body = """
    op.create_geospatial_table("a", sa.Column("id", sa.Integer()))
    op.add_geospatial_column("a", sa.Column("g", Geometry("POINT", 4326)))
    with op.batch_alter_table("a") as batch_op:
        batch_op.create_geospatial_index("idx_a_g", ["g"], postgresql_using="gist")
        batch_op.drop_geospatial_index("idx_a_g", postgresql_using="gist", column_name="g")
        batch_op.drop_geospatial_column("g")
    op.drop_geospatial_table("a")
    """
    assert [" ".join(one.split()) for one in sent(body, "from geoalchemy2 import Geometry")] == [
        "CREATE TABLE a ( id INTEGER )",
        "ALTER TABLE a ADD COLUMN g geometry(POINT,4326)",
        "CREATE INDEX idx_a_g ON a USING gist (g)",
        "DROP INDEX idx_a_g",
        "ALTER TABLE a DROP COLUMN g",
        "DROP TABLE a",
    ]
