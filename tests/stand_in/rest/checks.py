"""Check runs."""

from datetime import datetime
from typing import Any

from tests.stand_in.rest.operations import Answer, Call, Listing, Reply, first, operation
from tests.stand_in.shapes.checks import annotation_shape, check_run_shape
from tests.stand_in.state.checks import CheckRun, suite_for
from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.world import Json, now

READ, WRITE = ("checks", "read"), ("checks", "write")
TEXT_LIMIT = 65_535
ANNOTATIONS_PER_REQUEST = 50
MESSAGE_LIMIT = 64 * 1024
TITLE_LIMIT = 255


@operation("checks/create", WRITE)
def create(call: Call) -> Answer:
    body, repository = call.body, call.repository
    sha = body["head_sha"]
    if len(sha) != 40 or not repository.git.is_commit(sha):
        raise Refused(422, f"No commit found for SHA: {sha}")
    check_output(body.get("output"))
    check_conclusion(body)
    run = CheckRun(
        id=call.world.next_id(),
        repository=repository,
        app=call.caller,
        suite=suite_for(repository, call.caller, sha),
        name=body["name"],
        head_sha=sha,
        status="queued",
        conclusion=None,
        started_at=None,
        completed_at=None,
        details_url=f"https://example.com/{call.caller.slug}",
        external_id="",
    )
    repository.checks.append(run)
    write(run, body)
    run.started_at = run.started_at or now()
    run.announce("completed" if run.status == "completed" else "created", call.user)
    return Reply(check_run_shape(run), 201)


@operation("checks/update", WRITE)
def update(call: Call) -> Answer:
    run = find_run(call)
    if run.app is not call.app:
        raise Refused(403, "Invalid app_id `" + str(call.caller.id) + "` - check run can only be modified by its App.")
    check_output(call.body.get("output"))
    check_conclusion(call.body)
    was = run.status
    write(run, call.body)
    run.touch()
    if run.status == "completed" and was != "completed":
        run.announce("completed", call.user)
    return check_run_shape(run)


@operation("checks/get", READ)
def get(call: Call) -> Answer:
    return check_run_shape(find_run(call))


@operation("checks/list-for-ref", READ)
def list_for_ref(call: Call) -> Answer:
    """`filter=latest`, the usual, shows the newest run of each name and App."""
    repository, query = call.repository, call.query
    sha = repository.resolve(call.arguments["ref"])
    if sha is None:
        raise Refused(422, f"No commit found for SHA: {call.arguments['ref']}")
    runs = [
        run
        for run in repository.check_runs(sha, query.get("check_name"))
        if query.get("status") in (None, run.status) and query.get("app_id") in (None, str(run.app.id))
    ]
    if query.get("filter", "latest") == "latest":
        runs = list({(run.app.id, run.name): run for run in runs}.values())
    return Listing(runs, check_run_shape, "check_runs")


@operation("checks/list-annotations", READ)
def list_annotations(call: Call) -> Answer:
    run = find_run(call)
    return Listing(run.annotations, lambda each: annotation_shape(each, run))


def find_run(call: Call) -> CheckRun:
    wanted = call.number("check_run_id")
    found: CheckRun = first(call.repository.checks, lambda each: each.id == wanted)
    return found


def write(run: CheckRun, body: Json) -> None:
    """Annotations are added to those that are there; all else replaces."""
    run.name = body.get("name", run.name)
    run.details_url = body.get("details_url", run.details_url)
    run.external_id = body.get("external_id", run.external_id)
    run.actions = body.get("actions", run.actions)
    if started := body.get("started_at"):
        run.started_at = moment(started)
    output = body.get("output") or {}
    run.title = output.get("title", run.title)
    run.summary = output.get("summary", run.summary)
    run.text = output.get("text", run.text)
    run.annotations.extend(output.get("annotations") or [])
    write_status(run, body)


def write_status(run: CheckRun, body: Json) -> None:
    if "conclusion" in body:
        run.status, run.conclusion = "completed", body["conclusion"]
        run.completed_at = moment(body["completed_at"]) if body.get("completed_at") else now()
    elif "status" in body:
        run.status, run.conclusion, run.completed_at = body["status"], None, None


def moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise Refused(422, f'Invalid request.\n\n"{text}" is not a valid date-time.') from None


def check_conclusion(body: Json) -> None:
    if body.get("status") == "completed" and not body.get("conclusion"):
        raise Refused(422, 'Invalid request.\n\nNo subschema in "anyOf" matched.\nMissing: conclusion')
    if body.get("conclusion") == "stale":
        raise Refused(422, 'Invalid request.\n\n"stale" is set by GitHub only.')


def check_output(output: Json | None) -> None:
    if output is None:
        return
    for field in ("summary", "text"):
        length = len(output.get(field) or "")
        if length > TEXT_LIMIT:
            raise Refused(422, f"Invalid request.\n\nOnly {TEXT_LIMIT} characters are allowed; {length} were supplied.")
    annotations = output.get("annotations") or []
    if len(annotations) > ANNOTATIONS_PER_REQUEST:
        count = f"{len(annotations)} were supplied."
        raise Refused(422, f"Invalid request.\n\nNo more than {ANNOTATIONS_PER_REQUEST} items are allowed; {count}")
    for annotation in annotations:
        check_annotation(annotation)


def check_annotation(annotation: dict[str, Any]) -> None:
    start, end = annotation["start_line"], annotation["end_line"]
    if start < 1 or end < start:
        raise Refused(422, "Invalid request.\n\nend_line must be greater than or equal to start_line.")
    if start != end and ("start_column" in annotation or "end_column" in annotation):
        raise Refused(422, "Invalid request.\n\nColumns are allowed only if start_line and end_line are the same.")
    too_long = [
        name
        for name, limit in (("message", MESSAGE_LIMIT), ("raw_details", MESSAGE_LIMIT), ("title", TITLE_LIMIT))
        if len(annotation.get(name) or "") > limit
    ]
    if too_long:
        raise Refused(422, f"Invalid request.\n\n{too_long[0]} is too long.")
