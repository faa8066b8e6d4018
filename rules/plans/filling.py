"""Old rows filled in batches along the key, each batch a transaction of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rules.context import Context
from rules.model.names import Name
from rules.model.operations import Update
from rules.plans.draft import Step
from rules.plans.sql import qualified, quoted, sentence
from rules.plans.writing import as_text, in_block, literal, nothing

BATCH_ROWS = 1000
NO_BATCHES = "Old rows are filled along a primary key of one column, with a value made of the row alone: not so here."
_KEY = "batch_key"
_UPDATE = re.compile(
    r"UPDATE\s+(?P<table>[\w.\"]+)\s+SET\s+(?P<column>[\w\"]+)\s*=\s*(?P<value>.+?)(?:\s+WHERE\s+(?P<condition>.+))?\Z",
    re.IGNORECASE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Filling:
    """`column` gets `value` in every row where it is NULL; `key` is the table's one-column primary key.

    A `value` of None is for the author to write: the step stops while rows are without one.

    Where the value comes from another column, `source`, rows that have NULL there too are left as they are.
    `constant` is the name of the batch in the module.
    """

    table: Name
    key: str
    column: str
    value: str | None
    source: str | None = None
    constant: str = "BATCH"

    @property
    def module(self) -> tuple[str, ...]:
        """The batch as a constant: the rows behind the last key, and the key of its own last row."""
        table, key, column = qualified(self.table), quoted(self.key), quoted(self.column)
        value = " ".join((self.value or "").split()) if "'" not in (self.value or "") else self.value
        value = "{VALUE}" if value is None or self.value is None else as_text(value)
        given = f" AND {quoted(self.source)} IS NOT NULL" if self.source else ""
        rows = f"{column} IS NULL{given} AND {key} > :last"
        statement = f"""
WITH batch AS (
    SELECT {key} AS {_KEY} FROM {table}
    WHERE {rows} ORDER BY {key} LIMIT {BATCH_ROWS}
), filled AS (
    UPDATE {table} SET {column} = {value}
    FROM batch WHERE {table}.{key} = batch.{_KEY} AND {table}.{column} IS NULL
)
SELECT {_KEY} FROM batch ORDER BY {_KEY} DESC LIMIT 1
"""
        written = statement.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        after = f" AND {key} > :last"
        first = f'FIRST_{self.constant} = {self.constant}.replace({literal(after)}, "")'
        if self.value is None:
            asked = 'VALUE = "NULL"  # write here what rows get that have none, as SQL: "\'unknown\'", "lower(name)"'
            return (asked, *f'{self.constant} = f"""{written}"""'.split("\n"), first)
        return (*f'{self.constant} = """{written}"""'.split("\n"), first)

    @property
    def lines(self) -> tuple[str, ...]:
        """They belong into a block outside the transaction."""
        return (
            "connection = op.get_bind()",
            f"last = connection.scalar(sa.text(FIRST_{self.constant}))",
            "while last is not None:",
            f'    last = connection.scalar(sa.text({self.constant}), {{"last": last}})',
            *(self._required if self.value is None else ()),
        )

    @property
    def _required(self) -> tuple[str, ...]:
        return (
            *(f"left = connection.scalar(sa.text({literal(as_text(self.left))}))",),
            "if left:",
            '    raise RuntimeError(f"{left} rows have no value: write VALUE, and let the application give one")',
        )

    @property
    def left(self) -> str:
        """The query that tells how many rows are left."""
        given = f" AND {quoted(self.source)} IS NOT NULL" if self.source else ""
        return f"SELECT count(*) FROM {qualified(self.table)} WHERE {quoted(self.column)} IS NULL{given}"


def filling(
    table: Name, column: str, value: str, context: Context, *, source: str | None = None, constant: str = "BATCH"
) -> Filling | None:
    """None unless the table has a primary key of one column, and the value needs nothing but the row."""
    found = context.schema.table(table)
    key = found.primary_key if found is not None else None
    if found is None or key is None or len(key.columns) != 1 or key.columns[0] == column or found.column(_KEY):
        return None
    if re.search(r"\b(SELECT|FROM)\b|--|/\*", value, re.IGNORECASE):
        return None
    return Filling(table, key.columns[0], column, value, source, constant)


def value_of(update: Update, table: Name, column: str, *, all_empty: bool) -> str | None:
    """What an UPDATE gives to the rows where the column is NULL; None where it does more than that, or other things.

    `all_empty` says that the column holds NULL in every row, so that an UPDATE without condition does the same.
    """
    found = _UPDATE.match(sentence(update))
    if found is None or update.table.key != table.key or update.columns != (column,) or update.sources:
        return None
    if re.search(r"\bRETURNING\b", sentence(update), re.IGNORECASE):
        return None
    if update.condition is None:
        return found["value"] if all_empty and found["condition"] is None else None
    wanted = rf'\(*\s*(?:[\w."]+\.)?"?{re.escape(column)}"?\s+IS\s+NULL\s*\)*\s*'
    same = (found["condition"] or "").split() == update.condition.split()
    return found["value"] if same and re.fullmatch(wanted, update.condition, re.IGNORECASE) else None


def filling_step(fill: Filling) -> Step:
    return Step(
        f"Fill {fill.column} of {fill.table}",
        "fill",
        in_block(fill.lines),
        nothing("which rows were empty is not known any more"),
        note=f"Batches of {BATCH_ROWS} rows, each of which commits by itself; stopped and begun again, it goes on "
        f"where it was. Rows left: {fill.left}.",
        module=("", *fill.module),
    )
