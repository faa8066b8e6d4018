"""Runs inside a project's own environment: what real Alembic prints offline for each revision, as JSON.

    python parity_truth.py OUTPUT SOURCE_ROOT PREPARATION RECURSIVE VERSIONS_FOLDER ...

Each file is imported by itself, so that one which cannot be (a package is missing here) costs only its own revision.
RECURSIVE is "recursive" if folders inside the given ones hold revisions too. PREPARATION is Python code that the
project's modules need to have run before they are imported; mostly empty.
It imports the project, so dbbot never runs it on a pull request; it only makes the truth that dbbot is measured by.
"""

from __future__ import annotations

import contextlib
import inspect
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
from alembic.util import load_python_file

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


def imported(path: Path) -> Any:
    """The module, or a text that says why it cannot be imported."""
    signal.alarm(SECONDS_EACH)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return load_python_file(str(path.parent), path.name)
    except BaseException as error:
        return f"{type(error).__name__}: {error}"[:300]
    finally:
        signal.alarm(0)


def entry_of(config: Config, scripts: ScriptDirectory, module: Any) -> dict[str, Any]:
    if isinstance(module, str):
        return {"not imported": module}
    entry: dict[str, Any] = {"revision": module.revision}
    for direction in ("upgrade", "downgrade"):
        function = getattr(module, direction, None)
        entry[direction] = {"statements": []} if function is None else render(config, scripts, whole(module, function))
    return entry


def whole(module: Any, function: Any) -> Any:
    """With Alembic's template for several databases, `upgrade(engine_name)` runs `upgrade_NAME` for each of them."""
    parameters = inspect.signature(function).parameters.values()
    if not any(one.kind is one.POSITIONAL_OR_KEYWORD and one.default is one.empty for one in parameters):
        return function
    prefix = f"{function.__name__}_"
    engines = [name.removeprefix(prefix) for name in vars(module) if name.startswith(prefix)]
    return lambda: [function(engine) for engine in engines]


def main() -> None:
    output, root, preparation, depth, folders = Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:5], sys.argv[5:]
    signal.signal(signal.SIGALRM, _too_long)
    sys.path.insert(0, str(root))
    exec(preparation, {})  # noqa: S102 (our own words, from projects.py)
    config = Config()
    config.set_main_option("script_location", str(root / folders[0]).rpartition("/")[0])
    scripts = ScriptDirectory.from_config(config)
    truth: dict[str, Any] = {}
    for folder in folders:
        for path in sorted((root / folder).glob("**/*.py" if depth == "recursive" else "*.py")):
            module = None if path.name == "__init__.py" else imported(path)
            if isinstance(module, str) or hasattr(module, "revision"):
                truth[path.relative_to(root).as_posix()] = entry_of(config, scripts, module)
    output.write_text(json.dumps(truth, indent=1))
    left_out = sum("not imported" in entry for entry in truth.values())
    print(f"{len(truth)} files, {left_out} not imported -> {output}")


if __name__ == "__main__":
    main()
