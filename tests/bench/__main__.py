"""Measures dbbot beside `alembic upgrade --sql | squawk` over the same revisions, in one run.

    python -m tests.bench [--sizes 1000 5000] [--judged 300] [--repeat 2] [--folder .bench]

Figures as JSON on standard output, a table on standard error. Each figure is a process of its own; of several runs the
one that took the least of the processor counts, as the others were disturbed. `cpu` is what to compare on a machine
that is busy. Alembic runs twice: as on a fresh checkout, where its revisions are not compiled yet, and again.
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
Ratios = dict[str, tuple[float, str]]
"""What is said of it -> the ratio, and the goal in words."""


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
        """`without` is a file or folder that must not be there when a run begins."""
        environment = {"XDG_CACHE_HOME": str(cache or self.folder / "cache"), "PYTHONHASHSEED": "0"}
        output = self.folder / f"{name}.out"
        runs = []
        for _ in range(self.repeat):
            if without is not None and without.is_dir():
                shutil.rmtree(without)
            elif without is not None:
                without.unlink(missing_ok=True)
            runs.append(clocked(words, output, folder=folder, environment=environment))
        return min(runs, key=lambda run: run.cpu)

    def peers(self, label: str, repository: Path) -> Figures:
        """Alembic prints the upgrades as SQL, squawk judges that."""
        alembic = [sys.executable, "-m", "alembic", "upgrade", "head", "--sql"]
        compiled = repository / VERSIONS / "__pycache__"
        found: Figures = {
            "alembic_first": self.best("alembic", alembic, folder=repository, without=compiled).figures(),
            "alembic": self.best("alembic", alembic, folder=repository).figures(),
        }
        sql = self.folder / "upgrade.sql"
        shutil.copy(self.folder / "alembic.out", sql)
        if self.squawk is not None:
            found["squawk"] = self.best("squawk", [str(self.squawk), "--reporter", "Json", str(sql)]).figures()
        said = {
            "alembic_first": "alembic --sql, first",
            "alembic": "alembic --sql, again",
            "squawk": "squawk on that SQL",
        }
        for name, figures in found.items():
            self.say(label, said[name], figures)
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
    return {**found, "ratios": _said(label, {**_to_pipeline(found), **_of_own(found)})}


def public_history(bench: Bench, name: str, *, judged: bool) -> Figures:
    """No truth beside it: Alembic would need the project's own environment."""
    found = _own(bench, name, CORPORA / "src" / name, judged=judged)
    return {**found, "ratios": _said(name, _of_own(found))}


def _to_pipeline(found: Figures) -> Ratios:
    """To what somebody would run instead, each a whole process."""
    nothing = {"cpu": 0.0, "seconds": 0.0}
    first, again = (
        {unit: found[alembic][unit] + found.get("squawk", nothing)[unit] for unit in nothing}
        for alembic in ("alembic_first", "alembic")
    )
    cold, warm = found["reading"]["whole"], found["again"]["whole"]
    return {
        "cold to the first `alembic --sql | squawk`, cpu": (cold["cpu"] / first["cpu"], "at most 1"),
        "cold to the first `alembic --sql | squawk`, seconds": (cold["seconds"] / first["seconds"], "at most 1"),
        "cold to a later one, cpu": (cold["cpu"] / again["cpu"], ""),
        "warm to a later one, cpu": (warm["cpu"] / again["cpu"], ""),
    }


def _of_own(found: Figures) -> Ratios:
    ratios: Ratios = {"times faster warm than cold": (found["reading"]["cpu"] / found["again"]["cpu"], "at least 20")}
    if "judging" in found:
        read, judged = found["both_ways"]["cpu"], found["judging"]["cpu"]
        ratios["judging by all rules to reading, cpu"] = (judged / read, "less than 1")
        ratios["the same with every repair tried, cpu"] = (found["reviewing"]["cpu"] / read, "")
    return ratios


def _own(bench: Bench, label: str, repository: Path, *, judged: bool) -> Figures:
    measures = ["reading", "both_ways", "keeping", "again", "one_more", "folding"]
    measures += ["judging", "reviewing"] if judged else []
    return {what: bench.own(label, what, repository, fresh=what == "keeping") for what in measures}


def _said(label: str, ratios: Ratios) -> dict[str, float]:
    for name, (value, goal) in ratios.items():
        aim = f"   (goal: {goal})" if goal else ""
        print(f"{label:>10}  {name:52}{value:8.2f}{aim}", file=sys.stderr)
    return {name: round(value, 2) for name, (value, _) in ratios.items()}


def _linear(generated: dict[int, Figures]) -> None:
    """Whether a revision of a long history costs more than one of a short one."""
    if len(generated) > 1:
        short, long = min(generated), max(generated)
        for what in ("reading", "again"):
            each = [generated[size][what]["cpu"] / size for size in (short, long)]
            generated[long]["ratios"] |= _said(
                str(long), {f"{what}: a revision's cost to that among {short:,}": (each[1] / each[0], "about 1")}
            )


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
    _linear(found["generated"])
    if (CORPORA / "src" / "superset").exists():
        found["superset"] = public_history(bench, "superset", judged=True)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
