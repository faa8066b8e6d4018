"""The JSON that other programs read, as a schema: what stands in it may grow, and never changes."""

from __future__ import annotations

from typing import Any

import jsonschema_rs

TEXT = {"type": "string"}
NUMBER = {"type": "integer", "minimum": 0}
LINE = {"type": "integer", "minimum": 1}
DIRECTION = {"enum": ["upgrade", "downgrade"]}


def obj(**keys: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(keys), "properties": keys}


def several(item: Any) -> dict[str, Any]:
    return {"type": "array", "items": item}


def maybe(item: Any) -> dict[str, Any]:
    return {"anyOf": [{"type": "null"}, item]}


EDIT = obj(path=TEXT, start_line=LINE, start_column=NUMBER, end_line=LINE, end_column=NUMBER, text=TEXT)
UNREAD = obj(path=TEXT, line=LINE, revision=TEXT, direction=DIRECTION, reason=TEXT)
LOCK = obj(
    path=TEXT,
    line=LINE,
    revision=TEXT,
    direction=DIRECTION,
    sql=TEXT,
    lock=TEXT,
    tables=several(TEXT),
    blocks={"enum": ["reads and writes", "writes", "schema changes", "nothing"]},
    rewrites={"type": "boolean"},
    scans={"type": "boolean"},
    grows={"enum": ["constant", "with the table", "with the index"]},
    estimate=maybe(obj(rows=NUMBER, bytes=NUMBER)),
    new_tables=several(TEXT),
    rows=maybe({"enum": ["all", "unbounded", "joined", "bounded", "constant"]}),
    transaction=maybe(LINE),
    held_for=NUMBER,
    rank=NUMBER,
)
FINDING = obj(
    rule=TEXT,
    severity={"enum": ["error", "warning", "notice"]},
    path=TEXT,
    line=LINE,
    column=NUMBER,
    end_line=LINE,
    end_column=NUMBER,
    revision=maybe(TEXT),
    direction=maybe(DIRECTION),
    message=TEXT,
    advice=TEXT,
    fingerprint=TEXT,
    silenced=maybe(obj(by={"enum": ["comment", "config", "baseline"]}, reason=TEXT)),
    suggestion=maybe(obj(title=TEXT, edits=several(EDIT))),
    plan=maybe(obj(title=TEXT, revisions=several(obj(title=TEXT, path=TEXT, text=TEXT)))),
)
CHECK = obj(
    version={"const": 1},
    script_locations=several(
        obj(path=TEXT, dialect=TEXT, revisions=NUMBER, heads=several(TEXT), new=several(TEXT)),
    ),
    findings=several(FINDING),
    unread=several(UNREAD),
    locks=several(LOCK),
    counts=obj(error=NUMBER, warning=NUMBER, notice=NUMBER, silenced=NUMBER, unread=NUMBER),
)
SQL = obj(
    version={"const": 1},
    revisions=several(
        obj(
            revision=TEXT,
            path=TEXT,
            direction=DIRECTION,
            statements=several(
                obj(sql=TEXT, line=LINE, transactional={"type": "boolean"}, conditional={"type": "boolean"})
            ),
            complete={"type": "boolean"},
            unread=several(UNREAD),
        )
    ),
)
RULES = several(
    obj(
        rule=TEXT,
        group=TEXT,
        severity={"enum": ["error", "warning", "notice", "off"]},
        title=TEXT,
        fixes={"enum": ["suggestion", "plan", "both", "none"]},
        known_as={"type": "object", "additionalProperties": several(TEXT)},
        page=TEXT,
        guides=several(TEXT),
    )
)
GRAPH = obj(
    version={"const": 1},
    script_locations=several(
        obj(
            path=TEXT,
            heads=several(TEXT),
            bases=several(TEXT),
            branch_labels={"type": "object"},
            problems=several(obj(kind=TEXT, revisions=several(TEXT), paths=several(TEXT), message=TEXT)),
        )
    ),
)


def assert_keeps(schema: dict[str, Any], value: Any) -> None:
    jsonschema_rs.validator_for(schema).validate(value)
