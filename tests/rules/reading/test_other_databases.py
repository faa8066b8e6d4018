"""For MySQL, MariaDB and SQLite the reader prints what real Alembic prints, or refuses what Alembic refuses."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from rules.model.operations import AddColumn, Direction, Opaque, OpaqueKind
from rules.model.script import MigrationScript
from rules.reading import read_script
from tests.rules.reading.forms_of_op import FORMS
from tests.rules.reading.rendering_by_alembic import printed_by_alembic

DIALECTS = ("mysql", "mariadb", "sqlite")
HEADER = """import sqlalchemy as sa
from alembic import context, op
from sqlalchemy.dialects import mysql, sqlite

revision = "a1"
down_revision = None
"""


def written(body: str) -> str:
    return f"{HEADER}\n\ndef upgrade():\n{indent(body.strip(), '    ')}\n\n\ndef downgrade():\n    pass\n"


def read(body: str, dialect: str) -> MigrationScript:
    script = read_script("versions/a1.py", written(body), dialect=dialect)
    assert isinstance(script, MigrationScript), script
    return script


@pytest.mark.parametrize("body", FORMS, ids=lambda body: " ".join(body.split())[:60])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_reader_prints_what_alembic_prints(body: str, dialect: str, tmp_path: Path) -> None:
    script = read(body, dialect)
    unread = [one for one in script.upgrade if isinstance(one, Opaque)]
    try:
        printed, refused = printed_by_alembic(tmp_path / "alembic", written(body), dialect)[0], ""
    except Exception as error:  # whatever this database has no form for
        printed, refused = "", type(error).__name__
    if refused:
        assert [one.kind for one in unread] == [OpaqueKind.CALL]
        assert refused in unread[0].reason or unread[0].reason.startswith("batch mode copies `users` as it finds it")
    else:
        assert unread == []
        assert "".join(f"{one.sql};\n\n" for one in script.statements(Direction.UPGRADE)) == printed
        assert printed


@pytest.mark.parametrize(("dialect", "refused"), [("mysql", 1), ("mariadb", 1), ("sqlite", 13)])
def test_alembic_refuses_few_forms(dialect: str, refused: int) -> None:
    found = [body for body in FORMS if any(isinstance(one, Opaque) for one in read(body, dialect).upgrade)]
    assert (len(found), len(FORMS)) == (refused, 53)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_type_that_could_not_be_learned_is_not_known(dialect: str) -> None:
    body = 'import elsewhere\nop.add_column("t", sa.Column("a", elsewhere.Money(3), nullable=False))'
    (found,) = read(body, dialect).upgrade
    assert isinstance(found, AddColumn)
    assert (found.column.type.name, found.column.type.known, found.column.nullable) == ("Money", False, False)
