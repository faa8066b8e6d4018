"""Making SQLAlchemy's own objects, with arguments that were checked."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import SchemaItem
from sqlalchemy.sql.base import SchemaEventTarget
from sqlalchemy.types import TypeEngine

from rules.reading.bounds import COST_OF_SQL, MAX_STRING, BoundReached
from rules.reading.interpreter.frames import Raised
from rules.reading.offers.events import column_made
from rules.reading.offers.exceptions import kinds_of_error
from rules.reading.offers.keywords import is_offered_keyword
from rules.reading.offers.real import Uncertain, UnknownType, hole, offered, python_enum, real, refuse
from rules.reading.values import (
    Arguments,
    Choice,
    Class,
    EnumMember,
    ExceptionValue,
    Native,
    RealClass,
    Unknown,
    UnknownText,
    Value,
)

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine

_SPOKEN = (
    (
        r"Can't emit (\w+) CONSTRAINT for constraint .* it has no name",
        r"\1 CONSTRAINT is asked for a constraint, and it has no name",
    ),
    (r"Operator 'getitem' is not supported on this expression", "an expression without items is asked for one"),
    (r"IN expression list.*", "what stands behind IN is neither a list nor a query"),
)
"""What SQLAlchemy's errors print of its objects is no word for people."""
_UNCONSUMED = re.compile(r"Unconsumed column names: (.*)")
_OBJECT = re.compile(r"<[^<>]*>")
PYTHON_SIDE = {"default", "onupdate", "info", "doc", "autoincrement", "server_onupdate", "insert_default", "quote",
               "listeners", "bind", "system", "comment", "initially", "key", "extend_existing"}  # fmt: skip
"""Keywords without which an object of the schema is still the one that is meant."""


def construct(machine: Machine, one: Value, arguments: Arguments) -> Value:
    """A call of a name from the closed list."""
    if not isinstance(one, RealClass):
        return Unknown("a call")
    target = one.target
    if not arguments.complete and inspect.isclass(target) and issubclass(target, sa.Enum):
        return _nameable(arguments)  # with other labels it would be another type
    if not arguments.complete and inspect.isclass(target) and issubclass(target, TypeEngine):
        return make_type(machine, one, arguments)
    if not arguments.complete:
        return Unknown(f"a `{one.name}` with unknown arguments", one.name.rpartition(".")[2])
    if one.name == "sa.func":
        return Unknown("a call of `func`")
    adapt = ADAPTERS.get(target)
    if adapt is not None:
        return adapt(machine, one, arguments)
    if inspect.isclass(target) and issubclass(target, TypeEngine):
        return make_type(machine, one, arguments)
    if inspect.isclass(target) and issubclass(target, SchemaItem | sa.MetaData):
        return make(machine, target, arguments, drop=PYTHON_SIDE, name=one.name)
    return make(machine, target, arguments, on_unknown=hole, name=one.name)


def make(
    machine: Machine,
    target: Callable[..., Any],
    arguments: Arguments,
    *,
    on_unknown: Callable[[Unknown], object] = refuse,
    drop: set[str] | frozenset[str] = frozenset(),
    name: str = "",
    any_keyword: bool = False,
) -> Value:
    """Calls something real. What is unknown makes the result unknown; what it raises, the migration raises."""
    machine.budget.step(COST_OF_SQL)
    try:
        positional = [real(machine, value, on_unknown) for value in arguments.positional]
        keywords: dict[str, Any] = {}
        for key, value in arguments.keywords.items():
            if key in drop:
                try:
                    keywords[key] = real(machine, value)
                except Uncertain:
                    continue
            elif any_keyword or is_offered_keyword(key):
                keywords[key] = real(machine, value, on_unknown)
        return offered(guarded(target, *positional, **keywords))
    except Uncertain as uncertain:
        unknown = uncertain.unknown
        return Unknown(unknown.why, unknown.name, unknown.foreign, unknown.dotted)


