"""How the check run ends, and in which words."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.review_plan import Conclusion
from bot.model.snapshot import Change, PullRequestSnapshot
from bot.review.wording import counted, severities
from rules.model.finding import Severity
from rules.model.review import Review


@dataclass(frozen=True, slots=True)
class Verdict:
    conclusion: Conclusion
    title: str
    lead: str


def verdict_of(
    snapshot: PullRequestSnapshot, review: Review, warnings: Conclusion, failed_rules: Conclusion
) -> Verdict:
    """The worst of what was found. A changed file that nobody could read fails: nothing is known about it."""
    levels = {finding.severity for finding in review.standing}
    changed = {file.path for file in snapshot.changed if file.change is not Change.REMOVED}
    missing = sum(file.path in changed for file in snapshot.left_out)
    new = sum(len(location.new) for location in review.locations)
    migrations = counted(new, "new migration")
    found = severities(review.standing) + (f" in {migrations}" if new else "")
    if Severity.ERROR in levels:
        return Verdict(Conclusion.FAILURE, found, f"{found}.")
    if missing:
        title = f"{counted(missing, 'changed file')} could not be read"
        return Verdict(
            Conclusion.FAILURE, title, f"{title}, so no rule has checked {'it' if missing == 1 else 'them'}."
        )
    if review.crashed:
        title = f"{counted(len({crash.rule for crash in review.crashed}), 'rule')} failed; {found}"
        return Verdict(failed_rules, title, f"{title}. The fault is dbbot's, not this pull request's.")
    if Severity.WARNING in levels:
        return Verdict(warnings, found, f"{found}.")
    if levels & {Severity.NOTICE}:
        return Verdict(Conclusion.SUCCESS, found, f"{found}. None of them needs to be changed.")
    return _nothing_found(snapshot, review, migrations)


def _nothing_found(snapshot: PullRequestSnapshot, review: Review, migrations: str) -> Verdict:
    if any(location.new for location in review.locations):
        unread = f" {counted(len(review.unread), 'place')} could not be read." if review.unread else ""
        return Verdict(Conclusion.SUCCESS, f"{migrations}, no findings", f"No findings in {migrations}.{unread}")
    touched = any(
        file.path.startswith(f"{location.path}/") for location in review.locations for file in snapshot.changed
    )
    if touched:
        return Verdict(Conclusion.SUCCESS, "No new migrations", "This pull request adds no migration. No findings.")
    return Verdict(Conclusion.SUCCESS, "No migrations changed", "This pull request changes no migration.")
