"""The diff with the comments and annotations on their lines."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.stand_in.git import FileChange
from tests.stand_in.git.diff import DiffLine
from tests.stand_in.page.markdown import Offer
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.reviews import ReviewComment, Thread
from tests.stand_in.state.suggestions import suggested_text, why_not
from tests.stand_in.state.world import Json

KIND = {"+": "add", "-": "del", " ": ""}


@dataclass
class Row:
    kind: str
    """`hunk`, `add`, `del` or "" for context."""
    text: str
    old: int | None = None
    new: int | None = None
    threads: list[Thread] = field(default_factory=list)
    annotations: list[Json] = field(default_factory=list)


@dataclass
class FileView:
    change: FileChange
    rows: list[Row]
    file_threads: list[Thread]


def file_views(pull: PullRequest) -> list[FileView]:
    annotations = [each for run in pull.check_runs for each in run.annotations]
    current = [thread for thread in pull.threads if not thread.is_outdated]
    return [
        FileView(
            change,
            list(rows(change, current, annotations)),
            [each for each in current if each.spot.path == change.path and each.spot.is_file],
        )
        for change in pull.changes
    ]


def rows(change: FileChange, threads: list[Thread], annotations: list[Json]) -> Iterator[Row]:
    here = [each for each in threads if each.spot.path == change.path]
    notes = [each for each in annotations if each["path"] == change.path]
    for hunk in change.hunks:
        yield Row("hunk", hunk.header)
        for line in hunk.lines:
            yield Row(
                KIND[line.kind],
                line.text,
                line.old,
                line.new,
                [each for each in here if stands_on(each, line)],
                [each for each in notes if each["end_line"] == line.new],
            )


def stands_on(thread: Thread, line: DiffLine) -> bool:
    spot = thread.spot
    if spot.line is None:
        return False
    return spot.line == (line.old if spot.side == "LEFT" else line.new) and (spot.side == "RIGHT" or line.new is None)


def hunk_tail(thread: Thread, count: int = 4) -> list[Row]:
    """The last lines of the hunk that a comment was made on."""
    lines = [line for line in thread.diff_hunk.split("\n") if line and not line.startswith("@@")]
    return [Row(KIND.get(line[0], ""), line[1:]) for line in lines[-count:]]


def offer_of(comment: ReviewComment) -> Offer | None:
    if suggested_text(comment.body) is None:
        return None
    spot, pull = comment.thread.spot, comment.pull
    refusal = why_not(comment)
    removed: list[str] = []
    if spot.line is not None and not comment.thread.is_outdated:
        lines = pull.source.read(spot.path, pull.head_sha).splitlines()
        removed = lines[(spot.start_line or spot.line) - 1 : spot.line]
    return Offer(removed, f"{pull.html_url}/suggestions/{comment.id}", refusal)
