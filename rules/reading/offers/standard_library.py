"""Modules of Python's standard library, from a closed list."""

from __future__ import annotations

import base64
import json
import re
import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from rules.reading.bounds import MAX_STRING
from rules.reading.offers.standard_functions import (
    QUIET,
    at_run_time,
    clean,
    combined,
    compiled,
    dedent,
    defaultdict,
    digest,
    dumps,
    import_module,
    indented,
    namedtuple,
    null_context,
    ordered_dict,
    partial,
    plain,
    quiet,
    reduced,
    regular,
    space,
    suppress,
    text_function,
)
from rules.reading.offers.variables import VariablesValue, variable
from rules.reading.values import Arguments, Namespace, Native, Unknown, Value

if TYPE_CHECKING:
    pass


def standard_namespaces() -> dict[str, Namespace]:
    """Dotted module name -> what is offered of it."""
    moments: dict[str, Value] = {
        "now": at_run_time("datetime.now"),
        "utcnow": at_run_time("datetime.utcnow"),
        "today": at_run_time("datetime.today"),
        "fromisoformat": plain("datetime.fromisoformat", datetime.fromisoformat),
        "fromtimestamp": plain(
            "datetime.fromtimestamp", lambda *a: datetime.fromtimestamp(*a, *([UTC] if len(a) < 2 else []))
        ),
        "strptime": plain("datetime.strptime", datetime.strptime, 100),
        "min": datetime.min,
        "max": datetime.max,
    }
    days: dict[str, Value] = {
        "today": at_run_time("date.today"),
        "fromisoformat": plain("date.fromisoformat", date.fromisoformat),
    }
    clock = plain("datetime.datetime", datetime)
    contents: dict[str, dict[str, Value]] = {
        "datetime": {
            "datetime": Native("datetime", clock.function, moments),
            "date": Native("date", plain("date", date).function, days),
            "time": plain("time", time),
            "timedelta": plain("timedelta", timedelta),
            "timezone": Namespace("timezone", {"utc": UTC}),
            "UTC": UTC,
        },
        "uuid": {
            "UUID": plain("uuid.UUID", uuid.UUID),
            "uuid4": at_run_time("uuid.uuid4"),
            "uuid1": at_run_time("uuid.uuid1"),
            "uuid5": plain("uuid.uuid5", uuid.uuid5),
            "uuid3": plain("uuid.uuid3", uuid.uuid3),
            "NAMESPACE_DNS": uuid.NAMESPACE_DNS,
            "NAMESPACE_URL": uuid.NAMESPACE_URL,
            "NAMESPACE_OID": uuid.NAMESPACE_OID,
        },
        "decimal": {"Decimal": plain("decimal.Decimal", Decimal, 100)},
        "textwrap": {"dedent": text_function("textwrap.dedent", dedent), "indent": plain("textwrap.indent", indented)},
        "inspect": {"cleandoc": text_function("inspect.cleandoc", clean)},
        "json": {"dumps": Native("json.dumps", dumps), "loads": plain("json.loads", json.loads, MAX_STRING // 4)},
        "re": {name: regular(name) for name in ("sub", "match", "search", "fullmatch", "findall", "split")}
        | {"escape": plain("re.escape", re.escape), "compile": Native("re.compile", compiled)}
        | {
            flag: int(getattr(re, flag))
            for flag in ("IGNORECASE", "MULTILINE", "DOTALL", "I", "M", "S", "X", "VERBOSE")
        },
        "itertools": {name: combined(name) for name in ("chain", "product")},
        "functools": {
            "partial": Native("partial", partial),
            "reduce": Native("reduce", reduced),
            "lru_cache": Unknown("a cache"),
            "cache": Unknown("a cache"),
            "wraps": Unknown("a wrapper"),
        },
        "collections": {
            "OrderedDict": Native("OrderedDict", ordered_dict),
            "defaultdict": Native("defaultdict", defaultdict),
            "namedtuple": Native("namedtuple", namedtuple),
            "Counter": Unknown("a counter"),
            "deque": Unknown("a queue"),
        },
        "enum": {
            name: Native(name, lambda _, __: Unknown("an enum"))
            for name in ("Enum", "IntEnum", "StrEnum", "ReprEnum", "Flag", "IntFlag")
        }
        | {"auto": Native("auto", lambda _, __: Unknown("an automatic value", "auto")), "unique": Unknown("`unique`")},
        "dataclasses": {"dataclass": Unknown("`dataclass`"), "field": Unknown("a field")},
        "typing": {
            "NamedTuple": Native("NamedTuple", lambda _, __: Unknown("a named tuple")),
            "TypedDict": Native("TypedDict", lambda _, __: Unknown("a dict")),
            "TYPE_CHECKING": False,
            "cast": Native("cast", lambda arguments, _: arguments.get(1, "val")),
        },
        "contextlib": {
            "contextmanager": Unknown("`contextmanager`"),
            "suppress": Native("suppress", suppress),
            "nullcontext": Native("nullcontext", null_context),
            "closing": Native("closing", null_context),
        },
        "base64": {
            name: plain(f"base64.{name}", getattr(base64, name))
            for name in ("b64encode", "b64decode", "urlsafe_b64encode")
        },
        "hashlib": {name: digest(name) for name in ("md5", "sha1", "sha256", "sha512")},
        "logging": {"getLogger": Native("getLogger", lambda _, __: QUIET), "basicConfig": quiet("basicConfig")}
        | dict.fromkeys(("info", "debug", "warning", "error", "exception", "critical", "log", "INFO", "DEBUG"), QUIET),
        "logging.config": {"fileConfig": QUIET, "dictConfig": QUIET},
        "structlog": {"get_logger": Native("get_logger", lambda _, __: QUIET)},
        "loguru": {"logger": QUIET},
        "warnings": dict.fromkeys(("warn", "simplefilter", "filterwarnings", "catch_warnings"), QUIET),
        "copy": {name: Native(name, lambda arguments, machine: arguments.get(0, "x")) for name in ("copy", "deepcopy")},
        "time": {
            "time": at_run_time("time.time"),
            "sleep": quiet("sleep"),
            "monotonic": at_run_time("time.monotonic"),
            "perf_counter": at_run_time("time.perf_counter"),
        },
        "string": {"ascii_letters": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "digits": "0123456789"},
        "math": {
            "ceil": plain("math.ceil", lambda x: int(-(-x // 1))),
            "floor": plain("math.floor", lambda x: int(x // 1)),
        },
        "os": {
            "environ": VariablesValue(),
            "getenv": Native("getenv", variable),
        },
        "sys": {"stdout": QUIET, "stderr": QUIET, "exit": Unknown("`sys.exit`")},
        "__future__": {},
        "lazy_object_proxy": {
            "Proxy": Native("Proxy", lambda arguments, machine: machine.call(arguments.get(0, "factory"), Arguments()))
        },
        "importlib": {"import_module": Native("import_module", import_module)},
        "simplejson": {"dumps": Native("json.dumps", dumps), "loads": plain("json.loads", json.loads, MAX_STRING // 4)},
        "collections.abc": {},
        "click": dict.fromkeys(("echo", "secho"), QUIET),
    }
    spaces = {dotted: space(dotted, members) for dotted, members in contents.items()}
    contents["collections"]["abc"] = spaces["collections.abc"]
    contents["logging"]["config"] = spaces["logging.config"]
    return spaces
