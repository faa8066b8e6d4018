"""The committed cut as Python values."""

import json
from functools import cache
from pathlib import Path
from typing import Any

Json = dict[str, Any]


@cache
def description() -> Json:
    loaded: Json = json.loads(Path(__file__).with_name("github-api.json").read_text())
    return loaded


def template(name: str) -> Json:
    found: Json = description()["templates"][name]
    return found
