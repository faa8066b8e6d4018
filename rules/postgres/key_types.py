"""Which types a foreign key joins: the index of the key must have an equality operator for both.

Sources: https://www.postgresql.org/docs/current/xindex.html#XINDEX-OPFAMILY, and measured by the tests pair by pair.
"""

from __future__ import annotations

from rules.model.columns import DataType

FAMILIES = {
    **dict.fromkeys(("smallint", "integer", "bigint"), "integer"),
    **dict.fromkeys(("real", "double precision"), "float"),
    **dict.fromkeys(("text", "character varying", "character", "bpchar", "name", "citext"), "text"),
    **dict.fromkeys(("date", "timestamp without time zone", "timestamp with time zone"), "time"),
    **dict.fromkeys(("bit", "bit varying"), "bits"),
    **dict.fromkeys(("inet", "cidr"), "network"),
    "time without time zone": "clock",
    "time with time zone": "zoned clock",
    **{name: name for name in ("numeric", "oid", "money", "interval", "uuid", "boolean", "bytea", "jsonb", "macaddr")},
}
_CAST = {
    ("integer", "numeric"),
    ("integer", "float"),
    ("integer", "oid"),
    ("numeric", "float"),
    ("clock", "zoned clock"),
    ("clock", "interval"),
}
"""(referencing, referenced): the first is cast to the key by itself, not the other way round."""


def clash(own: DataType, key: DataType) -> bool:
    """Whether a column of the first type is refused as a reference to the second; False where one is not known here."""
    if own.dimensions or key.dimensions or own.schema or key.schema or not own.known or not key.known:
        return False
    pair = (FAMILIES.get(own.name), FAMILIES.get(key.name))
    return None not in pair and pair[0] != pair[1] and pair not in _CAST
