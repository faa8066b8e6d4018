"""Texts in, review out."""

from rules.engine.case import New
from rules.engine.listing import statements_of
from rules.engine.review import review

__all__ = ["New", "review", "statements_of"]
