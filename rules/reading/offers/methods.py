"""Attributes and methods of SQLAlchemy's objects that a migration may use: the closed lists, and operators."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import types
from sqlalchemy.schema import Constraint, ExecutableDDLElement, SchemaItem
from sqlalchemy.sql import selectable
from sqlalchemy.sql.base import ColumnCollection
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import BooleanClauseList, ClauseElement, ColumnElement, TextClause
from sqlalchemy.sql.functions import FunctionElement

from rules.reading.bounds import COST_OF_SQL
from rules.reading.interpreter.written import derived
from rules.reading.offers.construction import as_type, guarded, make
from rules.reading.offers.real import Uncertain, hole, is_real, offered, real
from rules.reading.values import Arguments, Function, Native, RealClass, Symbol, Unknown, Value

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ATTRIBUTES: tuple[tuple[type, frozenset[str]], ...] = (
    (sa.Column, _words("""
        name type nullable primary_key key table unique index server_default default comment
    """)),
    (ColumnElement, _words("name type key")),
    (types.Enum, _words("enums name schema native_enum")),
    (types.TypeEngine, _words("""
        length precision scale timezone item_type name schema impl astext
    """)),
    (sa.Table, _words("""
        name schema key fullname c columns primary_key indexes constraints metadata comment foreign_keys
        foreign_key_constraints
    """)),
    (selectable.FromClause, _words("name c columns schema")),
    (selectable.Select, _words("selected_columns")),
    (UpdateBase, _words("excluded table")),
    (sa.MetaData, _words("schema naming_convention")),
    (sa.Index, _words("name table columns unique expressions")),
    (Constraint, _words("name table columns")),
    (sa.ForeignKey, _words("column parent name constraint")),
    (sa.Sequence, _words("name schema")),
    (sa.DefaultClause, _words("arg")),
    (TextClause, _words("text")),
)  # fmt: skip
METHODS: tuple[tuple[type, frozenset[str]], ...] = (
    (ClauseElement, _words("compile")),
    (types.TypeEngine, _words("compile")),
    (ColumnElement, _words("""
        is_ is_not isnot in_ not_in notin_ like ilike not_like notlike not_ilike notilike contains
        startswith endswith icontains istartswith iendswith between asc desc nulls_first nulls_last
        nullsfirst nullslast cast label op bool_op concat collate distinct any_ all_ is_distinct_from
        is_not_distinct_from isnot_distinct_from regexp_match regexp_replace match bitwise_and bitwise_or
        bitwise_xor bitwise_not has_key has_any has_all contained_by overlap any all as_string as_integer
        as_float as_boolean as_json op self_group over filter within_group cast contains_key path_exists
        delete_path overlaps and_ or_ exists
    """)),
    (sa.Column, _words("copy")),
    (FunctionElement, _words("""
        over filter within_group alias table_valued column_valued scalar_table_valued as_scalar select
    """)),
    (types.TypeEngine, _words("with_variant evaluates_none as_generic copy create drop")),
    (sa.Table, _words("""
        insert update delete select alias join outerjoin create drop to_metadata tometadata append_column
        append_constraint exists
    """)),
    (selectable.FromClause, _words("""
        insert update delete select alias join outerjoin lateral tablesample corresponding_column
    """)),
    (selectable.SelectBase, _words("""
        subquery alias cte scalar_subquery as_scalar exists label lateral
    """)),
    (selectable.Select, _words("""
        where select_from join outerjoin join_from outerjoin_from order_by group_by having distinct limit
        offset union union_all except_ intersect with_for_update filter filter_by with_only_columns
        add_columns correlate execution_options column columns fetch params options prefix_with suffix_with
        reduce_columns with_hint set_label_style
    """)),
    (selectable.CompoundSelect, _words("order_by limit offset group_by")),
    (selectable.Exists, _words("where select_from correlate select")),
    (UpdateBase, _words("""
        where values returning from_select on_conflict_do_nothing on_conflict_do_update execution_options
        inline ordered_values with_dialect_options prefix_with on_duplicate_key_update return_defaults
        params ignore options filter filter_by
    """)),
    (TextClause, _words("bindparams columns execution_options params label")),
    (sa.MetaData, _words("create_all drop_all reflect clear")),
    (sa.Index, _words("create drop")),
    (sa.Sequence, _words("create drop next_value")),
    (ExecutableDDLElement, _words("execute_if")),
    (ColumnCollection, _words("keys values items get contains_column")),
    (selectable.Alias, _words("select join outerjoin")),
)  # fmt: skip
THROUGH_BIND = _words("create drop create_all drop_all reflect")


def object_attribute(machine: Machine, value: object, name: str) -> Value:
    """An attribute of a real object, from the lists above; of a table's columns, the column of that name."""
    if isinstance(value, ColumnCollection):
        return _column(machine, value, name)
    if isinstance(value, sa.Table | selectable.FromClause) and name in ("c", "columns"):
        return offered(value.c)
    if isinstance(value, sa.MetaData) and name == "tables" and machine.library.reflected.holds(value):
        return machine.library.reflected.tables(machine, value)
    if isinstance(value, sa.MetaData) and name in ("tables", "sorted_tables"):
        return machine.library.tables_of(machine, value, name)
    if _listed(METHODS, value, name):
        return Native(name, lambda arguments, machine: call_method(machine, value, name, arguments))
    if name.startswith("_"):
        return Unknown(f"`{name}` of an object of SQLAlchemy")
    if name == "impl" and isinstance(value, types.TypeEngine):
        return value
    if _listed(ATTRIBUTES, value, name):
        try:
            return offered(guarded(getattr, value, name))
        except AttributeError:
            return Unknown(f"`{name}` of an object of SQLAlchemy", name)
    if isinstance(value, sa.Table | selectable.Subquery | selectable.CTE | selectable.Alias):
        return _column(machine, value.c, name)
    return Unknown(f"`{name}` of an object of SQLAlchemy", name)


