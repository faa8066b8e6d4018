"""A real worker process whose reviews are chores that a test can watch, hold and kill.

`python -m tests.worker.chore_worker REDIS_URL`. The job's function keeps its real name; only what it does is replaced.
"""

from __future__ import annotations

import os
import sys
import time
import types

from bot.jobs import ReviewJob, from_json
from bot.queue import JobQueue, Pace, connect, current_attempt, later, work
from bot.queue.work import MOST_MEMORY

QUICK = Pace(ttl=16, heartbeat=1, silence=8, maintenance=1)
"""Shorter silence lets a busy machine take a living worker for dead, and its job is begun once more."""
PATIENCE = 60
"""Seconds that a held chore waits to be released."""


def chore(text: str) -> object:
    """Writes down that it ran, then does what the test put under `chore:PULL`."""
    job = from_json(ReviewJob, text)
    redis = connect(sys.argv[1])
    queue = JobQueue(redis)
    if queue.is_superseded(job):
        redis.rpush("superseded", job.head_sha)
        return None
    attempt = current_attempt()
    redis.rpush(f"began:{job.pull}", f"{os.getpid()} {job.head_sha} {attempt.again:d} {attempt.last:d}")
    match redis.lpop(f"chore:{job.pull}"):
        case b"hold":
            redis.blpop(f"release:{job.pull}", PATIENCE)
        case b"fail":
            raise RuntimeError("as the test wishes")
        case b"later":
            return later(1)
        case b"spin":
            _spin()
        case b"eat":
            redis.rpush(f"ate:{job.pull}", len(bytearray(MOST_MEMORY)))
        case b"slow":
            time.sleep(0.3)
    if queue.is_superseded(job):
        redis.rpush("superseded", job.head_sha)
        return None
    redis.rpush(f"ended:{job.pull}", job.head_sha)
    return None


def _spin() -> None:
    """What swallows every exception and never ends."""
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            continue


def main() -> None:
    sys.modules["worker.review"] = types.SimpleNamespace(review_pull_request=chore)  # type: ignore[assignment]
    work(connect(sys.argv[1], timeout=None), QUICK)


if __name__ == "__main__":
    main()
