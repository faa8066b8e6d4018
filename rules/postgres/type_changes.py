"""What ALTER COLUMN TYPE costs, for each pair of types: the table kept, indexes built anew, everything rewritten.

Sources: https://www.postgresql.org/docs/current/sql-altertable.html (Notes), and measured by the tests pair by pair.
"""

from __future__ import annotations

import re
from enum import StrEnum

from rules.model.columns import DataType
from rules.postgres.tokens import words


class TypeChange(StrEnum):
    FREE = "free"
    """Neither table nor index is written."""
    INDEXES = "indexes"
    """The table is kept; indexes on the column are built anew."""
    REWRITE = "rewrite"
    """The table and all its indexes are written anew."""
    FAILS = "fails"
    """No automatic cast: refused without USING, even on an empty table; with USING a rewrite."""


_INTEGERS = words("smallint integer bigint")
_NUMBERS = _INTEGERS | {"numeric", "real", "double precision"}
_TEXTS = words("text citext name bpchar character") | {"character varying"}
_DATES = frozenset({"date", "timestamp without time zone", "timestamp with time zone"})
_TIMES = frozenset({"time without time zone", "time with time zone"})
_PRECISE = _DATES - {"date"} | _TIMES | {"interval"}
_BITS = frozenset({"bit", "bit varying"})
_UNPADDED_BITS = ("bit", "bit varying")
_OF_CATALOGS = words("regclass regtype regproc")
_FINEST = 6
"""Digits of a second, where none are given."""
_FAMILIES = (
    _NUMBERS,
    _DATES,
    _BITS,
    words("json jsonb"),
    words("inet cidr"),
    words("macaddr macaddr8"),
)
_ASSIGNABLE = frozenset(
    {
        ("timestamp without time zone", "time without time zone"),
        ("timestamp with time zone", "time without time zone"),
        ("timestamp with time zone", "time with time zone"),
        ("time without time zone", "time with time zone"),
        ("time with time zone", "time without time zone"),
        ("time without time zone", "interval"),
        ("interval", "time without time zone"),
        ("text", "regclass"),
        ("character varying", "regclass"),
        ("integer", "money"),
        ("bigint", "money"),
        ("numeric", "money"),
        ("money", "numeric"),
        ("point", "box"),
        ("box", "polygon"),
        ("path", "polygon"),
        ("polygon", "path"),
    }
    | {(old, '"char"') for old in _TEXTS}
    | {(old, new) for old in _INTEGERS | {"oid"} for new in _OF_CATALOGS | {"oid"}}
    | {(old, new) for old in _OF_CATALOGS | {"oid"} for new in ("oid", "integer", "bigint")}
)
"""Casts across families that an assignment makes by itself."""
BUILT_IN = (
    frozenset().union(*_FAMILIES, _TEXTS, _TIMES, _OF_CATALOGS)
    | words("interval uuid boolean bytea xml oid xid money pg_lsn tsvector tsquery jsonpath")
    | words("point box path polygon circle line lseg int4range int8range numrange daterange tsrange tstzrange")
)


def type_change(old: DataType, new: DataType, *, utc: bool = False, cast: bool = False) -> TypeChange:
    """Between two types that are no domains; a type that is not known counts as rewriting.

    `utc`: the session's time zone is known to be UTC. `cast`: USING casts the column to the new type itself.
    """
    if old == new:
        return TypeChange.FREE
    if not (old.known and new.known):
        return TypeChange.REWRITE
    if old.dimensions and new.dimensions:
        return _between_arrays(old, new, cast)
    if old.dimensions or new.dimensions:
        to_text = not new.dimensions and new.name in _TEXTS
        return TypeChange.REWRITE if cast or to_text else TypeChange.FAILS
    if _is_free(old, new):
        return TypeChange.FREE
    if _rebuilds_indexes(old, new, utc):
        return TypeChange.INDEXES
    return TypeChange.REWRITE if cast or _assignable(old, new) else TypeChange.FAILS


def _between_arrays(old: DataType, new: DataType, cast: bool) -> TypeChange:
    """Elements are converted one by one, even where each would be free; only dropping a limit is free."""
    if (old.name, old.schema) != (new.name, new.schema):
        return TypeChange.REWRITE if cast or _assignable(old, new) else TypeChange.FAILS
    return TypeChange.FREE if not new.arguments else TypeChange.REWRITE


def _is_free(old: DataType, new: DataType) -> bool:
    pair = (old.name, new.name)
    if pair in (("cidr", "inet"), ("xml", "text")) or ("oid" in pair and not _OF_CATALOGS.isdisjoint(pair)):
        return True
    if old.name in ("text", "character varying") and new.name in ("text", "character varying"):
        return not new.arguments or (bool(old.arguments) and _number(new) >= _number(old))
    if pair == ("character", "bpchar"):
        return True
    if pair == ("numeric", "numeric"):
        return not new.arguments or _wider_numeric(old.arguments, new.arguments)
    if pair == ("bit varying", "bit varying"):
        return not new.arguments or (bool(old.arguments) and _number(new) >= _number(old))
    if old.name == new.name and old.name in _PRECISE:
        return _precision(new) >= _precision(old)
    return False


def _number(type_: DataType) -> int:
    return int(type_.arguments[0]) if type_.arguments and type_.arguments[0].isdigit() else 0


def _wider_numeric(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    if len(old) != 2 or len(new) != 2 or old[1] != new[1] or not (old[0].isdigit() and new[0].isdigit()):
        return False
    return int(new[0]) >= int(old[0])


def _precision(type_: DataType) -> int:
    return _number(type_) if type_.arguments else _FINEST


def _rebuilds_indexes(old: DataType, new: DataType, utc: bool) -> bool:
    pair = {old.name, new.name}
    if "citext" in pair and pair & {"text", "character varying"}:
        return not new.arguments
    if "integer" in pair and pair & (_OF_CATALOGS | {"oid"}):
        return True
    if (new.name == "bpchar" and old.name in ("text", "character varying")) or (old.name, new.name) == _UNPADDED_BITS:
        return not new.arguments
    zones = {"timestamp without time zone", "timestamp with time zone"}
    return pair == zones and utc and _precision(new) >= _precision(old)


def _assignable(old: DataType, new: DataType) -> bool:
    """Whether an assignment casts by itself. Of user types nothing is known: they count as castable to text only."""
    if new.name in _TEXTS and new.schema is None:
        return True
    if (old.name, new.name) in _ASSIGNABLE:
        return True
    if old.name == new.name and old.schema == new.schema:
        return True
    if any(old.name in family and new.name in family for family in _FAMILIES):
        return True
    known = old.name in BUILT_IN and new.name in BUILT_IN
    from_text = old.name in _TEXTS and old.schema is None
    return not (known or from_text)


_CAST = re.compile(r'\s*\(?\s*"?(?P<column>[^":()]+?)"?\s*\)?\s*::\s*(?P<type>[^()]+(?:\([\d, ]+\))?[^()]*)\)?\s*\Z')
_CAST_CALL = re.compile(r'\s*CAST\s*\(\s*"?(?P<column>[^":()]+?)"?\s+AS\s+(?P<type>.+)\)\s*\Z', re.IGNORECASE)


def casts_only(using: str, column: str) -> bool:
    """Whether USING says no more than `column::type`, which the server treats like its own cast."""
    using = using.strip()
    if using.startswith("(") and using.endswith(")") and using.count("(") == 1:
        using = using[1:-1].strip()
    found = _CAST.match(using) or _CAST_CALL.match(using)
    return using.strip('"') == column or (found is not None and found["column"].lower() == column.lower())
