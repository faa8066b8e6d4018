"""From a snapshot to a plan: settings, judgement, wording. No network, so that a retry judges the same."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.model.review_plan import ReviewPlan
from bot.model.snapshot import Change, PullRequestSnapshot
from bot.review.plan import plan_review
from rules.engine import review
from rules.engine.case import open_case
from rules.engine.joining import joined_heads
from rules.history.neighbours import Elsewhere
from rules.model.finding import PlannedRevision
from rules.model.review import Review
from rules.reading import Readings, find_locations
from rules.settings import Settings, read_settings

DEFAULT_PATH = ".github/dbbot.yml"


def judge(
    snapshot: PullRequestSnapshot, pages_url: str | None, readings: Readings | None = None
) -> tuple[Review, ReviewPlan]:
    """The settings are those of the base branch: a pull request cannot change what it is judged by."""
    settings = settings_from(snapshot, snapshot.settings_text)
    judged = judge_by(snapshot, settings, readings)
    notes = notes_on_settings(snapshot, judged, readings)
    return judged, plan_review(snapshot, judged, settings, pages_url=pages_url, notes=notes)


def judge_by(snapshot: PullRequestSnapshot, settings: Settings, readings: Readings | None = None) -> Review:
    elsewhere = tuple(Elsewhere(each.pull, each.path, each.text, each.draft) for each in snapshot.elsewhere)
    new = {file.path for file in snapshot.changed if file.change is not Change.REMOVED}
    changed = {path for file in snapshot.changed for path in (file.path, file.previous_path) if path}
    return review(
        snapshot.texts,
        new=new,
        base_texts=snapshot.base_texts,
        settings=settings,
        elsewhere=elsewhere,
        readings=readings,
        changed=changed,
    )


def joined(snapshot: PullRequestSnapshot, readings: Readings | None = None) -> tuple[PlannedRevision, ...]:
    """The merge revisions that the tree after the merge needs, dated now."""
    settings = settings_from(snapshot, snapshot.settings_text)
    new = {file.path for file in snapshot.changed if file.change is not Change.REMOVED}
    return tuple(
        revision
        for where in find_locations(snapshot.texts, settings.script_locations)
        for revision in joined_heads(
            open_case(where, snapshot.texts, snapshot.base_texts, settings, new, False, readings=readings),
            datetime.now(UTC),
        )
    )


def settings_from(snapshot: PullRequestSnapshot, text: str | None) -> Settings:
    settings = Settings() if text is None else read_settings(text, snapshot.settings_path or DEFAULT_PATH)
    if not settings.statistics or settings.statistics not in snapshot.base_texts:
        return settings
    sized = settings.with_statistics(snapshot.base_texts[settings.statistics])
    if sized.table_statistics and sized.table_statistics.days_too_old(datetime.now(UTC)) is not None:
        return settings
    return sized


def notes_on_settings(
    snapshot: PullRequestSnapshot, judged: Review, readings: Readings | None = None
) -> tuple[str, ...]:
    """A dry run of settings that the pull request changes."""
    if snapshot.settings_at_head is None:
        return ()
    path = f"`{snapshot.settings_path or DEFAULT_PATH}`"
    proposed = settings_from(snapshot, snapshot.settings_at_head)
    if proposed.problems:
        problems = " ".join(problem.message for problem in proposed.problems)
        return (f"This pull request changes {path}, and the new settings cannot be followed: {problems}",)
    then = judge_by(snapshot, proposed, readings)
    more = _names(then) - _names(judged)
    fewer = _names(judged) - _names(then)
    return (
        f"This pull request changes {path}. The settings of the base branch were applied; with the new ones there "
        f"would be {len(then.standing)} findings, not {len(judged.standing)}: {len(more)} more, {len(fewer)} fewer.",
    )


def _names(judged: Review) -> set[str]:
    return {finding.fingerprint for finding in judged.standing}
