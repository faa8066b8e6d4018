"""Functions of Python's standard library, written so that their time and size are bounded."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING

from rules.reading.bounds import MAX_ITEMS, MAX_STRING
from rules.reading.interpreter.truth import items_of
from rules.reading.values import Arguments, BoundFunction, Namespace, Native, Symbol, Unknown, Value, unknown_within

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine

Function = Callable[[Arguments, "Machine"], Value]


def plain(name: str, function: Callable[..., Value], limit: int = 10_000) -> Native:
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


def at_run_time(name: str) -> Native:
    return Native(name, lambda _, __: Unknown(f"`{name}()`, which is another at each run", name.rpartition(".")[2]))


def space(dotted: str, members: dict[str, Value]) -> Namespace:
    return Namespace(dotted, members)


def dedent(text: str) -> str:
    return textwrap.dedent(text)


def text_function(name: str, function: Callable[[str], str]) -> Native:
    def call(arguments: Arguments, machine: Machine) -> Value:
        value = arguments.get(0, "text")
        if isinstance(value, Unknown):
            return value
        if isinstance(value, str) and len(arguments.all) == 1:
            return machine.budget.made(function(value))
        return Unknown(f"the result of `{name}`")

    return Native(name, call)


def clean(text: str) -> str:
    """`inspect.cleandoc`."""
    lines = text.expandtabs().split("\n")
    rest = textwrap.dedent("\n".join(lines[1:])).split("\n")
    return "\n".join([lines[0].lstrip(), *rest]).strip("\n")


def indented(text: str, prefix: str) -> str:
    return textwrap.indent(text, prefix) if len(prefix) < 100 else text


def regular(name: str) -> Native:
    """Regular expressions run in C without a step count: only ones that cannot run away."""

    def call(arguments: Arguments, machine: Machine) -> Value:
        given = arguments.all
        if unknown_within(given) is not None or not all(isinstance(one, str | int) for one in given):
            return Unknown(f"the result of `re.{name}`")
        texts = [one for one in given if isinstance(one, str)]
        if not texts or not is_tame(texts[0]) or any(len(text) > 2_000 for text in texts):
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


def is_tame(pattern: str) -> bool:
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


def partial(arguments: Arguments, machine: Machine) -> Value:
    if not arguments.positional:
        return Unknown("a function")
    return BoundFunction(arguments.positional[0], arguments.positional[1:], arguments.keywords)


def reduced(arguments: Arguments, machine: Machine) -> Value:
    values = items_of(machine, arguments.get(1, "iterable"))
    if values is None or (not values and len(arguments.positional) < 3):
        return Unknown("a reduced value")
    total = arguments.positional[2] if len(arguments.positional) > 2 else values.pop(0)
    for one in values:
        total = machine.call(arguments.positional[0], Arguments([total, one]))
    return total


def combined(name: str) -> Native:
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

    members: dict[str, Value] = {"from_iterable": combined("from_iterable")} if name == "chain" else {}
    return Native(f"itertools.{name}", call, members)


def dumps(arguments: Arguments, machine: Machine) -> Value:
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


def digest(name: str) -> Native:
    def call(arguments: Arguments, machine: Machine) -> Value:
        data = arguments.positional[0] if arguments.positional else b""
        if not isinstance(data, bytes) or len(data) > 100_000:
            return Unknown(f"a {name} digest", "digest")
        text = hashlib.new(name, data, usedforsecurity=False).hexdigest()
        return Namespace(f"hashlib.{name}", {"hexdigest": Native("hexdigest", lambda _, __: text)})

    return Native(f"hashlib.{name}", call)


def quiet(name: str) -> Native:
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


def defaultdict(arguments: Arguments, machine: Machine) -> Value:
    return Unknown("a `defaultdict`", "defaultdict")


def namedtuple(arguments: Arguments, machine: Machine) -> Value:
    name, fields = arguments.get(0, "typename"), arguments.get(1, "field_names")
    names = fields.replace(",", " ").split() if isinstance(fields, str) else fields
    if not isinstance(name, str) or not isinstance(names, list | tuple):
        return Unknown("a named tuple")
    return machine.library.record_class(machine, name, [one for one in names if isinstance(one, str)])


def import_module(arguments: Arguments, machine: Machine) -> Value:
    """A module of the repository, read like any other; revision files are often imported so."""
    name = arguments.get(0, "name")
    if isinstance(name, str) and not name.startswith("."):
        return machine.library.module(machine, machine.scope, name)
    return Unknown("a module imported by a computed name", "module", True, "importlib.import_module")


def ordered_dict(arguments: Arguments, machine: Machine) -> Value:
    return machine.call(machine.library.builtin("dict"), arguments)


def compiled(arguments: Arguments, machine: Machine) -> Value:
    """`re.compile`: a namespace of the same functions with the pattern filled in."""
    members: dict[str, Value] = {
        name: BoundFunction(regular(name), [arguments.get(0, "pattern")])
        for name in ("sub", "match", "search", "fullmatch", "findall", "split")
    }
    return Namespace("re.compile", members)


def suppress(arguments: Arguments, machine: Machine) -> Value:
    from rules.reading.offers.quiet import Suppress

    return Suppress(arguments.positional)


def null_context(arguments: Arguments, machine: Machine) -> Value:
    from rules.reading.offers.quiet import NullContext

    return NullContext(arguments.get(0, "enter_result"))