def guarded(target: Callable[..., Any], *positional: Any, **keywords: Any) -> Any:
    """Errors of SQLAlchemy and Alembic become errors of the migration."""
    try:
        return target(*positional, **keywords)
    except (RecursionError, MemoryError):
        raise BoundReached("it nests SQL expressions too deeply") from None
    except (BoundReached, Raised, Uncertain):
        raise
    except Exception as error:
        text = plain_words(str(error))
        raise Raised(ExceptionValue((*kinds_of_error(error), "raised by a call"), [text])) from None


def plain_words(message: str) -> str:
    """The first line of an error, at most 300 characters, without what only its program understands."""
    first = message[:2_000].split("\n")[0]
    if found := _UNCONSUMED.match(first):
        names = sorted(found[1].split(", "))  # SQLAlchemy says them in an order that each run has otherwise
        return f"the table is not known to have {', '.join(names)}"[:300]
    for pattern, words in _SPOKEN:
        if found := re.match(pattern, first, re.DOTALL):
            return found.expand(words)[:300]
    return _OBJECT.sub("an object", first)[:300]


def make_type(machine: Machine, one: RealClass, arguments: Arguments) -> Value:
    """An unknown `**options` (a collation, mostly) leaves the type what it is; an unknown length does not."""
    try:
        positional = [type_argument(machine, value) for value in arguments.positional]
        keywords = {key: type_argument(machine, value) for key, value in arguments.keywords.items()}
    except Uncertain:
        return UnknownType(one.name.rpartition(".")[2])
    return offered(guarded(one.target, *positional, **keywords))


def type_argument(machine: Machine, value: Value) -> Any:
    if isinstance(value, Unknown) and value.foreign and value.dotted:
        return as_type(machine, value)
    return real(machine, value)


def as_type(machine: Machine, value: Value) -> Any:
    """A column's type; one that could not be read keeps its name."""
    if isinstance(value, Unknown):
        return UnknownType(value.dotted.rpartition(".")[2] or value.name)
    try:
        made = real(machine, value)
    except Uncertain as uncertain:
        return UnknownType(uncertain.unknown.dotted.rpartition(".")[2] or uncertain.unknown.name)
    return made


_SHARED: dict[object, TypeEngine[Any]] = {}
_MOST_SHARED = 1_000


def shared_type(made: Any) -> Any:
    """One object for all columns of an equal type: SQLAlchemy prepares the SQL of each object anew.

    A type that notes its columns, as an enum does, stays the column's own.
    """
    if not isinstance(made, TypeEngine) or isinstance(made, SchemaEventTarget):
        return made
    state = vars(made)
    if not all(one is None or type(one) in (int, bool) for one in state.values()):
        return made
    key = (type(made), *state.items(), *map(type, state.values()))  # True equals 1
    return _SHARED.setdefault(key, made) if len(_SHARED) < _MOST_SHARED else _SHARED.get(key, made)


def make_column(machine: Machine, one: RealClass, arguments: Arguments) -> Value:
    """`Column(name, type, *items, **options)`: only the name has to be known."""
    positional = list(arguments.positional)
    keywords = dict(arguments.keywords)
    made: list[Any] = []
    start = 0
    if positional and (positional[0] is None or isinstance(positional[0], str | Unknown)):
        first = positional[0]
        if isinstance(first, Unknown) and not first.foreign:
            return Unknown(first.why, first.name)
        if not isinstance(first, Unknown):
            made.append(first)
            start = 1
    for number, value in enumerate(positional[start:], start):
        if isinstance(value, Unknown) and number == start:
            made.append(as_type(machine, value))
        elif isinstance(value, Unknown):
            continue
        else:
            made.append(shared_type(as_type(machine, value)) if number == start else value)
    for key in ("type_", "type"):
        if key in keywords:
            keywords[key] = as_type(machine, keywords[key])
    default = keywords.get("server_default")
    if isinstance(default, Unknown):
        keywords["server_default"] = hole(default)
    column = make(machine, one.target, Arguments(made, keywords, arguments.node), drop=PYTHON_SIDE, name=one.name)
    column_made(machine, column, arguments.keywords.get("type_", next(iter(positional[start:]), None)))
    return column