def _listed(lists: tuple[tuple[type, frozenset[str]], ...], value: object, name: str) -> bool:
    return any(name in names for kind, names in lists if isinstance(value, kind))


def _column(machine: Machine, columns: Any, name: Value) -> Value:
    if isinstance(name, str) and name in columns:
        return offered(columns[name])
    if isinstance(name, int) and 0 <= name < len(columns):
        return offered(columns[name])
    if isinstance(name, str) and not name.startswith("__"):
        if _listed(METHODS, columns, name):
            return Native(name, lambda arguments, machine: call_method(machine, columns, name, arguments))
        column = machine.library.reflected.column(columns, name)
        return Unknown(f"the column `{name}`", name) if column is None else column
    return Unknown("a column of a table")


def call_method(machine: Machine, value: object, name: str, arguments: Arguments) -> Value:
    if name == "compile":
        return text_of(machine, value)
    if name in THROUGH_BIND:
        return machine.library.through_bind(machine, value, name, arguments)
    if not arguments.complete:
        return Unknown(f"the result of `{name}`")
    if name in ("in_", "not_in", "notin_") and not _is_known(machine, arguments.positional[:1]):
        first = arguments.positional[0]
        arguments = Arguments([[first if isinstance(first, Unknown) else Unknown("values")]], {}, arguments.node)
    if isinstance(value, types.TypeEngine):
        method = getattr(value, name, None)
        if name == "with_variant" and isinstance(arguments.get(0, "type_"), Function):
            variant = as_type(machine, machine.call(arguments.get(0, "type_"), Arguments()))
            arguments = Arguments([variant, *arguments.positional[1:]], arguments.keywords, arguments.node)
        return Unknown(f"`{name}` of a type") if method is None else make(machine, method, arguments, name=name)
    if isinstance(value, TextClause) and name in ("bindparams", "params"):
        arguments = _known_only(arguments, value)
    if (
        isinstance(value, UpdateBase)
        and name == "values"
        and any(isinstance(one, Unknown) for one in arguments.positional)
    ):
        return Unknown("a statement with unknown values")
    if name == "select" and isinstance(value, sa.Table) and not arguments.all:
        return machine.call(RealClass("sqlalchemy.select", sa.select), Arguments([value]))
    made = make(machine, getattr(value, name), arguments, on_unknown=hole, name=name, any_keyword=True)
    return derived(machine, made, value) if isinstance(value, TextClause) else made


