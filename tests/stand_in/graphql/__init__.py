"""GraphQL, executed on GitHub's own schema."""

from collections.abc import Callable

from tests.stand_in.rest.auth import Caller
from tests.stand_in.server.exchange import Incoming, Outgoing
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.world import World


class GraphQL:
    def __init__(self, world: World, report: Callable[[str, str, str], None]) -> None:
        self.world = world
        self.report = report

    def answer(self, incoming: Incoming, caller: Caller) -> Outgoing:
        raise Refused.not_found()
