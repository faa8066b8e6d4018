"""A stand-in for GitHub: real git, real HTTP, GitHub's contract and GitHub's refusals."""

from tests.stand_in.github import ContractBroken, StandIn
from tests.stand_in.state.apps import App
from tests.stand_in.state.checks import CheckRun
from tests.stand_in.state.comments import IssueComment
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.reviews import Review, ReviewComment
from tests.stand_in.webhooks import Delivery

__all__ = [
    "App",
    "CheckRun",
    "ContractBroken",
    "Delivery",
    "IssueComment",
    "PullRequest",
    "Refused",
    "Repository",
    "Review",
    "ReviewComment",
    "StandIn",
]
