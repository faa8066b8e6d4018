"""A reading as plain data (lists, strings, numbers: what JSON can hold) and back, strictly.

Derived from the fields of the dataclasses in `rules.model`: a new operation or field needs nothing here. A dataclass is
the list of its fields, cut behind the last one that is not its default; a union names the class first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from rules.model.columns import DataType
from rules.model.names import Name
from rules.model.place import Place

Encode = Callable[[Any], Any]
Decode = Callable[..., Any]
Codec = tuple[Encode, Decode]


class Damaged(Exception):
    """Not the data of such a value."""


def subclasses_of(kind: type[Any]) -> Iterator[type[Any]]:
    for one in kind.__subclasses__():
        yield one
        yield from subclasses_of(one)


@cache
def codec_of(kind: Any) -> Codec:
    """For a dataclass, an enum of strings, a tuple, a union, or a plain str, int, bool."""
    origin = get_origin(kind)
    if kind in (str, int, bool):
        return _plain(kind)
    if kind is Name:
        return _name_out, _name_in
    if kind is DataType:
        return _type_out, _type_in
    if kind is Place:
        return place_out, place_in
    if origin is tuple:
        return _tuple(get_args(kind))
    if origin in (Union, UnionType):
        return _union(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return str, _enum(kind)
    if is_dataclass(kind):
        return fields_codec(kind)
    raise TypeError(f"{kind} has no form as data")


def _plain(kind: type) -> Codec:
    def decode(data: Any) -> Any:
        if type(data) is not kind:
            raise Damaged
        return data

    return _same, decode


def _same(value: Any) -> Any:
    return value


def _enum(kind: type[StrEnum]) -> Decode:
    members = {str(member): member for member in kind}

    def decode(data: Any) -> Any:
        try:
            return members[data]
        except (KeyError, TypeError):
            raise Damaged from None

    return decode


def _tuple(kinds: tuple[Any, ...]) -> Codec:
    if len(kinds) == 2 and kinds[1] is Ellipsis:
        encode_item, decode_item = codec_of(kinds[0])

        def decode_all(data: Any) -> Any:
            if type(data) is not list:
                raise Damaged
            return tuple([decode_item(item) for item in data])

        return lambda value: [encode_item(item) for item in value], decode_all
    codecs = [codec_of(kind) for kind in kinds]

    def decode(data: Any) -> Any:
        if type(data) is not list or len(data) != len(codecs):
            raise Damaged
        return tuple([decode_item(item) for (_, decode_item), item in zip(codecs, data, strict=True)])

    return lambda value: [encode(item) for (encode, _), item in zip(codecs, value, strict=True)], decode


def _union(kinds: tuple[Any, ...]) -> Codec:
    inner = [kind for kind in kinds if kind is not NoneType]
    encode, decode = codec_of(inner[0]) if len(inner) == 1 else tagged(tuple(inner))
    if len(inner) == len(kinds):
        return encode, decode
    return lambda value: None if value is None else encode(value), lambda data: None if data is None else decode(data)


def tagged(kinds: tuple[type, ...]) -> Codec:
    """One of several dataclasses: its name, then its fields."""
    by_name = {kind.__name__: kind for kind in kinds}
    codecs: dict[str, Codec] = {}

    def codec(name: Any) -> Codec:
        if name not in codecs:
            if name not in by_name:
                raise Damaged
            codecs[name] = codec_of(by_name[name])
        return codecs[name]

    def encode(value: Any) -> Any:
        name = type(value).__name__
        return [name, *codec(name)[0](value)]

    def decode(data: Any) -> Any:
        if type(data) is not list or not data or type(data[0]) is not str:
            raise Damaged
        return codec(data[0])[1](data[1:])

    return encode, decode


def fields_codec(kind: Any, given: int = 0) -> Codec:
    """Of a dataclass; its first `given` fields are not in the data: who decodes passes them."""
    hints = get_type_hints(kind)
    parts = [(one.name, *codec_of(hints[one.name]), _default(one)) for one in fields(kind)[given:]]
    decoders = [decode for _, _, decode, _ in parts]
    least = sum(1 for *_, default in parts if default is MISSING)
    most = len(parts)

    def encode(value: Any) -> Any:
        cut = most
        while cut > least and getattr(value, parts[cut - 1][0]) == parts[cut - 1][3]:
            cut -= 1
        return [encode_part(getattr(value, name)) for name, encode_part, _, _ in parts[:cut]]

    def decode(data: Any, *first: Any) -> Any:
        if type(data) is not list or not least <= len(data) <= most:
            raise Damaged
        return kind(*first, *[decode_part(item) for decode_part, item in zip(decoders, data, strict=False)])

    return encode, decode


def _default(one: Any) -> Any:
    return one.default if one.default_factory is MISSING else one.default_factory()


# Names and types come again and again: one object for each, and the usual ones are a bare string.


def _name_out(name: Name) -> Any:
    return name.name if name.schema is None else [name.name, name.schema]


def _name_in(data: Any) -> Name:
    if type(data) is str:
        return _name(data, None)
    if type(data) is not list or len(data) != 2 or type(data[0]) is not str or type(data[1]) is not str:
        raise Damaged
    return _name(data[0], data[1])


@lru_cache(maxsize=4096)
def _name(name: str, schema: str | None) -> Name:
    return Name(name, schema)


@cache
def _type_codec() -> Codec:
    return fields_codec(DataType)


def _type_out(kind: DataType) -> Any:
    data = _type_codec()[0](kind)
    return data[0] if len(data) == 1 else data


def _type_in(data: Any) -> DataType:
    if type(data) is str:
        return _type(data)
    found: DataType = _type_codec()[1](data)
    return found


@lru_cache(maxsize=1024)
def _type(name: str) -> DataType:
    return DataType(name)


def place_out(place: Place, home: str = "") -> list[Any]:
    """The path stands last and only where it is another than `home`, that of the file that is being read."""
    span: list[Any] = [place.line, place.column, place.end_line, place.end_column]
    via = None if place.via is None else place_out(place.via, home)
    if place.path != home:
        return [*span, via, place.path]
    return span if via is None else [*span, via]


def place_in(data: Any, home: str = "") -> Place:
    if type(data) is not list or not 4 <= len(data) <= 6:
        raise Damaged
    line, column, end_line, end_column, *rest = data
    if not (type(line) is type(column) is type(end_line) is type(end_column) is int):
        raise Damaged
    if not rest:
        return Place(home, line, column, end_line, end_column)
    path = rest[1] if len(rest) == 2 else home
    if type(path) is not str:
        raise Damaged
    return Place(path, line, column, end_line, end_column, None if rest[0] is None else place_in(rest[0], home))
