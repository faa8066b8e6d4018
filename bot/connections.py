"""From the settings to what a process talks to: Redis, the queue, GitHub."""

from __future__ import annotations

from redis import Redis

from bot.github.addresses import Addresses
from bot.github.auth import Credentials, RedisShelf
from bot.github.cache import RedisCache
from bot.github.client import GitHub
from bot.github.pauses import RedisPauses
from bot.queue import connect
from bot.settings import ServerSettings, SettingsError


def redis_url(settings: ServerSettings) -> str:
    if settings.redis_url is None:
        raise SettingsError(("DBBOT_REDIS_URL is not set; only `dbbot serve` brings a Redis of its own.",))
    return settings.redis_url.get_secret_value()


def redis_of(settings: ServerSettings) -> Redis:
    return connect(redis_url(settings))


def github_of(settings: ServerSettings, redis: Redis | None = None) -> GitHub:
    """Not shared between processes: sockets do not survive a fork."""
    return GitHub(
        Credentials(str(settings.app_id), settings.private_key_pem.get_secret_value()),
        Addresses.of(settings.github_api_url),
        cache=RedisCache(redis) if redis else None,
        shelf=RedisShelf(redis) if redis else None,
        pauses=RedisPauses(redis) if redis else None,
    )
