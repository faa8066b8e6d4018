"""Garbage is looked for rarely, and found."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import gc, weakref
from bot.collecting import FIRST, collect_rarely
class Circle: pass
collect_rarely()
one = Circle(); one.itself = one; gone = weakref.ref(one); del one
kept = [[] for _ in range(1_000)]
early = gone() is not None
kept += [[] for _ in range(2 * FIRST)]
print(early, gone() is None)
"""


def test_circles_are_still_found() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
