"""Well-known packages: what their types are in the database. Each fact is from the package's own source."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql, postgresql
from sqlalchemy.types import TypeEngine

from rules.reading.offers.own_types import RenderedType
from rules.reading.offers.real import UnknownType
from rules.reading.values import Arguments, Class, Namespace, Native, Unknown, Value

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine

Maker = Callable[[Arguments, "Machine"], TypeEngine[Any]]


def _text(arguments: Arguments, _: Machine) -> TypeEngine[Any]:
    length = arguments.get(0, "length")
    return sa.String(length) if isinstance(length, int) else sa.String()


def _always(kind: Callable[[], TypeEngine[Any]]) -> Maker:
    return lambda _, __: kind()


def _uuid(_: Arguments, machine: Machine) -> TypeEngine[Any]:
    """`UUIDType(binary=True, native=True)`: the server's own type where it has one."""
    return postgresql.UUID() if machine.record.renderer.dialect.name == "postgresql" else sa.BINARY(16)


def _guid(_: Arguments, machine: Machine) -> TypeEngine[Any]:
    return sa.UUID() if machine.record.renderer.dialect.name == "postgresql" else sa.CHAR(36)


def _json(_: Arguments, machine: Machine) -> TypeEngine[Any]:
    return postgresql.JSON() if machine.record.renderer.dialect.name == "postgresql" else sa.UnicodeText()


def _choice(arguments: Arguments, machine: Machine) -> TypeEngine[Any]:
    """`ChoiceType(choices, impl=None)`: a string of 255 unless told otherwise."""
    given = arguments.get(1, "impl")
    return given if isinstance(given, TypeEngine) else sa.Unicode(255)


def _encrypted(arguments: Arguments, machine: Machine) -> TypeEngine[Any]:
    return sa.LargeBinary()


def _string_encrypted(arguments: Arguments, machine: Machine) -> TypeEngine[Any]:
    given = arguments.get(0, "type_in")
    return sa.String(given.length) if isinstance(given, sa.String) and given.length else sa.String()


def _password(arguments: Arguments, machine: Machine) -> TypeEngine[Any]:
    length = arguments.get(0, "max_length")
    size = length if isinstance(length, int) else 1137
    if machine.record.renderer.dialect.name == "postgresql":
        return postgresql.BYTEA(size)
    return sa.VARBINARY(size)


def _sized(name: str) -> Maker:
    def make(arguments: Arguments, _: Machine) -> TypeEngine[Any]:
        size = arguments.get(0, "dim")
        return RenderedType(f"{name}({size})" if isinstance(size, int) else name)

    return make


def _spatial(kind: str) -> Maker:
    """`Geometry(geometry_type="GEOMETRY", srid=-1, ...)`."""

    def make(arguments: Arguments, _: Machine) -> TypeEngine[Any]:
        shape, srid = arguments.get(0, "geometry_type", "GEOMETRY"), arguments.get(1, "srid", -1)
        if kind == "raster":
            return RenderedType("raster")
        if not isinstance(shape, str) or not isinstance(srid, int):
            return RenderedType(kind) if shape is None else UnknownType(kind)
        return RenderedType(f"{kind}({shape},{srid})")

    return make


def _json_encoded(arguments: Arguments, machine: Machine) -> TypeEngine[Any]:
    """`JsonEncodedDict(mysql_as_long=False, mysql_as_medium=False)`: a text."""
    long, medium = arguments.get(0, "mysql_as_long", False), arguments.get(1, "mysql_as_medium", False)
    if machine.record.renderer.dialect.name not in ("mysql", "mariadb") or not (long or medium):
        return sa.Text()
    return mysql.LONGTEXT() if long else mysql.MEDIUMTEXT()


def _fixed(text: str) -> Maker:
    return lambda _, __: RenderedType(text)


UTILS: dict[str, Maker] = {
    "UUIDType": _uuid,
    "JSONType": _json,
    "ChoiceType": _choice,
    "EncryptedType": _encrypted,
    "StringEncryptedType": _string_encrypted,
    "PasswordType": _password,
    "EmailType": lambda arguments, machine: _email(arguments),
    "URLType": _always(sa.UnicodeText),
    "ArrowType": _always(sa.DateTime),
    "EnrichedDateTimeType": _always(sa.DateTime),
    "LocaleType": lambda _, __: sa.Unicode(10),
    "CountryType": lambda _, __: sa.String(2),
    "CurrencyType": lambda _, __: sa.String(3),
    "ColorType": lambda _, __: sa.Unicode(20),
    "TimezoneType": lambda _, __: sa.Unicode(50),
    "IPAddressType": lambda _, __: sa.Unicode(50),
    "PhoneNumberType": lambda _, __: sa.Unicode(20),
    "WeekDaysType": _fixed("BIT(7)"),
    "TSVectorType": lambda _, __: postgresql.TSVECTOR(),
    "LtreeType": _fixed("LTREE"),
    "ScalarListType": _always(sa.UnicodeText),
    "IntRangeType": lambda _, __: postgresql.INT4RANGE(),
    "Int8RangeType": lambda _, __: postgresql.INT8RANGE(),
    "NumericRangeType": lambda _, __: postgresql.NUMRANGE(),
    "DateRangeType": lambda _, __: postgresql.DATERANGE(),
    "DateTimeRangeType": lambda _, __: postgresql.TSRANGE(),
}


