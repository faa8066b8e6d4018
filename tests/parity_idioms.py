"""Which idioms a revision file uses, told from its syntax tree: the rows of the coverage table of the parity page."""

from __future__ import annotations

import ast
from collections.abc import Iterator

OWN = frozenset(["alembic", "sqlalchemy", "__future__", "typing", "collections", "logging"])
CALLS = {
    "batch_alter_table": "`op.batch_alter_table`",
    "inspect": "inspector",
    "from_engine": "inspector",
    "get_bind": "`op.get_bind()`",
    "text": "`sa.text`",
    "bulk_insert": "`op.bulk_insert`",
    "Session": "ORM session",
    "sessionmaker": "ORM session",
    "query": "ORM query",
    "autocommit_block": "`autocommit_block`",
    "is_offline_mode": "`is_offline_mode()`",
    "dedent": "`textwrap.dedent`",
    "fetchall": "rows of a query",
    "fetchone": "rows of a query",
    "scalar": "rows of a query",
    "bindparams": "parameters of a text",
    "format": "f-strings, `%`, `.format`",
}
NODES: dict[type[ast.AST], str] = {
    ast.JoinedStr: "f-strings, `%`, `.format`",
    ast.ListComp: "comprehensions",
    ast.SetComp: "comprehensions",
    ast.DictComp: "comprehensions",
    ast.GeneratorExp: "comprehensions",
    ast.If: "`if`",
    ast.IfExp: "`if`",
    ast.For: "`for`",
    ast.While: "`while`",
    ast.Try: "`try`",
    ast.Raise: "`raise`",
    ast.ClassDef: "classes of its own",
    ast.Lambda: "lambdas",
}


def idioms_of(text: str) -> frozenset[str]:
    return frozenset(_idioms(ast.parse(text)))


def _idioms(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef) and statement.name not in ("upgrade", "downgrade"):
            yield "functions of its own"
    for node in ast.walk(tree):
        if name := NODES.get(type(node)):
            yield name
        match node:
            case ast.Import(names=names):
                yield from (_module(alias.name, 0) for alias in names)
            case ast.ImportFrom(module=module, level=level):
                yield _module(module or "", level)
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in CALLS:
                yield CALLS[name]
            case ast.BinOp(op=ast.Mod(), left=ast.Constant(value=str())):
                yield "f-strings, `%`, `.format`"
            case ast.Attribute(attr="dialect"):
                yield "the dialect"
            case _:
                continue


def _module(dotted: str, level: int) -> str:
    return "`op.*` and `sa.*`" if not level and dotted.partition(".")[0] in OWN else "modules beside Alembic's"
