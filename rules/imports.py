"""Where the names of a migration come from: the application's own packages, the folder of migrations, a library."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from rules.calls import dotted, imported_names, reached_functions
from rules.model.location import ScriptLocation
from rules.rewriting import Source
from rules.rewriting.source import nodes_in

_LIBRARIES = ("sqlalchemy", "alembic", "flask_migrate", "psycopg", "asyncpg", "geoalchemy2", "pgvector", "typing")
"""How the names of packages begin that hold no model of anybody's application."""
_BUILDERS = ("select", "insert", "update", "delete", "exists")
_ENUMS = ("sqlalchemy.Enum", "sqlalchemy.types.Enum", "sqlalchemy.dialects.postgresql.ENUM")
_SESSION = ("session.get", "Session().get", "session.scalars", "session.scalar")


_IMPORT = re.compile(r"\b(from|import)\b([^\n;#]*)")


def may_name_the_application(text: str) -> bool:
    """By the words alone, so that a file that imports only libraries need not be parsed to find that out."""
    return any(not _is_library(root) for kind, rest in _IMPORT.findall(text) for root in _roots(kind, rest))


def _roots(kind: str, rest: str) -> Iterator[str]:
    """The packages that one import names; empty where they are not all on its line."""
    if rest.rstrip().endswith("\\"):
        yield ""
    for part in rest.split(",") if kind == "import" else [rest]:
        yield part.strip().partition(" ")[0].partition(".")[0]


def _is_library(root: str) -> bool:
    return bool(root) and (root in sys.stdlib_module_names or root.startswith(_LIBRARIES))


class ApplicationNames:
    """The names of one file that are imported from neither a library nor the migrations' own folder."""

    def __init__(self, source: Source, where: ScriptLocation) -> None:
        self.names = imported_names(source)
        self.source = source
        self._folders = _dotted_ends(where.path)
        self._depth = _depth_below(source.path, where.path)
        self._packages = frozenset(where.path.split("/")[:-1])

    def of(self, node: ast.expr) -> str | None:
        """The dotted name of an expression that begins with such an import; calls in between leave `()`."""
        name = dotted(node, self.names)
        start = node
        while isinstance(start, ast.Attribute | ast.Call):
            start = start.value if isinstance(start, ast.Attribute) else start.func
        if not isinstance(start, ast.Name) or start.id not in self.names:
            return None
        return name if self._is_of_the_application(self.names[start.id]) else None

    def is_of_this_repository(self, name: str) -> bool:
        """Whether it surely is the repository's own: relative, or from a package that the migrations stand in."""
        return name.startswith(".") or name.partition(".")[0] in self._packages

    def _is_of_the_application(self, module: str) -> bool:
        level = len(module) - len(module.lstrip("."))
        if level:
            return level > self._depth
        if _is_library(module.partition(".")[0]):
            return False
        return not any(module == folder or module.startswith(f"{folder}.") for folder in self._folders)


def models_used(source: Source, where: ScriptLocation) -> Iterator[tuple[ast.expr, str]]:
    """Each expression of `upgrade` that asks a model of the application for tables, rows, labels or SQL; its name."""
    names = ApplicationNames(source, where)
    for function in reached_functions(source, ("upgrade",)):
        for node in nodes_in(function):
            if isinstance(node, ast.expr) and (name := _model_in(node, names)) is not None:
                yield node, name


def _model_in(node: ast.expr, names: ApplicationNames) -> str | None:
    match node:
        case ast.Attribute(value=model, attr="__table__"):
            return names.of(model)
        case ast.Attribute(value=model, attr="query"):
            return _as_class(names.of(model))
        case ast.Call():
            return _model_in_call(node, names)
    return None


def _model_in_call(call: ast.Call, names: ApplicationNames) -> str | None:
    name = dotted(call.func, names.names)
    last = name.rpartition(".")[2]
    if name.endswith(("metadata.create_all", "metadata.drop_all")):
        found = names.of(call.func)
        return found and found.rpartition(".metadata")[0]
    if last in ("execute", "scalars", "text") and call.args and isinstance(call.args[0], ast.Call):
        found = names.of(call.args[0])
        if found is None or not names.is_of_this_repository(found):
            return None
        return _as_class(found) or found.partition("(")[0]
    asked = last == "query" or name.endswith(_SESSION) or name in _ENUMS
    if asked or (last in _BUILDERS and name.startswith("sqlalchemy.")) or last == "bulk_insert_mappings":
        for argument in call.args:
            if found := _model_of(argument, names, labels=name in _ENUMS):
                return found
    return None


def _model_of(argument: ast.expr, names: ApplicationNames, *, labels: bool) -> str | None:
    """`Model`, `Model.id`, `table.c.id`, `func.count(Model.id)`; for an enum's labels any name of the application."""
    while isinstance(argument, ast.Starred | ast.Call | ast.ListComp):
        match argument:
            case ast.Starred():
                argument = argument.value
            case ast.ListComp():
                argument = argument.generators[0].iter
            case _ if argument.args and (labels or ".func." in dotted(argument.func, names.names)):
                argument = argument.args[0]
            case _:
                return None
    found = names.of(argument)
    if found is None or labels:
        return found
    return _as_class(found) or (found.partition(".c.")[0] if ".c." in found else None)


def _as_class(name: str | None) -> str | None:
    """The name up to its first part that is written as a class is."""
    parts = name.split(".") if name else []
    at = next((number for number, part in enumerate(parts) if part[:1].isupper() and not part.isupper()), None)
    return None if at is None else ".".join(parts[: at + 1])


def _dotted_ends(path: str) -> frozenset[str]:
    """`app.migrations` and `migrations` for `src/app/migrations`: what a module beneath it may be called."""
    parts = [part for part in path.split("/") if part]
    return frozenset(".".join(parts[at:]) for at in range(len(parts)))


def _depth_below(path: str, folder: str) -> int:
    """How many dots of a relative import still stay inside the folder."""
    inside = path.removeprefix(f"{folder}/") if path.startswith(f"{folder}/") else path.rpartition("/")[2]
    return inside.count("/") + 1