def _is_known(machine: Machine, values: list[Value]) -> bool:
    try:
        real(machine, values[0] if values and isinstance(values[0], Symbol) else None)
    except Uncertain:
        return False
    return not values or id(values[0]) not in machine.uncertain


def _known_only(arguments: Arguments, clause: TextClause) -> Arguments:
    """An unknown value counts as given: NULL stands for it, as it does where Alembic prints it."""
    positional = [one for one in arguments.positional if not isinstance(one, Unknown)]
    if len(positional) < len(arguments.positional):
        return Arguments([], dict.fromkeys(clause._bindparams), arguments.node)
    keywords = {key: None if isinstance(one, Unknown) else one for key, one in arguments.keywords.items()}
    return Arguments(positional, keywords, arguments.node)


def sql_operator(machine: Machine, function: Callable[[Any, Any], Any] | None, left: Value, right: Value) -> Value:
    """An operator with an SQL expression on one side; `function` None for a unary one, named by `right`."""
    machine.budget.step(COST_OF_SQL)
    if isinstance(left, BooleanClauseList):
        machine.budget.step(COST_OF_SQL * len(left.clauses) // 4)
    try:
        one = real(machine, left, hole)
        if function is None:
            apply = operator.invert if isinstance(right, ast.Invert) else operator.neg
            return offered(guarded(apply, one))
        return offered(guarded(function, one, real(machine, right, hole)))
    except Uncertain as uncertain:
        return Unknown(uncertain.unknown.why)


def subscript(machine: Machine, value: object, key: Value) -> Value:
    if isinstance(value, ColumnCollection):
        return _column(machine, value, key)
    if isinstance(value, sa.Table):
        return _column(machine, value.c, key)
    if isinstance(value, ColumnElement) and isinstance(key, str | int | tuple | list | ColumnElement):
        return sql_operator(machine, operator.getitem, value, key)
    return Unknown("an item of an object of SQLAlchemy")


def contains(machine: Machine, kind: ast.cmpop, item: Value, container: object) -> Value:
    if isinstance(container, ColumnCollection) and isinstance(item, str):
        if item not in container and machine.library.reflected.is_open(container):
            return Unknown("whether a table has a column")
        return (item in container) is isinstance(kind, ast.In)
    return Unknown("whether something is in an object of SQLAlchemy")


def items(value: object) -> list[Value] | None:
    if isinstance(value, ColumnCollection):
        return [offered(one) for one in value]
    return None


def truth(value: object) -> bool | None:
    if isinstance(value, ClauseElement) or is_real(value):
        return None if isinstance(value, ClauseElement) and not isinstance(value, sa.Table | SchemaItem) else True
    return True


def text_of(machine: Machine, value: object) -> Value:
    """`str(construct)`, where that is plain."""
    if isinstance(value, TextClause):
        return value.text
    if isinstance(value, ClauseElement):
        compiled = guarded(_compiled, value, machine.record.renderer.dialect)
        return str(compiled)
    if isinstance(value, types.TypeEngine):
        return str(guarded(value.compile, dialect=machine.record.renderer.dialect))
    return Unknown("the text of an object of SQLAlchemy")


def _compiled(value: ClauseElement, dialect: Any) -> str:
    return str(value.compile(dialect=dialect))


def is_sql(value: Value) -> bool:
    return not isinstance(value, Symbol) and isinstance(
        value, ClauseElement | SchemaItem | ColumnCollection | types.TypeEngine
    )
