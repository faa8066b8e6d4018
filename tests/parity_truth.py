"""Runs inside a project's own environment: what real Alembic prints offline for each revision, as JSON.

    python parity_truth.py OUTPUT SOURCE_ROOT PREPARATION VERSIONS_FOLDER ...

PREPARATION is Python code that the project's modules need to have run before they are imported; mostly empty.
It imports the project, so dbbot never runs it on a pull request; it only makes the truth that dbbot is measured by.
"""

from __future__ import annotations

import contextlib
import io
import json
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

SECONDS_EACH = 60
BOOKKEEPING = ("BEGIN;", "COMMIT;")


class Statements(io.StringIO):
    """One entry for each statement that Alembic writes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def write(self, text: str) -> int:
        statement = text.removesuffix("\n\n")
        if statement not in BOOKKEEPING:
            self.found.append(statement.removesuffix(";"))
        return len(text)


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TimeoutError(f"it took more than {SECONDS_EACH} seconds")


def render(config: Config, scripts: ScriptDirectory, function: Any) -> dict[str, Any]:
    output = Statements()
    signal.alarm(SECONDS_EACH)
    try:
        with EnvironmentContext(config, scripts, as_sql=True, fn=lambda _, __: ()) as environment:
            environment.configure(
                url="postgresql://", literal_binds=True, dialect_opts={"paramstyle": "named"}, output_buffer=output
            )
            with Operations.context(environment.get_context()), contextlib.redirect_stdout(io.StringIO()):
                function()
    except BaseException as error:
        return {"error": f"{type(error).__name__}: {error}"[:300]}
    finally:
        signal.alarm(0)
    return {"statements": output.found}


def main() -> None:
    output, root, preparation, folders = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4:]
    signal.signal(signal.SIGALRM, _too_long)
    sys.path.insert(0, str(root))
    exec(preparation, {})  # noqa: S102 (our own words, from corpora.py)
    config = Config()
    config.set_main_option("script_location", str(root / folders[0]).rpartition("/")[0])
    config.set_main_option("version_locations", " ".join(str(root / folder) for folder in folders))
    config.set_main_option("path_separator", "space")
    config.set_main_option("version_path_separator", "space")
    scripts = ScriptDirectory.from_config(config)
    truth: dict[str, Any] = {}
    for script in scripts.walk_revisions():
        path = Path(script.path).resolve().relative_to(root.resolve()).as_posix()
        entry: dict[str, Any] = {"revision": script.revision}
        for direction in ("upgrade", "downgrade"):
            function = getattr(script.module, direction, None)
            entry[direction] = {"statements": []} if function is None else render(config, scripts, function)
        truth[path] = entry
    output.write_text(json.dumps(truth, indent=1))
    print(f"{len(truth)} revisions -> {output}")


if __name__ == "__main__":
    main()
