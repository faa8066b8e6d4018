"""Announcement -> payload: every thing that happened is shown in the shape that its event uses."""

from types import FunctionType

from tests.stand_in.git import Commit
from tests.stand_in.shapes.apps import app_shape, installation_shape
from tests.stand_in.shapes.checks import check_run_in_event, merge_group_shape, suite_shape
from tests.stand_in.shapes.git import when
from tests.stand_in.shapes.people import user_shape
from tests.stand_in.shapes.pulls import full_pull_shape, issue_comment_shape, issue_shape, pull_shape
from tests.stand_in.shapes.repositories import named_repository, repository_shape
from tests.stand_in.shapes.reviews import review_comment_shape, review_shape, thread_shape
from tests.stand_in.state.apps import App, Installation
from tests.stand_in.state.checks import CheckRun, CheckSuite
from tests.stand_in.state.comments import IssueComment
from tests.stand_in.state.merge_queue import MergeGroup
from tests.stand_in.state.people import User
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.repositories import Repository
from tests.stand_in.state.reviews import Review, ReviewComment, Thread
from tests.stand_in.state.world import Announcement, Json, World


def payload_of(announcement: Announcement, world: World) -> Json:
    """Everything but the installation, which differs from App to App."""
    payload: Json = {"action": announcement.action} if announcement.action else {}
    for key, thing in announcement.about.items():
        payload[key] = show(thing, announcement.event, key, world)
    if repository := announcement.repository:
        payload["repository"] = repository_shape(repository)
        if repository.owner.kind == "Organization":
            payload["organization"] = organization_shape(repository.owner, world)
    if announcement.event == "push":
        commits = payload["commits"]
        payload["head_commit"] = commits[-1] if commits else None
        payload["compare"] = f"{world.site_url}/compare"
    payload["sender"] = user_shape(announcement.sender, world)
    return payload


def for_app(payload: Json, installation: Installation | None) -> Json:
    if "installation" in payload or installation is None:
        return payload
    return payload | {"installation": {"id": installation.id, "node_id": f"IN_{installation.id}"}}


def show(thing: object, event: str, key: str, world: World) -> object:
    match thing:
        case PullRequest() if key == "issue":
            return issue_shape(thing)
        case PullRequest():
            return full_pull_shape(thing) if event == "pull_request" else pull_shape(thing)
        case IssueComment():
            return issue_comment_shape(thing)
        case Review():
            return review_in_event(thing)
        case ReviewComment():
            return review_comment_shape(thing)
        case Thread():
            return thread_shape(thing)
        case CheckRun():
            return check_run_in_event(thing)
        case CheckSuite():
            return suite_shape(thing)
        case MergeGroup():
            return merge_group_shape(thing)
        case Installation():
            return installation_shape(thing)
        case Repository():
            return named_repository(thing)
        case App():
            return app_shape(thing)
        case User():
            return {"name": thing.login, "email": thing.signature.email}
        case Commit():
            return pushed_commit(thing)
        case FunctionType():
            return show(thing(), event, key, world)
        case list():
            return [show(each, event, key, world) for each in thing]
        case _:
            return thing


def review_in_event(review: Review) -> Json:
    """Webhooks write the state small: `commented` where REST says `COMMENTED`."""
    shape = review_shape(review)
    return shape | {"state": shape["state"].lower()}


def pushed_commit(commit: Commit) -> Json:
    who = {"name": commit.author.name, "email": commit.author.email, "username": commit.author.name}
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "distinct": True,
        "message": commit.message,
        "timestamp": when(commit),
        "url": "",
        "author": who,
        "committer": who,
        "added": [],
        "removed": [],
        "modified": [],
    }


def organization_shape(owner: User, world: World) -> Json:
    url = f"{world.api_url}/orgs/{owner.login}"
    return {
        "login": owner.login,
        "id": owner.id,
        "node_id": f"O_{owner.id}",
        "url": url,
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events",
        "hooks_url": f"{url}/hooks",
        "issues_url": f"{url}/issues",
        "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": f"{world.site_url}/avatars/{owner.id}",
        "description": None,
    }
