"""Real worker processes on a real Redis: killed, stopped, overtaken, forbidden."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import psutil
import pytest
from redis import Redis
from rq.serializers import JSONSerializer

from bot.jobs import JOB_FUNCTIONS, ReviewJob, Where
from bot.queue import JobQueue, connect, store
from bot.queue.safe import SafeQueue
from bot.serving.embedded_redis import EmbeddedRedis
from tests.house import wait_until

WHERE = Where(11, 22, "octo/shop")


class Workers:
    """Started by a test, ended with it, whatever is left of them."""

    def __init__(self, redis: EmbeddedRedis) -> None:
        self.url = redis.url
        self.redis: Redis = redis.client()
        self.queue = JobQueue(connect(redis.url))
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.worker.chore_worker", self.url]
        process = subprocess.Popen(command, start_new_session=True, stderr=subprocess.DEVNULL)
        self._processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """As a container that is killed: the worker, the horse that runs the job, the scheduler, all at once."""
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
        assert len(family) > 1, "no job is running"
        for member in family:
            member.kill()
        process.wait()

    def end(self) -> None:
        for process in self._processes:
            for member in _family(process.pid):
                with contextlib.suppress(psutil.NoSuchProcess):
                    member.kill()
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def list(self, key: str) -> list[str]:
        return [value.decode() for value in self.redis.lrange(key, 0, -1)]

    def wait_for(self, key: str, count: int = 1, timeout: float = 40) -> list[str]:
        wait_until(lambda: len(self.list(key)) >= count, f"{key} has {count}", timeout=timeout)
        return self.list(key)


def _family(pid: int) -> list[psutil.Process]:
    try:
        return [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


@pytest.fixture
def workers(own_redis: EmbeddedRedis, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workers]:
    monkeypatch.setattr(store, "RETRIES", (0, 0, 0, 0, 1))
    started = Workers(own_redis)
    try:
        yield started
    finally:
        started.end()


def review(pull: int, letter: str = "a") -> ReviewJob:
    return ReviewJob(WHERE, pull, letter * 40)


def test_a_job_whose_worker_was_killed_is_done_by_another(workers: Workers) -> None:
    workers.redis.rpush("chore:7", "hold")
    first = workers.start()
    workers.queue.accept("guid-1", [review(7)])
    workers.wait_for("began:7")
    workers.kill(first)
    wait_until(lambda: not workers.redis.keys("rq:execution:*"), "RQ has forgotten what the killed one ran")
    workers.start()
    workers.wait_for("ended:7")
    wait_until(lambda: _idle(workers), "nothing is left to do")
    assert workers.list("ended:7") == ["a" * 40]
    began = [line.split() for line in workers.list("began:7")]
    assert [again for _, _, again, _ in began] == ["0", "1"]
    assert workers.queue.numbers().failed == 0
    wait_until(lambda: not workers.queue.has_turn(review(7).turn), "the next push has its turn")


def test_of_twenty_pushes_few_are_begun_and_only_the_newest_is_said(workers: Workers) -> None:
    heads = [f"{number:02d}" * 20 for number in range(20)]
    for _ in heads:
        workers.redis.rpush("chore:7", "slow")
    workers.start()
    workers.start()
    for number, head in enumerate(heads):
        workers.queue.accept(f"guid-{number}", [ReviewJob(WHERE, 7, head)])
    workers.wait_for("ended:7")
    workers.wait_for("superseded", 19)  # a job that a worker has taken and not begun is in no number of the queue
    numbers = wait_until(lambda: _idle(workers), "every job is done")
    assert workers.list("ended:7") == [heads[-1]]
    assert len(workers.list("began:7")) <= 5
    assert len(workers.list("superseded")) == 19
    assert numbers == (0, 0, 0)


def _idle(workers: Workers) -> tuple[int, int, int] | None:
    numbers = workers.queue.numbers()
    busy = (numbers.waiting, numbers.held, numbers.running)
    return busy if busy == (0, 0, 0) else None


def test_two_pull_requests_are_reviewed_at_once_and_one_never_twice_at_once(workers: Workers) -> None:
    for pull in (7, 8):
        workers.redis.rpush(f"chore:{pull}", "hold")
    workers.start()
    workers.start()
    workers.queue.accept("guid-1", [review(7)])
    workers.queue.accept("guid-2", [review(7)])
    workers.queue.accept("guid-3", [review(8)])
    workers.wait_for("began:7")
    workers.wait_for("began:8")
    assert len(workers.list("began:7")) == 1
    assert workers.queue.numbers().held == 1
    workers.redis.rpush("release:7", "go")
    workers.redis.rpush("release:8", "go")
    assert len(workers.wait_for("ended:7", 2)) == 2
    workers.wait_for("ended:8")


def test_a_failing_job_is_tried_six_times_and_knows_the_last(workers: Workers) -> None:
    for _ in range(6):
        workers.redis.rpush("chore:7", "fail")
    workers.start()
    workers.queue.accept("guid-1", [review(7)])
    began = [line.split() for line in workers.wait_for("began:7", 6)]
    assert [last for *_, last in began] == ["0", "0", "0", "0", "0", "1"]
    wait_until(lambda: workers.queue.numbers().failed == 1, "the job is given up")


def test_a_job_that_is_put_back_loses_no_attempt(workers: Workers) -> None:
    for word in ("later", "later"):
        workers.redis.rpush("chore:7", word)
    workers.start()
    workers.queue.accept("guid-1", [review(7)])
    assert workers.wait_for("ended:7") == ["a" * 40]
    began = [line.split() for line in workers.list("began:7")]
    assert [(again, last) for *_, again, last in began] == [("0", "0"), ("1", "0"), ("1", "0")]
    assert workers.queue.numbers().failed == 0


def test_a_job_that_swallows_every_exception_is_stopped_all_the_same(
    workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ReviewJob, "timeout", 1)
    workers.redis.rpush("chore:7", "spin")
    workers.start()
    workers.queue.accept("guid-1", [review(7)])
    assert workers.wait_for("ended:7", timeout=20) == ["a" * 40]
    assert len(workers.list("began:7")) == 2


def test_a_job_that_eats_the_memory_fails_alone(workers: Workers) -> None:
    workers.redis.rpush("chore:7", "eat")
    process = workers.start()
    workers.queue.accept("guid-1", [review(7)])
    assert workers.wait_for("ended:7") == ["a" * 40]
    assert len(workers.list("began:7")) == 2
    assert workers.list("ate:7") == []
    assert process.poll() is None


def test_sigterm_lets_the_job_end_and_takes_no_other(workers: Workers) -> None:
    workers.redis.rpush("chore:7", "hold")
    process = workers.start()
    workers.queue.accept("guid-1", [review(7)])
    workers.wait_for("began:7")
    workers.queue.accept("guid-2", [review(8)])
    process.terminate()
    wait_until(lambda: workers.redis.hget(_worker_key(workers), "shutdown_requested_date"), "the worker has heard")
    workers.redis.rpush("release:7", "go")
    workers.wait_for("ended:7")
    assert process.wait(20) == 0
    assert workers.list("began:8") == []
    assert workers.queue.numbers().waiting == 1


def _worker_key(workers: Workers) -> str:
    [key] = workers.redis.smembers("rq:workers")
    return str(key.decode())


@pytest.mark.parametrize("function", ["os.mkdir", "worker.review.os.mkdir", "pathlib.os.mkdir"])
def test_a_function_outside_the_list_is_never_called(workers: Workers, tmp_path: object, function: str) -> None:
    proof = f"{tmp_path}/it-ran"
    assert function not in JOB_FUNCTIONS
    plain = SafeQueue(store.QUEUE, connection=workers.redis, serializer=JSONSerializer)
    plain.enqueue(function, proof)
    workers.queue.accept("guid-1", [review(7)])
    workers.start()
    workers.wait_for("ended:7")
    wait_until(lambda: workers.queue.numbers().failed == 1, "it is refused")
    assert not os.path.exists(proof)


def test_a_pickle_in_the_queue_is_not_read(workers: Workers, tmp_path: object) -> None:
    proof = f"{tmp_path}/it-ran"
    payload = b"cos\nmkdir\n(V" + proof.encode() + b"\ntR."
    workers.queue.accept("guid-1", [review(8)])
    [key] = workers.redis.keys("rq:job:*")
    workers.redis.hset(key, "data", payload)
    workers.queue.accept("guid-2", [review(7)])
    workers.start()
    workers.wait_for("ended:7")
    wait_until(lambda: workers.queue.numbers().failed == 1, "it is refused", timeout=30)
    assert not os.path.exists(proof)


def test_a_worker_outlives_a_restart_of_redis(workers: Workers, own_redis: EmbeddedRedis) -> None:
    workers.start()
    workers.queue.accept("guid-1", [review(7)])
    workers.wait_for("ended:7")
    own_redis.kill()
    own_redis.start()
    workers.queue.accept("guid-2", [review(8)])
    assert workers.wait_for("ended:8") == ["a" * 40]
