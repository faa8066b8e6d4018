"""Alembic's own offline machinery: the SQL comes out exactly as `alembic upgrade --sql` prints it.

Mirrors an `env.py` with
`context.configure(url="DIALECT://", literal_binds=True, dialect_opts={"paramstyle": "named"})`.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Mapping
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Index, MetaData, Table
from sqlalchemy.engine import Dialect, make_url
from sqlalchemy.exc import SAWarning, SQLAlchemyError
from sqlalchemy.types import TypeEngine, to_instance
from sqlalchemy.util import OrderedSet

from rules.model.frozen import Frozen

# One line for each context would drown the log of the server that reads them.
logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)
warnings.filterwarnings("ignore", category=SAWarning)
warnings.filterwarnings("ignore", module=r"alembic\.")

TERMINATOR = ";"


class Sink:
    """The output buffer: Alembic writes one whole statement at a time, so nothing has to be split."""

    def __init__(self) -> None:
        self.receive: Callable[[str], None] = lambda _: None

    def write(self, text: str) -> int:
        self.receive(text.removesuffix("\n\n").removesuffix(TERMINATOR))
        return len(text)

    def flush(self) -> None:
        """Nothing is held back."""


class Existing(Frozen):
    """What `op.alter_column` says about the column as it was; `type` as SQL, empty where it says nothing."""

    type: str
    nullable: bool | None
    said: tuple[str, ...] = ()
    """Of nullable, server_default, comment and autoincrement those that it says, as they were or as they will be."""


class Renderer:
    """Alembic's operations for one dialect; `sink.receive` gets each statement's text without its terminator."""

    def __init__(self, dialect: str, naming_convention: tuple[tuple[str, str], ...] = ()) -> None:
        self.sink = Sink()
        self.dialect = dialect_named(dialect)
        options: dict[str, Any] = {"as_sql": True, "literal_binds": True, "output_buffer": self.sink}
        if naming_convention:
            options["target_metadata"] = MetaData(naming_convention=dict(naming_convention))
        self.context = MigrationContext(self.dialect, None, options)
        self.operations = Operations(self.context)
        self.existing: Existing | None = None
        """While an `alter_column` is printed."""
        self._alter_column = self.context.impl.alter_column
        self.context.impl.alter_column = self._noting  # type: ignore[method-assign]
        self._create_table = self.context.impl.create_table
        self.context.impl.create_table = self._with_indexes_in_order  # type: ignore[method-assign]

    def _noting(self, *positional: Any, **keywords: Any) -> None:
        kind, nullable = keywords.get("existing_type"), keywords.get("existing_nullable")
        self.existing = Existing(self._text(kind), nullable if isinstance(nullable, bool) else None, _said(keywords))
        try:
            self._alter_column(*positional, **keywords)
        finally:
            self.existing = None

    def _with_indexes_in_order(self, table: Table, **keywords: Any) -> None:
        put_indexes_in_order(table)
        self._create_table(table, **keywords)

    def _text(self, kind: Any) -> str:
        """Of an instance or a class; a type without a length cannot always be written, and says nothing then."""
        if not (isinstance(kind, TypeEngine) or (isinstance(kind, type) and issubclass(kind, TypeEngine))):
            return ""
        try:
            return str(to_instance(kind).compile(dialect=self.dialect))
        except SQLAlchemyError:
            return ""

    def forget(self) -> None:
        """Alembic remembers the enums that it has created: each direction of each revision begins anew."""
        self.context.impl.memo.clear()

    def send(self, construct: Any) -> None:
        """Prints a construct, or text, as an execution through the connection does."""
        self.context.impl._exec(construct)


def _said(keywords: Mapping[str, Any]) -> tuple[str, ...]:
    """Alembic hands over every keyword; of those that the call leaves out, a value that says so."""
    unsaid = {"nullable": None, "server_default": False, "comment": False, "autoincrement": None}
    existing = {**dict.fromkeys(unsaid), "server_default": False}
    return tuple(
        name
        for name, absent in unsaid.items()
        if keywords.get(name, absent) is not absent
        or keywords.get(f"existing_{name}", existing[name]) is not existing[name]
    )


def put_indexes_in_order(table: Table) -> None:
    """As their columns stand; SQLAlchemy prints them in an order that each run has otherwise."""
    if len(table.indexes) < 2:
        return
    position = {column: number for number, column in enumerate(table.columns)}

    def standing(index: Index) -> tuple[list[int], str]:
        return [position.get(column, len(position)) for column in index.columns], str(index.name)

    table.indexes = OrderedSet(sorted(table.indexes, key=standing))


def dialect_named(name: str) -> Dialect:
    """Of the name's default driver; no driver is imported."""
    made: Dialect = make_url(f"{name}://").get_dialect()(paramstyle="named")  # type: ignore[call-arg]
    return made
