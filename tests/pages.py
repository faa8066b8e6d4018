"""Writes the generated pages: `python -m tests.pages --write`. Without the option it says which are out of date."""

from __future__ import annotations

import sys
from pathlib import Path

from rules.explain import index, page, page_path
from rules.locking.page import page as facts
from rules.mysql.page import page as facts_of_mysql
from rules.registry import rules

TOP = Path(__file__).parent.parent
DOCS = TOP / "rules" / "docs"
MEASURED = frozenset({DOCS / "noise.md", DOCS / "parity.md"})
"""Pages of no rule, that another command writes."""


def pages() -> dict[Path, str]:
    """Every generated page by its file."""
    about = {DOCS / "README.md": index(), DOCS / "facts.md": facts(), DOCS / "facts-mysql.md": facts_of_mysql()}
    return {**about, **{TOP / page_path(rule): page(rule) for rule in rules()}}


def out_of_date() -> list[str]:
    """A sentence for each file that is missing, differs, or belongs to no rule."""
    expected = pages()
    said = [
        f"{path.relative_to(TOP)} is not what `make docs` writes"
        for path, text in expected.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    known = MEASURED.union(expected)
    return said + [f"{path.relative_to(TOP)} belongs to no rule" for path in DOCS.rglob("*.md") if path not in known]


def write() -> None:
    expected = pages()
    for path in DOCS.rglob("*.md"):
        if path not in expected and path not in MEASURED:
            path.unlink()
    for path, text in expected.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if "--write" in sys.argv[1:]:
        write()
    found = out_of_date()
    print("\n".join(found))
    sys.exit(1 if found else 0)
