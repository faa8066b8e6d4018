"""The pages that people look at."""

from starlette.routing import Route

from tests.stand_in.state.world import World


def page_routes(world: World) -> list[Route]:
    return []
