"""How a project writes its revision files, as the one shows that is replaced."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from rules.rewriting import Source

NAMES = ("revision", "down_revision", "branch_labels", "depends_on")
_TYPING = ("typing", "collections.abc")


@dataclass(frozen=True, slots=True)
class Style:
    """`written` are the left-hand sides, with annotations where the project has them; `imports` is what these need."""

    written: dict[str, str] = field(default_factory=lambda: {name: name for name in NAMES})
    imports: tuple[str, ...] = ()
    quote: str = '"'
    returns: str = " -> None"
    comment: str = "# revision identifiers, used by Alembic."
    """Above the first of the assignments; may be empty."""
    line_before_end: bool = True
    """Whether the docstring ends in an empty line, as Alembic's template has it."""


def style_of(path: str, text: str) -> Style:
    source = Source.of(path, text)
    if source is None:
        return Style()
    written, first = {name: name for name in NAMES}, None
    for node in source.tree.body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name)) if name in NAMES:
                written[name] = f"{name}: {source.segment(node.annotation)}"
            case ast.Assign(targets=[ast.Name(id=name)]) if name in NAMES:
                pass
            case _:
                continue
        first = first or node
    annotated = any(":" in each for each in written.values())
    docstring = ast.get_docstring(source.tree, clean=False)
    above = source.line(first.lineno - 1) if first is not None and first.lineno > 1 else ""
    return Style(
        written,
        tuple(_typing_imports(source)) if annotated else (),
        _quote(source, first),
        _returns(source),
        above if above.startswith("#") else "",
        docstring is None or docstring.endswith("\n\n"),
    )


def _typing_imports(source: Source) -> list[str]:
    found = [node for node in source.tree.body if isinstance(node, ast.ImportFrom) and node.module in _TYPING]
    return [source.segment(node) for node in found]


def _quote(source: Source, assigned: ast.stmt | None) -> str:
    value = assigned.value if isinstance(assigned, ast.Assign | ast.AnnAssign) else None
    return "'" if isinstance(value, ast.Constant) and source.segment(value).startswith("'") else '"'


def _returns(source: Source) -> str:
    upgrade = next((each for each in source.functions if each.name == "upgrade"), None)
    return " -> None" if upgrade is None or upgrade.returns is not None else ""