def _email(arguments: Arguments) -> TypeEngine[Any]:
    length = arguments.get(0, "length")
    if isinstance(length, int):
        return sa.Unicode(length)
    return sa.Unicode(255)


PACKAGES: dict[str, dict[str, Maker]] = {
    "sqlalchemy_utils": UTILS,
    "sqlmodel": {"AutoString": _text},
    "sqlmodel.sql.sqltypes": {"AutoString": _text, "GUID": _guid},
    "fastapi_users_db_sqlalchemy.generics": {
        "GUID": _guid,
        "TIMESTAMPAware": lambda _, __: sa.TIMESTAMP(timezone=True),
    },
    "pgvector.sqlalchemy": {
        "Vector": _sized("VECTOR"),
        "VECTOR": _sized("VECTOR"),
        "HALFVEC": _sized("HALFVEC"),
        "SPARSEVEC": _sized("SPARSEVEC"),
        "BIT": _sized("BIT"),
    },
    "geoalchemy2": {
        "Geometry": _spatial("geometry"),
        "Geography": _spatial("geography"),
        "Raster": _spatial("raster"),
    },
    "oslo_db.sqlalchemy.types": {
        "JsonEncodedDict": _json_encoded,
        "JsonEncodedList": _json_encoded,
        "SoftDeleteInteger": _always(sa.Integer),
    },
    "citext": {"CIText": _fixed("CITEXT")},
    "sqlalchemy_citext": {"CIText": _fixed("CITEXT")},
    "sqlalchemy_json": {"MutableJson": _json, "NestedMutableJson": _json},
    "advanced_alchemy.types": {"GUID": _guid, "DateTimeUTC": lambda _, __: sa.DateTime(timezone=True)},
    "sqlalchemy_utc": {"UtcDateTime": lambda _, __: sa.DateTime(timezone=True)},
}
ALIASES = {
    "fastapi_users_db_sqlalchemy": "fastapi_users_db_sqlalchemy.generics",
    "fastapi_users_db_sqlalchemy.guid": "fastapi_users_db_sqlalchemy.generics",
    "geoalchemy2.types": "geoalchemy2",
    "pgvector.sqlalchemy.vector": "pgvector.sqlalchemy",
}


def third_party_namespaces() -> dict[str, Namespace]:
    """Dotted module name -> its types."""
    spaces: dict[str, Namespace] = {}
    for dotted, makers in PACKAGES.items():
        members: dict[str, Value] = {name: _type_class(f"{dotted}.{name}", maker) for name, maker in makers.items()}
        spaces[dotted] = _with_inner_modules(dotted, members)
    for alias, dotted in ALIASES.items():
        spaces[alias] = Namespace(alias, spaces[dotted].members)
    return _nested(spaces)


def _type_class(dotted: str, maker: Maker) -> Native:
    """`impl`, that a decorated type is stored as, is what the maker gives already."""
    members: dict[str, Value] = {}
    members["impl"] = one = Native(dotted, maker, members)
    return one


def _with_inner_modules(dotted: str, members: dict[str, Value]) -> Namespace:
    """A type may be imported from the inner module that defines it: `sqlalchemy_utils.types.uuid.UUIDType`."""

    def missing(name: str) -> Value:
        if name.islower() and dotted == "sqlalchemy_utils":
            return space
        return Unknown(f"`{dotted}.{name}` is not known to the reader", name, True, f"{dotted}.{name}")

    space = Namespace(dotted, members, missing)
    return space


def inner_module(dotted: str) -> str:
    """The package whose types a module inside it gives; empty if there is none."""
    return "sqlalchemy_utils" if dotted.startswith("sqlalchemy_utils.") else ""


def _nested(spaces: dict[str, Namespace]) -> dict[str, Namespace]:
    for dotted in sorted(spaces, key=lambda name: -name.count(".")):
        inner, path = spaces[dotted], dotted
        while "." in path:
            around, _, name = path.rpartition(".")
            outer = spaces.get(around) or Namespace(around, {})
            spaces[around] = Namespace(around, {name: inner, **outer.members}, outer.missing)
            inner, path = spaces[around], around
    return spaces


def is_type_class(value: Value) -> bool:
    return isinstance(value, Native) and value.name.rpartition(".")[0] in PACKAGES and not isinstance(value, Class)
