"""The only room that knows RQ: jobs go in by `JobQueue`, come out in `work`, and nothing else is ever run."""

from bot.queue.safe import Attempt, ForbiddenJob, JobTimedOut, current_attempt, later
from bot.queue.store import JobQueue, QueueNumbers, QueueUnavailable, connect
from bot.queue.work import Pace, work

__all__ = [
    "Attempt",
    "ForbiddenJob",
    "JobQueue",
    "JobTimedOut",
    "Pace",
    "QueueNumbers",
    "QueueUnavailable",
    "connect",
    "current_attempt",
    "later",
    "work",
]
