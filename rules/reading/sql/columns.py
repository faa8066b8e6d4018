"""Column definitions and constraints, as they stand in CREATE TABLE and ALTER TABLE ... ADD."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from msgspec.structs import replace

from rules.model.columns import Check, Column, Constraint, Exclusion, ForeignKey, Generated, NotNull, PrimaryKey, Unique
from rules.model.names import Name
from rules.postgres.types import SERIALS, normalised
from rules.reading.sql.cursor import Cursor, UnreadForm

_AFTER_DEFAULT = (
    *("NOT", "NULL", "CONSTRAINT", "CHECK", "UNIQUE", "PRIMARY", "REFERENCES", "GENERATED", "COLLATE", "DEFAULT"),
    *("DEFERRABLE", "INITIALLY", "STORAGE", "COMPRESSION"),
)
AFTER_TYPE = frozenset(_AFTER_DEFAULT)
"""Words that no type has in it."""
TABLE_CONSTRAINTS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE")


def starts_constraint(cursor: Cursor) -> bool:
    """Whether a table constraint comes next, not a column that happens to have such a name."""
    word = cursor.word
    if word == "NOT":
        return cursor.ahead() == "NULL"
    if word in ("PRIMARY", "FOREIGN"):
        return cursor.ahead() == "KEY"
    if word == "EXCLUDE":
        return cursor.ahead() in ("USING", "(")
    return word in TABLE_CONSTRAINTS


def read_column(cursor: Cursor) -> Column:
    """`name type [COLLATE c] [DEFAULT e] [NOT NULL] [constraints ...]`."""
    name, written = cursor.identifier(), cursor.type()
    if written.schema is None and written.name in SERIALS:
        draft = _Draft(Column(name, normalised(SERIALS[written.name]), nullable=False, generated=Generated.SERIAL))
    else:
        draft = _Draft(Column(name, written))
    return draft.read(cursor)


def read_options(cursor: Cursor, name: str) -> Column:
    """A column of CREATE TABLE ... OF or PARTITION OF: a name and constraints, its type from elsewhere."""
    cursor.accept("WITH", "OPTIONS")
    return _Draft(Column(name, normalised("unknown"))).read(cursor)


@dataclass
class _Draft:
    """A column while its definition is read."""

    column: Column
    constraints: list[Constraint] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)

    def read(self, cursor: Cursor) -> Column:
        while cursor.word not in (",", ")") and not cursor.at_end and self._clause(cursor):
            pass
        return replace(self.column, constraints=tuple(self.constraints), **self.changes)

    def _set(self, **changes: object) -> bool:
        self.changes |= changes
        return True

    def _clause(self, cursor: Cursor) -> bool:
        """Reads one clause; False where none comes next."""
        start = cursor.position
        name = cursor.identifier() if cursor.accept("CONSTRAINT") else None
        if cursor.accept("NOT", "NULL"):
            if name is not None:
                self.constraints.append(NotNull(name, self.column.name))
            no_inherit(cursor)
            return self._set(nullable=False)
        if cursor.accept("NULL"):
            return self._set(nullable=True)
        if cursor.accept("DEFAULT"):
            default = read_default(cursor)
            return self._set(default=default, null_default=default is None)
        if cursor.accept("COLLATE"):
            return self._set(collation=cursor.name().name)
        if cursor.accept("GENERATED"):
            return self._generated(cursor)
        if cursor.accept_any("STORAGE", "COMPRESSION"):
            cursor.identifier()
            return True
        constraint = _column_constraint(cursor, name, self.column.name)
        if constraint is None:
            return self._own_clause(cursor, start)
        self.constraints.append(constraint)
        return not isinstance(constraint, PrimaryKey) or self._set(nullable=False)

    def _own_clause(self, cursor: Cursor, start: int) -> bool:
        changed = cursor.column_clause(self.column)
        if changed is None:
            cursor.position = start
            return False
        self.column = changed
        return True

    def _generated(self, cursor: Cursor) -> bool:
        if cursor.accept("BY", "DEFAULT"):
            kind = Generated.IDENTITY_BY_DEFAULT
        else:
            cursor.expect("ALWAYS")
            kind = Generated.IDENTITY_ALWAYS
        cursor.expect("AS")
        if cursor.accept("IDENTITY"):
            if cursor.word == "(":
                cursor.group()
            return self._set(generated=kind, nullable=False)
        expression = cursor.group()
        if cursor.accept("STORED"):
            return self._set(generated=Generated.STORED, expression=expression)
        cursor.accept("VIRTUAL")
        return self._set(generated=Generated.VIRTUAL, expression=expression)


def read_default(cursor: Cursor) -> str | None:
    """What stands after DEFAULT; None for NULL."""
    default = expression_until(cursor, *_AFTER_DEFAULT, *cursor.column_words)
    return None if default.upper() == "NULL" else default


def expression_until(cursor: Cursor, *stops: str) -> str:
    """An expression of at least one token: `DEFAULT NULL` starts with a word that would end another."""
    start = cursor.position
    if cursor.word not in ("(", "["):
        cursor.step()
    cursor.skip_until(*stops, ",")
    text = cursor.text_between(start, cursor.position)
    if not text:
        raise UnreadForm("an expression expected")
    return text


def _column_constraint(cursor: Cursor, name: str | None, column: str) -> Constraint | None:
    if cursor.accept("PRIMARY", "KEY"):
        index_parameters(cursor)
        return PrimaryKey(name, (column,), deferrable=timing(cursor).deferrable)
    if cursor.accept("UNIQUE"):
        distinct = nulls_not_distinct(cursor)
        index_parameters(cursor)
        return Unique(name, (column,), nulls_not_distinct=distinct, deferrable=timing(cursor).deferrable)
    if cursor.accept("CHECK"):
        return _check(cursor, name)
    if cursor.accept("REFERENCES"):
        return read_references(cursor, name, (column,))
    return None


def read_constraint(cursor: Cursor) -> Constraint:
    """A table constraint, from CONSTRAINT or its first keyword on."""
    name = cursor.identifier() if cursor.accept("CONSTRAINT") else None
    if cursor.accept("PRIMARY", "KEY"):
        index = cursor.identifier() if cursor.accept("USING", "INDEX") else None
        columns = _key_columns(cursor) if index is None else ()
        index_parameters(cursor)
        key = PrimaryKey(name, columns, index, timing(cursor).deferrable)
        cursor.accept("NOT", "VALID")  # parses, and the server refuses it: `not-valid-where-impossible` says so
        return key
    if cursor.accept("UNIQUE"):
        unique = _unique(cursor, name)
        cursor.accept("NOT", "VALID")
        return unique
    if cursor.accept("FOREIGN", "KEY"):
        columns = _key_columns(cursor)
        cursor.expect("REFERENCES")
        return read_references(cursor, name, columns)
    if cursor.accept("CHECK"):
        return _check(cursor, name)
    if cursor.accept("EXCLUDE"):
        return Exclusion(name, cursor.until())
    if cursor.accept("NOT", "NULL"):
        column = cursor.identifier()
        no_inherit(cursor)
        return NotNull(name, column, not_valid=_not_valid(cursor))
    raise UnreadForm("a constraint expected")


def _key_columns(cursor: Cursor) -> tuple[str, ...]:
    """Columns of a key; `WITHOUT OVERLAPS` and `PERIOD` (server 18) are stepped over."""
    cursor.expect("(")
    names = []
    while True:
        cursor.accept("PERIOD") if cursor.word == "PERIOD" and cursor.ahead() not in (",", ")") else None
        names.append(cursor.identifier())
        cursor.accept("WITHOUT", "OVERLAPS")
        if not cursor.accept(","):
            break
    cursor.expect(")")
    return tuple(names)


def _unique(cursor: Cursor, name: str | None) -> Unique:
    if cursor.accept("USING", "INDEX"):
        index = cursor.identifier()
        return Unique(name, (), index, deferrable=timing(cursor).deferrable)
    distinct = nulls_not_distinct(cursor)
    columns = _key_columns(cursor)
    index_parameters(cursor)
    return Unique(name, columns, None, distinct, timing(cursor).deferrable)


def _check(cursor: Cursor, name: str | None) -> Check:
    expression = cursor.group()
    barred = no_inherit(cursor)
    not_valid = _not_valid(cursor)
    return Check(name, expression, not_valid, barred or no_inherit(cursor))


def read_references(cursor: Cursor, name: str | None, columns: tuple[str, ...]) -> ForeignKey:
    target: Name = cursor.name()
    target_columns = _key_columns(cursor) if cursor.word == "(" else ()
    actions: dict[str, str] = {}
    match: str | None = None
    when, not_valid = Timing(), False
    while True:
        if cursor.accept("MATCH"):
            match = cursor.step().word
        elif cursor.accept("ON"):
            event = cursor.accept_any("DELETE", "UPDATE")
            actions[event] = _action(cursor)
        elif cursor.accept("NOT", "VALID"):
            not_valid = True
        elif (
            cursor.word in ("DEFERRABLE", "INITIALLY", "ENFORCED")
            or cursor.sees("NOT", "DEFERRABLE")
            or cursor.sees("NOT", "ENFORCED")
        ):
            when = timing(cursor, when)
        else:
            break
    return ForeignKey(
        name,
        columns,
        target,
        target_columns,
        actions.get("DELETE"),
        actions.get("UPDATE"),
        when.deferrable,
        not_valid,
        when.deferred,
        None if match == "SIMPLE" else match,
    )


def _action(cursor: Cursor) -> str:
    if cursor.accept("NO", "ACTION"):
        return "NO ACTION"
    if cursor.accept("SET"):
        text = f"SET {cursor.step().word}"
        return f"{text} ({cursor.group()})" if cursor.word == "(" else text
    return cursor.step().word


class Timing(NamedTuple):
    """When a constraint is checked: `deferred` is at the commit."""

    deferrable: bool = False
    deferred: bool = False


def timing(cursor: Cursor, before: Timing | None = None) -> Timing:
    """Of [NOT] DEFERRABLE and INITIALLY ...; [NOT] ENFORCED is stepped over."""
    deferrable, deferred = before or Timing()
    while True:
        if cursor.accept("DEFERRABLE"):
            deferrable = True
        elif cursor.accept("INITIALLY"):
            deferred = cursor.step().word == "DEFERRED"
            deferrable = deferrable or deferred
        elif not (cursor.accept("NOT", "DEFERRABLE") or cursor.accept("ENFORCED") or cursor.accept("NOT", "ENFORCED")):
            return Timing(deferrable, deferred)


def index_parameters(cursor: Cursor) -> None:
    """Steps over INCLUDE (...), WITH (...), USING INDEX TABLESPACE name."""
    while True:
        if cursor.accept_any("INCLUDE", "WITH"):
            cursor.group()
        elif cursor.accept("USING", "INDEX", "TABLESPACE"):
            cursor.identifier()
        else:
            return


def nulls_not_distinct(cursor: Cursor) -> bool:
    if cursor.accept("NULLS", "NOT", "DISTINCT"):
        return True
    cursor.accept("NULLS", "DISTINCT")
    return False


def no_inherit(cursor: Cursor) -> bool:
    return cursor.accept("NO", "INHERIT")


def _not_valid(cursor: Cursor) -> bool:
    timing(cursor)
    return cursor.accept("NOT", "VALID")
