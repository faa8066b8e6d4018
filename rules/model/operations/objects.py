"""Types, sequences, views, functions: everything else that has a name."""

from __future__ import annotations

from enum import StrEnum

from rules.model.columns import DataType
from rules.model.names import Name
from rules.model.operations.base import Operation


class CreateEnum(Operation):
    type: Name
    labels: tuple[str, ...] = ()


class AddEnumValue(Operation):
    type: Name
    label: str
    if_not_exists: bool = False
    positioned: bool = False


class RenameEnumValue(Operation):
    type: Name
    label: str
    new_label: str


class CreateDomain(Operation):
    """`checks` are the names of its CHECKs; of one without a name, the name that the server picks."""

    domain: Name
    base: DataType
    not_null: bool = False
    checks: tuple[str, ...] = ()
    default: str | None = None


class AlterDomain(Operation):
    """`action` is the text after the domain's name."""

    domain: Name
    action: str


class Kind(StrEnum):
    """Kinds of objects that rules only need by name."""

    TYPE = "type"
    DOMAIN = "domain"
    SEQUENCE = "sequence"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized view"
    FUNCTION = "function"
    PROCEDURE = "procedure"
    TRIGGER = "trigger"
    POLICY = "policy"
    RULE = "rule"
    EXTENSION = "extension"
    SCHEMA = "schema"
    DATABASE = "database"
    ROLE = "role"
    STATISTICS = "statistics"
    PUBLICATION = "publication"
    SUBSCRIPTION = "subscription"
    AGGREGATE = "aggregate"
    CAST = "cast"
    OPERATOR = "operator"
    SERVER = "server"
    OTHER = "other"


class CreateObject(Operation):
    """`table` is that of a trigger, policy, rule or statistics; `replace` says OR REPLACE.

    `definition` is the text after the name.
    """

    kind: Kind
    name: Name
    table: Name | None = None
    replace: bool = False
    if_not_exists: bool = False
    definition: str = ""
    reads: tuple[Name, ...] = ()
    """Of a view: the tables and views that its query names."""
    volatility: str | None = None
    """Of a function: `immutable`, `stable` or `volatile` as declared; None where it does not say."""
    populated: bool = True
    """Of a materialized view: False for WITH NO DATA."""


class DropObject(Operation):
    kind: Kind
    name: Name
    table: Name | None = None
    if_exists: bool = False
    cascade: bool = False


class RenameObject(Operation):
    kind: Kind
    name: Name
    new_name: str
    table: Name | None = None
    """Of a trigger, policy or rule."""


class MoveObject(Operation):
    """SET SCHEMA, of tables too (`kind` None)."""

    kind: Kind | None
    name: Name
    new_schema: str


class AlterObject(Operation):
    """Any other ALTER of a named object; `action` is the text after the name, `table` as of a `RenameObject`."""

    kind: Kind
    name: Name
    action: str
    table: Name | None = None


class RefreshView(Operation):
    view: Name
    concurrently: bool = False
    with_data: bool = True


class SetTrigger(Operation):
    """ENABLE or DISABLE TRIGGER; `trigger` is a name, `ALL` or `USER`."""

    table: Name
    trigger: str
    enabled: bool


class CommentOn(Operation):
    """`kind` in upper case as written (`TABLE`, `COLUMN`)."""

    kind: str
    name: Name
    column: str | None = None


class Privilege(Operation):
    """GRANT, REVOKE, ALTER DEFAULT PRIVILEGES, SECURITY LABEL; `verb` is the first word."""

    verb: str
    tables: tuple[Name, ...] = ()
