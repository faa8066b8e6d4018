"""Version 1 of the JSON that other programs read. Keys are added, never changed."""

from __future__ import annotations

import json
from typing import Any

from bot.cli.printing import Sheet
from rules.model.finding import Finding, Severity
from rules.model.locks import LockRow
from rules.model.review import UnreadPlace

VERSION = 1


def written(sheet: Sheet) -> str:
    review = sheet.review
    return as_json(
        {
            "version": VERSION,
            "script_locations": [
                {
                    "path": location.path,
                    "dialect": location.dialect,
                    "revisions": location.revisions,
                    "heads": list(location.heads),
                    "new": list(location.new),
                }
                for location in review.locations
            ],
            "findings": [_finding(finding) for finding in review.findings],
            "unread": [unread_object(unread) for unread in review.unread],
            "locks": [lock_object(lock) for lock in review.locks],
            "counts": {
                **{level.value: sheet.count(level) for level in Severity if level is not Severity.OFF},
                "silenced": sheet.silenced,
                "unread": len(review.unread),
            },
            "crashed": [
                {"rule": crash.rule, "place": str(crash.place) if crash.place else None, "error": crash.error}
                for crash in review.crashed
            ],
        }
    )


def as_json(value: object) -> str:
    """In ASCII, so that no terminal and no half of a surrogate pair can break it."""
    return json.dumps(value, indent=2)


def unread_object(unread: UnreadPlace) -> dict[str, Any]:
    return {
        "path": unread.place.path,
        "line": unread.place.line,
        "revision": unread.revision,
        "direction": unread.direction.value,
        "reason": unread.reason,
    }


def lock_object(lock: LockRow) -> dict[str, Any]:
    return {
        "path": lock.place.path,
        "line": lock.place.line,
        "revision": lock.revision,
        "direction": lock.direction.value,
        "sql": lock.sql,
        "lock": lock.lock,
        "tables": list(lock.tables),
        "blocks": lock.blocks.value,
        "rewrites": lock.rewrites,
        "scans": lock.scans,
        "grows": lock.growth.value,
        "estimate": lock.size and {"rows": lock.size.rows, "bytes": lock.size.bytes},
        "new_tables": list(lock.new_tables),
        "rows": lock.rows and lock.rows.value,
        "transaction": lock.transaction,
        "held_for": lock.held_for,
        "rank": lock.rank,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    place, suggestion, plan = finding.place, finding.suggestion, finding.plan
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.last_line,
        "end_column": place.end_column if place.end_line else place.column,
        "revision": finding.revision,
        "direction": finding.direction.value if finding.direction else None,
        "message": finding.message,
        "advice": finding.advice,
        "fingerprint": finding.fingerprint,
        "silenced": {"by": finding.silenced.by, "reason": finding.silenced.reason} if finding.silenced else None,
        "suggestion": suggestion
        and {
            "title": suggestion.title,
            "edits": [
                {
                    "path": edit.path,
                    "start_line": edit.start_line,
                    "start_column": edit.start_column,
                    "end_line": edit.end_line,
                    "end_column": edit.end_column,
                    "text": edit.text,
                }
                for edit in suggestion.edits
            ],
        },
        "plan": plan
        and {
            "title": plan.title,
            "revisions": [{"title": step.title, "path": step.path, "text": step.text} for step in plan.revisions],
        },
    }
