"""The command line. Parts are imported when their command runs, so that `dbbot --version` is there at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs one command and ends the process: 0, 1 (findings), 2 (wrong input, one line), 3 (a fault of ours)."""
    from bot.cli.running import run
    from bot.collecting import collect_rarely

    collect_rarely()
    sys.exit(run(arguments))
