"""RQ's classes, narrowed: a job can call one of our functions with one JSON text, and nothing else.

RQ imports and calls whatever name stands in Redis, callbacks and webhook addresses included. Here a name outside the
allow-list raises, and callbacks and webhooks do not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from rq import Queue, Retry, get_current_job
from rq.executions import Execution, ExecutionRegistry
from rq.intermediate_queue import IntermediateQueue
from rq.job import Job, JobStatus
from rq.timeouts import JobTimeoutException, UnixSignalDeathPenalty
from rq.utils import now

from bot.jobs import JOB_FUNCTIONS

RETRIES = (10, 30, 60, 300, 900)
"""Seconds before each further attempt."""
MOST_WAITS = 50
"""How often one job may say `later`: GitHub's limits reset hourly, so this is days."""


class ForbiddenJob(Exception):
    """Something in Redis asks for a call that dbbot never makes."""


class JobTimedOut(BaseException):
    """The job's time is over. No `Exception`, so that no `except Exception` on the way swallows it."""


class LivingExecutions(ExecutionRegistry):
    def get_execution_ids(self, start: int = 0, end: int = -1) -> list[str]:
        """Without those of killed workers: RQ forgets such an execution a minute before its id, and in that minute a
        job that has ended well cannot be put away, so that RQ takes it for failed and runs it again.
        """
        named: list[str] = super().get_execution_ids(start, end)
        with self.connection.pipeline(transaction=False) as pipe:
            for name in named:
                pipe.exists(Execution(name, self.job_id, self.connection).key)
            found = pipe.execute()
        return [name for name, exists in zip(named, found, strict=True) if exists]


class SafeJob(Job):
    allowed: frozenset[str] = JOB_FUNCTIONS

    @property
    def func(self) -> Callable[..., Any]:
        if self.func_name not in self.allowed or self.instance is not None:
            raise ForbiddenJob("a job names a function that is none of dbbot's")
        if len(self.args) != 1 or not isinstance(self.args[0], str) or self.kwargs:
            raise ForbiddenJob("a job's argument is not one JSON text")
        function: Callable[..., Any] = super().func
        return function

    @property
    def execution_registry(self) -> ExecutionRegistry:
        return LivingExecutions(self.id, connection=self.connection)

    @property
    def success_callback(self) -> None:
        return None

    @property
    def failure_callback(self) -> None:
        return None

    @property
    def stopped_callback(self) -> None:
        return None

    def get_retry_interval(self) -> int:
        """None where the process died under the job: RQ's scheduler may have died with it, its lock a minute later."""
        return 0 if self.get_status(refresh=False) is JobStatus.STARTED else super().get_retry_interval()

    def send_webhooks(self, status: str, *, exc_string: str | None = None) -> None:  # noqa: ARG002
        return None


class QuickIntermediateQueue(IntermediateQueue):
    def should_be_cleaned_up(self, job_id: str) -> bool:
        """A job taken but not started; RQ would wait a minute before it believes that its worker is dead."""
        seen = self.get_first_seen(job_id)
        return seen is not None and now() - seen > timedelta(seconds=20)


class SafeQueue(Queue):
    job_class = SafeJob

    def acquire_maintenance_lock(self) -> bool:
        """RQ holds it for 15 minutes, which is how long a worker killed in maintenance would stop all recovery."""
        return bool(self.connection.set(self.registry_cleaning_key, 1, nx=True, ex=30))

    @property
    def intermediate_queue(self) -> IntermediateQueue:
        return QuickIntermediateQueue(self.key, connection=self.connection)


class FirmDeathPenalty(UnixSignalDeathPenalty):
    def handle_death_penalty(self, signum: int, frame: object) -> None:
        if self._exception is JobTimeoutException:
            raise JobTimedOut(f"the job took longer than {self._timeout} s")
        super().handle_death_penalty(signum, frame)  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Attempt:
    """`again` says that an earlier one ended badly, `last` that nobody will try again if this one does."""

    job_id: str
    again: bool
    last: bool


def current_attempt() -> Attempt:
    """Of the job that this process runs; outside a job it is a last attempt without an id."""
    job = get_current_job()
    if job is None:
        return Attempt("", False, True)
    return Attempt(job.id, job.retries_left != len(RETRIES) or bool(job.number_of_retries), not job.retries_left)


def later(seconds: float) -> object:
    """What a job returns to be run again after `seconds`, without using up one of its attempts."""
    return Retry(max=MOST_WAITS, interval=max(1, int(seconds)))
