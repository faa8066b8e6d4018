"""The queue against a real Redis: nothing lost, nothing twice, nothing run that is not ours."""

from __future__ import annotations

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from redis import Redis
from rq.serializers import JSONSerializer

from bot.jobs import JOB_FUNCTIONS, CommandJob, ReviewJob, Where
from bot.queue import ForbiddenJob, JobQueue, QueueUnavailable, connect
from bot.queue.safe import SafeJob
from bot.queue.store import QUEUE, SafeQueue
from bot.serving.embedded_redis import EmbeddedRedis

WHERE = Where(11, 22, "octo/shop")
REVIEW = ReviewJob(WHERE, 7, "a" * 40)


def stored_jobs(redis: Redis) -> list[SafeJob]:
    queue = SafeQueue(QUEUE, connection=redis, serializer=JSONSerializer)
    keys = [key.decode().removeprefix("rq:job:") for key in redis.scan_iter("rq:job:*")]
    return [job for job in (queue.fetch_job(key) for key in keys) if job is not None]


@pytest.fixture
def queue(redis_url: str) -> JobQueue:
    return JobQueue(connect(redis_url))


def test_a_delivery_sent_twice_is_one_job(queue: JobQueue) -> None:
    assert queue.accept("guid-1", [REVIEW]) is True
    assert queue.accept("guid-1", [REVIEW]) is False
    assert len(stored_jobs(queue.connection)) == 1
    assert queue.numbers().waiting == 1


def test_a_delivery_sent_twenty_times_at_once_is_one_job(redis_url: str) -> None:
    start = threading.Barrier(20)

    def send(_: int) -> bool:
        queue = JobQueue(connect(redis_url))
        start.wait()
        return queue.accept("guid-1", [REVIEW])

    with ThreadPoolExecutor(20) as pool:
        accepted = list(pool.map(send, range(20)))
    assert accepted.count(True) == 1
    assert len(stored_jobs(connect(redis_url))) == 1


def test_the_second_job_of_a_pull_request_is_held_back_while_the_first_waits(queue: JobQueue) -> None:
    queue.accept("guid-1", [REVIEW])
    queue.accept("guid-2", [ReviewJob(WHERE, 7, "b" * 40)])
    queue.accept("guid-3", [ReviewJob(WHERE, 8, "c" * 40)])
    numbers = queue.numbers()
    assert (numbers.waiting, numbers.held) == (2, 1)


def test_a_newer_push_supersedes_an_older_one_of_the_same_pull_request_only(queue: JobQueue) -> None:
    newer, other = ReviewJob(WHERE, 7, "b" * 40), ReviewJob(WHERE, 8, "a" * 40)
    queue.accept("guid-1", [REVIEW])
    queue.accept("guid-2", [other])
    assert not queue.is_superseded(REVIEW)
    queue.accept("guid-3", [newer])
    assert queue.is_superseded(REVIEW)
    assert not queue.is_superseded(newer)
    assert not queue.is_superseded(other)


def test_a_refused_delivery_leaves_no_trace_and_is_accepted_when_redis_is_back(own_redis: EmbeddedRedis) -> None:
    queue = JobQueue(connect(own_redis.url))
    own_redis.kill()
    with pytest.raises(QueueUnavailable):
        queue.accept("guid-1", [REVIEW])
    own_redis.start()
    assert queue.accept("guid-1", [REVIEW]) is True
    assert len(stored_jobs(own_redis.client())) == 1


def test_a_full_redis_refuses_instead_of_forgetting(own_redis: EmbeddedRedis) -> None:
    client = own_redis.client()
    queue = JobQueue(connect(own_redis.url))
    assert queue.accept("guid-0", [REVIEW])
    client.config_set("maxmemory", "1")
    with pytest.raises(QueueUnavailable):
        queue.accept("guid-1", [REVIEW])
    client.config_set("maxmemory", "0")
    assert queue.accept("guid-1", [REVIEW]) is True
    assert len(stored_jobs(client)) == 2


