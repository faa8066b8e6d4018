"""What the workers did, counted in Redis: their processes live for one job, so they keep no figures themselves."""

from __future__ import annotations

import contextlib

from redis import Redis, RedisError

from bot.queue import QueueUnavailable

KEY = "dbbot:tally"

TALLIES = {
    "reviews": "Reviews that were carried to their end.",
    "reviews_superseded": "Reviews left because a newer push came.",
    "reviews_not_due": "Jobs whose pull request needed no review: closed, draft, archived, removed.",
    "reviews_failed": "Reviews given up; the check run says so.",
    "review_seconds": "Seconds spent on reviews.",
    "findings": "Findings said.",
    "comments": "Inline comments posted.",
    "github_requests": "Requests to GitHub by reviews.",
    "github_waits": "Jobs put back because of GitHub's rate limit.",
    "commands": "Commands answered.",
    "merge_groups": "Merge groups judged.",
    "redeliveries": "Failed deliveries asked for again.",
    "swept": "Heads that the sweep found without a completed check.",
}


class Tally:
    def __init__(self, connection: Redis) -> None:
        self._connection = connection

    def add(self, **counts: float) -> None:
        """Adds to counts named in TALLIES. A count that cannot be kept is lost: no job fails for a figure."""
        with contextlib.suppress(RedisError), self._connection.pipeline() as pipe:
            for name, count in counts.items():
                if name not in TALLIES:
                    raise ValueError(f"There is no tally `{name}`.")
                pipe.hincrbyfloat(KEY, name, count)
            pipe.execute()

    def read(self) -> dict[str, float]:
        """Raises QueueUnavailable."""
        try:
            kept = self._connection.hgetall(KEY)
        except RedisError as error:
            raise QueueUnavailable(type(error).__name__) from error
        return {name.decode(): float(value) for name, value in kept.items() if isinstance(name, bytes)}
