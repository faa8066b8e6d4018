"""How the check run ends, and in which words."""

from __future__ import annotations

from dataclasses import dataclass

from bot.model.review_plan import Conclusion
from bot.model.snapshot import Change, PullRequestSnapshot
from bot.review.wording import counted, severities
from rules.model.finding import Severity
from rules.model.review import Review
from rules.settings import Settings


@dataclass(frozen=True, slots=True)
class Verdict:
    conclusion: Conclusion
    title: str
    lead: str = ""
    """What the title does not say."""


def verdict_of(snapshot: PullRequestSnapshot, review: Review, settings: Settings) -> Verdict:
    """The worst of what was found. A changed file that could not be had fails the check: nothing is known about it."""
    new = sum(len(location.new) for location in review.locations)
    migrations = counted(new, "new migration")
    found = severities(review.standing) + (f" in {migrations}" if new else "")
    changed = {file.path for file in snapshot.changed if file.change is not Change.REMOVED}
    missing = sum(file.path in changed for file in snapshot.left_out)
    conclusion = _conclusion(review, settings)
    if missing and conclusion is not Conclusion.FAILURE:
        title = f"{counted(missing, 'changed file')} could not be read"
        return Verdict(
            Conclusion.FAILURE, title, f"{title}, so no rule has checked {'it' if missing == 1 else 'them'}."
        )
    if review.crashed and conclusion is not Conclusion.FAILURE:
        title = f"{counted(len({crash.rule for crash in review.crashed}), 'rule')} failed; {found}"
        return Verdict(Conclusion.NEUTRAL, title, f"{title}. The fault is dbbot's, not this pull request's.")
    if not review.standing:
        return _nothing_found(snapshot, review, migrations)
    return Verdict(conclusion, found)


def _conclusion(review: Review, settings: Settings) -> Conclusion:
    """Of the findings alone. Errors that are not to fail the check still are no success."""
    worst = min((finding.severity for finding in review.standing), key=lambda level: level.rank, default=Severity.OFF)
    if settings.fail_on != "never" and worst is not Severity.OFF and worst.at_least(Severity(settings.fail_on)):
        return Conclusion.FAILURE
    if worst is Severity.ERROR:
        return Conclusion.NEUTRAL
    return Conclusion(settings.warnings) if worst is Severity.WARNING else Conclusion.SUCCESS


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
