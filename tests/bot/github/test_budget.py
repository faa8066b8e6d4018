"""How many requests a whole review takes, with the tokens, blobs and trees that a real Redis keeps."""

from __future__ import annotations

from redis import Redis

from bot.github.auth import RedisShelf
from bot.github.cache import RedisCache
from bot.github.glance import Glance, glance
from bot.github.publish import begin_check, publish
from bot.github.snapshot import take_snapshot
from bot.model.snapshot import PullRequestSnapshot
from tests.bot.github.scene import ADDED, NEW, Scene, comment, plan
from tests.stand_in.state.pulls import PullRequest


def reviewed(scene: Scene, pull: PullRequest, fingerprint: str) -> int:
    """One job; the number of its requests."""
    mark = scene.hub.requests.mark()
    client = scene.client()
    look = glance(client, pull.number, pull.head_sha)
    assert isinstance(look, Glance)
    check = begin_check(client, pull.number, head_sha=look.head_sha, base_sha=look.base_sha)
    snapshot = take_snapshot(client, pull.number, seen=look)
    assert isinstance(snapshot, PullRequestSnapshot)
    gone = tuple(one.thread_id or "" for one in snapshot.earlier)
    made = plan(pull, [comment(fingerprint, 9, sha=pull.head_sha)], resolve=gone)
    publish(client, pull.number, made, check, earlier=snapshot.earlier)
    for exchange in scene.since(mark):
        print(exchange.method, exchange.operation, exchange.path)
    return len(scene.since(mark))


def test_a_review_takes_at_most_ten_requests_cold_and_eight_warm(scene: Scene, redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    scene.cache, scene.shelf = RedisCache(redis), RedisShelf(redis)
    pull = scene.pull()
    assert reviewed(scene, pull, "f1") <= 10
    scene.shop.commit("feature", {NEW: ADDED + "\n# better\n"})
    assert reviewed(scene, pull, "f2") <= 8
    assert [each.minimized for each in pull.review_comments] == ["RESOLVED", None]


def test_a_pull_request_without_migrations_takes_at_most_six_requests(scene: Scene, redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    scene.cache, scene.shelf = RedisCache(redis), RedisShelf(redis)
    pull = scene.pull({"README.md": "# The shop\n"})
    mark = scene.hub.requests.mark()
    client = scene.client()
    look = glance(client, pull.number, pull.head_sha)
    assert isinstance(look, Glance)
    check = begin_check(client, pull.number, head_sha=look.head_sha, base_sha=look.base_sha)
    take_snapshot(client, pull.number, seen=look)
    publish(client, pull.number, plan(pull), check)
    assert len(scene.since(mark)) <= 6
    assert pull.check_runs[0].conclusion == "success"


def test_tokens_in_redis_end_before_github_ends_them(scene: Scene, redis_url: str) -> None:
    redis = Redis.from_url(redis_url)
    scene.shelf = RedisShelf(redis)
    scene.pull()
    glance(scene.client(), 1)
    (key,) = redis.keys("dbbot:token:*")
    assert 3_000 < redis.ttl(key) <= 3_300
