"""Modules of Python's standard library, from a closed list."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
import textwrap
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from rules.reading.bounds import MAX_ITEMS, MAX_STRING
from rules.reading.interpreter.truth import items_of
from rules.reading.values import Arguments, BoundFunction, Namespace, Native, Symbol, Unknown, Value, unknown_within

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine

Function = Callable[[Arguments, "Machine"], Value]


def _plain(name: str, function: Callable[..., Value], limit: int = 10_000) -> Native:
    """A pure function of plain, short values."""

    def call(arguments: Arguments, machine: Machine) -> Value:
        given = arguments.all
        unknown = unknown_within(given)
        if unknown is not None or not arguments.complete:
            return Unknown(unknown.why if unknown is not None else f"the result of `{name}`", name.rpartition(".")[2])
        if any(isinstance(one, Symbol) or (isinstance(one, str | bytes) and len(one) > limit) for one in given):
            return Unknown(f"the result of `{name}`", name.rpartition(".")[2])
        try:
            return machine.budget.made(function(*arguments.positional, **arguments.keywords))
        except (TypeError, ValueError, ArithmeticError, LookupError, RecursionError) as error:
            raise machine.raise_error(type(error).__name__, str(error)[:200]) from None

    return Native(name, call)


def _at_run_time(name: str) -> Native:
    return Native(name, lambda _, __: Unknown(f"`{name}()`, which is another at each run", name.rpartition(".")[2]))


def _space(dotted: str, members: dict[str, Value]) -> Namespace:
    return Namespace(dotted, members)


def _dedent(text: str) -> str:
    return textwrap.dedent(text)


def _text_function(name: str, function: Callable[[str], str]) -> Native:
    def call(arguments: Arguments, machine: Machine) -> Value:
        value = arguments.get(0, "text")
        if isinstance(value, Unknown):
            return value
        if isinstance(value, str) and len(arguments.all) == 1:
            return machine.budget.made(function(value))
        return Unknown(f"the result of `{name}`")

    return Native(name, call)


def _clean(text: str) -> str:
    """`inspect.cleandoc`."""
    lines = text.expandtabs().split("\n")
    rest = textwrap.dedent("\n".join(lines[1:])).split("\n")
    return "\n".join([lines[0].lstrip(), *rest]).strip("\n")


def _indent(text: str, prefix: str) -> str:
    return textwrap.indent(text, prefix) if len(prefix) < 100 else text


def _regular(name: str) -> Native:
    """Regular expressions run in C without a step count: only ones that cannot run away."""

    def call(arguments: Arguments, machine: Machine) -> Value:
        given = arguments.all
        if unknown_within(given) is not None or not all(isinstance(one, str | int) for one in given):
            return Unknown(f"the result of `re.{name}`")
        texts = [one for one in given if isinstance(one, str)]
        if not texts or not _is_tame(texts[0]) or any(len(text) > 2_000 for text in texts):
            return Unknown(f"the result of `re.{name}`")
        if name == "sub" and len(texts) > 2:
            machine.budget.room_for((len(texts[2]) + 1) * (len(texts[1]) + 1), MAX_STRING * 4)
        try:
            found = getattr(re, name)(*arguments.positional, **arguments.keywords)
        except (re.error, TypeError, ValueError, IndexError, OverflowError, RecursionError) as error:
            raise machine.raise_error("ValueError", str(error)[:200]) from None
        if isinstance(found, re.Match):
            return MatchValue(found)
        return machine.budget.made(found)

    return Native(f"re.{name}", call)


def _is_tame(pattern: str) -> bool:
    """No group is repeated, and at most one quantifier has no bound: its time is then at most quadratic."""
    if len(pattern) > 300 or re.search(r"\)[*+{?]", pattern) or re.search(r"\\[1-9]|\(\?P=", pattern):
        return False
    return len(re.findall(r"[*+]|\{", pattern)) <= 1


class MatchValue(Symbol):
    """A match of a regular expression."""

    __slots__ = ("match",)

    def __init__(self, match: re.Match[str]) -> None:
        self.match = match

    def attribute(self, name: str, machine: Machine) -> Value:
        if name == "group":
            return Native(name, lambda arguments, machine: self._group(arguments))
        if name == "groups":
            return Native(name, lambda _, __: tuple(self.match.groups()))
        return Unknown(f"`{name}` of a match")

    def _group(self, arguments: Arguments) -> Value:
        key = arguments.get(0, "group", 0)
        try:
            return self.match.group(key) if isinstance(key, int | str) else Unknown("a group")
        except IndexError:
            return Unknown("a group")


def _partial(arguments: Arguments, machine: Machine) -> Value:
    if not arguments.positional:
        return Unknown("a function")
    return BoundFunction(arguments.positional[0], arguments.positional[1:], arguments.keywords)


def _reduce(arguments: Arguments, machine: Machine) -> Value:
    values = items_of(machine, arguments.get(1, "iterable"))
    if values is None or (not values and len(arguments.positional) < 3):
        return Unknown("a reduced value")
    total = arguments.positional[2] if len(arguments.positional) > 2 else values.pop(0)
    for one in values:
        total = machine.call(arguments.positional[0], Arguments([total, one]))
    return total


def _itertools(name: str) -> Native:
    def call(arguments: Arguments, machine: Machine) -> Value:
        columns = [items_of(machine, one) for one in arguments.positional]
        known = [column for column in columns if column is not None]
        if len(known) < len(columns):
            return Unknown(f"the result of `{name}`")
        if name == "chain":
            return machine.budget.made(list(itertools.chain(*known)))
        if name == "from_iterable":
            inner = [items_of(machine, one) for one in known[0]]
            flat = [one for column in inner if column is not None for one in column]
            return machine.budget.made(flat) if None not in inner else Unknown("a chain of unknown lists")
        size = 1
        for column in known:
            size *= max(len(column), 1)
        machine.budget.room_for(size, MAX_ITEMS)
        return list(itertools.product(*known))

    members: dict[str, Value] = {"from_iterable": _itertools("from_iterable")} if name == "chain" else {}
    return Native(f"itertools.{name}", call, members)


def _dumps(arguments: Arguments, machine: Machine) -> Value:
    value = arguments.get(0, "obj")
    if unknown_within(value) is not None or not _is_json(value):
        return Unknown("the result of `json.dumps`", "json")
    keywords = {key: one for key, one in arguments.keywords.items() if key in ("sort_keys", "ensure_ascii", "indent")}
    if isinstance(keywords.get("indent"), int | None) and (keywords.get("indent") or 0) <= 8:  # type: ignore[operator]
        try:
            return machine.budget.made(json.dumps(value, **keywords))  # type: ignore[arg-type]
        except (TypeError, ValueError, RecursionError) as error:
            raise machine.raise_error("TypeError", str(error)[:200]) from None
    return Unknown("the result of `json.dumps`", "json")


def _is_json(value: Value, depth: int = 0) -> bool:
    if depth > 30:
        return False
    if isinstance(value, list | tuple):
        return all(_is_json(one, depth + 1) for one in value)
    if isinstance(value, dict):
        return all(isinstance(key, str | int) and _is_json(one, depth + 1) for key, one in value.items())
    return value is None or isinstance(value, str | int | float)


def _digest(name: str) -> Native:
    def call(arguments: Arguments, machine: Machine) -> Value:
        data = arguments.positional[0] if arguments.positional else b""
        if not isinstance(data, bytes) or len(data) > 100_000:
            return Unknown(f"a {name} digest", "digest")
        text = hashlib.new(name, data, usedforsecurity=False).hexdigest()
        return Namespace(f"hashlib.{name}", {"hexdigest": Native("hexdigest", lambda _, __: text)})

    return Native(f"hashlib.{name}", call)


def _quiet(name: str) -> Native:
    return Native(name, lambda _, __: None)


class QuietValue(Symbol):
    """A logger, a console: whatever is done with it is of no consequence."""

    __slots__ = ()

    def attribute(self, name: str, machine: Machine) -> Value:
        return self

    def call(self, arguments: Arguments, machine: Machine) -> Value:
        return self

    @property
    def described(self) -> str:
        return "a logger"


QUIET = QuietValue()


def _defaultdict(arguments: Arguments, machine: Machine) -> Value:
    return Unknown("a `defaultdict`", "defaultdict")


def _namedtuple(arguments: Arguments, machine: Machine) -> Value:
    name, fields = arguments.get(0, "typename"), arguments.get(1, "field_names")
    names = fields.replace(",", " ").split() if isinstance(fields, str) else fields
    if not isinstance(name, str) or not isinstance(names, list | tuple):
        return Unknown("a named tuple")
    return machine.library.record_class(machine, name, [one for one in names if isinstance(one, str)])


def standard_namespaces() -> dict[str, Namespace]:
    """Dotted module name -> what is offered of it."""
    moments: dict[str, Value] = {
        "now": _at_run_time("datetime.now"),
        "utcnow": _at_run_time("datetime.utcnow"),
        "today": _at_run_time("datetime.today"),
        "fromisoformat": _plain("datetime.fromisoformat", datetime.fromisoformat),
        "fromtimestamp": _plain(
            "datetime.fromtimestamp", lambda *a: datetime.fromtimestamp(*a, *([UTC] if len(a) < 2 else []))
        ),
        "strptime": _plain("datetime.strptime", datetime.strptime, 100),
        "min": datetime.min,
        "max": datetime.max,
    }
    days: dict[str, Value] = {
        "today": _at_run_time("date.today"),
        "fromisoformat": _plain("date.fromisoformat", date.fromisoformat),
    }
    clock = _plain("datetime.datetime", datetime)
    contents: dict[str, dict[str, Value]] = {
        "datetime": {
            "datetime": Native("datetime", clock.function, moments),
            "date": Native("date", _plain("date", date).function, days),
            "time": _plain("time", time),
            "timedelta": _plain("timedelta", timedelta),
            "timezone": Namespace("timezone", {"utc": UTC}),
            "UTC": UTC,
        },
        "uuid": {
            "UUID": _plain("uuid.UUID", uuid.UUID),
            "uuid4": _at_run_time("uuid.uuid4"),
            "uuid1": _at_run_time("uuid.uuid1"),
            "uuid5": _plain("uuid.uuid5", uuid.uuid5),
            "uuid3": _plain("uuid.uuid3", uuid.uuid3),
            "NAMESPACE_DNS": uuid.NAMESPACE_DNS,
            "NAMESPACE_URL": uuid.NAMESPACE_URL,
            "NAMESPACE_OID": uuid.NAMESPACE_OID,
        },
        "decimal": {"Decimal": _plain("decimal.Decimal", Decimal, 100)},
        "textwrap": {"dedent": _text_function("textwrap.dedent", _dedent), "indent": _plain("textwrap.indent", _indent)},
        "inspect": {"cleandoc": _text_function("inspect.cleandoc", _clean)},
        "json": {"dumps": Native("json.dumps", _dumps), "loads": _plain("json.loads", json.loads, MAX_STRING // 4)},
        "re": {
            name: _regular(name) for name in ("sub", "match", "search", "fullmatch", "findall", "split")
        } | {"escape": _plain("re.escape", re.escape), "compile": Native("re.compile", _compiled)}
        | {flag: int(getattr(re, flag)) for flag in ("IGNORECASE", "MULTILINE", "DOTALL", "I", "M", "S", "X", "VERBOSE")},
        "itertools": {name: _itertools(name) for name in ("chain", "product")},
        "functools": {"partial": Native("partial", _partial), "reduce": Native("reduce", _reduce),
                      "lru_cache": Unknown("a cache"), "cache": Unknown("a cache"), "wraps": Unknown("a wrapper")},
        "collections": {
            "OrderedDict": Native("OrderedDict", _ordered_dict), "defaultdict": Native("defaultdict", _defaultdict),
            "namedtuple": Native("namedtuple", _namedtuple), "Counter": Unknown("a counter"), "deque": Unknown("a queue"),
        },
        "enum": {name: Native(name, lambda _, __: Unknown("an enum")) for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")}
        | {"auto": Native("auto", lambda _, __: Unknown("an automatic value", "auto")), "unique": Unknown("`unique`")},
        "dataclasses": {"dataclass": Unknown("`dataclass`"), "field": Unknown("a field")},
        "typing": {"NamedTuple": Native("NamedTuple", lambda _, __: Unknown("a named tuple")),
                   "TypedDict": Native("TypedDict", lambda _, __: Unknown("a dict")), "TYPE_CHECKING": False,
                   "cast": Native("cast", lambda arguments, _: arguments.get(1, "val"))},
        "contextlib": {"contextmanager": Unknown("`contextmanager`"), "suppress": Native("suppress", _suppress),
                       "nullcontext": Native("nullcontext", _null_context), "closing": Native("closing", _null_context)},
        "base64": {name: _plain(f"base64.{name}", getattr(base64, name)) for name in ("b64encode", "b64decode", "urlsafe_b64encode")},
        "hashlib": {name: _digest(name) for name in ("md5", "sha1", "sha256", "sha512")},
        "logging": {"getLogger": Native("getLogger", lambda _, __: QUIET), "basicConfig": _quiet("basicConfig")}
        | dict.fromkeys(("info", "debug", "warning", "error", "exception", "critical", "log", "INFO", "DEBUG"), QUIET),
        "logging.config": {"fileConfig": QUIET, "dictConfig": QUIET},
        "structlog": {"get_logger": Native("get_logger", lambda _, __: QUIET)},
        "loguru": {"logger": QUIET},
        "warnings": dict.fromkeys(("warn", "simplefilter", "filterwarnings", "catch_warnings"), QUIET),
        "copy": {name: Native(name, lambda arguments, machine: arguments.get(0, "x")) for name in ("copy", "deepcopy")},
        "time": {"time": _at_run_time("time.time"), "sleep": _quiet("sleep"), "monotonic": _at_run_time("time.monotonic"), "perf_counter": _at_run_time("time.perf_counter")},
        "string": {"ascii_letters": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "digits": "0123456789"},
        "math": {"ceil": _plain("math.ceil", lambda x: int(-(-x // 1))), "floor": _plain("math.floor", lambda x: int(x // 1))},
        "os": {"environ": Unknown("the environment", "environ"), "getenv": Native("getenv", lambda _, __: Unknown("the environment", "environment"))},
        "sys": {"stdout": QUIET, "stderr": QUIET, "exit": Unknown("`sys.exit`")},
        "__future__": {},
        "lazy_object_proxy": {"Proxy": Native("Proxy", lambda arguments, machine: machine.call(arguments.get(0, "factory"), Arguments()))},
        "importlib": {"import_module": Native("import_module", _import_module)},
        "simplejson": {"dumps": Native("json.dumps", _dumps), "loads": _plain("json.loads", json.loads, MAX_STRING // 4)},
        "collections.abc": {},
        "click": dict.fromkeys(("echo", "secho"), QUIET),
    }  # fmt: skip
    spaces = {dotted: _space(dotted, members) for dotted, members in contents.items()}
    contents["collections"]["abc"] = spaces["collections.abc"]
    contents["logging"]["config"] = spaces["logging.config"]
    return spaces


def _import_module(arguments: Arguments, machine: Machine) -> Value:
    """A module of the repository, read like any other; revision files are often imported so."""
    name = arguments.get(0, "name")
    if isinstance(name, str) and not name.startswith("."):
        return machine.library.module(machine, machine.scope, name)
    return Unknown("a module imported by a computed name", "module", True, "importlib.import_module")


def _ordered_dict(arguments: Arguments, machine: Machine) -> Value:
    return machine.call(machine.library.builtin("dict"), arguments)


def _compiled(arguments: Arguments, machine: Machine) -> Value:
    """`re.compile`: a namespace of the same functions with the pattern filled in."""
    members: dict[str, Value] = {
        name: BoundFunction(_regular(name), [arguments.get(0, "pattern")])
        for name in ("sub", "match", "search", "fullmatch", "findall", "split")
    }
    return Namespace("re.compile", members)


def _suppress(arguments: Arguments, machine: Machine) -> Value:
    from rules.reading.offers.quiet import Suppress

    return Suppress(arguments.positional)


def _null_context(arguments: Arguments, machine: Machine) -> Value:
    from rules.reading.offers.quiet import NullContext

    return NullContext(arguments.get(0, "enter_result"))
