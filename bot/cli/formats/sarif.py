"""SARIF 2.1.0, as code scanning takes it: rules with their titles, results with fingerprints and fixes."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from bot.cli.formats.json import as_json
from bot.cli.printing import Sheet
from rules.model.finding import Edit, Finding, Severity
from rules.model.place import Place
from rules.registry import rule_named

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTICE: "note", Severity.OFF: "none"}


def written(sheet: Sheet) -> str:
    names = sorted({finding.rule for finding in sheet.review.findings})
    run = {
        "tool": {
            "driver": {
                "name": "dbbot",
                "version": version("dbbot"),
                "rules": [_rule(name) for name in names],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, names) for finding in sheet.review.findings],
        "invocations": [
            {
                "executionSuccessful": not sheet.review.crashed,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": f"{crash.rule}: {crash.error}"}}
                    for crash in sheet.review.crashed
                ],
            }
        ],
    }
    return as_json({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(name: str) -> dict[str, Any]:
    rule = rule_named(name)
    if rule is None:
        return {"id": name}
    return {
        "id": name,
        "shortDescription": {"text": rule.title},
        "help": {"text": rule.page, "markdown": rule.page},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": [rule.group]},
    }


def _result(finding: Finding, names: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": names.index(finding.rule),
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message} {finding.advice}".strip()},
        "locations": [{"physicalLocation": _location(finding.place)}],
        "partialFingerprints": {"dbbot/v1": finding.fingerprint},
    }
    if finding.suggestion is not None:
        result["fixes"] = [_fix(finding.suggestion.title, finding.suggestion.edits)]
    if finding.silenced is not None:
        kind = "inSource" if finding.silenced.by == "comment" else "external"
        result["suppressions"] = [{"kind": kind, "justification": finding.silenced.reason}]
    return result


def _location(place: Place) -> dict[str, Any]:
    region = {"startLine": place.line, "startColumn": place.column + 1}
    if place.end_line:
        region |= {"endLine": place.end_line, "endColumn": place.end_column + 1}
    return {"artifactLocation": {"uri": _uri(place.path)}, "region": region}


def _fix(title: str, edits: tuple[Edit, ...]) -> dict[str, Any]:
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in edits:
        changes.setdefault(edit.path, []).append(
            {
                "deletedRegion": {
                    "startLine": edit.start_line,
                    "startColumn": edit.start_column + 1,
                    "endLine": edit.end_line,
                    "endColumn": edit.end_column + 1,
                },
                "insertedContent": {"text": edit.text},
            }
        )
    return {
        "description": {"text": title},
        "artifactChanges": [
            {"artifactLocation": {"uri": _uri(path)}, "replacements": replacements}
            for path, replacements in changes.items()
        ],
    }


def _uri(path: str) -> str:
    return quote(path, errors="replace")
