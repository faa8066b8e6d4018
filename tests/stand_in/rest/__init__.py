"""The REST API: one file per part of it, each operation under GitHub's own name."""

from tests.stand_in.rest import apps, checks, comments, git, pulls, repositories, reviews
from tests.stand_in.rest.operations import HANDLERS

__all__ = ["HANDLERS", "apps", "checks", "comments", "git", "pulls", "repositories", "reviews"]
