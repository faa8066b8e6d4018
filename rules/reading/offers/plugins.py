"""Operations that other packages add to `op`, as they run on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules.reading.offers.execution import send_text
from rules.reading.values import Arguments, unknown_within

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine

SPATIAL = {
    "add_geospatial_column": "add_column",
    "drop_geospatial_column": "drop_column",
    "create_geospatial_table": "create_table",
    "drop_geospatial_table": "drop_table",
    "create_geospatial_index": "create_index",
    "drop_geospatial_index": "drop_index",
}
"""GeoAlchemy2's, and the operations of Alembic's own that they come down to."""


def add_enum_values(machine: Machine, arguments: Arguments) -> bool:
    """Whether this is `sync_enum_values(schema, name, old_values, new_values)` of `alembic_autogenerate_enums`.

    https://pypi.org/project/alembic-autogenerate-enums/ (0.1.2): labels are added, behind a COMMIT.
    """
    schema, name, old, new = (arguments.get(at, ("schema", "name", "old_values", "new_values")[at]) for at in range(4))
    if not (isinstance(schema, str) and isinstance(name, str) and "affected_columns" not in arguments.keywords):
        return False
    if not (isinstance(old, list | tuple) and isinstance(new, list | tuple) and new):
        return False
    if unknown_within([old, new]) or not all(isinstance(label, str) for label in new):
        return False
    send_text(machine, "COMMIT", None)
    for label in new:
        if label not in old:
            escaped = str(label).replace("'", "''")
            send_text(machine, f"ALTER TYPE {schema}.{name} ADD VALUE '{escaped}'", None)
    return True
