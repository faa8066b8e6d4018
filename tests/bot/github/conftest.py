from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.bot.github.scene import Scene
from tests.stand_in import StandIn


@pytest.fixture
def scene() -> Iterator[Scene]:
    """Leaving it fails if the client left GitHub's contract."""
    with StandIn.start() as hub, Scene.on(hub) as made:
        yield made
