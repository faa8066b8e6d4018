"""Names and statements as a plan writes them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from rules.context import Context
from rules.model.columns import ForeignKey
from rules.model.names import Name
from rules.model.operations import Operation
from rules.postgres.tokens import Token, tokens_of
from rules.schema import Table
from rules.schema.edits import taken_in
from rules.schema.naming import chosen

NO_NAME = "The name that the constraint gets is not known: give it one."
_END = re.compile(r"[\s;]+\Z")


def quoted(name: str) -> str:
    """An identifier as SQL, keywords in quotes too."""
    return _quote()(name)


@cache
def _quote() -> Callable[[str], str]:
    from sqlalchemy.dialects import postgresql  # here, since it takes long to load and few reviews need a plan

    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    quote: Callable[[str], str] = dialect.identifier_preparer.quote
    return quote


def qualified(name: Name) -> str:
    return quoted(name.name) if name.schema is None else f"{quoted(name.schema)}.{quoted(name.name)}"


def sentence(op: Operation) -> str:
    """The text of its statement without the semicolon."""
    return _END.sub("", op.sql).strip()


def not_valid(op: Operation, name: str) -> str:
    """An `ADD [CONSTRAINT name] ...` that looks at no old row; the name is written where it was not."""
    named = re.sub(
        r"\bADD\s+(?=(FOREIGN\s+KEY|CHECK|NOT\s+NULL)\b)",
        lambda _: f"ADD CONSTRAINT {quoted(name)} ",
        sentence(op),
        count=1,
        flags=re.IGNORECASE,
    )
    return f"{named} NOT VALID"


@dataclass(frozen=True, slots=True)
class WrittenCheck:
    """A CHECK as a statement writes it: `text` from CONSTRAINT to the parenthesis that ends it."""

    text: str
    condition: str


def checks_in(sql: str) -> tuple[WrittenCheck, ...]:
    """The CHECKs of a definition, in order; what stands in their parentheses is not looked into."""
    found, tokens, at = [], tokens_of(sql), 0
    while at < len(tokens):
        if tokens[at].word == "CHECK" and at + 1 < len(tokens) and tokens[at + 1].word == "(":
            end = _closing(tokens, at + 1)
            if end is None:
                return ()
            named = at >= 2 and tokens[at - 2].word == "CONSTRAINT"
            first = tokens[at - 2] if named else tokens[at]
            condition = sql[tokens[at + 1].end : tokens[end].start].strip()
            found.append(WrittenCheck(sql[first.start : tokens[end].end], condition))
            at = end
        at += 1
    return tuple(found)


def _closing(tokens: Sequence[Token], opening: int) -> int | None:
    depth = 0
    for at in range(opening, len(tokens)):
        depth += {"(": 1, ")": -1}.get(tokens[at].word, 0)
        if not depth:
            return at
    return None


def without(sql: str, part: str) -> str | None:
    """The statement without a part that it has exactly once."""
    return sql.replace(part, "") if sql.count(part) == 1 else None


def in_string(text: str) -> str:
    """As a literal."""
    return "'" + text.replace("'", "''") + "'"


def validated(table: Name, constraint: str) -> str:
    return f"ALTER TABLE {qualified(table)} VALIDATE CONSTRAINT {quoted(constraint)}"


def dropped(table: Name, constraint: str) -> str:
    return f"ALTER TABLE {qualified(table)} DROP CONSTRAINT {quoted(constraint)}"


def foreign_key(key: ForeignKey, columns: Sequence[str], target_columns: Sequence[str]) -> str:
    """Its clause with these columns on either side."""
    clause = f"FOREIGN KEY ({', '.join(map(quoted, columns))}) REFERENCES {qualified(key.target)}"
    clause += f" ({', '.join(map(quoted, target_columns))})" if target_columns else ""
    clause += f" ON DELETE {key.on_delete}" if key.on_delete else ""
    return clause + (f" ON UPDATE {key.on_update}" if key.on_update else "")


def free_name(context: Context, table: Table, column: str, label: str) -> str:
    """`table_column_label`, cut to what the server stores, with a number where that name is taken."""
    return chosen(table.name.name, column, label, taken_in(context.schema, table))


def added_constraint(op: Operation, table: Name, context: Context) -> tuple[str, bool] | None:
    """The name of the constraint, and whether it is sure to have it once its statement has run as it is written.

    It is not sure where the server picks the name and may know of a constraint that the history does not show.
    """
    given = getattr(getattr(op, "constraint", None), "name", None)
    if isinstance(given, str):
        return given, True
    before, after = context.schema.table(table), context.schema.after(op).trace(table)
    known = context.schema.trace(table)
    taken = {each.name for each in known.constraints} if known is not None else set()
    new = [each.name for each in after.constraints if each.name not in taken] if after is not None else []
    sure = before is not None and before.complete and not context.schema.unread
    return (new[0], sure) if len(new) == 1 else None
