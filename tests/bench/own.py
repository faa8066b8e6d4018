"""One measure of dbbot in a process of its own, as JSON: `python -m tests.bench.own WHAT FOLDER KEPT`."""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bot.collecting import collect_rarely
from tests.corpora import texts_of


def figures(work: Callable[[], Any], **more: Any) -> dict[str, Any]:
    """Seconds of the clock, and of the processor with those of the processes that helped."""
    clock, processor = time.perf_counter(), _processor()
    work()
    return {"seconds": time.perf_counter() - clock, "cpu": _processor() - processor, **more}


def _processor() -> float:
    """What this process took, and those that it began and that have ended."""
    taken = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in taken)


def reading(folder: Path, kept: Path) -> dict[str, Any]:
    """What is history: everything anew, nothing kept. The libraries are loaded before: their time is in `whole`."""
    return _read(folder, both_ways=False)


def both_ways(folder: Path, kept: Path) -> dict[str, Any]:
    """What is judged: with every downgrade."""
    return _read(folder, both_ways=True)


def _read(folder: Path, *, both_ways: bool) -> dict[str, Any]:
    import rules.reading.environment
    import rules.reading.reader  # noqa: F401
    from bot.readings import NoReadings
    from rules.reading import find_locations, read_location

    texts = texts_of(folder)
    locations: list[Any] = []
    found = figures(
        lambda: locations.extend(
            read_location(where, texts, readings=NoReadings(), whole=both_ways) for where in find_locations(texts)
        )
    )
    scripts = [script for location in locations for script in location.scripts]
    operations = sum(len(script.upgrade) + (len(script.downgrade) if both_ways else 0) for script in scripts)
    return {**found, "revisions": len(scripts), "operations": operations}


def keeping(folder: Path, kept: Path) -> dict[str, Any]:
    """Read anew, and kept on the disk."""
    found, _ = _with_kept(folder, kept)
    return found


def again(folder: Path, kept: Path) -> dict[str, Any]:
    """Read from what was kept on the disk; the file's own reading is part of it."""
    found, _ = _with_kept(folder, kept)
    return found


def _with_kept(folder: Path, kept: Path) -> tuple[dict[str, Any], list[Any]]:
    from bot.cli.kept import DiskReadings
    from rules.reading import find_locations, read_location

    texts = texts_of(folder)
    locations: list[Any] = []

    def work() -> None:
        readings = DiskReadings(kept)
        locations.extend(read_location(where, texts, readings=readings) for where in find_locations(texts))
        readings.save()

    found = figures(work)
    return {**found, "kept_bytes": kept.stat().st_size}, locations


def folding(folder: Path, kept: Path) -> dict[str, Any]:
    """Each upgrade folded into the schema, after reading."""
    from rules.history import history_of
    from rules.schema import Schema

    _, locations = _with_kept(folder, kept)
    histories = [history_of(location.scripts) for location in locations]

    def work() -> None:
        for history in histories:
            schema = Schema.empty()
            for revision in history.order:
                for operation in history.scripts[revision].upgrade:
                    schema = schema.after(operation, revision=revision)

    return figures(work)


def judging(folder: Path, kept: Path) -> dict[str, Any]:
    """Every rule on every operation of both directions, after reading; nothing is tried out."""
    from rules.engine.case import open_case
    from rules.engine.review import _found
    from rules.reading import find_locations
    from rules.registry import rules
    from rules.settings import Settings

    texts = texts_of(folder)
    cases = [open_case(where, texts, None, Settings(), (), True) for where in find_locations(texts)]
    scripts = [script for case in cases for script in case.location.scripts]
    findings: list[Any] = []
    found = figures(lambda: findings.extend(one for case in cases for one in _found(case, case.scene.new).found))
    operations = sum(len(script.upgrade) + len(script.downgrade) for script in scripts)
    return {**found, "operations": operations, "rules": len(rules()), "findings": len(findings)}


def one_more(folder: Path, kept: Path) -> dict[str, Any]:
    """The newest revision as a pull request, in a process that has done one before, as a worker has; history kept."""
    from bot.cli.kept import DiskReadings
    from rules.engine import review
    from rules.reading import find_locations
    from rules.reading.locations import version_files

    texts = texts_of(folder)
    newest = max(path for where in find_locations(texts) for path in version_files(where, texts))
    base = {path: text for path, text in texts.items() if path != newest}
    reviews: list[Any] = []

    def work() -> None:
        reviews.append(review(texts, new=(newest,), base_texts=base, readings=DiskReadings(kept)))

    work()
    found = figures(work)
    return {**found, "findings": len(reviews[-1].findings)}


def reviewing(folder: Path, kept: Path) -> dict[str, Any]:
    """`--all`: every rule on every revision, suggestions and plans tried out; readings are kept ones."""
    from bot.cli.kept import DiskReadings
    from rules.engine import review

    texts = texts_of(folder)
    reviews: list[Any] = []
    found = figures(lambda: reviews.append(review(texts, judge_all=True, readings=DiskReadings(kept))))
    (said,) = reviews
    return {**found, "findings": len(said.findings), "crashed": len(said.crashed)}


MEASURED = (reading, both_ways, keeping, again, one_more, folding, judging, reviewing)
MEASURES = {one.__name__: one for one in MEASURED}

if __name__ == "__main__":
    what, where, file = sys.argv[1:]
    collect_rarely()
    print(json.dumps(MEASURES[what](Path(where), Path(file))))
