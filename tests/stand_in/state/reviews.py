"""Reviews, their comments, and the threads that the comments form."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from tests.stand_in.git.diff import Side, follow_line
from tests.stand_in.state.comments import Remark, check_body
from tests.stand_in.state.people import User
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.world import Record, now

if TYPE_CHECKING:
    from tests.stand_in.state.apps import App
    from tests.stand_in.state.pulls import PullRequest

STATES = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}


@dataclass(eq=False, kw_only=True)
class Review(Record):
    pull: "PullRequest"
    author: User
    body: str
    state: str
    commit_id: str
    app: "App | None" = None
    submitted_at: datetime | None = None
    minimized: str | None = None

    @property
    def html_url(self) -> str:
        return f"{self.pull.html_url}#pullrequestreview-{self.id}"

    @property
    def comments(self) -> list["ReviewComment"]:
        found = [each for thread in self.pull.threads for each in thread.comments if each.review is self]
        return sorted(found, key=lambda each: each.id)

    def submit(self, event: str) -> None:
        self.state = STATES[event]
        self.submitted_at = now()
        self.announce("submitted", self.author)
        for comment in self.comments:
            comment.announce("created", self.author)

    def edit(self, body: str, editor: User) -> None:
        before, self.body = self.body, body
        self.touch()
        self.announce("edited", editor, changes={"body": {"from": before}})

    def dismiss(self, user: User) -> None:
        if self.state not in ("APPROVED", "CHANGES_REQUESTED"):
            raise Refused.unprocessable("Can not dismiss a commented pull request review")
        self.state = "DISMISSED"
        self.announce("dismissed", user)

    def announce(self, action: str, sender: User, **about: object) -> None:
        self.pull.touch()
        self.pull.repository.announce(
            "pull_request_review", action, sender, {"review": self, "pull_request": self.pull, **about}
        )


@dataclass(frozen=True, slots=True)
class Spot:
    """Lines of one side of a file, both ends inclusive, counted from 1; no lines: the whole file."""

    path: str
    side: Side = "RIGHT"
    line: int | None = None
    start_side: Side | None = None
    start_line: int | None = None

    @property
    def is_file(self) -> bool:
        return self.line is None


@dataclass(eq=False, kw_only=True)
class ReviewComment(Remark):
    thread: "Thread"
    review: Review
    in_reply_to: "ReviewComment | None" = None

    @property
    def pull(self) -> "PullRequest":
        return self.thread.pull

    @property
    def path(self) -> str:
        return self.thread.original.path

    @property
    def line(self) -> int | None:
        """Where it stands now; None once it is outdated."""
        return None if self.thread.is_outdated else self.thread.spot.line

    @property
    def url(self) -> str:
        return f"{self.pull.repository.url}/pulls/comments/{self.id}"

    @property
    def html_url(self) -> str:
        return f"{self.pull.html_url}#discussion_r{self.id}"

    def edit(self, body: str, editor: User | None = None) -> None:
        check_body(body, "PullRequestReviewComment")
        with self.pull.world.lock:
            before, self.body = self.body, body
            self.touch()
            self.announce("edited", editor or self.author, changes={"body": {"from": before}})

    def delete(self, by: User | None = None) -> None:
        with self.pull.world.lock:
            self.thread.comments.remove(self)
            if not self.thread.comments:
                self.pull.threads.remove(self.thread)
            self.announce("deleted", by or self.author)

    def announce(self, action: str, sender: User, **about: object) -> None:
        self.pull.repository.announce(
            "pull_request_review_comment", action, sender, {"comment": self, "pull_request": self.pull, **about}
        )


@dataclass(eq=False, kw_only=True)
class Thread(Record):
    pull: "PullRequest"
    original: Spot
    original_commit: str
    original_position: int
    diff_hunk: str
    subject: Literal["line", "file"] = "line"
    spot: Spot
    commit: str
    """The newest head on which the lines were found."""
    is_outdated: bool = False
    resolved_by: User | None = None
    comments: list[ReviewComment] = field(default_factory=list)

    @property
    def is_resolved(self) -> bool:
        return self.resolved_by is not None

    @property
    def node_id(self) -> str:
        return f"PRRT_{self.id}"

    @property
    def position(self) -> int | None:
        """In the diff as it is now; None once outdated."""
        if self.is_outdated or self.spot.line is None:
            return None if self.is_outdated else 1
        change = self.pull.change_of(self.spot.path, self.pull.head_sha)
        found = change and change.find(self.spot.side, self.spot.line)
        return found[1].position if found else None

    def add(self, review: Review, body: str, author: User, app: "App | None" = None) -> ReviewComment:
        check_body(body, "PullRequestReviewComment")
        comment = ReviewComment(
            id=self.pull.world.next_id(),
            thread=self,
            review=review,
            author=author,
            body=body,
            app=app,
            in_reply_to=self.comments[0] if self.comments else None,
        )
        self.comments.append(comment)
        return comment

    def reply(self, body: str, author: User, app: "App | None" = None) -> ReviewComment:
        """A reply is a review of its own, as on GitHub."""
        check_body(body, "PullRequestReviewComment")
        review = Review(
            id=self.pull.world.next_id(),
            pull=self.pull,
            author=author,
            body="",
            state="PENDING",
            commit_id=self.pull.head_sha,
            app=app,
        )
        self.pull.reviews.append(review)
        comment = self.add(review, body, author, app)
        review.submit("COMMENT")
        return comment

    def resolve(self, user: User) -> None:
        if not self.is_resolved:
            self.resolved_by = user
            self.announce("resolved", user)

    def unresolve(self, user: User) -> None:
        if self.is_resolved:
            self.resolved_by = None
            self.announce("unresolved", user)

    def announce(self, action: str, sender: User) -> None:
        self.pull.repository.announce(
            "pull_request_review_thread", action, sender, {"thread": self, "pull_request": self.pull}
        )

    def follow(self, pull: "PullRequest", before: str, after: str) -> None:
        """Moves with its lines through a push; changed lines, or lines that left the diff, make it outdated."""
        if self.is_outdated:
            return
        moved = self.moved(pull, before, after)
        if moved is None:
            self.is_outdated = True
        else:
            self.spot, self.commit = moved, after

    def moved(self, pull: "PullRequest", before: str, after: str) -> Spot | None:
        now_changed = pull.change_of(self.spot.path, after)
        if now_changed is None:
            return None
        if self.spot.line is None:
            return self.spot
        lines = [self.spot.start_line or self.spot.line, self.spot.line]
        if self.spot.side == "RIGHT":
            step = next(
                (each for each in pull.repository.git.changes(before, after) if each.path == self.spot.path), None
            )
            kept = [follow_line(step, number) for number in range(lines[0], lines[1] + 1)]
            if any(number is None for number in kept):
                return None
            lines = [kept[0] or 0, kept[-1] or 0]
        if not all(now_changed.find(self.spot.side, number) for number in lines):
            return None
        start = lines[0] if self.spot.start_line else None
        return Spot(self.spot.path, self.spot.side, lines[1], self.spot.start_side, start)
