"""What becomes of a job that does not end well: put back, left alone, tried again, or given up in words."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from uuid import uuid4

import structlog

from bot.github.client import Client
from bot.github.errors import Archived, Forbidden, GitHubError, InstallationRemoved, RateLimited
from bot.jobs import Where
from bot.queue import JobTimedOut, current_attempt, later
from worker.context import Context

log = structlog.get_logger("dbbot.job")

Work = Callable[[Client], None]
GiveUp = Callable[[Client, str], None]
"""Says on GitHub, in the given words, that this will not be done."""


def attempt(context: Context, where: Where, work: Work, give_up: GiveUp) -> object:
    """Runs `work`; what it returns goes to the queue. A fault is raised again, so that the queue tries once more.

    GitHub's limit puts the job back without using up an attempt. Where the App is gone nothing can be said, and
    nothing is. A job whose time ran out is not tried again: it would take as long; nor one that lacks a permission.
    """
    with context.client(where) as client:
        try:
            work(client)
        except RateLimited as limited:
            wait = limited.retry_at - time.time()
            log.warning("put back", reason="rate limit", seconds=round(wait))
            context.tally.add(github_waits=1)
            return later(wait)
        except (InstallationRemoved, Archived) as gone:
            log.info("left", reason=str(gone))
            context.tally.add(reviews_not_due=1)
        except (JobTimedOut, Forbidden) as final:
            _give_up(context, client, give_up, final)
        except Exception as fault:
            if current_attempt().last:
                _give_up(context, client, give_up, fault)
            else:
                log.warning("will be tried again", fault=type(fault).__name__, words=str(fault)[:300])
            raise
        return None


def _give_up(context: Context, client: Client, give_up: GiveUp, fault: BaseException) -> None:
    incident = uuid4().hex[:12]
    log.error("given up", incident=incident, exc_info=fault)
    context.tally.add(reviews_failed=1)
    with contextlib.suppress(GitHubError):
        give_up(client, words_about(fault, incident))


def words_about(fault: BaseException, incident: str) -> str:
    """For people on GitHub: nothing of the fault's own text, which may quote anything."""
    match fault:
        case JobTimedOut():
            what = "The review took too long and was stopped."
        case Forbidden(permission=str(permission)):
            what = f"GitHub refuses dbbot something here: the installation does not grant `{permission}`."
        case Forbidden():
            what = "GitHub refuses dbbot something here that it needs; its log says what."
        case GitHubError():
            what = "GitHub did not answer as it should, several times."
        case _:
            what = "dbbot itself failed, several times."
    return (
        f"{what} Nothing is known about these migrations.\n\n"
        f"Press **Re-run** to try again. If it stays so, tell whoever runs dbbot the incident `{incident}`."
    )
