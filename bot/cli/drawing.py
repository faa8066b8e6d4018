"""Revision graphs as text, Mermaid, Graphviz and JSON; each takes (path of the script location, its history)."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cli.formats.json import VERSION, as_json
from bot.review.markdown import cleaned, cut
from rules.history import History
from rules.model.script import MigrationScript

Graphs = list[tuple[str, History]]


def text(graphs: Graphs) -> str:
    return "\n".join(cleaned(line) for path, history in graphs for line in _text(path, history))


def mermaid(graphs: Graphs) -> str:
    """One flowchart, a subgraph for each script location; time runs downwards."""
    lines = ["flowchart TD"]
    for number, (path, history) in enumerate(graphs):
        lines.append(f'  subgraph s{number}["{_mermaid(path)}"]')
        names = _node_names(history, number)
        lines += (f'    {names[revision]}["{_mermaid(_label(history, revision))}"]' for revision in history.order)
        lines += (
            f"    {names[parent]} {'-->' if kind == 'follows' else '-.->'} {names[child]}"
            for parent, child, kind in _edges(history)
        )
        lines.append("  end")
    return "\n".join(lines)


def dot(graphs: Graphs) -> str:
    lines = ["digraph revisions {", "  node [shape=box];"]
    for number, (path, history) in enumerate(graphs):
        lines += (f"  subgraph cluster_{number} {{", f"    label={_dot(path)};")
        names = _node_names(history, number)
        lines += (f"    {names[revision]} [label={_dot(_label(history, revision))}];" for revision in history.order)
        lines += (
            f"    {names[parent]} -> {names[child]}{'' if kind == 'follows' else ' [style=dashed]'};"
            for parent, child, kind in _edges(history)
        )
        lines.append("  }")
    return "\n".join([*lines, "}"])


def json(graphs: Graphs) -> str:
    return as_json({"version": VERSION, "script_locations": [_json(path, history) for path, history in graphs]})


def _text(path: str, history: History) -> Iterator[str]:
    """The newest first, as `alembic history` has them."""
    yield f"{path}: {len(history.scripts)} revisions"
    yield f"  heads: {', '.join(history.heads) or 'none'}"
    yield f"  bases: {', '.join(history.bases) or 'none'}"
    for label, revisions in _branch_labels(history).items():
        yield f"  branch {label}: {', '.join(revisions)}"
    for problem in history.problems:
        yield f"  problem ({problem.kind}): {problem.message}"
    yield ""
    for revision in reversed(history.order):
        script = history.scripts[revision]
        parents = ", ".join(script.parents) or "base"
        needs = f" (needs {', '.join(script.depends_on)})" if script.depends_on else ""
        marks = [
            word for word, true in (("head", revision in history.heads), ("merge", len(script.parents) > 1)) if true
        ]
        marked = f" ({', '.join(marks)})" if marks else ""
        yield f"  {parents} -> {revision}{marked}{needs}  {_title(script)}".rstrip()
    yield ""


def _json(path: str, history: History) -> dict[str, object]:
    return {
        "path": path,
        "heads": list(history.heads),
        "bases": list(history.bases),
        "branch_labels": _branch_labels(history),
        "problems": [
            {
                "kind": problem.kind,
                "revisions": list(problem.revisions),
                "paths": list(problem.paths),
                "message": problem.message,
            }
            for problem in history.problems
        ],
        "revisions": [
            {
                "revision": revision,
                "path": history.scripts[revision].path,
                "parents": list(history.parents[revision]),
                "depends_on": list(history.scripts[revision].depends_on),
            }
            for revision in history.order
        ],
    }


def _branch_labels(history: History) -> dict[str, list[str]]:
    """Label -> the revisions that declare it."""
    labels: dict[str, list[str]] = {}
    for revision in history.order:
        for label in history.scripts[revision].branch_labels:
            labels.setdefault(label, []).append(revision)
    return labels


def _edges(history: History) -> Iterator[tuple[str, str, str]]:
    """Parent, child, and `follows` or `needs`."""
    for revision in history.order:
        parents = history.parents[revision]
        yield from ((parent, revision, "follows") for parent in parents)
        yield from ((other, revision, "needs") for other in history.needs[revision] if other not in parents)


def _node_names(history: History, number: int) -> dict[str, str]:
    """Ids of strangers are no names in a drawing's language."""
    return {revision: f"r{number}_{position}" for position, revision in enumerate(history.order)}


def _label(history: History, revision: str) -> str:
    title = cut(_title(history.scripts[revision]), 60)
    return f"{revision} {title}".strip()


def _title(script: MigrationScript) -> str:
    return " ".join(script.docstring.strip().partition("\n")[0].split())


def _mermaid(text: str) -> str:
    return "".join(
        character if character.isalnum() or character in " _-./" else f"#{ord(character)};"
        for character in cleaned(text)
    )


def _dot(text: str) -> str:
    escaped = cleaned(text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
