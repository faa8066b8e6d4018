"""Text -> model. Nothing here runs a line of what it reads."""

from rules.reading.environment import read_environment
from rules.reading.kept import Readings
from rules.reading.locations import find_locations
from rules.reading.modules import wanted_paths
from rules.reading.reader import read_script
from rules.reading.repository import read_location

__all__ = ["Readings", "find_locations", "read_environment", "read_location", "read_script", "wanted_paths"]
