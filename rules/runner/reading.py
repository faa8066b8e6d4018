"""The text of env.py -> `Runner`. Never raises; None where it does not parse or is out of bounds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

from rules.calls import place_of
from rules.model.place import Place
from rules.rewriting.source import Function, Source
from rules.runner.keywords import options_of
from rules.runner.model import AdvisoryLock, Callback, Configure, Runner, SessionSetting
from rules.runner.names import Names
from rules.runner.sessions import are_in_sight, engine_calls, listeners_are_known, settings_in_ini, settings_of
from rules.runner.transactions import advisory_locks, autocommit_of, stray_statement

LARGEST = 200_000
"""Characters of an env.py."""
_DRIVER = re.compile(r"postgres(?:ql)?\+(\w+)")
_ADDRESSES = re.compile(r"(url|uri|dsn|database|engine|bind|_db|\bdbs?\b)", re.IGNORECASE)
_COPIES = re.compile(r"(tenant|shard|schema|customer|region|client|account|org)", re.IGNORECASE)
PASSED = {"ctx", "step", "heads", "run_args"}
"""The keywords with which Alembic calls `on_version_apply`."""


def read_runner(path: str, texts: Mapping[str, str], ini_path: str | None = None) -> Runner | None:
    """`texts` answers for the modules that env.py imports, in one of which the engine may be made."""
    text = texts.get(path)
    if text is None or len(text) > LARGEST:
        return None
    source = Source.of(path, text)
    if source is None:
        return None
    try:
        return _read(source, texts, ini_path)
    except RecursionError:
        return None


def _read(source: Source, texts: Mapping[str, str], ini_path: str | None) -> Runner:
    names = Names(source)
    calls = list(_configure_calls(names))
    ini = texts.get(ini_path, "") if ini_path else ""
    engines = list(engine_calls(names))
    settings = [*settings_of(names), *(settings_in_ini(ini_path, ini) if ini_path else ())]
    known = are_in_sight(engines, names) and listeners_are_known(source)
    if not engines:
        elsewhere = _made_elsewhere(names, texts)
        known = bool(elsewhere) and all(in_sight for in_sight, _ in elsewhere)
        settings += [each for _, found in elsewhere for each in found]
    driver = _DRIVER.search(source.text) or _DRIVER.search(ini)
    stray = [found for call in calls if (found := stray_statement(call, names)) is not None]
    return Runner(
        source.path,
        source,
        tuple(_configure(call, names) for call in calls),
        tuple(settings),
        known,
        place_of(source, engines[0]) if engines else None,
        tuple(engines),
        driver[1] if driver else None,
        tuple(dict.fromkeys(stray)),
        tuple(dict.fromkeys(place for call in calls for place in autocommit_of(call, names))),
        tuple(AdvisoryLock(*each) for each in advisory_locks(names)),
        tuple(callback for call in calls for callback in _callbacks(call, names)),
        _loop(calls, names),
    )


def _configure_calls(names: Names) -> Iterator[ast.Call]:
    """`context.configure(...)` with a connection."""
    for node in ast.walk(names.source.tree):
        if not isinstance(node, ast.Call) or names.is_dead(node):
            continue
        name = names.dotted(node.func)
        if name == "context.configure" or name.endswith((".context.configure", "alembic.context.configure")):
            options, _ = options_of(node, names)
            if node.args or "connection" in options:
                yield node


def _configure(call: ast.Call, names: Names) -> Configure:
    options, complete = options_of(call, names)
    return Configure(place_of(names.source, call), call, options, complete)


def _made_elsewhere(names: Names, texts: Mapping[str, str]) -> list[tuple[bool, list[SessionSetting]]]:
    """Of each imported module that makes an engine: whether all of it is in sight, and what it sets."""
    from rules.reading.modules import wanted_paths  # parses env.py once more, for this alone

    found = []
    for path in sorted(wanted_paths(names.source.text, names.source.path, texts)):
        text = texts.get(path, "")
        if "create" in text and "engine" in text and len(text) <= LARGEST and (source := Source.of(path, text)):
            inner = Names(source)
            if engines := list(engine_calls(inner)):
                found.append((are_in_sight(engines, inner) and listeners_are_known(source), list(settings_of(inner))))
    return found


def _callbacks(call: ast.Call, names: Names) -> Iterator[Callback]:
    """Those that do not take what they are called with."""
    given = next((keyword.value for keyword in call.keywords if keyword.arg == "on_version_apply"), None)
    items = given.elts if isinstance(given, ast.Tuple | ast.List) else [given] if given is not None else []
    for item in items:
        function: Function | ast.Lambda | None = item if isinstance(item, ast.Lambda) else None
        if isinstance(item, ast.Name) and item.id not in names.assigned:
            function = names.functions.get(item.id)
        if function is not None and not _fits(function.args):
            name = function.name if isinstance(function, Function) else "lambda"
            place = _heading(names.source, function) if isinstance(function, Function) else place_of(names.source, item)
            yield Callback(name, tuple(one.arg for one in _parameters(function.args)), place)


def _heading(source: Source, function: Function) -> Place:
    """The line of the `def`, up to its name."""
    _, column = source.start_of(function)
    return Place(source.path, function.lineno, column, function.lineno, len(source.line(function.lineno)))


def _parameters(args: ast.arguments) -> list[ast.arg]:
    return [*args.posonlyargs, *args.args, *args.kwonlyargs]


def _fits(args: ast.arguments) -> bool:
    positional = [*args.posonlyargs, *args.args]
    required = {one.arg for one in positional[: len(positional) - len(args.defaults)]}
    required |= {one.arg for one, given in zip(args.kwonlyargs, args.kw_defaults, strict=True) if given is None}
    if args.posonlyargs or not required <= PASSED:
        return False
    return args.kwarg is not None or {one.arg for one in _parameters(args)} >= PASSED


def _loop(calls: list[ast.Call], names: Names) -> tuple[Place, str] | None:
    """A loop around `configure` that goes through addresses, not through copies of one schema."""
    for call in calls:
        options, complete = options_of(call, names)
        if not complete or "upgrade_token" in options or _names_engine(names):
            return None
        for loop in _loops_around(call, names, set()):
            through = ast.unparse(loop.iter)
            spoken = f"{through} {ast.unparse(loop.target)}"
            if _ADDRESSES.search(spoken) and not _COPIES.search(spoken) and not names.is_conditional(loop):
                return Place(names.source.path, loop.lineno, loop.col_offset, loop.lineno, loop.col_offset + 3), through
    return None


def _loops_around(node: ast.AST, names: Names, seen: set[str]) -> Iterator[ast.For | ast.AsyncFor]:
    for above in names.around(node):
        if isinstance(above, ast.For | ast.AsyncFor):
            yield above
        elif isinstance(above, Function) and above.name not in seen:
            seen.add(above.name)
            for site in ast.walk(names.source.tree):
                if isinstance(site, ast.Call) and isinstance(site.func, ast.Name) and site.func.id == above.name:
                    yield from _loops_around(site, names, seen)


def _names_engine(names: Names) -> bool:
    """`run_migrations(engine_name=name)`: revisions have a function for each database."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "run_migrations"
        and bool(node.keywords)
        for node in ast.walk(names.source.tree)
    )
