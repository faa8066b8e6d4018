"""The hidden line by which we know our own comments again. Whether its author may be trusted is decided elsewhere."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

VERSION = 1
_MARKER = re.compile(r"<!--\s*dbbot:v(\d{1,4})\s+(\{[^<>]{0,2000}\})\s*-->")


@dataclass(frozen=True, slots=True)
class Marker:
    """`fingerprint` and `rule` of a finding's comment, `sha` the head it was written for; `answers` is the id of
    the comment that a reply belongs to. A review's own marker has only the sha.
    """

    sha: str = ""
    fingerprint: str = ""
    rule: str = ""
    answers: int | None = None

    def __str__(self) -> str:
        """An HTML comment, which GitHub does not show; nothing in it can end it early."""
        named = {"fp": self.fingerprint, "rule": self.rule, "sha": self.sha, "answers": self.answers}
        text = json.dumps({key: value for key, value in named.items() if value or value == 0}, separators=(",", ":"))
        for unsafe in ("<", ">", "--"):
            text = text.replace(unsafe, "".join(f"\\u{ord(character):04x}" for character in unsafe))
        return f"<!-- dbbot:v{VERSION} {text} -->"


def read_marker(body: str | None) -> Marker | None:
    """The last marker of a comment's body; None where there is none or it is damaged. Unknown keys are ignored."""
    found = [match for match in _MARKER.finditer(body or "") if int(match[1]) == VERSION]
    if not found:
        return None
    try:
        values = json.loads(found[-1][2])
    except ValueError:
        return None
    if not isinstance(values, dict):
        return None
    sha, fingerprint, rule, answers = (values.get(key) for key in ("sha", "fp", "rule", "answers"))
    return Marker(
        sha=sha if isinstance(sha, str) else "",
        fingerprint=fingerprint if isinstance(fingerprint, str) else "",
        rule=rule if isinstance(rule, str) else "",
        answers=answers if isinstance(answers, int) and not isinstance(answers, bool) else None,
    )
