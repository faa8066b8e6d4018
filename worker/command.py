"""`/dbbot ...` in a comment: seen, answered once, done."""

from __future__ import annotations

import structlog

from bot.commands import Command, Explain, Help, Merge, Unknown, command_of
from bot.github.client import Client
from bot.github.conversation import React, react, reply
from bot.github.snapshot import NotReviewable, take_snapshot
from bot.jobs import CommandJob, from_json
from bot.review.answers import explain_reply, help_reply, merge_reply, no_merge_reply, unknown_reply
from rules.registry import rule_named
from worker.context import Context
from worker.failure import attempt
from worker.judge import joined

log = structlog.get_logger("dbbot.command")


def answer_command(text: str) -> object:
    """The queue's name for this: `CommandJob.function`."""
    job = from_json(CommandJob, text)
    context = Context.from_environment()

    def work(client: Client) -> None:
        react(client, job.pull, job.comment_id, job.kind, React.SEEN)
        command = command_of(job.verb, job.argument)
        answer = merge_of(client, context, job) if isinstance(command, Merge) else answer_to(command, job.comment_id)
        reply(client, job.pull, job.comment_id, job.kind, answer)
        react(client, job.pull, job.comment_id, job.kind, React.DONE if is_known(command) else React.CONFUSED)
        context.tally.add(commands=1)
        log.info("answered", command=type(command).__name__)

    def give_up(client: Client, _: str) -> None:
        react(client, job.pull, job.comment_id, job.kind, React.CONFUSED)

    with structlog.contextvars.bound_contextvars(repository=job.where.repository, pull=job.pull):
        return attempt(context, job.where, work, give_up)


def merge_of(client: Client, context: Context, job: CommandJob) -> str:
    """From a look of its own: the base may have moved since the review."""
    snapshot = take_snapshot(client, job.pull)
    if isinstance(snapshot, NotReviewable):
        return no_merge_reply(snapshot.words, job.comment_id)
    return merge_reply(joined(snapshot, context.readings), job.comment_id)


def answer_to(command: Explain | Help | Unknown, comment_id: int) -> str:
    match command:
        case Explain(name):
            return explain_reply(name or "", comment_id)
        case Help():
            return help_reply(comment_id)
        case Unknown(word):
            return unknown_reply(word, comment_id)


def is_known(command: Command) -> bool:
    match command:
        case Explain(name):
            return name is None or rule_named(name) is not None
        case Help() | Merge():
            return True
        case Unknown():
            return False
