"""A declarative class, its mixins and its abstract bases -> the table that it maps."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from rules.mapped.annotations import annotated
from rules.mapped.model import MappedTable
from rules.mapped.reader import DOUBT
from rules.mapped.sqlmodel import is_sqlmodel_table, sqlmodel_column
from rules.mapped.tables import built
from rules.reading.interpreter.frames import Raised
from rules.reading.interpreter.machine import Machine
from rules.reading.offers.construction import guarded
from rules.reading.offers.models import DeclarativeBase, metadata_of
from rules.reading.offers.real import Uncertain, real
from rules.reading.source import Source
from rules.reading.values import Arguments, Class, Function, Unknown, Value

RELATIONS = frozenset(
    {
        "relationship",
        "Relationship",
        "dynamic_loader",
        "backref",
        "association_proxy",
        "synonym",
        "column_property",
        "query_expression",
        "hybrid_property",
        "composite",
        "validates",
    }
)
"""Calls that give a class something that is no column of its table."""
COLUMNS = frozenset({"Column", "mapped_column", "Field", "column"})
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass
class Parts:
    """What was found of a class: columns by the attribute they have, in order."""

    columns: dict[str, sa.Column[Any]] = field(default_factory=dict)
    places: dict[str, ast.stmt] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    """Columns of which only the name is known."""
    whole: bool = True


def table_of_class(
    one: Class, node: ast.ClassDef, machine: Machine, source: Source, owned: Value
) -> list[MappedTable] | None:
    """Empty for what maps no table of its own, None where it does and could not be read."""
    if not _is_mapped(one):
        return []
    name = table_name(one, machine)
    if name == "":
        return []
    if name is None:
        return None
    given = one.members.get("__table__")
    if isinstance(given, sa.Table):
        made = built(given, source.place(node), machine, owned)
        return None if made is None else [made]
    parts = _parts(one, machine)
    items, options, keys_whole = _table_arguments(one, machine)
    metadata = metadata_of(machine, one)
    try:
        table = _made(name, metadata, parts, items, options)
    except Raised:  # an index or constraint on a column that could not be read
        keys_whole = False
        table = _made(name, metadata, parts, [], options)
    if table is None:
        return None
    places = {column.name: _place(parts, attribute, source, node) for attribute, column in parts.columns.items()}
    made = built(
        table,
        _heading(source, node),
        machine,
        owned,
        metadata=metadata,
        places=places,
        names_only=parts.unread,
        whole=parts.whole,
        keys_whole=keys_whole and parts.whole,
    )
    return None if made is None else [made]


def _heading(source: Source, node: ast.ClassDef) -> Any:
    place = source.place(node)
    return type(place)(place.path, place.line, place.column, place.line, len(source.lines[place.line - 1]))


def _place(parts: Parts, attribute: str, source: Source, node: ast.ClassDef) -> Any:
    statement = parts.places.get(attribute)
    return _heading(source, node) if statement is None or statement not in node.body else source.place(statement)


def _is_mapped(one: Class) -> bool:
    if one.members.get("__abstract__") is True:
        return False
    return any(isinstance(base, DeclarativeBase | Unknown) for base in one.ancestors()) and not _is_base(one)


def _is_base(one: Class) -> bool:
    """`class Base(DeclarativeBase): ...`."""
    return any(isinstance(base, DeclarativeBase) for base in one.bases) and "__tablename__" not in one.members


def table_name(one: Class, machine: Machine) -> str | None:
    """Its own, or that which a mixin gives it; empty if it shares the table of a parent, None if it is not known."""
    if "__tablename__" in one.members or "__table__" in one.members:
        return _plain_name(one.members.get("__tablename__", "-"), one, machine)
    for base in one.ancestors()[1:]:
        if isinstance(base, Class) and "__tablename__" in base.members:
            if _is_mapped(base) and not isinstance(base.members["__tablename__"], Function):
                return ""
            return _plain_name(base.members["__tablename__"], one, machine)
    if is_sqlmodel_table(_node_of(one)):
        return one.name.lower()
    if _is_flask(one):
        return "_".join(_WORDS.split(one.name)).lower() if _has_primary_key(one) else ""
    return ""


def _plain_name(given: Value, one: Class, machine: Machine) -> str | None:
    if isinstance(given, Function):
        given = machine.call(given, Arguments([one]))
    if given is None:
        return ""
    return given if isinstance(given, str) and given else None


def _is_flask(one: Class) -> bool:
    """`class Order(db.Model)`: Flask-SQLAlchemy names the table."""
    return any(isinstance(base, Unknown) and base.name == "Model" for base in one.ancestors())


def _has_primary_key(one: Class) -> bool:
    return any(
        isinstance(value, sa.Column) and value.primary_key
        for base in one.ancestors()
        if isinstance(base, Class)
        for value in base.members.values()
    )


def _split(one: Class) -> tuple[list[Class], list[Value]]:
    """The class, its mixins and its abstract bases; and the bases that could not be read.

    A parent with a table of its own keeps its columns, and so does whatever stands above it.
    """
    hidden: set[int] = set()
    contributors: list[Class] = []
    unread: list[Value] = []
    for base in one.ancestors():
        if id(base) in hidden:
            continue
        if isinstance(base, Unknown):
            unread.append(base)
        elif isinstance(base, Class):
            if base is not one and _is_mapped(base) and "__tablename__" in base.members:
                hidden |= {id(each) for each in base.ancestors()}
            else:
                contributors.append(base)
    return contributors, unread


def _node_of(one: Class) -> ast.ClassDef | None:
    tree = one.frame.scope.source.tree
    return next((node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == one.name), None)


def _parts(one: Class, machine: Machine) -> Parts:
    parts = Parts()
    contributors, unread = _split(one)
    for base in reversed(contributors):  # a mixin's columns come first, and the class has the last word
        node = _node_of(base)
        if node is None:
            parts.whole = False
            continue
        for statement in node.body:
            _add(statement, base, one, machine, parts)
    parts.whole = parts.whole and all(isinstance(base, Unknown) and _is_plain_base(base) for base in unread)
    return parts


def _is_plain_base(base: Unknown) -> bool:
    """A base class of a library that brings no column with it."""
    return base.name in ("Model", "SQLModel", "DeclarativeBase", "MappedAsDataclass", "AsyncAttrs", "Generic", "ABC")


def _add(statement: ast.stmt, base: Class, one: Class, machine: Machine, parts: Parts) -> None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            _attribute(name, None, value, statement, base, one, machine, parts)
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
            _attribute(name, annotation, value, statement, base, one, machine, parts)
        case ast.FunctionDef(name=name, decorator_list=decorators) if not name.startswith("__"):
            if any("declared_attr" in ast.unparse(each) for each in decorators):
                _declared(name, statement, base, one, machine, parts)


def _attribute(
    name: str,
    annotation: ast.expr | None,
    value: ast.expr | None,
    statement: ast.stmt,
    base: Class,
    one: Class,
    machine: Machine,
    parts: Parts,
) -> None:
    called = _called(value)
    if name.startswith("__") or called in RELATIONS:
        return
    given = base.members.get(name)
    if is_sqlmodel_table(_node_of(one)):
        made = sqlmodel_column(name, annotation, value, base, one, machine)
    elif annotation is not None and (value is None or isinstance(given, sa.Column)):
        made = annotated(machine, one, base, annotation, given if isinstance(given, sa.Column) else None)
        if made is None and isinstance(given, sa.Column):
            made = given
    else:
        made = given if isinstance(given, sa.Column) else None
    if isinstance(made, sa.Column):
        parts.columns[name] = _named(made, name, own=base is one)
        parts.places[name] = statement
        parts.unread = [each for each in parts.unread if each != name]
    elif called in COLUMNS or (annotation is not None and "Mapped[" in ast.unparse(annotation)):
        parts.unread.append(_written_name(value) or name)
    elif isinstance(given, Unknown) and value is not None and isinstance(value, ast.Call) and called[:1].islower():
        parts.whole = False


def _declared(name: str, statement: ast.FunctionDef, base: Class, one: Class, machine: Machine, parts: Parts) -> None:
    """A method that makes a column for each class that inherits it."""
    made = machine.call(base.members.get(name), Arguments([one]))
    if isinstance(made, sa.Column):
        parts.columns[name] = _named(made, name)
        return
    called = {_called(node) for node in ast.walk(statement) if isinstance(node, ast.expr)}
    if called & COLUMNS and not called & RELATIONS:
        parts.unread.append(name)


def _called(value: ast.expr | None) -> str:
    if isinstance(value, ast.Call):
        return value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
    return ""


def _written_name(value: ast.expr | None) -> str | None:
    if isinstance(value, ast.Call) and value.args and isinstance(value.args[0], ast.Constant):
        return value.args[0].value if isinstance(value.args[0].value, str) else None
    return None


def _named(column: sa.Column[Any], attribute: str, *, own: bool = False) -> sa.Column[Any]:
    """The class's own column itself, which its `__table_args__` may speak of; that of a mixin is copied."""
    taken = not own or getattr(column, "table", None) is not None
    copied: sa.Column[Any] = column._copy() if taken else column
    if column.info.get(DOUBT):
        copied.info[DOUBT] = True
    if not copied.name:
        copied.name = attribute
        copied.key = attribute
    return copied