def make_enum(machine: Machine, one: RealClass, arguments: Arguments) -> Value:
    """`Enum(PythonEnum)` takes its labels from the members, `values_callable` is read, not called."""
    keywords = dict(arguments.keywords)
    values = keywords.pop("values_callable", None)
    positional = list(arguments.positional)
    first = positional[0] if positional else None
    if any(isinstance(value, Unknown) for value in positional):
        return _nameable(arguments)
    if not isinstance(first, Class):
        return make_type(machine, one, Arguments([_label(value) for value in positional], keywords, arguments.node))
    labels: list[Value] = [
        member.name for member in machine.members_of_enum(first) or [] if isinstance(member, EnumMember)
    ]
    if values is not None:
        answer = machine.call(values, Arguments([first]))
        if not isinstance(answer, list | tuple) or not all(isinstance(label, str) for label in answer):
            return UnknownType(str(keywords.get("name", first.name.lower())))
        labels = list(answer)
    if not labels:
        return UnknownType(str(keywords.get("name", first.name.lower())))
    if values is None and "schema" not in keywords:
        try:
            keywords.setdefault("name", first.name.lower())
            return offered(guarded(one.target, python_enum(machine, first), **real(machine, keywords)))
        except Uncertain:
            pass
    keywords.setdefault("name", first.name.lower())
    return make_type(machine, one, Arguments(labels, keywords, arguments.node))


def _nameable(arguments: Arguments) -> UnknownType:
    """An enum whose labels are not known."""
    name = arguments.keywords.get("name")
    return UnknownType(name if isinstance(name, str) else "Enum")


def _label(value: Value) -> Value:
    return value.value if isinstance(value, EnumMember) else value


def make_text(machine: Machine, one: RealClass, arguments: Arguments) -> Value:
    value = arguments.get(0, "text")
    if isinstance(value, EnumMember):
        value = value.value
    if isinstance(value, Choice):
        return machine.each(value, lambda option: make_text(machine, one, Arguments([option], {}, arguments.node)))
    if isinstance(value, UnknownText):
        return value
    if isinstance(value, Unknown):
        return Unknown(value.why, value.name)
    if not isinstance(value, str):
        return Unknown("SQL text that is no string")
    machine.budget.room_for(len(value), MAX_STRING)
    return offered(guarded(one.target, value))


def make_metadata(machine: Machine, one: RealClass, arguments: Arguments) -> Value:
    keywords = {key: value for key, value in arguments.keywords.items() if key in ("schema", "naming_convention")}
    try:
        kept = {key: real(machine, value) for key, value in keywords.items()}
    except Uncertain:
        kept = {}
    convention = kept.get("naming_convention")
    if isinstance(convention, dict):
        kept["naming_convention"] = {key: one for key, one in convention.items() if isinstance(one, str)}
    return machine.library.metadata_made(machine, guarded(sa.MetaData, **kept))


def make_table(machine: Machine, one: RealClass, arguments: Arguments) -> Value:
    """A reflected table (`autoload_with`) takes its columns from the replayed schema, or as they are asked for."""
    keywords = dict(arguments.keywords)
    asks = ("autoload", "autoload_with", "autoload_replace", "resolve_fks", "include_columns")
    reflected = any(keywords.pop(word, None) for word in asks)
    keywords.pop("extend_existing", None)
    keywords.pop("keep_existing", None)
    positional = list(arguments.positional)
    if len(positional) > 1 and isinstance(positional[1], Unknown):
        positional[1] = sa.MetaData()
    elif len(positional) == 1:
        positional.append(keywords.pop("metadata", None) or sa.MetaData())
    if len(positional) > 1 and isinstance(positional[1], sa.MetaData) and isinstance(positional[0], str):
        schema = keywords.get("schema")
        key = f"{schema}.{positional[0]}" if isinstance(schema, str) else positional[0]
        if key in positional[1].tables:
            return positional[1].tables[key]
        reflected = reflected or machine.library.reflected.holds(positional[1])
    items = [value for value in positional if not isinstance(value, Unknown)]
    made = make(machine, sa.Table, Arguments(items, keywords, arguments.node), drop=PYTHON_SIDE, name=one.name)
    if reflected and isinstance(made, sa.Table):
        machine.library.reflected.fill(machine, made)
    return made


