"""Every suggestion offered on the public histories accepted: what becomes of the file, the findings, the schema.

    python -m tests.accepting [--folder DIR] [--show] [NAME ...]

In rounds, one suggestion for each file at a time: the file must parse, the finding be gone, no other rule say more
about the file than before, nothing more be unread, and every head end in the schema that it had.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from rules.engine import review
from rules.engine.case import open_case
from rules.engine.proving import edited_texts
from rules.model.finding import Finding
from rules.model.review import Review
from rules.reading import find_locations
from rules.schema.lines import lines
from rules.settings import Settings
from tests.corpora import FOLDER, chosen, fetch, texts_of
from tests.projects import Project

Weights = dict[str, Counter[str]]
"""How many findings of each rule, and unread places, each file has."""


@dataclass
class Tally:
    offered: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """By rule: made, and found incomplete by the engine itself."""
    accepted: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)


def weights(found: Review) -> Weights:
    result: Weights = defaultdict(Counter)
    for finding in found.standing:
        result[finding.place.path][finding.rule] += 1
    for unread in found.unread:
        result[unread.place.path]["(not read)"] += 1
    return result


def schemas(texts: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """The schema that each head of each location leaves."""
    result = {}
    for where in find_locations(texts):
        case = open_case(where, texts, None, Settings(), (), judge_all=True)
        for head in case.scene.history.heads:
            result[f"{where.path}@{head}"] = lines(case.replay.after(head))
    return result


def rounds(findings: Sequence[Finding]) -> Iterator[dict[str, Finding]]:
    """Findings with a suggestion, at most one for each file in a round."""
    waiting: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        if finding.suggestion is not None:
            waiting[finding.place.path].append(finding)
    while any(waiting.values()):
        yield {path: those.pop(0) for path, those in waiting.items() if those}


def problems(
    batch: Mapping[str, Finding], texts: Mapping[str, str], before: Weights, ends: Mapping[str, tuple[str, ...]]
) -> Iterator[tuple[str, str]]:
    """(path, what is wrong) of the suggestions of one round."""
    edited: dict[str, str] = {}
    for path, finding in batch.items():
        assert finding.suggestion is not None
        changed = edited_texts(finding.suggestion, texts)
        if changed is None or set(changed) != {path}:
            yield path, "the edit does not fit the file"
            continue
        try:
            ast.parse(changed[path])
        except SyntaxError as error:
            yield path, f"the file does not parse any more: {error}"
            continue
        edited.update(changed)
    together = {**texts, **edited}
    after = weights(review(together, judge_all=True))
    for path in edited:
        rule = batch[path].rule
        if after[path][rule] >= before[path][rule]:
            yield path, "the finding is still there"
        if more := [name for name in after[path] if after[path][name] > before[path][name]]:
            yield path, f"more is said by {', '.join(more)}"
    for head, end in schemas(together).items():
        if end != ends.get(head):
            difference = [one for one in difflib.ndiff(ends.get(head, ()), end) if one[0] in "+-"]
            yield head, f"the schema ends otherwise: {difference[:6]}"


def measure(project: Project, folder: Path, show: bool) -> Tally:
    texts = texts_of(fetch(project, folder))
    tally = Tally()
    proved = review.__globals__["is_proved"]

    def counting(finding: Finding, *rest: object) -> bool:
        good: bool = proved(finding, *rest)
        tally.offered += 1
        tally.refused[finding.rule] += not good
        return good

    with patch.dict(review.__globals__, {"is_proved": counting}):
        found = review(texts, judge_all=True)
    before, ends = weights(found), schemas(texts)
    for batch in rounds(found.standing):
        wrong = dict(problems(batch, texts, before, ends))
        tally.failed += [f"{path}: {batch[path].rule if path in batch else ''} {what}" for path, what in wrong.items()]
        tally.accepted.update(finding.rule for path, finding in batch.items() if path not in wrong)
        if show:
            _show(batch, texts)
    return tally


def _show(batch: Mapping[str, Finding], texts: Mapping[str, str]) -> None:
    for path, finding in batch.items():
        changed = edited_texts(finding.suggestion, texts) if finding.suggestion else None
        print(f"\n--- {path}:{finding.place.line} {finding.rule}")
        if changed:
            difference = difflib.unified_diff(texts[path].split("\n"), changed[path].split("\n"), lineterm="", n=2)
            print("\n".join(list(difference)[2:]))


def main() -> None:
    parser = argparse.ArgumentParser(description="Accept every suggestion that is offered on public projects.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--show", action="store_true", help="print each suggestion as a difference")
    options = parser.parse_args()
    failed: list[str] = []
    for project in chosen(options.names):
        tally = measure(project, options.folder, options.show)
        failed += tally.failed
        refused = {rule: times for rule, times in tally.refused.items() if times}
        print(
            f"{project.name:12} {tally.offered} made, refused by the engine {refused}, accepted {dict(tally.accepted)}"
        )
    print("\n".join(failed) or "every accepted suggestion is complete")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