def _table_arguments(one: Class, machine: Machine) -> tuple[list[Any], dict[str, Any], bool]:
    """Items, options, and whether that is all of them."""
    given: Value = None
    for base in _split(one)[0]:
        if "__table_args__" in base.members:
            given = base.members["__table_args__"]
            break
    if isinstance(given, Function):
        given = machine.call(given, Arguments([one]))
    if given is None:
        return [], {}, True
    if isinstance(given, Unknown):
        return [], {}, False
    items = list(given) if isinstance(given, tuple | list) else [given]
    options: dict[str, Any] = {}
    if items and isinstance(items[-1], dict):
        written = items.pop()
        pairs = written.items() if isinstance(written, dict) else ()
        options = {str(key): value for key, value in pairs if key == "schema" and isinstance(value, str)}
    made, whole = [], True
    for item in items:
        try:
            made.append(real(machine, item))
        except Uncertain:
            whole = False
    return made, options, whole


def _made(name: str, metadata: sa.MetaData, parts: Parts, items: list[Any], options: dict[str, Any]) -> sa.Table | None:
    """A table in a metadata of its own with the same convention: the models of one file do not get in its way."""
    own = sa.MetaData(naming_convention=metadata.naming_convention, schema=metadata.schema)
    columns = [each if getattr(each, "table", None) is None else each._copy() for each in parts.columns.values()]
    kept = [item for item in items if isinstance(item, sa.schema.SchemaItem)]
    made = guarded(sa.Table, name, own, *columns, *kept, **options)
    return made if isinstance(made, sa.Table) else None
