"""`python -m worker work` and `python -m worker sweep`: the processes that `bot.serving` starts."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading

# Imported before the first fork, so that no job pays for it.
import worker.command
import worker.merge_group
import worker.review  # noqa: F401
from bot.collecting import collect_rarely
from bot.connections import redis_url
from bot.logging import set_up_logging
from bot.queue import connect, work
from bot.settings import ServerSettings, SettingsError, load_settings
from rules.reading import environment, reader  # noqa: F401
from rules.registry import rules
from worker.sweep import sweep_for_ever, sweep_once

_FIRST = 'from alembic import op\n\nrevision = "first"\n\n\ndef upgrade():\n    op.execute("SELECT 1")\n'
"""Read before the first fork: what a first reading sets up, each job would set up again."""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m worker", description=__doc__)
    parser.add_argument("part", choices=("work", "sweep"))
    parser.add_argument("--once", action="store_true", help="one sweep, or the jobs that wait now, then end")
    parser.add_argument("--tethered", action="store_true", help="end when standard input ends: its owner is gone")
    options = parser.parse_args(arguments)
    try:
        settings = load_settings(dict(os.environ))
        url = redis_url(settings)
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    set_up_logging(settings.log_format, settings.log_level)
    if options.tethered:
        threading.Thread(target=end_with_owner, name="tether", daemon=True).start()
    return run(options.part, options.once, settings, url)


def run(part: str, once: bool, settings: ServerSettings, url: str) -> int:
    rules()
    if part == "work":
        reader.read_script("first.py", _FIRST)
        collect_rarely()
        work(connect(url, timeout=None), burst=once)
        return 0
    return sweep_once(settings) if once else sweep_for_ever(settings)


def end_with_owner() -> None:
    """Nobody writes to standard input; it ends when the supervisor is gone, also when it was killed.

    Read without `sys.stdin`: its lock would be held in every process forked meanwhile, and stop RQ's scheduler.
    """
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
