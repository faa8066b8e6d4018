"""Measures dbbot beside `alembic upgrade --sql | squawk` over the same revisions, in one run.

    python -m tests.bench [--sizes 1000 5000] [--judged 300] [--repeat 2] [--folder .bench]

Figures as JSON on standard output, a table on standard error. Each figure is a process of its own; of several runs the
one that took the least of the processor counts, as the others were disturbed. `cpu` is what to compare on a machine
that is busy.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import sys
from pathlib import Path
from typing import Any

from tests.bench.clocked import Run, clocked
from tests.bench.history import VERSIONS, generated, write
from tests.bench.squawk import squawk_binary
from tests.corpora import FOLDER as CORPORA

Figures = dict[str, Any]


class Bench:
    def __init__(self, folder: Path, repeat: int) -> None:
        self.folder = folder
        self.repeat = repeat
        self.squawk = squawk_binary(folder)
        self.rows: list[tuple[str, str, Figures]] = []

    def best(
        self,
        name: str,
        words: list[str],
        *,
        folder: Path | None = None,
        cache: Path | None = None,
        without: Path | None = None,
    ) -> Run:
        """`without` is a file that must not be there when a run begins."""
        environment = {"XDG_CACHE_HOME": str(cache or self.folder / "cache"), "PYTHONHASHSEED": "0"}
        output = self.folder / f"{name}.out"
        runs = []
        for _ in range(self.repeat):
            if without is not None:
                without.unlink(missing_ok=True)
            runs.append(clocked(words, output, folder=folder, environment=environment))
        return min(runs, key=lambda run: run.cpu)

    def peers(self, label: str, repository: Path) -> Figures:
        """Alembic prints the upgrades as SQL, squawk judges that."""
        alembic = [sys.executable, "-m", "alembic", "upgrade", "head", "--sql"]
        found: Figures = {"alembic": self.best("alembic", alembic, folder=repository).figures()}
        sql = self.folder / "upgrade.sql"
        shutil.copy(self.folder / "alembic.out", sql)
        if self.squawk is not None:
            found["squawk"] = self.best("squawk", [str(self.squawk), "--reporter", "Json", str(sql)]).figures()
        for name, figures in found.items():
            self.say(label, {"alembic": "alembic upgrade --sql", "squawk": "squawk on that SQL"}[name], figures)
        return found

    def own(self, label: str, what: str, repository: Path, *, fresh: bool = False) -> Figures:
        """`whole` is the process with the loading of its libraries; the rest is the work alone."""
        kept = self.folder / f"kept-{label}"
        words = [sys.executable, "-m", "tests.bench.own", what, str(repository), str(kept)]
        run = self.best(what, words, without=kept if fresh else None)
        if run.status:
            raise SystemExit((self.folder / f"{what}.out.err").read_text())
        inner = json.loads((self.folder / f"{what}.out").read_text())
        figures = {**{name: round(value, 3) for name, value in inner.items()}, "whole": run.figures()}
        self.say(label, what, figures)
        return figures

    def say(self, label: str, what: str, figures: Figures) -> None:
        whole = figures.get("whole", figures)
        more = ", ".join(
            f"{value:,} {name.replace('_', ' ')}" for name, value in figures.items() if isinstance(value, int)
        )
        inner = f"{figures['cpu']:8.2f}" if "whole" in figures else f"{'':8}"
        line = (
            f"{label:>10}  {what:24}{inner} {whole['cpu']:8.2f} {whole['seconds']:8.2f} {whole['peak_mb']:8.0f}  {more}"
        )
        print(line, file=sys.stderr, flush=True)


def generated_history(bench: Bench, size: int, *, judged: bool) -> Figures:
    repository = bench.folder / f"generated-{size}"
    if not repository.exists():
        write(generated(size), repository)
    label = str(size)
    found = bench.peers(label, repository)
    found |= _own(bench, label, repository, judged=judged)
    pipeline = found["alembic"]["cpu"] + found.get("squawk", {"cpu": 0.0})["cpu"]
    ratios = {
        "cold, whole process, to the pipeline": found["reading"]["whole"]["cpu"] / pipeline,
        "warm, whole process, to the pipeline": found["again"]["whole"]["cpu"] / pipeline,
        "times faster warm than cold": found["reading"]["cpu"] / found["again"]["cpu"],
    }
    return {**found, "ratios": _said(label, ratios)}


def public_history(bench: Bench, name: str, *, judged: bool) -> Figures:
    """No truth beside it: Alembic would need the project's own environment."""
    found = _own(bench, name, CORPORA / "src" / name, judged=judged)
    return {
        **found,
        "ratios": _said(name, {"times faster warm than cold": found["reading"]["cpu"] / found["again"]["cpu"]}),
    }


def _own(bench: Bench, label: str, repository: Path, *, judged: bool) -> Figures:
    measures = ["reading", "keeping", "again", "folding", *(["judging"] if judged else [])]
    return {what: bench.own(label, what, repository, fresh=what == "keeping") for what in measures}


def _said(label: str, ratios: dict[str, float]) -> dict[str, float]:
    rounded = {name: round(value, 2) for name, value in ratios.items()}
    for name, value in rounded.items():
        print(f"{label:>10}  {name}: {value}", file=sys.stderr)
    return rounded


def command_line(bench: Bench, size: int) -> Figures:
    """`dbbot` as it is started: alone, and for one new revision on top of a history."""
    repository = bench.folder / f"line-{size}"
    if not repository.exists():
        write(generated(size), repository)
    newest = max((repository / VERSIONS).glob("*.py")).relative_to(repository)
    cache = bench.folder / "cache-line"
    dbbot = [sys.executable, "-m", "bot.cli"]
    check = [*dbbot, "check", str(repository), "--new", str(newest)]
    shutil.rmtree(cache, ignore_errors=True)
    found = {
        "dbbot --version": bench.best("version", [*dbbot, "--version"]).figures(),
        f"dbbot check, {size}, cold": bench.best("check", [*check, "--no-cache"], cache=cache).figures(),
    }
    clocked(check, bench.folder / "check.out", environment={"XDG_CACHE_HOME": str(cache)})
    found[f"dbbot check, {size}, warm"] = bench.best("check", check, cache=cache).figures()
    for name, figures in found.items():
        bench.say("start", name, figures)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure dbbot beside alembic and squawk.")
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 5_000], help="lengths of generated histories")
    parser.add_argument("--judged", type=int, default=1_000, help="longest history that is judged with --all")
    parser.add_argument("--repeat", type=int, default=2, help="runs of each measure; the best counts")
    parser.add_argument("--folder", type=Path, default=Path(".bench"))
    options = parser.parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(folder, options.repeat)
    if bench.squawk is None:
        print("squawk cannot be had here; its part is left out.", file=sys.stderr)
    head = f"{'':>10}  {'':24}{'work cpu':>8} {'cpu':>8} {'seconds':>8} {'MB':>8}"
    print(head, file=sys.stderr)
    found: Figures = {"python": platform.python_version(), "machine": platform.machine(), "generated": {}}
    found["start"] = command_line(bench, 300)
    for size in options.sizes:
        found["generated"][size] = generated_history(bench, size, judged=size <= options.judged)
    if (CORPORA / "src" / "superset").exists():
        found["superset"] = public_history(bench, "superset", judged=True)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
