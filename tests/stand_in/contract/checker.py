"""Holds every request and every answer to GitHub's description of its API."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

from tests.stand_in.contract.departures import is_documented
from tests.stand_in.contract.description import Json, description

SLASHES = {"path", "ref", "basehead", "branch"}
"""Path parameters that may contain slashes."""


@dataclass(frozen=True, slots=True)
class Violation:
    method: str
    path: str
    what: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}: {self.what}"


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    pattern: re.Pattern[str]
    queries: Mapping[str, Any]
    body: Any
    body_required: bool
    answers: Mapping[str, Any]

    def arguments(self, path: str) -> dict[str, str] | None:
        match = self.pattern.fullmatch(path)
        return match and {key: unquote(value) for key, value in match.groupdict().items()}


@cache
def operations() -> tuple[Operation, ...]:
    """Long and literal paths first: `/commits/{ref}/check-runs` before `/commits/{ref}`, whose ref may hold slashes."""
    found = [read_operation(name, cut) for name, cut in description()["operations"].items()]
    return tuple(sorted(found, key=specificity))


def specificity(operation: Operation) -> tuple[int, list[bool]]:
    parts = operation.path.split("/")
    return -len(parts), [part.startswith("{") for part in parts]


def read_operation(name: str, cut: Json) -> Operation:
    def group(match: re.Match[str]) -> str:
        return f"(?P<{match[1]}>{'.+' if match[1] in SLASHES else '[^/]+'})"

    return Operation(
        name=name,
        method=cut["method"],
        path=cut["path"],
        pattern=re.compile(re.sub(r"\\{(\w+)\\}", group, re.escape(cut["path"]))),
        queries={each["name"]: each["schema"] for each in cut["parameters"] if each["in"] == "query"},
        body=cut.get("body"),
        body_required=cut.get("body_required", False),
        answers=cut["responses"],
    )


def find_operation(method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
    for operation in operations():
        if operation.method == method and (arguments := operation.arguments(path)) is not None:
            return operation, arguments
    return None


def check_query(operation: Operation, query: Sequence[tuple[str, str]]) -> list[str]:
    """Unknown names and values that are not of the described kind."""
    problems = []
    for name, text in query:
        if name not in operation.queries:
            problems.append(f"query: {operation.name} has no parameter {name!r}")
            continue
        schema = operation.queries[name]
        value: object = int(text) if schema.get("type") == "integer" and text.lstrip("-").isdigit() else text
        problems += [f"query {name}: {error.message}" for error in validator(freeze(schema), True).iter_errors(value)]
    return problems


def check_body(operation: Operation, body: object) -> list[str]:
    if operation.body is None:
        return ["request body: none is described"] if body is not None else []
    if body is None:
        return ["request body: missing"] if operation.body_required else []
    return explain("request body", validator(freeze(operation.body), True).iter_errors(body))


def check_answer(operation: Operation, status: int, body: object) -> list[str]:
    if status in (304, 401) or status >= 500:
        return []
    if str(status) not in operation.answers:
        return [] if status in (400, 403, 404, 410, 422) else [f"answer: {operation.name} never answers {status}"]
    schema = operation.answers[str(status)]
    if schema is None or body is None or isinstance(body, bytes):
        return []
    return [
        problem
        for error in validator(freeze(schema), False).iter_errors(body)
        if not is_documented(operation.name, error)
        for problem in explain(f"answer {status}", [error])
    ]


def explain(what: str, errors: Any) -> list[str]:
    def place(error: Any) -> str:
        return " at /" + "/".join(map(str, error.instance_path)) if error.instance_path else ""

    return [f"{what}{place(error)}: {shortened(error.message)}" for error in errors]


def shortened(message: str, most: int = 400) -> str:
    """Begin and end: the begin shows the value, the end says what is wrong with it."""
    return message if len(message) <= most else f"{message[: most // 2]} ... {message[-most // 2 :]}"


def freeze(schema: Any) -> str:
    return json.dumps(schema, sort_keys=True)


@cache
def validator(frozen: str, closed: bool) -> Any:
    """Formats are off: real traffic has `homepage: ""` and addresses that are none."""
    schema = translate(json.loads(frozen), closed)
    components = {name: translate(each, closed) for name, each in description()["components"]["schemas"].items()}
    whole = {"allOf": [schema], "components": {"schemas": components}}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=False)


def translate(schema: Any, closed: bool, names_are_keys: bool = False) -> Any:
    """OpenAPI 3.0 -> JSON Schema: `nullable` becomes a union; objects of requests are closed."""
    if isinstance(schema, list):
        return [translate(each, closed) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if names_are_keys:
        return {key: translate(value, closed) for key, value in schema.items()}
    made = {
        key: value if key in ("enum", "required") else translate(value, closed, key == "properties")
        for key, value in schema.items()
        if key != "nullable"
    }
    if closed and "properties" in made and "additionalProperties" not in made:
        made["additionalProperties"] = False
    return {"anyOf": [made, {"type": "null"}]} if schema.get("nullable") else made
