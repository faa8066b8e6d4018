"""Comments of the conversation, and reactions to any comment."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.stand_in.state.people import User
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.world import Record, World

if TYPE_CHECKING:
    from tests.stand_in.state.apps import App
    from tests.stand_in.state.pulls import PullRequest

BODY_LIMIT = 65_536
REACTIONS = ("+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes")


def check_body(body: str, resource: str) -> None:
    if not body.strip():
        raise Refused.invalid(resource, "body", "missing_field", "Body cannot be blank")
    if len(body) > BODY_LIMIT:
        raise Refused.invalid(
            resource, "body", "unprocessable", f"body is too long (maximum is {BODY_LIMIT} characters)"
        )


@dataclass(eq=False, kw_only=True)
class Reaction(Record):
    user: User
    content: str


@dataclass(eq=False, kw_only=True)
class Remark(Record):
    """What issue comments and review comments share."""

    author: User
    body: str
    app: "App | None" = None
    minimized: str | None = None
    """The classifier with which it was hidden."""
    reactions: list[Reaction] = field(default_factory=list)

    def react(self, world: World, content: str, user: User) -> tuple[Reaction, bool]:
        """The reaction, and whether it is new: the same one twice is one."""
        for reaction in self.reactions:
            if reaction.user is user and reaction.content == content:
                return reaction, False
        reaction = Reaction(id=world.next_id(), user=user, content=content)
        self.reactions.append(reaction)
        return reaction, True

    def reacted(self) -> list[str]:
        """The contents, for tests that look at the outcome."""
        return [reaction.content for reaction in self.reactions]


@dataclass(eq=False, kw_only=True)
class IssueComment(Remark):
    pull: "PullRequest"

    @classmethod
    def write(cls, pull: "PullRequest", body: str, author: User, app: "App | None" = None) -> "IssueComment":
        check_body(body, "IssueComment")
        comment = cls(id=pull.world.next_id(), pull=pull, author=author, body=body, app=app)
        pull.issue_comments.append(comment)
        comment.announce("created", author)
        return comment

    @property
    def html_url(self) -> str:
        return f"{self.pull.html_url}#issuecomment-{self.id}"

    def edit(self, body: str, editor: User | None = None) -> None:
        check_body(body, "IssueComment")
        with self.pull.world.lock:
            before, self.body = self.body, body
            self.touch()
            self.announce("edited", editor or self.author, changes={"body": {"from": before}})

    def delete(self, by: User | None = None) -> None:
        with self.pull.world.lock:
            self.pull.issue_comments.remove(self)
            self.announce("deleted", by or self.author)

    def announce(self, action: str, sender: User, **about: object) -> None:
        self.pull.touch()
        self.pull.repository.announce("issue_comment", action, sender, {"issue": self.pull, "comment": self, **about})
