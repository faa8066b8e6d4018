"""Who asks, and GraphQL's way to refuse."""

from dataclasses import dataclass

from graphql import GraphQLError

from tests.stand_in.state.apps import App, Token
from tests.stand_in.state.people import User
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.world import World


@dataclass(frozen=True)
class Viewer:
    world: World
    token: Token

    @property
    def app(self) -> App:
        return self.token.installation.app

    @property
    def user(self) -> User:
        return self.app.user

    def need(self, repository: Repository, permission: str, level: str) -> None:
        if level == "write" and repository.archived:
            raise refusal("FORBIDDEN", "Repository was archived so is read-only.")
        if not self.token.covers(repository) or not self.token.allows(permission, level):
            raise refusal("FORBIDDEN", "Resource not accessible by integration")


def refusal(kind: str, message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"type": kind})


def as_graphql(refused: Refused) -> GraphQLError:
    errors = ", ".join(str(each) for each in refused.errors or [])
    return refusal("UNPROCESSABLE", errors or refused.message)
