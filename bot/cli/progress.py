"""What goes on meanwhile, on standard error and only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(word: str) -> Iterator[Callable[[str], None]]:
    """Gives the function that is told of each file."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    count = 0
    with Console(stderr=True).status(f"{word} …") as status:

        def step(path: str) -> None:
            nonlocal count
            count += 1
            status.update(f"{word} {count}: {path.rsplit('/', 1)[-1][:60]}")

        yield step
