"""What `env.py` does around a run: how it connects, what it sets, when it configures. Read, never run."""

from rules.runner.model import Configure, Option, Runner, SessionSetting
from rules.runner.reading import read_runner
from rules.runner.run import Run

__all__ = ["Configure", "Option", "Run", "Runner", "SessionSetting", "read_runner"]
