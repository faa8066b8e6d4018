"""Two lines of revisions made one again: whether they may run in either order, and the revision that joins them."""

from rules.joining.merge import merge_revision
from rules.joining.naming import Naming, naming_of
from rules.joining.order import Turn, what_ties

__all__ = ["Naming", "Turn", "merge_revision", "naming_of", "what_ties"]
