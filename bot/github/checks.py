"""The check run `dbbot`: begun at once, completed last, one per pull request, base and head."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.github.answers import CheckRunAnswer, CheckRunsAnswer
from bot.github.client import Client, json_of, read
from bot.github.errors import Gone, NotFound
from bot.github.repeating import once
from bot.model.review_plan import Annotation, CheckReport, Conclusion

CHECK_NAME = "dbbot"
ANNOTATIONS_AT_ONCE = 50
MOST_TEXT = 65_535
"""Characters of `summary` and `text`."""
MOST_MESSAGE = 60_000
"""Characters of an annotation's message; GitHub allows 64 KB."""
MOST_TITLE = 255
RECHECK = "recheck"
"""The identifier with which a click on the button comes back."""
_REVIEW_AGAIN = {"label": "Review again", "description": "Looks at this commit once more.", "identifier": RECHECK}


@dataclass(frozen=True, slots=True)
class CheckRun:
    """A run of ours. `external_id` is `PULL:BASE_SHA:HEAD_SHA`; `annotations` how many it has."""

    id: int
    external_id: str = ""
    completed: bool = False
    annotations: int = 0


def external_id(number: int, base_sha: str, head_sha: str) -> str:
    return f"{number}:{base_sha}:{head_sha}"


def begin_check(client: Client, number: int, *, head_sha: str, base_sha: str) -> CheckRun:
    """In progress from now on.

    A run that an earlier attempt of the same job left open is taken over, unless it has annotations already:
    they cannot be taken back, so it is closed and a new one begun.
    """
    wanted = external_id(number, base_sha, head_sha)
    mine = [
        run for run in check_runs(client, head_sha) if not run.completed and run.external_id.startswith(f"{number}:")
    ]
    same = next((run for run in mine if run.external_id == wanted and not run.annotations), None)
    for run in mine:
        if run is not same:
            _cancel(client, run)
    if same is not None:
        return same
    body: dict[str, object] = {
        "name": CHECK_NAME,
        "head_sha": head_sha,
        "external_id": wanted,
        "status": "in_progress",
        "output": {"title": "Reading the migrations", "summary": "The review is under way."},
    }

    def look() -> CheckRun | None:
        runs = check_runs(client, head_sha)
        return next((run for run in runs if run.external_id == wanted and not run.completed), None)

    return once(client, lambda: _made(client, body), look)


def conclude(client: Client, check: CheckRun, report: CheckReport) -> None:
    """All annotations, fifty at a time, and with the last of them the end."""
    output: dict[str, object] = {"title": report.title[:MOST_TITLE], "summary": _cut(report.summary)}
    if report.text:
        output["text"] = _cut(report.text)
    batches = [
        report.annotations[start : start + ANNOTATIONS_AT_ONCE]
        for start in range(0, len(report.annotations), ANNOTATIONS_AT_ONCE)
    ] or [()]
    sent = 0
    for batch in batches[:-1]:
        sent += len(batch)
        _append(client, check, {"output": {**output, "annotations": _written(batch)}}, sent)
    last = {**output, "annotations": _written(batches[-1])} if batches[-1] else output
    ending: dict[str, object] = {"status": "completed", "conclusion": report.conclusion.value, "output": last}
    if report.conclusion is not Conclusion.SUCCESS:
        ending["actions"] = [_REVIEW_AGAIN]
    once(client, lambda: _patched(client, check, ending), lambda: _seen(client, check, completed=True))


def say_check(client: Client, number: int, *, head_sha: str, base_sha: str, report: CheckReport) -> None:
    """A run that is begun and ended in one request; with more annotations than one takes, in several."""
    if len(report.annotations) > ANNOTATIONS_AT_ONCE:
        conclude(client, begin_check(client, number, head_sha=head_sha, base_sha=base_sha), report)
        return
    output: dict[str, object] = {"title": report.title[:MOST_TITLE], "summary": _cut(report.summary)}
    if report.text:
        output["text"] = _cut(report.text)
    if report.annotations:
        output["annotations"] = _written(report.annotations)
    wanted = external_id(number, base_sha, head_sha)
    body: dict[str, object] = {
        "name": CHECK_NAME,
        "head_sha": head_sha,
        "external_id": wanted,
        "status": "completed",
        "conclusion": report.conclusion.value,
        "output": output,
    }
    if report.conclusion is not Conclusion.SUCCESS:
        body["actions"] = [_REVIEW_AGAIN]

    def look() -> CheckRun | None:
        runs = check_runs(client, head_sha)
        return next((run for run in runs if run.external_id == wanted and run.completed), None)

    once(client, lambda: _made(client, body), look)


