"""How a migration file is written: its quotes, its indentation, the names under which it imports things."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field

from rules.plans.writing import literal as double_quoted
from rules.rewriting import Source

WIDTH = 88
"""Characters of a line, unless the file has longer ones."""
_DIALECT = "sqlalchemy.dialects.postgresql"


@dataclass(frozen=True, slots=True)
class Style:
    """`sa` and `postgresql` are the names of those modules in the file; empty where it does not import them.

    `convention` says that unnamed constraints get their names from a naming convention.
    """

    op: str = "op"
    sa: str = "sa"
    postgresql: str = "postgresql"
    quote: str = '"'
    indent: str = "    "
    width: int = WIDTH
    convention: bool = False
    imports: dict[str, str] = field(default_factory=dict)

    def text(self, value: str) -> str:
        """A Python string."""
        written = double_quoted(value)
        if self.quote == "'" and written.startswith('"') and "'" not in value and "\\" not in written:
            return f"'{value}'"
        return written

    def texts(self, values: tuple[str, ...]) -> str:
        return f"[{', '.join(map(self.text, values))}]"


def style_of(source: Source, *, convention: bool) -> Style:
    names = dict(_imported(source.tree))
    written = "\n".join(source.line(line) for line in range(1, len(source.starts) + 1))
    single, double = len(re.findall(r"(?<!\w)'\w", written)), len(re.findall(r'(?<!["\w])"\w', written))
    longest = max((len(source.line(line)) for line in range(1, len(source.starts) + 1)), default=0)
    return Style(
        op=names.get("alembic.op", ""),
        sa=names.get("sqlalchemy", ""),
        postgresql=names.get(_DIALECT, ""),
        quote="'" if single > double else '"',
        indent=source.indent,
        width=min(120, max(WIDTH, longest)),
        convention=convention,
    )


def _imported(tree: ast.Module) -> list[tuple[str, str]]:
    found = []
    for node in tree.body:
        match node:
            case ast.Import(names=names):
                found += [(each.name, each.asname) for each in names if each.asname]
                found += [(each.name, each.name) for each in names if not each.asname]
            case ast.ImportFrom(module=str() as module, names=names, level=0):
                found += [(f"{module}.{each.name}", each.asname or each.name) for each in names]
    return found
