"""The conversation in the order in which it happened."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from tests.stand_in.git import Commit
from tests.stand_in.state.comments import IssueComment
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.reviews import Review, Thread


@dataclass
class Happening:
    when: datetime
    order: int
    comment: IssueComment | None = None
    review: Review | None = None
    threads: list[Thread] = field(default_factory=list)
    commit: Commit | None = None


def timeline(pull: PullRequest) -> list[Happening]:
    """Reviews with the threads that they began; replies stand in their thread."""
    found = [Happening(each.created_at, each.id, comment=each) for each in pull.issue_comments]
    for review in pull.reviews:
        begun = [thread for thread in pull.threads if thread.comments[0].review is review]
        if review.submitted_at and (review.body or begun):
            found.append(Happening(review.submitted_at, review.id, review=review, threads=begun))
    for order, commit in enumerate(pull.commits):
        found.append(Happening(datetime.fromtimestamp(commit.time, UTC), order, commit=commit))
    return sorted(found, key=lambda each: (each.when, each.order))
