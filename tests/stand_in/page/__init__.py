"""The pages that people look at: the list, and a pull request with its conversation, checks and diff."""

from tests.stand_in.page.manifest import manifest_routes
from tests.stand_in.page.routes import page_routes

__all__ = ["manifest_routes", "page_routes"]
