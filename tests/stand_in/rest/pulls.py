"""Pull requests, their files and commits."""

from tests.stand_in.rest.operations import Answer, Call, Listing, first, operation
from tests.stand_in.shapes.git import commit_shape, file_shape
from tests.stand_in.shapes.pulls import full_pull_shape, pull_shape
from tests.stand_in.state.pulls import PullRequest

COMMIT_LIMIT = 250


def find_pull(call: Call, name: str = "pull_number") -> PullRequest:
    wanted = call.number(name)
    found: PullRequest = first(call.repository.pulls, lambda each: each.number == wanted)
    return found


@operation("pulls/list", ("pull_requests", "read"))
def list_pulls(call: Call) -> Answer:
    state, head, base = (call.query.get(name) for name in ("state", "head", "base"))
    found = [
        pull
        for pull in call.repository.pulls
        if state == "all" or pull.state == (state or "open")
        if base in (None, "", pull.base_ref)
        if head in (None, "", f"{pull.source.owner.login}:{pull.head_ref}")
    ]
    by_update = call.query.get("sort") == "updated"
    found.sort(key=lambda pull: (pull.updated_at if by_update else pull.created_at, pull.number))
    if call.query.get("direction", "asc" if call.query.get("sort") in ("updated", "popularity") else "desc") == "desc":
        found.reverse()
    return Listing(found, pull_shape)


@operation("pulls/get", ("pull_requests", "read"))
def get_pull(call: Call) -> Answer:
    return full_pull_shape(find_pull(call))


@operation("pulls/list-files", ("pull_requests", "read"))
def list_files(call: Call) -> Answer:
    pull = find_pull(call)
    shown = pull.changes[: call.world.limits.pull_request_files]
    return Listing(shown, lambda change: file_shape(change, call.repository, pull.head_sha))


@operation("pulls/list-commits", ("pull_requests", "read"))
def list_commits(call: Call) -> Answer:
    shown = find_pull(call).commits[:COMMIT_LIMIT]
    return Listing(shown, lambda commit: commit_shape(commit, call.repository))
