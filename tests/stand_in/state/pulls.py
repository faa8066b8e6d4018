"""A pull request and its conversation."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tests.stand_in.git import Commit, FileChange
from tests.stand_in.state.comments import IssueComment
from tests.stand_in.state.people import Role, User
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.reviews import Review, ReviewComment, Thread
from tests.stand_in.state.suggestions import apply_suggestion
from tests.stand_in.state.world import Record, World, now

if TYPE_CHECKING:
    from tests.stand_in.state.checks import CheckRun
    from tests.stand_in.state.repositories import Repository


@dataclass(eq=False, kw_only=True)
class PullRequest(Record):
    repository: "Repository"
    number: int
    title: str
    body: str | None
    author: User
    base_ref: str
    base_sha: str
    """The tip of the base branch when the pull request was opened or last pushed to, as GitHub shows it."""
    source: "Repository"
    head_ref: str
    head_sha: str
    draft: bool = False
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    merged_by: User | None = None
    merge_commit_sha: str | None = None
    issue_comments: list[IssueComment] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    threads: list[Thread] = field(default_factory=list)
    past_heads: list[str] = field(default_factory=list)
    test_merges: dict[tuple[str, str], str | None] = field(default_factory=dict)

    # Reading

    @property
    def world(self) -> World:
        return self.repository.world

    @property
    def url(self) -> str:
        return f"{self.repository.url}/pulls/{self.number}"

    @property
    def issue_url(self) -> str:
        return f"{self.repository.url}/issues/{self.number}"

    @property
    def html_url(self) -> str:
        return f"{self.repository.html_url}/pull/{self.number}"

    @property
    def state(self) -> str:
        return "closed" if self.closed_at else "open"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def head_repository(self) -> "Repository | None":
        """None once the fork is gone."""
        return None if self.source.deleted else self.source

    @property
    def base_tip(self) -> str:
        """What the diff is taken against: the base branch as it is now, or as it was when the pull request ended."""
        return self.repository.branches.get(self.base_ref, self.base_sha) if self.is_open else self.base_sha

    @property
    def test_merge_sha(self) -> str | None:
        """`refs/pull/N/merge`: the head merged into the base; None on a conflict."""
        if not self.is_open:
            return None
        pair = (self.base_tip, self.head_sha)
        if pair not in self.test_merges:
            message = f"Merge {self.head_sha} into {self.base_tip}"
            ref = f"refs/pull/{self.number}/merge"
            self.test_merges[pair] = self.repository.git.merge(ref, *pair, message, self.author.signature)
        return self.test_merges[pair]

    @property
    def changes(self) -> list[FileChange]:
        return self.changes_at(self.head_sha)

    def changes_at(self, sha: str) -> list[FileChange]:
        """Three-dot: from the merge base with the base branch."""
        git = self.repository.git
        start = git.merge_base(self.base_tip, sha)
        return git.changes(start, sha) if start else []

    def change_of(self, path: str, sha: str) -> FileChange | None:
        return next((each for each in self.changes_at(sha) if each.path == path), None)

    @property
    def commits(self) -> list[Commit]:
        return self.repository.git.commits_between(self.base_tip, self.head_sha)

    def knows_commit(self, sha: str) -> bool:
        return sha in self.past_heads or any(commit.sha == sha for commit in self.commits)

    @property
    def review_comments(self) -> list[ReviewComment]:
        """Submitted ones, oldest first; those of a pending review only its author sees."""
        found = [each for thread in self.threads for each in thread.comments if each.review.submitted_at]
        return sorted(found, key=lambda each: each.id)

    @property
    def check_runs(self) -> list["CheckRun"]:
        return self.repository.check_runs(self.head_sha)

    # What people do

    def push(
        self,
        files: Mapping[str, str | bytes | None],
        message: str = "Change files",
        author: str | None = None,
        force_from: str | None = None,
    ) -> str:
        """One commit on the head branch; answers its sha."""
        return self.source.commit(self.head_ref, files, message, author or self.author.login, force_from)

    def follow_push(self, source: "Repository", branch: str, before: str | None, after: str, user: User) -> None:
        """A branch moved; if it is this head, the diff, the comments' lines and the listeners follow."""
        if not self.is_open or source is not self.source or branch != self.head_ref or before is None:
            return
        self.past_heads.append(self.head_sha)
        self.head_sha, self.base_sha = after, self.base_tip
        self.point_head()
        for thread in self.threads:
            thread.follow(self, before, after)
        self.announce("synchronize", user, before=before, after=after)

    def point_head(self) -> None:
        self.repository.git.point(f"refs/pull/{self.number}/head", self.head_sha)

    def edit(self, *, title: str | None = None, body: str | None = None, base: str | None = None) -> None:
        with self.world.lock:
            changes: dict[str, object] = {}
            if title is not None:
                changes["title"], self.title = {"from": self.title}, title
            if body is not None:
                changes["body"], self.body = {"from": self.body or ""}, body
            if base is not None:
                changes["base"] = {"ref": {"from": self.base_ref}, "sha": {"from": self.base_sha}}
                self.base_ref, self.base_sha = base, self.repository.branches[base]
            self.announce("edited", self.author, changes=changes)

    def close(self, author: str | None = None) -> None:
        with self.world.lock:
            self.end(self.actor(author))

    def reopen(self, author: str | None = None) -> None:
        with self.world.lock:
            self.closed_at = None
            self.announce("reopened", self.actor(author))

    def merge(self, author: str | None = None) -> str:
        """A merge commit on the base branch; answers its sha."""
        with self.world.lock:
            user = self.actor(author)
            if not self.is_open:
                raise Refused(405, "Pull Request is not mergeable")
            repository, before = self.repository, self.base_tip
            ref = repository.ref_prefix + self.base_ref
            message = (
                f"Merge pull request #{self.number} from {self.source.owner.login}/{self.head_ref}\n\n{self.title}"
            )
            sha = repository.git.merge(ref, before, self.head_sha, message, user.signature)
            if not sha:
                raise Refused(405, "Pull Request is not mergeable")
            self.base_sha, self.merge_commit_sha = before, sha
            self.merged_at, self.merged_by = now(), user
            self.end(user)
            repository.pushed(self.base_ref, before, sha, user)
            return sha

    def end(self, user: User) -> None:
        self.base_sha = self.base_tip
        self.closed_at = now()
        self.announce("closed", user)

    def ready_for_review(self) -> None:
        with self.world.lock:
            self.draft = False
            self.announce("ready_for_review", self.author)

    def convert_to_draft(self) -> None:
        with self.world.lock:
            self.draft = True
            self.announce("converted_to_draft", self.author)

    def comment(self, body: str, author: str | None = None, role: Role | None = None) -> IssueComment:
        """A comment in the conversation; `role` says what its author may do in the repository."""
        with self.world.lock:
            if role and author:
                self.repository.grant(author, role)
            return IssueComment.write(self, body, self.actor(author))

    def reply(self, comment: ReviewComment, body: str, author: str | None = None) -> ReviewComment:
        with self.world.lock:
            return comment.thread.reply(body, self.actor(author))

    def review(
        self,
        body: str = "",
        comments: list[dict[str, object]] | None = None,
        event: str = "COMMENT",
        author: str = "bob",
    ) -> Review:
        """A person's review; `comments` as in the REST API."""
        from tests.stand_in.state.review_rules import write_review

        with self.world.lock:
            return write_review(self, self.world.user(author), body=body, event=event, comments=comments or [])

    def accept_suggestion(self, comment: ReviewComment, author: str | None = None) -> str:
        """The button "Commit suggestion"; answers the new head's sha."""
        with self.world.lock:
            return apply_suggestion(comment, self.actor(author))

    def resolve(self, comment: ReviewComment, author: str | None = None) -> None:
        with self.world.lock:
            comment.thread.resolve(self.actor(author))

    def unresolve(self, comment: ReviewComment, author: str | None = None) -> None:
        with self.world.lock:
            comment.thread.unresolve(self.actor(author))

    def actor(self, login: str | None) -> User:
        return self.world.user(login) if login else self.author

    def announce(self, action: str, sender: User, **about: object) -> None:
        self.touch()
        self.repository.announce("pull_request", action, sender, {"number": self.number, "pull_request": self, **about})
