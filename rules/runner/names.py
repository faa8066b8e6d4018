"""Names of an env.py followed to what they stand for, and which of its branches a PostgreSQL run takes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property

from rules.calls import dotted, imported_names
from rules.rewriting.source import Function, Source

DEPTH = 6
"""Names that stand for names."""
_DIALECTS = ("sqlite", "mysql", "mariadb", "oracle", "mssql", "postgres", "cockroach", "redshift", "snowflake")
_STAGE = re.compile(
    r"(?:^|\.)(?:(?:app|deploy|flask|django|node)_?)?(?:env|environment|stage|is_prod|is_production|is_dev)$", re.I
)


class Names:
    """One env.py, laid out for questions."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.imported = imported_names(source)

    def dotted(self, node: ast.expr) -> str:
        return dotted(node, self.imported)

    def last(self, node: ast.expr) -> str:
        """`create_engine` of `sqlalchemy.create_engine`."""
        return self.dotted(node).rpartition(".")[2]

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST]:
        return {child: node for node in ast.walk(self.source.tree) for child in ast.iter_child_nodes(node)}

    @cached_property
    def assigned(self) -> dict[str, list[tuple[ast.AST | None, ast.expr]]]:
        """What each name is given, with the function in which it is; None stands for the module."""
        found: dict[str, list[tuple[ast.AST | None, ast.expr]]] = {}
        for node in ast.walk(self.source.tree):
            for name, value in _given(node):
                found.setdefault(name, []).append((self.function_of(node), value))
        return found

    def values_of(self, name: ast.Name) -> list[ast.expr]:
        """What a name is given in the nearest function that binds it, else in the module."""
        given = self.assigned.get(name.id, [])
        scopes = [one for one in self.around(name) if isinstance(one, Function | ast.Lambda)]
        for scope in scopes:
            here = [value for function, value in given if function is scope]
            if here or name.id in {one.arg for one in ast.walk(scope.args) if isinstance(one, ast.arg)}:
                return here
        return [value for function, value in given if function is None]

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What encloses a node, nearest first."""
        while (above := self.parents.get(node)) is not None:
            yield above
            node = above

    def function_of(self, node: ast.AST) -> Function | None:
        return next((one for one in self.around(node) if isinstance(one, Function)), None)

    @cached_property
    def functions(self) -> dict[str, Function]:
        return {node.name: node for node in ast.walk(self.source.tree) if isinstance(node, Function)}

    def followed(self, node: ast.expr | None) -> ast.expr | None:
        """The expression that a name stands for; None if it is given several, or comes from outside."""
        for _ in range(DEPTH):
            if isinstance(node, ast.Await):
                node = node.value
            elif isinstance(node, ast.Name):
                values = self.values_of(node)
                node = values[0] if len(values) == 1 else None
            else:
                return node
        return None

    # Branches

    def is_dead(self, node: ast.AST) -> bool:
        """Whether only another database, or offline mode, gets there."""
        return any(taken(test) is (not wanted) for test, wanted in self._conditions(node))

    def _conditions(self, node: ast.AST) -> Iterator[tuple[ast.expr, bool]]:
        for above in self.around(node):
            if isinstance(above, ast.If | ast.IfExp):
                orelse = above.orelse if isinstance(above.orelse, list) else [above.orelse]
                body = above.body if isinstance(above.body, list) else [above.body]
                if node in body or node in orelse:
                    yield above.test, node in body
            node = above

    def is_conditional(self, node: ast.AST) -> bool:
        return any(taken(test) is None for test, _ in self._conditions(node))

    def varies(self, node: ast.AST | None) -> bool:
        """Whether an expression, or a condition above it, reads an environment variable to choose."""
        if node is None:
            return False
        if self.varies_by_branch(node):
            return True
        return isinstance(node, ast.expr) and self.reads_stage(node)

    def varies_by_branch(self, node: ast.AST) -> bool:
        """Whether an environment variable decides that this is reached."""
        return any(self.reads_stage(test) for test, _ in self._conditions(node))

    def reads_stage(self, node: ast.expr, depth: int = DEPTH) -> bool:
        for one in ast.walk(node):
            name = self.dotted(one) if isinstance(one, ast.expr) else ""
            if name in ("os.environ", "os.getenv", "os.environb", "environ", "getenv") or _STAGE.search(name):
                return True
            values = self.values_of(one)[:4] if isinstance(one, ast.Name) and depth else []
            if any(self.reads_stage(value, depth - 1) for value in values):
                return True
        return False


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    match node:
        case ast.Assign(targets=targets, value=value):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, value
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            yield name, value
        case ast.NamedExpr(target=ast.Name(id=name), value=value):
            yield name, value
        case ast.withitem(context_expr=value, optional_vars=ast.Name(id=name)):
            yield name, value


def taken(test: ast.expr) -> bool | None:
    """Whether a condition holds for an online run on PostgreSQL; None where it speaks of something else."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            answer = taken(operand)
            return None if answer is None else not answer
        case ast.BoolOp(op=ast.And(), values=values):
            answers = [taken(value) for value in values]
            return False if False in answers else None
        case ast.BoolOp(op=ast.Or(), values=values):
            answers = [taken(value) for value in values]
            return True if True in answers else False if answers and set(answers) == {False} else None
        case ast.Call(func=ast.Attribute(attr="is_offline_mode") | ast.Name(id="is_offline_mode")):
            return False
    words = [
        one.value.lower() for one in ast.walk(test) if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    named = [word for word in words if word.startswith(_DIALECTS)]
    if not named or len(named) < len(words):
        return None
    is_ours = any(word.startswith(("postgres", "cockroach")) for word in named)
    match test:
        case ast.Compare(ops=[ast.Eq() | ast.In()]):
            return is_ours
        case ast.Compare(ops=[ast.NotEq() | ast.NotIn()]):
            return not is_ours
        case ast.Call(func=ast.Attribute(attr="startswith")):
            return is_ours
    return None