def test_what_was_accepted_survives_a_killed_redis(own_redis: EmbeddedRedis) -> None:
    queue = JobQueue(connect(own_redis.url))
    client = own_redis.client()
    client.config_set("appendfsync", "always")
    for number in range(20):
        queue.accept(f"guid-{number}", [ReviewJob(WHERE, number + 1, "a" * 40)])
    own_redis.kill()
    own_redis.start()
    assert queue.numbers().waiting == 20
    assert queue.accept("guid-3", [REVIEW]) is False


def test_a_job_is_json_and_holds_no_word_that_somebody_wrote(queue: JobQueue) -> None:
    queue.accept("guid-1", [CommandJob(WHERE, 7, 99, "issue", "explain", "blocking-index-creation")])
    [job] = stored_jobs(queue.connection)
    function, instance, arguments, options = json.loads(job.data)
    assert function in JOB_FUNCTIONS
    assert instance is None
    assert options == {}
    assert json.loads(arguments[0])["argument"] == "blocking-index-creation"
    for key in queue.connection.scan_iter("*"):
        kind = queue.connection.type(key)
        values = queue.connection.hgetall(key).values() if kind == b"hash" else []
        assert not any(value.startswith(b"\x80") for value in values), f"{key!r} holds a pickle"


@pytest.mark.parametrize(
    ("function", "arguments", "options"),
    [
        ("os.system", ["touch hacked"], {}),
        ("worker.review.os.system", ["touch hacked"], {}),
        ("worker.review.review_pull_request", [], {}),
        ("worker.review.review_pull_request", ["{}"], {"x": 1}),
        ("worker.review.review_pull_request", [{"a": 1}], {}),
    ],
)
def test_a_call_that_is_none_of_ours_is_refused(
    queue: JobQueue, function: str, arguments: list[object], options: dict[str, object]
) -> None:
    job = SafeJob.create(function, arguments, options, connection=queue.connection, serializer=JSONSerializer)
    with pytest.raises(ForbiddenJob):
        job.perform()


def test_callbacks_and_webhooks_written_into_redis_are_not_called(queue: JobQueue) -> None:
    queue.accept("guid-1", [REVIEW])
    [job] = stored_jobs(queue.connection)
    names = ("success_callback_name", "failure_callback_name", "stopped_callback_name")
    queue.connection.hset(job.key, mapping=dict.fromkeys(names, "os.system"))
    job.refresh()
    assert (job.success_callback, job.failure_callback, job.stopped_callback) == (None, None, None)


def test_every_job_is_tried_again_and_keeps_no_result(queue: JobQueue) -> None:
    queue.accept("guid-1", [REVIEW])
    [job] = stored_jobs(queue.connection)
    assert job.retries_left == 5
    assert job.retry_intervals == [10, 30, 60, 300, 900]
    assert job.result_ttl == 0
    assert job.failure_ttl == 7 * 86_400
    assert job.timeout == ReviewJob.timeout
    assert 3 * 86_400 < queue.connection.ttl("dbbot:delivery:guid-1") <= 4 * 86_400


def test_a_command_is_answered_before_reviews_that_wait(queue: JobQueue) -> None:
    queue.accept("guid-1", [REVIEW])
    queue.accept("guid-2", [CommandJob(WHERE, 7, 99, "issue", "help")])
    waiting = SafeQueue(QUEUE, connection=queue.connection, serializer=JSONSerializer).get_jobs()
    assert [job.func_name for job in waiting] == [CommandJob.function, ReviewJob.function]


def test_an_id_of_any_form_becomes_one_that_the_queue_takes(queue: JobQueue) -> None:
    assert queue.accept("o/r#7 \u2603" * 50, [REVIEW]) is True


def test_the_sweep_enqueues_a_head_once(queue: JobQueue) -> None:
    assert queue.put_once(REVIEW, "22:7", 60) is True
    assert queue.put_once(REVIEW, "22:7", 60) is False
    assert queue.has_turn(REVIEW.turn)
    assert not queue.has_turn("pull-22-8")


def test_only_one_room_knows_what_the_queue_is_made_of() -> None:
    top = Path(__file__).parents[2]
    rooms = {
        path.relative_to(top).parent.as_posix()
        for room in ("bot", "rules", "worker")
        for path in (top / room).rglob("*.py")
        if re.search(r"^\s*(?:from|import) rq\b", path.read_text(), re.MULTILINE)
    }
    assert rooms == {"bot/queue"}
