"""Methods of strings, each checked for size before it runs."""

from __future__ import annotations

from collections.abc import Callable

from rules.reading.bounds import MAX_STRING, MAX_WIDTH, BoundReached
from rules.reading.interpreter.machine import Machine
from rules.reading.interpreter.texts import format_method, joined
from rules.reading.interpreter.truth import items_of
from rules.reading.values import Arguments, EnumMember, Unknown, Value, unknown_within

Method = Callable[[Machine, "str | bytes", Arguments], Value]
PLAIN = [
    "capitalize",
    "casefold",
    "count",
    "encode",
    "decode",
    "endswith",
    "find",
    "index",
    "isalnum",
    "isalpha",
    "isascii",
    "isdecimal",
    "isdigit",
    "isidentifier",
    "islower",
    "isnumeric",
    "isspace",
    "istitle",
    "isupper",
    "lower",
    "lstrip",
    "partition",
    "removeprefix",
    "removesuffix",
    "rfind",
    "rindex",
    "rpartition",
    "rsplit",
    "rstrip",
    "split",
    "splitlines",
    "startswith",
    "strip",
    "swapcase",
    "title",
    "upper",
    "hex",
]
PADDING = ("center", "ljust", "rjust", "zfill", "expandtabs")


def _unwrapped(value: Value) -> Value:
    return value.value if isinstance(value, EnumMember) else value


def _plain(name: str) -> Method:
    def method(machine: Machine, text: str | bytes, arguments: Arguments) -> Value:
        positional = [_unwrapped(one) for one in arguments.positional]
        unknown = unknown_within(positional) or unknown_within(list(arguments.keywords.values()))
        if unknown is not None or not arguments.complete:
            return Unknown(unknown.why if unknown is not None else "unknown arguments")
        if name in PADDING and any(isinstance(one, int) and one > MAX_WIDTH for one in arguments.all):
            raise BoundReached(f"it pads a text to more than {MAX_WIDTH:,} characters")
        if name in ("encode", "decode") and any(one not in CODECS for one in arguments.all):
            return Unknown("a text in another encoding")
        try:
            result: Value = getattr(text, name)(*positional, **arguments.keywords)
        except (TypeError, ValueError, AttributeError) as error:
            raise machine.raise_error(type(error).__name__, str(error)) from None
        return machine.budget.made(result)

    return method


CODECS = ("utf-8", "utf8", "ascii", "latin-1", "latin1", "UTF-8", "strict", "ignore", "replace")


def _join(machine: Machine, text: str | bytes, arguments: Arguments) -> Value:
    values = items_of(machine, arguments.get(0, "iterable"))
    if values is None or not isinstance(text, str):
        return Unknown("a text joined from unknown parts")
    machine.budget.room_for(len(text) * len(values), MAX_STRING)
    parts: list[Value] = []
    for number, value in enumerate(values):
        value = _unwrapped(value)
        if not isinstance(value, str | Unknown):
            raise machine.raise_error("TypeError", f"sequence item {number}: expected str instance")
        parts += [text, value] if number else [value]
    return joined(machine, parts)


def _replace(machine: Machine, text: str | bytes, arguments: Arguments) -> Value:
    old, new = _unwrapped(arguments.get(0, "old")), _unwrapped(arguments.get(1, "new"))
    if isinstance(old, str) and isinstance(new, str) and isinstance(text, str):
        times = text.count(old) if old else len(text) + 1
        machine.budget.room_for(len(text) + times * len(new), MAX_STRING)
        return machine.budget.made(text.replace(old, new))
    if isinstance(old, str) and old and isinstance(new, Unknown) and isinstance(text, str):
        pieces = text.split(old)
        parts: list[Value] = []
        for number, piece in enumerate(pieces[:200]):
            parts += [new, piece] if number else [piece]
        return joined(machine, parts)
    return Unknown("a replaced text")


def _format(machine: Machine, text: str | bytes, arguments: Arguments) -> Value:
    if not isinstance(text, str):
        return Unknown("a formatted text")
    return format_method(machine, text, arguments.positional, arguments.keywords)


def _format_map(machine: Machine, text: str | bytes, arguments: Arguments) -> Value:
    mapping = arguments.get(0, "mapping")
    if not isinstance(text, str) or not isinstance(mapping, dict):
        return Unknown("a formatted text")
    return format_method(machine, text, [], {str(key): one for key, one in mapping.items()})


def _translate(machine: Machine, text: str | bytes, arguments: Arguments) -> Value:
    table = arguments.get(0, "table")
    if (
        isinstance(text, str)
        and isinstance(table, dict)
        and all(isinstance(one, str | int | None) for one in table.values())
    ):
        longest = max((len(one) for one in table.values() if isinstance(one, str)), default=1)
        machine.budget.room_for(len(text) * max(longest, 1), MAX_STRING)
        return machine.budget.made(text.translate(table))
    return Unknown("a translated text")


STRING_METHODS: dict[str, Method] = {name: _plain(name) for name in (*PLAIN, *PADDING)}
STRING_METHODS |= {
    "join": _join,
    "replace": _replace,
    "format": _format,
    "format_map": _format_map,
    "translate": _translate,
}
