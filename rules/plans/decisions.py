"""Why some findings have no plan: their repair is a decision, or lies outside the revisions."""

from __future__ import annotations

from collections.abc import Mapping

from rules.model.finding import Finding
from rules.registry import rule_named
from rules.rule import Fixes

UNPLANNED: Mapping[str, str] = {
    "advisory-lock-inside-migration": "The lock belongs into env.py, not into a revision.",
    "application-model-in-migration": "Which columns and labels the model had at this revision is yours to write down.",
    "check-on-changing-expression": "Whether a fixed bound or a trigger is meant is yours to say.",
    "commit-inside-migration": "What belongs into one batch is yours to say.",
    "concurrently-inside-another-statement": "What else the statement around it is meant to do is yours to say.",
    "foreign-key-narrower-than-key": "The referencing column has to change its type: plan that as a revision first.",
    "foreign-key-type-clash": "Which of the two columns has the wrong type is yours to say.",
    "foreign-key-without-unique-target": "Whether the referenced rows are unique is not known here.",
    "blocking-view-refresh": "Which columns tell the rows of the view apart is yours to say: index them first.",
    "second-connection-inside-migration": "What the second connection was opened for is yours to say.",
    "several-foreign-keys-at-once": "Write each foreign key into a revision of its own.",
    "transaction-control-in-sql": "What was meant to be kept if the rest fails is yours to say.",
    "unique-without-partition-key": "Whether the key may contain the partition key is yours to say.",
}
"""Rules whose page speaks of several revisions, of which none can be written without knowing more."""


def why_no_plan(finding: Finding) -> str:
    """A sentence or two for whoever asks for the plan of a finding that has none."""
    if finding.no_plan:
        return finding.no_plan
    if finding.suggestion is not None:
        return "One edit repairs it: `dbbot check` shows it."
    if reason := UNPLANNED.get(finding.rule):
        return reason
    rule = rule_named(finding.rule)
    if rule is not None and rule.fixes is Fixes.SUGGESTION:
        return "One edit repairs it, in other places than this one."
    return f"Its repair is a decision: `dbbot explain {finding.rule}` says what to weigh."
