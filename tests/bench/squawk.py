"""Squawk's binary from its PyPI wheel, in an ignored folder; without it the bench says so and goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REQUIREMENT = "squawk-cli==2.70.0"


def squawk_binary(folder: Path) -> Path | None:
    target = folder / "squawk"
    binary = target / "bin" / "squawk"
    if not binary.exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), REQUIREMENT]
        subprocess.run(command, check=False, capture_output=True)
    return binary.resolve() if binary.exists() else None
