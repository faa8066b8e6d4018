"""The table of SQL forms (`forms.txt`) as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Form:
    sql: str
    operations: tuple[str, ...]
    since: int
    """The first server version that takes it; 0 for all that are tested."""


def read_forms(file: str = "forms.txt") -> tuple[Form, ...]:
    found: list[Form] = []
    for line in (Path(__file__).parent / file).read_text().splitlines():
        if line.startswith("    "):
            form = found.pop()
            found.append(Form(form.sql, (*form.operations, line.strip()), form.since))
        elif line and not line.startswith("#"):
            since = re.search(r"-- (\d+)$", line)
            found.append(Form(line, (), int(since[1]) if since else 0))
    return tuple(found)


FORMS = read_forms()
