"""SQL text -> typed operations."""

from rules.reading.sql.splitting import Piece, split
from rules.reading.sql.statements import operations_of

__all__ = ["Piece", "operations_of", "split"]
