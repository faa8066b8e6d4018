"""What the reader can do, against what real Alembic prints for the same file."""

from __future__ import annotations

from pathlib import Path

import pytest

from rules.model.operations import Direction, Opaque
from rules.model.script import MigrationScript
from rules.reading import read_script
from tests.rules.reading.capabilities import CAPABILITIES, Capability
from tests.rules.reading.rendering_by_alembic import printed_by_alembic


def shown(script: MigrationScript, direction: Direction) -> str:
    return "".join(f"{statement.sql};\n\n" for statement in script.statements(direction))


@pytest.mark.parametrize("capability", CAPABILITIES, ids=lambda one: one.name)
def test_the_reader_prints_what_alembic_prints(capability: Capability, tmp_path: Path) -> None:
    script = read_script("versions/a1.py", capability.text)
    assert isinstance(script, MigrationScript), script
    assert [one.reason for one in (*script.upgrade, *script.downgrade) if isinstance(one, Opaque)] == []
    upgrade, downgrade = printed_by_alembic(tmp_path / "alembic", capability.text)
    assert shown(script, Direction.UPGRADE) == upgrade
    assert shown(script, Direction.DOWNGRADE) == downgrade
    assert upgrade + downgrade
    assert not any(one.conditional for one in script.statements(Direction.UPGRADE))
