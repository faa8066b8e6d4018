"""The entrances: a repository by name, anything by its node id."""

from collections.abc import Iterator
from typing import Any

from tests.stand_in.graphql.conversation import (
    issue_comment_view,
    review_comment_view,
    review_view,
    thread_view,
    user_view,
)
from tests.stand_in.graphql.viewer import Viewer, refusal
from tests.stand_in.graphql.views import pull_view, repository_view
from tests.stand_in.state.comments import IssueComment
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.reviews import Review, ReviewComment, Thread
from tests.stand_in.state.world import Json, stamp

Thing = Repository | PullRequest | IssueComment | Review | ReviewComment | Thread


def query_root(viewer: Viewer) -> Json:
    def repository(_: Any, owner: str, name: str, **__: Any) -> Json:
        found = viewer.world.repository(f"{owner}/{name}")
        if found is None or (found.private and not viewer.token.covers(found)):
            raise refusal("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
        return repository_view(found, viewer) | {"pullRequest": lambda _, number: find_pull(found, number, viewer)}

    return {
        "id": "Q_1",
        "repository": repository,
        "node": lambda _, id: view(find_node(viewer, id), viewer),
        "nodes": lambda _, ids: [view(find_node(viewer, each), viewer) for each in ids],
        "viewer": {**user_view(viewer.user, viewer), "__typename": "User", "login": viewer.user.login},
        "rateLimit": lambda _, **__: rate_limit(viewer),
    }


def find_pull(repository: Repository, number: int, viewer: Viewer) -> Json:
    viewer.need(repository, "pull_requests", "read")
    pull = next((each for each in repository.pulls if each.number == number), None)
    if pull is None:
        raise refusal("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
    return pull_view(pull, viewer)


def rate_limit(viewer: Viewer) -> Json:
    limit, used = viewer.world.limits.rate, viewer.token.installation.requests_used
    left = max(0, limit - used)
    reset = stamp(viewer.token.expires_at)
    return {"cost": 1, "limit": limit, "nodeCount": 1, "remaining": left, "used": used, "resetAt": reset}


def find_node(viewer: Viewer, node_id: str) -> Thing:
    found = next((thing for name, thing in nodes(viewer) if name == node_id), None)
    if found is None:
        raise refusal("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")
    return found


def nodes(viewer: Viewer) -> Iterator[tuple[str, Thing]]:
    """Everything with a node id that this token reaches."""
    for repository in filter(viewer.token.covers, viewer.world.repositories):
        yield f"R_{repository.id}", repository
        for pull in repository.pulls:
            yield f"PR_{pull.id}", pull
            yield from ((f"IC_{each.id}", each) for each in pull.issue_comments)
            yield from ((f"PRR_{each.id}", each) for each in pull.reviews)
            for thread in pull.threads:
                yield thread.node_id, thread
                yield from ((f"PRRC_{each.id}", each) for each in thread.comments)


def view(thing: Thing, viewer: Viewer) -> Json:
    match thing:
        case Repository():
            return repository_view(thing, viewer)
        case PullRequest():
            return pull_view(thing, viewer)
        case IssueComment():
            return issue_comment_view(thing, viewer)
        case Review():
            return review_view(thing, viewer)
        case ReviewComment():
            return review_comment_view(thing, viewer)
        case Thread():
            return thread_view(thing, viewer)
