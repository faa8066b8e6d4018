"""Every test here has a whole house of its own: Redis, receiver, worker, sweeper, before a stand-in for GitHub."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.house import House, running_house


@pytest.fixture
def house() -> Iterator[House]:
    with running_house() as started:
        yield started
