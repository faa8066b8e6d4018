"""GraphQL, executed on the cut of GitHub's own schema."""

from tests.stand_in.graphql.execution import GraphQL

__all__ = ["GraphQL"]
