"""Text -> model. Nothing here runs a line of what it reads."""

from typing import TYPE_CHECKING, Any

from rules.reading.kept import Readings
from rules.reading.locations import find_locations
from rules.reading.modules import wanted_paths
from rules.reading.repository import read_location

if TYPE_CHECKING:
    from rules.reading.environment import read_environment
    from rules.reading.reader import read_script

__all__ = ["Readings", "find_locations", "read_environment", "read_location", "read_script", "wanted_paths"]


def __getattr__(name: str) -> Any:
    """What needs the interpreter, and with it all of SQLAlchemy: half a second that kept readings can do without."""
    if name == "read_script":
        from rules.reading.reader import read_script

        return read_script
    if name == "read_environment":
        from rules.reading.environment import read_environment

        return read_environment
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
