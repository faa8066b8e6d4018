"""What goes on meanwhile, on standard error and only on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PAUSE = 0.1
"""Seconds between two lines: to write one takes longer than to read many a file."""


@contextmanager
def progress(word: str) -> Iterator[Callable[[str], None]]:
    """Gives the function that is told of each file. No thread turns a wheel: beside one nothing is read ahead."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    count, shown = 0, 0.0
    with Live(Text(f"{word} …"), console=Console(stderr=True), auto_refresh=False, transient=True) as live:

        def step(path: str) -> None:
            nonlocal count, shown
            count += 1
            if time.monotonic() - shown >= PAUSE:
                shown = time.monotonic()
                live.update(Text(f"{word} {count}: {path.rsplit('/', 1)[-1][:60]}"), refresh=True)

        yield step
