"""The pages that people look at: the list, and a pull request with its conversation, checks and diff."""

from tests.stand_in.page.routes import page_routes

__all__ = ["page_routes"]
