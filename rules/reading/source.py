"""Text -> syntax tree, within bounds, with columns in characters."""

from __future__ import annotations

import ast
import warnings

from msgspec import Struct

from rules.model.place import Place
from rules.model.script import SyntaxProblem
from rules.reading.bounds import MAX_DEPTH, MAX_NODES, MAX_TEXT

Spanned = ast.stmt | ast.expr | ast.excepthandler | ast.alias | ast.arg | ast.keyword

FAULT = "reading stopped here by a fault of the reader"
"""The last net: one migration that we cannot cope with must not take the others along."""
TOO_DEEP = "it is nested too deeply"


class Source(Struct, eq=False):
    """One file that parses."""

    path: str
    text: str
    tree: ast.Module
    bindings: dict[str, list[ast.stmt]] | None = None
    """The statements that bind each name of the module, once somebody has looked for them."""
    _lines: list[str] = []

    @property
    def lines(self) -> list[str]:
        """As the parser counts them: a line ends at LF, CR LF or CR, and nowhere else."""
        if not self._lines:
            self._lines = self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        return self._lines

    def place(self, node: Spanned) -> Place:
        last = node.end_lineno or node.lineno
        return Place(
            self.path,
            node.lineno,
            self._characters(node.lineno, node.col_offset),
            last,
            self._characters(last, node.end_col_offset or 0),
        )

    def _characters(self, line: int, offset: int) -> int:
        """The parser counts bytes of UTF-8; people and editors count characters."""
        if self.text.isascii() or line > len(self.lines):
            return offset
        text = self.lines[line - 1]
        return offset if text.isascii() else len(text.encode("utf-8", "replace")[:offset].decode("utf-8", "ignore"))


def parse(path: str, text: str) -> Source | SyntaxProblem:
    """Never raises: what Python itself would refuse, and what is too large, is a problem with its place."""
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_TEXT:
        return _problem(path, f"the file has more than {MAX_TEXT:,} characters")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text if text.isascii() else text.encode("utf-8", "surrogatepass").decode("utf-8"))
    except SyntaxError as error:
        return _problem(path, f"it is not valid Python: {error.msg}", error.lineno or 1, (error.offset or 1) - 1)
    except ValueError as error:
        return _problem(path, f"it is not valid Python: {error}".replace("source code string", "the file"))
    except (RecursionError, MemoryError, OverflowError):
        return _problem(path, f"{TOO_DEEP} to be read")
    reason = _too_large(tree)
    return _problem(path, reason) if reason else Source(path, text, tree)


def _problem(path: str, reason: str, line: int = 1, column: int = 0) -> SyntaxProblem:
    line, column = max(line, 1), max(column, 0)
    return SyntaxProblem(Place(path, line, column, line, column), reason)


def _too_large(tree: ast.Module) -> str:
    """Walks the tree without recursion."""
    count = 0
    level: list[ast.AST] = [tree]
    depth = 0
    while level:
        depth += 1
        count += len(level)
        if count > MAX_NODES:
            return f"it has more than {MAX_NODES:,} syntax nodes"
        if depth > MAX_DEPTH:
            return f"it is nested more than {MAX_DEPTH} levels deep"
        following: list[ast.AST] = []
        for node in level:
            kind = type(node)
            if kind is ast.BinOp or kind is ast.If:
                following += _beside(node)
            elif kind not in _LEAVES:
                for name in _NODE_FIELDS[kind]:
                    value = getattr(node, name, None)
                    if type(value) is list:
                        following += value
                    elif value is not None:
                        following.append(value)
        level = following
    return ""


def _beside(node: ast.AST) -> list[ast.AST]:
    """Of a chain of `+` the operands, of `elif` the branches: these are read without recursion."""
    if isinstance(node, ast.BinOp):
        operands: list[ast.AST] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp):
            operands.append(left.right)
            left = left.left
        return [*operands, left]
    found: list[ast.AST] = []
    branch = node if isinstance(node, ast.If) else None
    while branch is not None:
        found += [branch.test, *branch.body]
        following = branch.orelse
        if len(following) == 1 and isinstance(following[0], ast.If):
            branch = following[0]
        else:
            found += following
            branch = None
    return found


_NO_NODES = frozenset(
    (
        *("ctx", "op", "ops", "id", "attr", "arg", "name", "asname", "module", "level", "kind", "conversion"),
        *("type_comment", "simple", "is_async"),
    )
)
"""Fields that hold a plain value, or a node that is one of a few marks (`Load`, `Add`)."""


_LEAVES = frozenset({ast.Name, ast.Constant, ast.alias, str, type(None)})
"""Most nodes of a file, and what some lists hold beside nodes: nothing is inside."""


class _NodeFields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each kind of node that may hold nodes."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        fields = () if kind is ast.Constant else getattr(kind, "_fields", ())  # none of a plain value
        found = tuple(name for name in fields if name not in _NO_NODES)
        self[kind] = found
        return found


_NODE_FIELDS = _NodeFields()


def child_nodes(node: ast.AST) -> list[ast.AST]:
    """What `ast.iter_child_nodes` gives, without the marks; several times as fast."""
    found: list[ast.AST] = []
    for name in _NODE_FIELDS[type(node)]:
        value = getattr(node, name, None)
        if not value:
            continue
        if type(value) is list:
            found += [one for one in value if isinstance(one, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found
