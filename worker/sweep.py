"""What fell between two chairs: deliveries that never arrived, heads without a completed check, checks left open."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from redis import RedisError

from bot.connections import github_of
from bot.github.app import AppClient
from bot.github.checks import CheckRun, check_runs, conclude
from bot.github.client import Client, json_of
from bot.github.errors import Archived, GitHubError, Gone, InstallationRemoved, NotFound
from bot.jobs import ReviewJob, Where
from bot.ledger import OpenCheck
from bot.manifest import EVENTS
from bot.model.review_plan import CheckReport, Conclusion
from bot.queue import QueueUnavailable
from bot.settings import ServerSettings
from worker.context import Context

log = structlog.get_logger("dbbot.sweep")

REDELIVERABLE = timedelta(days=3)
"""GitHub's own limit; Enterprise Server's is a week, in which three days are enough."""
MOST_ASKED = 5
"""Times that one event is asked for again."""
FIRST_PAUSE = 5.0
LEFT_OPEN = 3600.0
"""Seconds after which an open check without a job is nobody's: the attempts of a job take half of that."""
LISTED_EVERY = 6 * 3600
"""Seconds between two looks at where the App is installed."""
TRIED_AGAIN = 6 * 3600
"""Seconds between two reviews of one head that the sweep asks for."""
REMEMBERED = 8 * 86_400
MOST_PULLS = 300

LEFT_BEHIND = CheckReport(
    Conclusion.FAILURE,
    "The review did not finish",
    "The worker that began it is gone and nobody took it up. Press **Re-run** to try again.",
)


def sweep_for_ever(settings: ServerSettings) -> int:
    """Until SIGTERM or SIGINT; a sweep that fails is logged, and the next one comes all the same."""
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    pause = min(FIRST_PAUSE, settings.sweep_interval)
    while not stopping.wait(pause):
        sweep_once(settings)
        pause = settings.sweep_interval
    return 0


def sweep_once(settings: ServerSettings) -> int:
    """0, or 3 if a part of it failed."""
    context = Context.of(settings)
    parts: tuple[Callable[[Context], None], ...] = (ask_again, find_repositories, find_unreviewed, close_left_open)
    sound = [_try(part, context) for part in parts]
    return 0 if all(sound) else 3


def _try(part: Callable[[Context], None], context: Context) -> bool:
    try:
        part(context)
    except (GitHubError, RedisError, QueueUnavailable) as error:
        log.error("not finished", part=part.__name__, problem=str(error)[:300])
        return False
    return True


def ask_again(context: Context) -> None:
    """Asks GitHub for the events whose newest attempt failed, of the kinds that we take."""
    with github_of(context.settings, context.redis) as github:
        client = AppClient(github)
        seen: set[str] = set()
        for delivery in client.deliveries(datetime.now(UTC) - REDELIVERABLE, failed=True):
            if delivery.guid in seen or delivery.event not in EVENTS:
                continue
            seen.add(delivery.guid)
            if context.queue.is_recorded(delivery.guid) or not _may_ask(context, delivery.guid, delivery.id):
                continue
            client.redeliver(delivery.id)
            context.tally.add(redeliveries=1)
            log.info("asked again", delivery=delivery.guid, github_event=delivery.event, status=delivery.status_code)


def _may_ask(context: Context, guid: str, attempt: int) -> bool:
    """Once for each attempt that failed, a few times for an event."""
    key = f"dbbot:asked-again:{guid}"
    if context.redis.sismember(key, str(attempt)) or context.redis.scard(key) >= MOST_ASKED:
        return False
    context.redis.sadd(key, str(attempt))
    context.redis.expire(key, REMEMBERED)
    return True


def find_repositories(context: Context) -> None:
    """Now and then, where the App is installed: an empty Redis knows of no repository."""
    if not context.redis.set("dbbot:listed", "1", nx=True, ex=LISTED_EVERY):
        return
    with github_of(context.settings, context.redis) as github:
        for where in AppClient(github).repositories():
            context.ledger.saw(where)


def find_unreviewed(context: Context) -> None:
    """Open pull requests whose head has no completed check and no job."""
    for where in context.ledger.repositories():
        with context.client(where) as client:
            try:
                _find_in(context, client, where)
            except (InstallationRemoved, NotFound, Gone):
                context.ledger.forget(where)
            except GitHubError as error:
                log.warning("not looked at", repository=where.repository, problem=str(error)[:300])


def _find_in(context: Context, client: Client, where: Where) -> None:
    for pull in client.pages(f"{client.base}/pulls", {"state": "open", "per_page": 100}, most=MOST_PULLS):
        match pull:
            case {"number": int(number), "draft": False, "head": {"sha": str(sha)}}:
                job = ReviewJob(where, number, sha)
            case _:
                continue
        if context.ledger.is_reviewed(where, number, sha) or context.queue.has_turn(job.turn):
            continue
        if _has_check(client, sha, number):
            continue
        if context.queue.put_once(job, f"sweep:{where.repository_id}:{number}:{sha}", TRIED_AGAIN):
            context.tally.add(swept=1)
            log.info("enqueued", repository=where.repository, pull=number, sha=sha[:12])


def _has_check(client: Client, sha: str, pull: int) -> bool:
    """Whether we ended a check of this pull request at this head."""
    return any(run.completed and run.external_id.startswith(f"{pull}:") for run in check_runs(client, sha))


def close_left_open(context: Context) -> None:
    for left in context.ledger.left_open(LEFT_OPEN):
        if context.queue.has_turn(ReviewJob(left.where, max(left.pull, 1), left.head_sha).turn):
            continue
        try:
            with context.client(left.where) as client:
                _close(client, left)
        except (InstallationRemoved, Archived, NotFound, Gone) as gone:
            log.info("left", repository=left.where.repository, reason=str(gone)[:300])
        context.ledger.ended(left)


def _close(client: Client, left: OpenCheck) -> None:
    match json_of(client.get(f"{client.base}/check-runs/{left.check_id}")):
        case {"status": "completed"}:
            return
    conclude(client, CheckRun(left.check_id), LEFT_BEHIND)
    log.warning("closed a check left open", repository=left.where.repository, sha=left.head_sha[:12])
