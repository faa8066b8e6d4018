"""Whether two texts of one revision do the same to a database: compared by operations, not by characters."""

from __future__ import annotations

import ast

from rules.model.operations import Opaque, Operation
from rules.model.script import MigrationScript


def differences(before: MigrationScript, after: MigrationScript) -> tuple[str, ...]:
    """What a database that ran `before` lacks of `after`, as words for a message; empty if nothing.

    `down_revision` is the graph's matter. `downgrade()` has run nowhere, so that it may be mended.
    """
    if before.text == after.text:
        return ()
    found = []
    if before.revision != after.revision:
        found.append(f"its id was `{before.revision}`")
    if sorted(before.branch_labels) != sorted(after.branch_labels):
        found.append("its branch labels differ")
    if sorted(before.depends_on) != sorted(after.depends_on):
        found.append("its `depends_on` differs")
    if not _same_upgrade(before, after):
        found.append("its `upgrade()` does something else")
    return tuple(found)


def _same_upgrade(before: MigrationScript, after: MigrationScript) -> bool:
    if [_said(before, each) for each in before.upgrade] == [_said(after, each) for each in after.upgrade]:
        return True
    return _code(before.text) is not None and _code(before.text) == _code(after.text)


def _said(script: MigrationScript, operation: Operation) -> tuple[object, ...]:
    statement = operation.statement
    unread = _source(script.text, operation) if isinstance(operation, Opaque) else ""
    return (statement.sql, statement.transactional, statement.conditional, unread)


def _source(text: str, operation: Operation) -> str:
    """What stands where something could not be read, without its white space."""
    place = operation.place
    return "".join("".join(text.splitlines()[place.line - 1 : place.last_line]).split())


def _code(text: str) -> str | None:
    """The program without docstrings, imports and type hints; None if it is none."""
    try:
        return ast.dump(_Bare().visit(ast.parse(text)))
    except (SyntaxError, ValueError, RecursionError):
        return None


class _Bare(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:  # noqa: ARG002 - the visitor's shape
        return None

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:  # noqa: ARG002 - the visitor's shape
        return None

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return self.generic_visit(node)
        return self.generic_visit(ast.Assign([node.target], node.value))
