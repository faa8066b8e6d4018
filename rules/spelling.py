"""How advice spells a thing where the statement stands: as an argument of the call, or in SQL text."""

from __future__ import annotations

from rules.model.operations import Statement


def is_text(statement: Statement) -> bool:
    """Whether the author wrote the SQL, and Alembic only sends it."""
    return statement.cause.rpartition(".")[2] in ("execute", "exec_driver_sql", "scalar", "scalars")


def not_valid(statement: Statement) -> str:
    return "NOT VALID" if is_text(statement) else "NOT VALID (`postgresql_not_valid=True`)"


def in_python(sql: str) -> str:
    """As a literal of the migration; in double quotes where it has none itself."""
    return repr(sql) if '"' in sql else f'"{sql}"'
