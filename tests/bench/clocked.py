"""A whole process: how long it took, what it took of the processor, how much memory at its fullest."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """Seconds; `peak_mb` of resident memory; `status` as the shell has it."""

    seconds: float
    cpu: float
    peak_mb: float
    status: int

    def figures(self) -> dict[str, float]:
        return {"seconds": round(self.seconds, 3), "cpu": round(self.cpu, 3), "peak_mb": round(self.peak_mb, 1)}


def clocked(
    words: list[str], output: Path, *, folder: Path | None = None, environment: Mapping[str, str] | None = None
) -> Run:
    """Output goes to a file, errors beside it (`.err`)."""
    with output.open("wb") as out, output.with_name(f"{output.name}.err").open("wb") as errors:
        began = time.perf_counter()
        started = subprocess.Popen(
            words, stdout=out, stderr=errors, cwd=folder, env={**os.environ, **(environment or {})}
        )
        _, status, used = os.wait4(started.pid, 0)
        seconds = time.perf_counter() - began
    started.returncode = os.waitstatus_to_exitcode(status)
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, started.returncode)
