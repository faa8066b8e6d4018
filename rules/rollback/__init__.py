"""The way back: what `downgrade()` restores, and how the rest of it would be written."""

from rules.rollback.convention import most_have_none
from rules.rollback.documented import tells_of_loss, tells_why
from rules.rollback.inserting import instead_of_raise, sentence_in_docstring
from rules.rollback.refilling import Filled, is_filled, refilled
from rules.rollback.repairs import rest_of_way_back, whole_way_back
from rules.rollback.way_back import WayBack, changes_schema, is_bare, touched_rows, way_back
from rules.rollback.wording import listed, named, said

__all__ = [
    "Filled",
    "WayBack",
    "changes_schema",
    "instead_of_raise",
    "is_bare",
    "is_filled",
    "listed",
    "most_have_none",
    "named",
    "refilled",
    "rest_of_way_back",
    "said",
    "sentence_in_docstring",
    "tells_of_loss",
    "tells_why",
    "touched_rows",
    "way_back",
    "whole_way_back",
]
