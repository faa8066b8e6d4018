"""The tables that the application's models map, read from their source; what cannot be read is unknown."""

from rules.mapped.model import Mapped, MappedColumn, MappedTable, Reference
from rules.mapped.words import declares_models

__all__ = ["Mapped", "MappedColumn", "MappedTable", "Reference", "declares_models"]
