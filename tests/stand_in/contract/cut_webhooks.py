"""Cuts the schemas of GitHub's webhooks down to the events that the stand-in sends.

npm pack @octokit/webhooks-schemas@7.6.1
python -m tests.stand_in.contract.cut_webhooks package/schema.json
"""

import json
import sys
from pathlib import Path
from typing import Any

from tests.stand_in.contract.cut_openapi import bare, references

VERSION = "7.6.1"
PROVENANCE = (
    f"Cut from npm @octokit/webhooks-schemas {VERSION} (MIT), schema.json: the events below with every schema they "
    "refer to, without descriptions, and open: GitHub adds fields all the time."
)
TARGET = Path(__file__).with_name("github-webhooks.json")

SENT = {
    "check_run": "completed created requested_action rerequested",
    "check_suite": "completed requested rerequested",
    "installation": "created deleted suspend unsuspend",
    "installation_repositories": "added removed",
    "issue_comment": "created deleted edited",
    "merge_group": "checks_requested destroyed",
    "pull_request": "closed converted_to_draft edited opened ready_for_review reopened synchronize",
    "pull_request_review": "dismissed edited submitted",
    "pull_request_review_comment": "created deleted edited",
    "pull_request_review_thread": "resolved unresolved",
    "push": "event",
    "repository": "archived unarchived",
}


def main(schema: Path) -> None:
    full = json.loads(schema.read_text())["definitions"]
    waiting = [f"{event}${action}" for event, actions in SENT.items() for action in actions.split()]
    found: dict[str, Any] = {}
    while waiting:
        if (name := waiting.pop()) not in found:
            found[name] = opened(bare(full[name]))
            waiting += references(found[name])
    cut = {"provenance": PROVENANCE, "definitions": found}
    TARGET.write_text(json.dumps(cut, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n")
    print(f"{TARGET.name}: {len(found)} schemas, {TARGET.stat().st_size} bytes")


def opened(node: Any) -> Any:
    if isinstance(node, list):
        return [opened(each) for each in node]
    if not isinstance(node, dict):
        return node
    return {key: opened(value) for key, value in node.items() if (key, value) != ("additionalProperties", False)}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
