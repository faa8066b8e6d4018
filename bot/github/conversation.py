"""Around a comment: who wrote it, a reaction to it, one reply to it. PyGithub's typed calls."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from bot.github import questions
from bot.github.answers import TalkNode
from bot.github.auth import Purpose
from bot.github.client import Client, read
from bot.github.errors import NotFound
from bot.github.repeating import once
from bot.github.typed import ask
from bot.review.marker import read_marker

Kind = Literal["issue", "review"]
"""Which of GitHub's two kinds of comment."""


class React(StrEnum):
    SEEN = "eyes"
    DONE = "rocket"
    CONFUSED = "confused"


def role_of(client: Client, login: str) -> str:
    """`read`, `triage`, `write`, `maintain`, `admin`, a role of the organization's own, or `none`."""
    try:
        return ask(client, Purpose.READ, lambda repository: repository.get_collaborator_role_name(login))
    except NotFound:
        return "none"


def may_write(client: Client, login: str) -> bool:
    """By GitHub's older field, which counts `maintain` as write, and an organization's own role as what it extends."""
    try:
        permission = ask(client, Purpose.READ, lambda repository: repository.get_collaborator_permission(login))
    except NotFound:
        return False
    return permission in ("write", "admin")


def react(client: Client, number: int, comment_id: int, kind: Kind, reaction: React) -> None:
    """GitHub keeps one reaction of a kind per person, so that repeating it changes nothing."""

    def write() -> bool:
        if kind == "issue":
            call = ask(
                client,
                Purpose.WRITE,
                lambda repository: repository.get_issue(number).get_comment(comment_id).create_reaction(reaction.value),
            )
        else:
            call = ask(
                client,
                Purpose.WRITE,
                lambda repository: (
                    repository.get_pull(number).get_review_comment(comment_id).create_reaction(reaction.value)
                ),
            )
        return call is not None

    once(client, write, lambda: None)


def reply(client: Client, number: int, comment_id: int, kind: Kind, body: str) -> bool:
    """Answers a comment, once: False if an answer with this comment's marker stands already.

    `body` carries a marker with `answers`. A review comment is answered in its thread.
    """
    if is_answered(client, number, comment_id):
        return False

    def write() -> bool:
        if kind == "issue":
            ask(client, Purpose.WRITE, lambda repository: repository.get_issue(number).create_comment(body))
        else:
            ask(
                client,
                Purpose.WRITE,
                lambda repository: repository.get_pull(number).create_review_comment_reply(comment_id, body),
            )
        return True

    return once(client, write, lambda: is_answered(client, number, comment_id) or None)


def is_answered(client: Client, number: int, comment_id: int) -> bool:
    """Whether a comment of ours says in its marker that it answers this one."""
    owner, _, name = client.repository.full_name.partition("/")
    data = client.graphql(questions.TALK, {"owner": owner, "name": name, "number": number}).data
    match data.get("repository"):
        case {"pullRequest": dict(pull)}:
            talk = read(TalkNode, pull)
        case _:
            raise NotFound(f"There is no pull request {number}.")
    markers = [read_marker(comment.body) for comment in talk.all_comments if comment.viewer_did_author]
    return any(marker is not None and marker.answers == comment_id for marker in markers)
