"""Faults on demand do what networks do."""

import time
from collections.abc import Iterator

import httpx
import pytest

from tests.stand_in import StandIn
from tests.stand_in.scene import Scene, scene_on


@pytest.fixture(scope="module")
def github() -> Iterator[StandIn]:
    with StandIn.start() as started:
        yield started


@pytest.fixture
def scene(github: StandIn) -> Iterator[Scene]:
    with scene_on(github) as made:
        yield made
    github.faults.clear()


def test_a_lost_answer_leaves_its_work_behind(scene: Scene) -> None:
    scene.github.faults.add("POST", r"/repos/.+/reviews", 502, after=True)
    assert scene.curl.post(scene.reviews, scene.review()).status_code == 502
    assert len(scene.pull.reviews) == 1
    assert scene.curl.post(scene.reviews, scene.review()).status_code == 200


def test_a_fault_before_the_work_leaves_nothing(scene: Scene) -> None:
    scene.github.faults.add("POST", r"/repos/.+/reviews", 503)
    assert scene.curl.post(scene.reviews, scene.review()).status_code == 503
    assert scene.pull.reviews == []


def test_a_cut_connection_has_no_answer_at_all(scene: Scene) -> None:
    scene.github.faults.add("POST", r"/repos/.+/reviews", cut=True, after=True)
    with pytest.raises(httpx.RemoteProtocolError):
        scene.curl.post(scene.reviews, scene.review())
    assert len(scene.pull.reviews) == 1


def test_faults_strike_as_often_as_they_say(scene: Scene) -> None:
    scene.github.faults.add("GET", r"/repos/.+/pulls", 500, times=2, skip=1)
    assert [scene.curl.get("pulls").status_code for _ in range(4)] == [200, 500, 500, 200]


def test_limits_come_with_their_headers(scene: Scene) -> None:
    scene.github.faults.secondary_limit("POST", retry_after=7)
    secondary = scene.curl.post(scene.reviews, scene.review())
    assert (secondary.status_code, secondary.headers["retry-after"]) == (403, "7")
    scene.github.faults.primary_limit("POST")
    primary = scene.curl.post(scene.reviews, scene.review())
    assert (primary.status_code, primary.headers["x-ratelimit-remaining"]) == (403, "0")


def test_a_late_answer_is_the_true_one(scene: Scene) -> None:
    mark = scene.github.requests.mark()
    scene.github.faults.late(0.3, "GET")
    with pytest.raises(httpx.ReadTimeout):
        scene.curl.ask("GET", "pulls", timeout=0.1)
    while not scene.github.requests.since(mark):
        time.sleep(0.01)
    assert scene.github.requests.since(mark)[0].status == 200


def test_requests_are_counted_since_a_mark(scene: Scene) -> None:
    mark = scene.github.requests.mark()
    scene.curl.get("pulls")
    scene.curl.post(scene.reviews, scene.review())
    assert scene.github.requests.operations(mark) == ["pulls/list", "pulls/create-review"]
    assert scene.github.requests.count("POST", r"/repos/.+/reviews", since=mark) == 1
    last = scene.github.requests.since(mark)[-1]
    assert (last.status, last.auth, last.user_agent) == (200, "installation", "stand-in-tests")
    assert last.sent > 0
    assert last.received > 0
