"""Holds every payload that the stand-in sends to the published schemas of GitHub's webhooks."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

from tests.stand_in.contract.checker import explain
from tests.stand_in.contract.description import Json


@cache
def definitions() -> Json:
    loaded: Json = json.loads(Path(__file__).with_name("github-webhooks.json").read_text())["definitions"]
    return loaded


@cache
def validator(name: str) -> Any:
    schema = {"$ref": f"#/definitions/{name}", "definitions": definitions()}
    return jsonschema_rs.Draft7Validator(schema, validate_formats=False)


def check_payload(event: str, action: str | None, payload: Json) -> list[str]:
    name = f"{event}${action or 'event'}"
    if name not in definitions():
        return [f"no schema for the webhook {event}.{action}"]
    return explain(f"webhook {event}.{action}", validator(name).iter_errors(payload))
