"""Table sizes that the user took from production; dbbot never connects to a database."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rules.model.names import Name
from rules.model.size import Size

OLDEST = timedelta(days=90)
"""Tables grow; older sizes count as unknown."""
MAXIMUM_SIZE = 8 * 1024 * 1024
"""Characters of a statistics file; 50,000 tables need less."""

QUERY = """\
SELECT json_build_object(
  'taken_at', now(),
  'server_version', current_setting('server_version_num')::int,
  'tables', coalesce(json_object_agg(n.nspname || '.' || c.relname, json_build_object(
    'rows', size.rows, 'bytes', size.bytes,
    'reads', s.seq_scan + coalesce(s.idx_scan, 0),
    'writes', s.n_tup_ins + s.n_tup_upd + s.n_tup_del)) FILTER (WHERE c.oid IS NOT NULL), '{}'))
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
CROSS JOIN LATERAL (
  SELECT coalesce(sum(greatest(part.reltuples, sign(pg_relation_size(part.oid)))), 0)::bigint AS rows,
         coalesce(sum(pg_total_relation_size(part.oid)), 0)::bigint AS bytes
  FROM pg_class part
  WHERE part.oid = c.oid AND c.relkind = 'r'
     OR c.relkind = 'p' AND part.oid IN (SELECT relid FROM pg_partition_tree(c.oid) WHERE isleaf)) size
WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema');"""
"""Reads only. Rows as of the last ANALYZE, at least one where there are pages: a table that was never analysed is not
empty. A partitioned table is as big as its partitions."""


@dataclass(frozen=True, slots=True)
class TableStatistics(Size):
    reads: int = 0
    writes: int = 0


@dataclass(frozen=True, slots=True)
class Statistics:
    """Tables by (schema, name)."""

    taken_at: datetime | None = None
    server_version_number: int | None = None
    """As PostgreSQL counts: 140004 is 14.4."""
    tables: Mapping[tuple[str, str], TableStatistics] = field(default_factory=dict)

    @property
    def server_version(self) -> int | None:
        """Major version."""
        return None if self.server_version_number is None else self.server_version_number // 10_000

    def days_too_old(self, now: datetime) -> int | None:
        """Its age in days if that is more than `OLDEST`; None while it may be believed, or tells no date."""
        if self.taken_at is None:
            return None
        taken = self.taken_at if self.taken_at.tzinfo else self.taken_at.replace(tzinfo=UTC)
        age = now - taken
        return age.days if age > OLDEST else None

    def of(self, table: Name) -> TableStatistics | None:
        return self.tables.get(table.key)


Count = Annotated[int, Field(ge=0)]


_FIRST_NUMBER = 10_000
"""Smaller ones are major versions written by hand."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="ignore")
    rows: Count
    bytes: Count
    reads: Count | None = 0
    writes: Count | None = 0


class _File(BaseModel):
    model_config = ConfigDict(extra="ignore")
    taken_at: datetime | None = None
    server_version: Count | None = None
    tables: dict[str, _Table] | None = None


def read_statistics(text: str) -> Statistics | str:
    """The statistics, or a sentence that says why the text is none."""
    if len(text) > MAXIMUM_SIZE:
        return f"The statistics file has {len(text):,} characters; at most {MAXIMUM_SIZE:,} are read."
    try:
        read = _File.model_validate(json.loads(text))
    except (ValueError, RecursionError) as error:
        reason = _first(error) if isinstance(error, ValidationError) else str(error)
        return f"The statistics file cannot be read: {reason}."
    version = read.server_version
    return Statistics(
        taken_at=read.taken_at,
        server_version_number=version * 10_000 if version is not None and version < _FIRST_NUMBER else version,
        tables={_key(name): _table(table) for name, table in (read.tables or {}).items()},
    )


def _key(name: str) -> tuple[str, str]:
    schema, dot, table = name.partition(".")
    return (schema, table) if dot else ("public", schema)


def _table(read: _Table) -> TableStatistics:
    return TableStatistics(read.rows, read.bytes, read.reads or 0, read.writes or 0)


def _first(error: ValidationError) -> str:
    problem: Any = error.errors()[0]
    where = ".".join(str(part) for part in problem["loc"])
    return f"`{where}`: {problem['msg'].lower()}"
