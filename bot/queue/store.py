"""Redis's side of the queue: what was delivered, what waits, which head of a pull request is the newest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from redis import Redis, RedisError, WatchError
from redis.backoff import ExponentialBackoff
from redis.client import Pipeline
from redis.retry import Retry as ConnectionRetry
from rq import RateLimit, Retry, Worker
from rq.job import JobStatus
from rq.rate_limit import RateLimitRegistry
from rq.serializers import JSONSerializer
from rq.utils import now

from bot.jobs import CommandJob, Job, ReviewJob, id_from, to_json
from bot.queue.safe import RETRIES, SafeQueue

QUEUE = "dbbot"
DELIVERY_SECONDS = 4 * 86_400
"""GitHub redelivers for three days; Enterprise Server for seven, where a late one is reviewed again, harmlessly."""
FAILURE_SECONDS = 7 * 86_400


class QueueUnavailable(Exception):
    """Redis cannot take or tell anything now; nothing was recorded, so that the delivery can be made again."""


def connect(url: str, *, timeout: float | None = 5.0) -> Redis:
    """`timeout` in seconds, for each answer; None waits as long as RQ's worker wants to.

    A broken connection is tried twice more at once: GitHub waits ten seconds for its answer, and may deliver again.
    """
    return Redis.from_url(
        url,
        socket_timeout=timeout,
        socket_connect_timeout=5.0,
        health_check_interval=30,
        retry=ConnectionRetry(ExponentialBackoff(cap=0.2, base=0.05), 2),
    )


@dataclass(frozen=True, slots=True)
class QueueNumbers:
    """`held` wait for another job of the same pull request; `scheduled` for their next attempt."""

    waiting: int
    held: int
    running: int
    scheduled: int
    failed: int
    workers: int


class JobQueue:
    """Thread-safe. Every method raises QueueUnavailable when Redis does not answer."""

    def __init__(self, connection: Redis) -> None:
        self.connection = connection
        self._queue = SafeQueue(QUEUE, connection=connection, serializer=JSONSerializer)

    def accept(self, delivery: str, jobs: Sequence[Job]) -> bool:
        """Records a delivery and enqueues its jobs in one step; False if it was recorded before."""
        return self._put(_delivery_key(delivery), DELIVERY_SECONDS, delivery, jobs)

    def is_recorded(self, delivery: str) -> bool:
        try:
            return bool(self.connection.exists(_delivery_key(delivery)))
        except RedisError as error:
            raise QueueUnavailable(type(error).__name__) from error

    def put_once(self, job: Job, once: str, seconds: int) -> bool:
        """Enqueues unless the same `once` was used in the last `seconds`."""
        return self._put(f"dbbot:once:{once}", seconds, uuid4().hex, (job,))

    def note(self, once: str, seconds: int) -> None:
        """From now on `put_once` takes this for used."""
        try:
            self.connection.set(f"dbbot:once:{once}", "1", ex=seconds)
        except RedisError as error:
            raise QueueUnavailable(type(error).__name__) from error

    def _put(self, key: str, seconds: int, name: str, jobs: Sequence[Job]) -> bool:
        texts = [to_json(job) for job in jobs]
        try:
            for _ in range(5):
                try:
                    return self._try_to_put(key, seconds, name, jobs, texts)
                except WatchError:
                    # somebody else was quicker, or the connection broke: the next look tells which
                    continue
        except RedisError as error:
            raise QueueUnavailable(type(error).__name__) from error
        raise QueueUnavailable("the delivery's record keeps changing")

    def _try_to_put(self, key: str, seconds: int, name: str, jobs: Sequence[Job], texts: Sequence[str]) -> bool:
        with self.connection.pipeline() as pipe:
            pipe.watch(key)  # type: ignore[no-untyped-call]
            if pipe.exists(key):
                return False
            pipe.multi()
            pipe.set(key, "1", ex=seconds)
            for number, (job, text) in enumerate(zip(jobs, texts, strict=True)):
                self._enqueue(job, text, id_from(name, str(number)), pipe)
            pipe.execute()
        return True

    def _enqueue(self, job: Job, text: str, job_id: str, pipe: Pipeline) -> None:
        """A command goes to the front: its author waits for the answer."""
        if isinstance(job, ReviewJob):
            pipe.set(_newest_key(job), job.head_sha, ex=FAILURE_SECONDS)
        stored = self._queue.create_job(
            job.function,
            args=(text,),
            job_id=job_id,
            timeout=job.timeout,
            result_ttl=0,
            failure_ttl=FAILURE_SECONDS,
            description=job.function,
            status=JobStatus.QUEUED,
            retry=Retry(max=len(RETRIES), interval=list(RETRIES)),
            rate_limit=RateLimit(job.turn, 1),
        )
        pipe.sadd(self._queue.redis_queues_keys, self._queue.key)
        # RQ's public `enqueue_job` takes no transaction for a job with a turn; its own scheduler calls this one so.
        self._queue._enqueue_rate_limited_job(stored, pipeline=pipe, at_front=isinstance(job, CommandJob))

    def is_superseded(self, job: ReviewJob) -> bool:
        """Whether a job with another head of the same pull request came later."""
        try:
            newest = self.connection.get(_newest_key(job))
        except RedisError as error:
            raise QueueUnavailable(type(error).__name__) from error
        return isinstance(newest, bytes) and newest.decode() != job.head_sha

    def has_turn(self, turn: str) -> bool:
        """Whether a job with this turn waits or runs; one that waits for its next attempt does not count."""
        registry = RateLimitRegistry(turn, self.connection)
        try:
            return registry.get_allowed_job_count() + registry.get_rate_limited_job_count() > 0
        except RedisError as error:
            raise QueueUnavailable(type(error).__name__) from error

    def numbers(self) -> QueueNumbers:
        queue = self._queue
        try:
            return QueueNumbers(
                waiting=queue.count,
                held=sum(one.get_rate_limited_job_count() for one in RateLimitRegistry.all(self.connection)),
                running=queue.started_job_registry.get_job_count(cleanup=False),
                scheduled=queue.scheduled_job_registry.get_job_count(cleanup=False),
                failed=queue.failed_job_registry.get_job_count(cleanup=False),
                workers=Worker.count(queue=queue),
            )
        except RedisError as error:
            raise QueueUnavailable(type(error).__name__) from error

    def oldest_waiting(self) -> float:
        """Seconds since the job next in line was enqueued; 0 if none waits."""
        try:
            jobs = [self._queue.fetch_job(one) for one in self._queue.get_job_ids(0, 1)]
        except RedisError as error:
            raise QueueUnavailable(type(error).__name__) from error
        ages = [(now() - job.enqueued_at).total_seconds() for job in jobs if job and job.enqueued_at]
        return max(ages, default=0.0)

    def answers(self) -> bool:
        try:
            return bool(self.connection.ping())
        except RedisError:
            return False


def _delivery_key(delivery: str) -> str:
    return f"dbbot:delivery:{delivery}"


def _newest_key(job: ReviewJob) -> str:
    return f"dbbot:newest:{job.where.repository_id}:{job.pull}"
