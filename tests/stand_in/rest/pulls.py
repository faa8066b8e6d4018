"""Pull requests, their files and commits."""

from tests.stand_in.rest.operations import Answer, Call, Listing, Raw, first, operation
from tests.stand_in.shapes.git import commit_shape, file_shape
from tests.stand_in.shapes.pulls import full_pull_shape, pull_shape
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.refusals import Refused

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
    pull = find_pull(call)
    return diff(call, pull) if call.wants("diff") else full_pull_shape(pull)


def diff(call: Call, pull: PullRequest) -> Answer:
    """The text of the whole diff; GitHub makes none of more than 300 files."""
    most = call.world.limits.compared_files
    if len(pull.changes) > most:
        message = f"Sorry, the diff exceeded the maximum number of files ({most})."
        raise Refused(406, message, [{"resource": "PullRequest", "field": "diff", "code": "too_large"}])
    git = pull.repository.git
    start = git.merge_base(pull.base_tip, pull.head_sha) or pull.base_tip
    return Raw(git.git("diff", "-M", start, pull.head_sha), "application/vnd.github.diff; charset=utf-8")


@operation("pulls/list-files", ("pull_requests", "read"))
def list_files(call: Call) -> Answer:
    pull = find_pull(call)
    shown = pull.changes[: call.world.limits.pull_request_files]
    return Listing(shown, lambda change: file_shape(change, call.repository, pull.head_sha))


@operation("pulls/list-commits", ("pull_requests", "read"))
def list_commits(call: Call) -> Answer:
    shown = find_pull(call).commits[:COMMIT_LIMIT]
    return Listing(shown, lambda commit: commit_shape(commit, call.repository))
