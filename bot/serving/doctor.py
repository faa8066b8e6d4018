"""`dbbot doctor`: tries out what the server needs, and says of each thing how to mend it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from redis import Redis, RedisError

from bot.connections import github_of, redis_of
from bot.github.app import AppClient, AppIdentity
from bot.github.errors import GitHubError
from bot.manifest import EVENTS, PERMISSIONS
from bot.queue import JobQueue
from bot.serving.embedded_redis import EmbeddedRedisError, redis_binary
from bot.settings import ServerSettings

OLDEST_REDIS = (5, 0)
RANKS = {"read": 1, "write": 2, "admin": 3}


@dataclass(frozen=True, slots=True)
class Check:
    """`mend` is one imperative sentence, empty where nothing is wrong. `sound` None: worth knowing, stops nothing."""

    name: str
    sound: bool | None
    words: str
    mend: str = ""


def doctor(settings: ServerSettings) -> tuple[Check, ...]:
    """Settings have been read already; never raises for what it finds."""
    return (*_redis(settings), *_github(settings))


def _redis(settings: ServerSettings) -> Iterator[Check]:
    if settings.redis_url is None:
        try:
            redis_binary()
            yield Check("redis", True, f"`dbbot serve` starts its own, in {settings.data_dir}.")
        except EmbeddedRedisError as error:
            yield Check("redis", False, "There is none.", str(error))
        return
    redis = redis_of(settings)
    try:
        about = redis.info("server")
    except RedisError as error:
        yield Check(
            "redis", False, f"It does not answer ({type(error).__name__}).", "Start it, or mend DBBOT_REDIS_URL."
        )
        return
    version = str(about.get("redis_version", "0"))
    if tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) < OLDEST_REDIS:
        yield Check("redis", False, f"Its version is {version}.", "Use Redis 5 or newer, or Valkey.")
    else:
        yield Check("redis", True, f"Version {version} answers.")
    yield from _keeps_jobs(redis)
    workers = JobQueue(redis).numbers().workers
    yield Check("workers", True if workers else None, f"{workers} alive.", "" if workers else "Start `dbbot worker`.")


def _keeps_jobs(redis: Redis) -> Iterator[Check]:
    wanted = {
        "appendonly": ("yes", "a restart empties the queue"),
        "maxmemory-policy": ("noeviction", "jobs vanish silently when memory is short"),
    }
    for name, (value, otherwise) in wanted.items():
        try:
            found = redis.config_get(name).get(name)
        except RedisError:
            yield Check(
                f"redis {name}", None, "This Redis does not tell its configuration.", f"See that it is `{value}`."
            )
            continue
        sound = found == value
        words = f"It is `{found}`" + ("." if sound else f": {otherwise}.")
        yield Check(f"redis {name}", sound, words, "" if sound else f"Set `{name} {value}`.")


def _github(settings: ServerSettings) -> Iterator[Check]:
    with github_of(settings) as github:
        client = AppClient(github)
        try:
            app = client.identity()
        except GitHubError as error:
            yield _unknown(error, settings)
            return
        yield Check("github", True, f"The App is `{app.slug}`.")
        yield _permissions(app)
        yield _events(app)
        try:
            yield from _webhook(client, settings)
        except GitHubError as error:
            yield Check("webhook", None, f"GitHub does not tell its settings ({error.words}).")


def _unknown(error: GitHubError, settings: ServerSettings) -> Check:
    if error.status in (401, 404):
        mend = "Compare DBBOT_APP_ID and the private key with the App's settings page."
        return Check("github", False, f"GitHub does not accept this App ({error.words}).", mend)
    mend = "See that DBBOT_GITHUB_API_URL is right and that this machine reaches it."
    return Check("github", False, f"{settings.github_api_url} gives no answer ({error.words}).", mend)


def _permissions(app: AppIdentity) -> Check:
    missing = [
        f"`{name}: {level}`"
        for name, level in PERMISSIONS.items()
        if RANKS.get(app.permissions.get(name, ""), 0) < RANKS[level]
    ]
    if not missing:
        return Check("permissions", True, "All that app.yml names are granted.")
    mend = "Grant them on the App's settings page, and accept them in each installation."
    return Check("permissions", False, f"Missing: {', '.join(missing)}.", mend)


def _events(app: AppIdentity) -> Check:
    missing = sorted(EVENTS - set(app.events))
    if not missing:
        return Check("events", True, "All that app.yml names are subscribed to.")
    return Check("events", False, f"Missing: {', '.join(missing)}.", "Subscribe to them on the App's settings page.")


def _webhook(client: AppClient, settings: ServerSettings) -> Iterator[Check]:
    hook = client.hook()
    wanted = f"{settings.public_url}/webhook" if settings.public_url else None
    if not hook.url:
        yield Check("webhook", False, "The App has no webhook address.", "Set it to https://YOUR-HOST/webhook.")
        return
    if wanted and hook.url != wanted:
        yield Check("webhook", False, f"GitHub delivers to {hook.url}.", f"Set the App's webhook address to {wanted}.")
    else:
        yield Check("webhook", True, f"GitHub delivers to {hook.url}.")
    if hook.content_type not in ("", "json"):
        yield Check("webhook form", False, f"Its content type is `{hook.content_type}`.", "Set it to application/json.")
    newest: dict[str, bool] = {}
    for delivery in client.deliveries(datetime.now(UTC) - timedelta(days=1)):
        newest[delivery.guid] = newest.get(delivery.guid, False) or delivery.status == "OK"
    lost = list(newest.values()).count(False)
    words = f"{len(newest)} events in the last day, {lost} never arrived."
    yield Check("deliveries", not lost, words, "`dbbot sweep` asks for them again." if lost else "")
