from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest

from tests.bot.github.scene import Scene
from tests.stand_in import StandIn
from tests.stand_in.state.world import Limits


@pytest.fixture(scope="package")
def hub() -> Iterator[StandIn]:
    """One server for all tests of this room; starting and ending one takes longer than most of them."""
    with StandIn.start() as started:
        yield started


@pytest.fixture
def scene(hub: StandIn) -> Iterator[Scene]:
    """An empty GitHub with one repository. Leaving it fails if the client left GitHub's contract."""
    with Scene.on(hub) as made:
        yield made
    violations = list(hub.violations)
    forget(hub)
    assert violations == []


def forget(hub: StandIn) -> None:
    for repository in hub.world.repositories:
        repository.git.close()
    for folder in hub.folder.iterdir():
        shutil.rmtree(folder, ignore_errors=True)
    for things in (hub.world.apps, hub.world.repositories, hub.world.users, hub.requests.exchanges, hub.violations):
        things.clear()
    hub.faults.clear()
    hub.world.limits = Limits()
