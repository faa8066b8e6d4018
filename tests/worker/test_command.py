"""Commands: seen at once, answered once, marked as done or not understood."""

from __future__ import annotations

import re

import pytest

from bot.jobs import CommandJob
from tests.bot.github.scene import revision
from tests.stand_in import PullRequest
from tests.stand_in.state.comments import IssueComment
from tests.worker.desk import Desk


def ask(desk: Desk, pull: PullRequest, comment: IssueComment, verb: str, argument: str = "") -> object:
    return desk.run(CommandJob(desk.where, pull.number, comment.id, "issue", verb, argument))


@pytest.mark.parametrize(
    ("verb", "argument", "words", "mark"),
    [
        ("explain", "blocking-index-creation", "SHARE", "rocket"),
        ("explain", "", "Which rule?", "rocket"),
        ("explain", "blocking-index-creatoin", "Did you mean `blocking-index-creation`?", "confused"),
        ("help", "", "/dbbot explain NAME", "rocket"),
        ("frobnicate", "", "There is no command `frobnicate`", "confused"),
    ],
)
def test_a_command_is_answered_and_marked(desk: Desk, verb: str, argument: str, words: str, mark: str) -> None:
    pull = desk.open({"README.md": "# Hello\n"})
    asked = pull.comment("/dbbot", author="zoe")
    assert ask(desk, pull, asked, verb, argument) is None
    assert [reaction.content for reaction in asked.reactions] == ["eyes", mark]
    [answer] = pull.issue_comments[1:]
    assert words in answer.body
    assert desk.tally() == {"commands": 1}


def test_a_command_run_twice_is_answered_once(desk: Desk) -> None:
    pull = desk.open({"README.md": "# Hello\n"})
    asked = pull.comment("/dbbot help", author="zoe")
    for _ in range(2):
        ask(desk, pull, asked, "help")
    assert len(pull.issue_comments) == 2


def test_a_command_beside_a_line_is_answered_in_its_thread(desk: Desk) -> None:
    pull = desk.open()
    path = "migrations/versions/b2_index.py"
    review = pull.review(comments=[{"path": path, "line": 9, "side": "RIGHT", "body": "/dbbot help"}])
    [asked] = review.comments
    desk.run(CommandJob(desk.where, pull.number, asked.id, "review", "help"))
    assert len(asked.thread.comments) == 2
    assert "/dbbot explain NAME" in asked.thread.comments[1].body
    assert pull.issue_comments == []


def test_a_word_of_the_comment_cannot_reach_out_of_its_backticks(desk: Desk) -> None:
    pull = desk.open({"README.md": "# Hello\n"})
    asked = pull.comment("/dbbot", author="zoe")
    ask(desk, pull, asked, "`@octo<!--")
    body = pull.issue_comments[1].body
    assert "`` `@octo<!-- ``" in body


def test_a_comment_that_is_gone_is_left(desk: Desk) -> None:
    pull = desk.open({"README.md": "# Hello\n"})
    with pytest.raises(Exception, match="404"):
        desk.run(CommandJob(desk.where, pull.number, 999_999, "issue", "help"))
    assert pull.issue_comments == []


def test_two_heads_are_joined_by_a_file_in_the_answer(desk: Desk) -> None:
    first, second = desk.open(head="first"), desk.open(column("c3", "a1"), head="second")
    first.merge()
    asked = second.comment("/dbbot merge", author="zoe")
    ask(desk, second, asked, "merge")
    answer = second.issue_comments[1].body
    assert 'down_revision = ("b2", "c3")' in answer
    path, text = re.findall(r"`(migrations/versions/.*)`\n\n```python\n(.*?)```", answer, re.DOTALL)[0]
    second.push({path: text})
    again = second.comment("/dbbot merge", author="zoe")
    ask(desk, second, again, "merge")
    assert "each branch has one head" in second.issue_comments[3].body


def test_nothing_is_merged_where_the_pull_request_is_no_longer_open(desk: Desk) -> None:
    pull = desk.open()
    pull.merge()
    ask(desk, pull, pull.comment("/dbbot merge", author="zoe"), "merge")
    assert "The pull request is merged." in pull.issue_comments[1].body


def column(name: str, parent: str) -> dict[str, str]:
    text = revision(name, parent, f'op.add_column("orders", sa.Column("c_{name}", sa.Text()))')
    return {f"migrations/versions/{name}_column.py": text}