def conclude_failed(
    client: Client, number: int, *, head_sha: str, base_sha: str, words: str, check: CheckRun | None = None
) -> None:
    """A fault of ours: the check fails (`neutral` would let a required check pass) and offers to be run again."""
    run = check or begin_check(client, number, head_sha=head_sha, base_sha=base_sha)
    conclude(client, run, CheckReport(Conclusion.FAILURE, "The review did not finish", words))


def _cancel(client: Client, run: CheckRun) -> None:
    report = CheckReport(Conclusion.CANCELLED, "Overtaken", "A newer review of this commit takes its place.")
    try:
        conclude(client, run, report)
    except (NotFound, Gone):
        return


def _append(client: Client, check: CheckRun, body: dict[str, object], sent: int) -> None:
    """Annotations add up: a repeated request would show them twice, so the count is looked at first."""
    once(client, lambda: _patched(client, check, body), lambda: _seen(client, check, annotations=sent))


def _made(client: Client, body: dict[str, object]) -> CheckRun:
    return _run(read(CheckRunAnswer, json_of(client.post(f"{client.base}/check-runs", body))))


def _patched(client: Client, check: CheckRun, body: dict[str, object]) -> CheckRun:
    client.patch(f"{client.base}/check-runs/{check.id}", body)
    return check


def _seen(client: Client, check: CheckRun, *, completed: bool = False, annotations: int = 0) -> CheckRun | None:
    run = read(CheckRunAnswer, json_of(client.get(f"{client.base}/check-runs/{check.id}")))
    is_done = (run.status == "completed" or not completed) and run.output.annotations_count >= annotations
    return check if is_done else None


def check_runs(client: Client, head_sha: str) -> tuple[CheckRun, ...]:
    """Ours at this head, newest first. Two Apps may use one name; only the App's own number tells them apart."""
    params: dict[str, str | int] = {"check_name": CHECK_NAME, "filter": "all", "per_page": 100}
    app_id = client.github.tokens.credentials.app_id
    if app_id.isdigit():
        params["app_id"] = int(app_id)
    answer = client.get(f"{client.base}/commits/{head_sha}/check-runs", params)
    found = sorted(read(CheckRunsAnswer, json_of(answer)).check_runs, key=lambda run: run.id, reverse=True)
    return tuple(map(_run, found))


def _run(answer: CheckRunAnswer) -> CheckRun:
    return CheckRun(answer.id, answer.external_id or "", answer.status == "completed", answer.output.annotations_count)


def _written(annotations: Iterable[Annotation]) -> list[dict[str, object]]:
    return [_annotation(annotation) for annotation in annotations]


def _annotation(annotation: Annotation) -> dict[str, object]:
    """GitHub takes columns only if the annotation is one line."""
    written: dict[str, object] = {
        "path": annotation.path,
        "start_line": annotation.start_line,
        "end_line": annotation.end_line,
        "annotation_level": annotation.level.value,
        "title": annotation.title[:MOST_TITLE],
        "message": annotation.message[:MOST_MESSAGE],
    }
    if annotation.raw_details:
        written["raw_details"] = annotation.raw_details[:MOST_MESSAGE]
    if annotation.start_line == annotation.end_line:
        columns = {"start_column": annotation.start_column, "end_column": annotation.end_column}
        written.update({name: column for name, column in columns.items() if column is not None})
    return written


def _cut(text: str) -> str:
    return text if len(text) <= MOST_TEXT else text[: MOST_TEXT - 20] + "\n\n... cut short"