def make_select(machine: Machine, one: RealClass, arguments: Arguments) -> Value:
    """`select([a, b], where)` as SQLAlchemy 1.4 had it is `select(a, b).where(where)`."""
    positional = list(arguments.positional)
    keywords = dict(arguments.keywords)
    where = keywords.pop("whereclause", None)
    source = keywords.pop("from_obj", None)
    if positional and isinstance(positional[0], list):
        if len(positional) > 1:
            where = positional[1]
        positional = list(positional[0])
    positional = [machine.library.reflected.every_column(value) for value in positional]
    made = make(machine, one.target, Arguments(positional, {}, arguments.node), on_unknown=hole, name=one.name)
    for name, value in (("where", where), ("select_from", source)):
        if value is not None and isinstance(made, sa.Select):
            given = value[0] if isinstance(value, list) and value else value
            made = make(machine, getattr(made, name), Arguments([given]), on_unknown=hole, name=name)
    return made


def make_case(machine: Machine, one: RealClass, arguments: Arguments) -> Value:
    """`case([(test, value)], else_=...)` as SQLAlchemy 1.4 had it is `case((test, value), else_=...)`."""
    positional = list(arguments.positional)
    if positional and isinstance(positional[0], list):
        positional = list(positional[0])
    return make(
        machine, one.target, Arguments(positional, arguments.keywords, arguments.node), on_unknown=hole, name=one.name
    )


ADAPTERS: dict[object, Callable[[Any, RealClass, Arguments], Value]] = {
    sa.Column: make_column,
    sa.Enum: make_enum,
    postgresql.ENUM: make_enum,
    sa.text: make_text,
    sa.MetaData: make_metadata,
    sa.Table: make_table,
    sa.select: make_select,
    sa.case: make_case,
}


def attribute_of_class(machine: Machine, one: Value, name: str) -> Value:
    """`sa.func.now`, `Table.insert` and kin."""
    if not isinstance(one, RealClass):
        return Unknown(f"`{name}`")
    if name == "__name__":
        return one.name.rpartition(".")[2]
    if one.name.startswith("sa.func"):
        return _function(one, name)
    if name == "__init__":
        return Native(f"{one.name}.__init__", lambda arguments, machine: base_init(machine, one, arguments))
    return Unknown(f"`{one.name}.{name}`", name)


def base_init(machine: Machine, one: RealClass, arguments: Arguments) -> Value:
    """`Base.__init__(self, ...)`, written out instead of `super()`."""
    if not arguments.positional:
        return None
    rest = Arguments(arguments.positional[1:], arguments.keywords, arguments.node, arguments.complete)
    return machine.call(machine.library.base_method(machine, arguments.positional[0], "__init__"), rest)


def _function(one: RealClass, name: str) -> Value:
    """Any SQL function by name, with packages (`func.pg_catalog.now`)."""
    if name.startswith("_") or one.name.count(".") > 4:
        return Unknown("a function of SQL")
    dotted = f"{one.name}.{name}"
    path = dotted.split(".")[2:]

    def build(*positional: Any, **keywords: Any) -> Any:
        generator: Any = sa.func
        for part in path:
            generator = getattr(generator, part)
        return generator(*positional, **keywords)

    return RealClass(dotted, build)
