"""Declarative models: the class of a migration, or of the repository, as the table that it maps."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from rules.reading.interpreter.frames import Raised
from rules.reading.offers.construction import guarded
from rules.reading.offers.mapped import annotated_column
from rules.reading.offers.real import Uncertain, real
from rules.reading.values import Arguments, Class, Function, Native, Symbol, Unknown, Value

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine


class DeclarativeBase(Symbol):
    """What `declarative_base()` gives; without a metadata `DeclarativeBase`, each class on which has its own."""

    __slots__ = ("metadata",)

    def __init__(self, metadata: sa.MetaData | None = None) -> None:
        self.metadata = metadata

    def attribute(self, name: str, machine: Machine) -> Value:
        if name == "metadata" and self.metadata is not None:
            return self.metadata
        return Unknown(f"`{name}` of the declarative base", name)

    @property
    def described(self) -> str:
        return "the declarative base"


def declarative_base(arguments: Arguments, machine: Machine) -> Value:
    given = arguments.keywords.get("metadata")
    if isinstance(given, sa.MetaData):
        return DeclarativeBase(given)
    return DeclarativeBase(machine.library.metadata_made(machine, sa.MetaData()))


def is_model(one: Class) -> bool:
    """By its base, or by naming its table."""
    return any(isinstance(base, DeclarativeBase) for base in one.ancestors()) or one.find("__tablename__")[0]


def table_of(machine: Machine, one: Class) -> sa.Table | None:
    """Its `__table__`; None if that could not be read. Made once."""
    if "table" not in one.extras:
        one.extras["table"] = None
        try:
            one.extras["table"] = _made_table(machine, one)
        except (Uncertain, Raised):
            one.extras["table"] = None
    found = one.extras["table"]
    return found if isinstance(found, sa.Table) else None


def _made_table(machine: Machine, one: Class) -> sa.Table | None:
    found, given = one.find("__table__")
    if found and isinstance(given, sa.Table):
        return given
    _, name = one.find("__tablename__")
    if isinstance(name, Function):
        name = machine.call(name, Arguments([one]))
    if not isinstance(name, str):
        return None
    metadata = metadata_of(machine, one)
    items: list[Any] = [_column(key, column) for key, column in _columns(machine, one).items()]
    extra, options = _table_arguments(machine, one)
    if name in metadata.tables:
        return metadata.tables[name]
    made = guarded(sa.Table, name, metadata, *items, *extra, **options)
    return made if isinstance(made, sa.Table) else None


def metadata_of(machine: Machine, one: Class) -> sa.MetaData:
    """Each direct heir of `DeclarativeBase` has one of its own, unless it writes one."""
    found, given = one.find("metadata")
    if found and isinstance(given, sa.MetaData):
        return given
    for above in one.ancestors():
        if not isinstance(above, Class):
            continue
        for base in above.bases:
            if isinstance(base, DeclarativeBase):
                return base.metadata or _own_metadata(machine, above)
    return sa.MetaData()


def _own_metadata(machine: Machine, base: Class) -> sa.MetaData:
    made = base.extras.get("metadata")
    if not isinstance(made, sa.MetaData):
        base.extras["metadata"] = made = sa.MetaData()
        if base.frame.scope is machine.scope:
            machine.library.own_metadata[id(made)] = made
    return made


def _columns(machine: Machine, one: Class) -> dict[str, sa.Column[Any]]:
    """Own columns in order, then those of mixins; a method that makes a column (`declared_attr`) is called."""
    columns: dict[str, sa.Column[Any]] = {}
    for base in one.ancestors():
        if not isinstance(base, Class):
            continue
        for name, member in list(base.members.items()):
            key = name.removesuffix(":")
            if key in columns or key.startswith("__"):
                continue
            annotation = base.members.get(f"{key}:")
            value = None if name.endswith(":") else member
            if isinstance(value, Function) and _makes_column(value):
                value = machine.call(value, Arguments([one]))
            if isinstance(annotation, ast.expr) and (value is None or isinstance(value, sa.Column)):
                value = annotated_column(machine, one, base, annotation, value)
            if isinstance(value, sa.Column):
                columns[key] = value
    return columns


def _makes_column(function: Function) -> bool:
    decorators = getattr(function.node, "decorator_list", [])
    return any("declared_attr" in ast.dump(one)[:300] for one in decorators)


def _column(key: str, column: sa.Column[Any]) -> sa.Column[Any]:
    bound: Any = getattr(column, "table", None)
    copied: sa.Column[Any] = column._copy() if bound is not None or not column.name else column
    if not copied.name:
        copied.name = key
        copied.key = key
    return copied


def _table_arguments(machine: Machine, one: Class) -> tuple[list[Any], dict[str, Any]]:
    found, given = one.find("__table_args__")
    if not found or isinstance(given, Function | Unknown):
        return [], {}
    items = list(given) if isinstance(given, tuple | list) else [given]
    options: dict[str, Any] = {}
    if items and isinstance(items[-1], dict):
        given_options = items.pop()
        for key, value in given_options.items() if isinstance(given_options, dict) else ():
            if key in ("schema", "comment") and isinstance(value, str):
                options[key] = value
    made: list[Any] = []
    for item in items:
        if not isinstance(item, Unknown):
            made.append(real(machine, item))
    return made, options


def model_attribute(machine: Machine, one: Class, name: str) -> Value:
    """`Model.__table__`, `Model.column`; None if it is neither."""
    if name == "__table__":
        table = table_of(machine, one)
        return Unknown(f"the table of the class `{one.name}`", name) if table is None else table
    if name == "metadata":
        return metadata_of(machine, one)
    found, member = one.find(name)
    if found and isinstance(member, sa.Column) and (table := table_of(machine, one)) is not None:
        for column in table.c:
            if column.name == (member.name or name) or column.key == name:
                return column
    if one.find(f"{name}:")[0] and (table := table_of(machine, one)) is not None and name in table.c:
        mapped: sa.Column[Any] = table.c[name]
        return mapped
    return None


def mapped_column(arguments: Arguments, machine: Machine) -> Value:
    """`mapped_column(...)` and `db.Column(...)` are `Column(...)`."""
    from rules.reading.values import RealClass

    kept = {
        key: one
        for key, one in arguments.keywords.items()
        if key not in ("init", "repr", "kw_only", "deferred", "sort_order")
    }
    return machine.call(RealClass("sa.Column", sa.Column), Arguments(arguments.positional, kept, arguments.node))


class RelationshipValue(Unknown):
    """`relationship("Target")`: an attribute of a row that gives rows of another model."""

    __slots__ = ("target",)

    def __init__(self, target: Value) -> None:
        super().__init__("a relationship")
        self.target = target


def related(machine: Machine, model: Class, name: str) -> Class | None:
    """The model that a relationship of a model leads to."""
    found, member = model.find(name)
    if not found or not isinstance(member, RelationshipValue):
        return None
    target = member.target
    if isinstance(target, str):
        target = machine.global_name(target.rpartition(".")[2], model.frame.scope)
    if isinstance(target, Function):
        target = machine.call(target, Arguments())
    return target if isinstance(target, Class) and target.kind == "model" else None


def model_names() -> dict[str, dict[str, Value]]:
    base = Native("declarative_base", declarative_base)
    ignored = {
        name: Native(name, lambda _, __: Unknown("a relationship"))
        for name in ("backref", "synonym", "column_property", "deferred", "validates", "composite")
    }
    ignored["relationship"] = Native("relationship", lambda given, _: RelationshipValue(given.get(0, "argument")))
    orm: dict[str, Value] = {
        "declarative_base": base,
        "DeclarativeBase": DeclarativeBase(),
        "mapped_column": Native("mapped_column", mapped_column),
        "declared_attr": Unknown("`declared_attr`", "declared_attr"),
        **ignored,
    }
    return {"sqlalchemy.orm": orm, "sqlalchemy.ext.declarative": orm, "sqlalchemy.orm.decl_api": orm}
