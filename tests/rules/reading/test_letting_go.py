"""What reading a file leaves behind: its answer, and nothing that Python would have to look for."""

from __future__ import annotations

import gc
import weakref

from rules.model.environment import Environment
from rules.model.operations import Direction
from rules.model.script import MigrationScript
from rules.reading.modules import Shelf
from rules.reading.reader import read_direction, read_upward
from rules.reading.source import Source, parse
from tests.rules.reading.test_kept import revision

TEXT = revision("a", None, 'op.create_table("t", sa.Column("id", sa.Integer()))')


def test_the_tree_of_a_file_is_freed_as_soon_as_the_file_was_read() -> None:
    source, shelf, environment = parse("versions/a.py", TEXT), Shelf({}), Environment()
    assert isinstance(source, Source)
    tree = weakref.ref(source.tree)
    gc.disable()
    try:
        script = read_upward(source, TEXT, shelf, environment, "postgresql", None)
        read_direction(source, Direction.DOWNGRADE, shelf, environment, "postgresql", None, False)
        del source
        assert tree() is None
    finally:
        gc.enable()
    assert isinstance(script, MigrationScript)
    assert len(script.upgrade) == 1
