"""Connections beside the migration's own are named, whatever the import calls the function."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, findings

RULE = "second-connection-inside-migration"


@pytest.mark.parametrize(
    "upgrade",
    [
        'from sqlalchemy import create_engine\ncreate_engine("postgresql://db")  # finding',
        'from sqlalchemy import create_engine as make\nmake("postgresql://db")  # finding',
        'sa.create_engine("postgresql://db")  # finding',
        'import sqlalchemy\nsqlalchemy.create_engine("postgresql://db")  # finding',
        "from sqlalchemy import engine_from_config\nengine_from_config({})  # finding",
        "op.get_bind().engine.connect()  # finding",
        "bind = op.get_bind()\nwith bind.engine.begin() as c:  # finding\n    pass",
        "op.get_context().bind.engine.connect()  # finding",
        "from sqlalchemy.orm import Session\nSession(op.get_bind().engine)  # finding",
        "from sqlalchemy.orm.session import Session\nSession(op.get_bind().engine)  # finding",
        "from sqlalchemy import orm\norm.sessionmaker(autoflush=False, bind=op.get_bind().engine)()  # finding",
    ],
)
def test_each_way_to_open_one_is_named(upgrade: str) -> None:
    assert_judged(RULE, upgrade)


@pytest.mark.parametrize(
    "upgrade",
    [
        "from sqlalchemy.orm import Session\nSession(bind=op.get_bind())",
        "from sqlalchemy.orm import Session\nSession(op.get_bind(), info=op.get_bind().engine)",
        "from sqlalchemy.orm import sessionmaker\nsessionmaker()(bind=op.get_bind())",
        "from motors import Session\nSession(bind=op.get_bind().engine)",
        "op.get_bind().connect",
        "op.get_bind().begin_nested()",
        "def create_engine(): pass\ncreate_engine()",
        "from motors import create_engine\ncreate_engine()",
        "car.engine.start()",
    ],
)
def test_near_misses_are_not_named(upgrade: str) -> None:
    assert_judged(RULE, upgrade)


def test_only_functions_that_run_count() -> None:
    text = (
        "def used():\n    sa.create_engine('postgresql://db')\n\n\n"
        "def unused():\n    sa.create_engine('postgresql://db')\n\n\n"
        "def upgrade():\n    used()\n\n\ndef downgrade():\n    pass\n"
    )
    assert [finding.subject for finding in findings(RULE, text)] == ["sqlalchemy.create_engine"]
