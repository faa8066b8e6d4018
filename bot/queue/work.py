"""RQ's forking worker at a pace that recovers what a killed one left within two minutes."""

from __future__ import annotations

import resource
from dataclasses import dataclass

from redis import Redis
from rq import Queue, Worker
from rq.job import Job
from rq.serializers import JSONSerializer

from bot.queue.safe import FirmDeathPenalty, SafeJob, SafeQueue
from bot.queue.store import QUEUE

MOST_MEMORY = 4 * 1024**3
"""Bytes of address space of one job's process."""


@dataclass(frozen=True, slots=True)
class Pace:
    """All in seconds. An abandoned job is found after at most heartbeat + silence + maintenance + `ttl - 15`."""

    ttl: int = 30
    """An idle worker wakes every `ttl - 15`, at least every second."""
    heartbeat: int = 5
    silence: int = 40
    """How long after a heartbeat was due its worker counts as dead. RQ waits 60."""
    maintenance: int = 10


class SafeWorker(Worker):
    job_class = SafeJob
    queue_class = SafeQueue
    death_penalty_class = FirmDeathPenalty
    log_result_lifespan = False
    max_connection_wait_time = 5.0
    silence = 40

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """In the forked process: a job that would eat the machine gets MemoryError, and fails like any other."""
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        super().main_work_horse(job, queue)

    def get_heartbeat_ttl(self, job: Job, working_time: float = 0.0) -> int:
        return max(0, super().get_heartbeat_ttl(job, working_time) - 60) + self.silence


def work(connection: Redis, pace: Pace | None = None, *, burst: bool = False) -> None:
    """Runs jobs until SIGTERM or SIGINT, which let the job at hand end. `connection` must have no answer timeout."""
    pace = pace or Pace()
    worker = SafeWorker(
        [QUEUE],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=pace.ttl,
        job_monitoring_interval=pace.heartbeat,
        maintenance_interval=pace.maintenance,
        log_job_description=False,
        default_result_ttl=0,
    )
    worker.silence = pace.silence
    worker.work(burst=burst, with_scheduler=True, logging_level="WARNING")
