"""What a job works with: settings, Redis, GitHub; made anew in each job's process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from redis import Redis

from bot.connections import github_of, redis_of
from bot.github.cache import RedisCache
from bot.github.client import Client
from bot.jobs import Where
from bot.ledger import Ledger
from bot.model.snapshot import Repository
from bot.queue import JobQueue
from bot.readings import CachedReadings
from bot.settings import ServerSettings, load_settings
from bot.tally import Tally
from rules.reading import Readings


@dataclass(frozen=True, slots=True)
class Context:
    settings: ServerSettings
    redis: Redis
    queue: JobQueue
    ledger: Ledger
    tally: Tally

    @classmethod
    def of(cls, settings: ServerSettings) -> Context:
        redis = redis_of(settings)
        return cls(settings, redis, JobQueue(redis), Ledger(redis), Tally(redis))

    @classmethod
    def from_environment(cls) -> Context:
        return cls.of(load_settings(dict(os.environ)))

    @property
    def readings(self) -> Readings:
        """What earlier jobs read, in Redis."""
        return CachedReadings(RedisCache(self.redis))

    @contextmanager
    def client(self, where: Where) -> Iterator[Client]:
        repository = Repository(where.repository_id, where.repository, where.installation_id)
        with github_of(self.settings, self.redis) as github:
            yield github.client(repository)
