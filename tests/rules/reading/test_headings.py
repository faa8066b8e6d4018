"""Revision files' headings, and the modules that they lead to."""

from __future__ import annotations

import pytest

from rules.model.location import ScriptLocation
from rules.model.place import Place
from rules.model.script import MigrationScript, SyntaxProblem
from rules.reading import read_location, read_script, wanted_paths
from tests.rules.reading.capabilities import migration


def read(text: str) -> MigrationScript:
    script = read_script("v/a1.py", text)
    assert isinstance(script, MigrationScript), script
    return script


@pytest.mark.parametrize(
    ("heading", "revision", "parents", "labels", "depends_on"),
    [
        ("revision = 'a'\ndown_revision = 'b'", "a", ("b",), (), ()),
        ("revision: str = 'a'\ndown_revision: str | None = None", "a", (), (), ()),
        ("revision = 'a'\ndown_revision = ('b', 'c')\nbranch_labels = ('x',)", "a", ("b", "c"), ("x",), ()),
        ("revision = 'a'\ndown_revision = ['b', 'c']\ndepends_on = 'd'", "a", ("b", "c"), (), ("d",)),
        ("BASE = 'a'\nrevision = BASE + '1'\ndown_revision = f'{BASE}0'", "a1", ("a0",), (), ()),
        ("revision, down_revision = 'a', 'b'", "a", ("b",), (), ()),
        ("revision = 'a'\ndown_revision = None\nbranch_labels = 'None'", "a", (), ("None",), ()),
        ("revision = 'a'\ndown_revision = 'b'\ndepends_on = ''", "a", ("b",), (), ()),
    ],
)
def test_the_heading_is_read(
    heading: str, revision: str, parents: tuple[str, ...], labels: tuple[str, ...], depends_on: tuple[str, ...]
) -> None:
    script = read(f'"""Adds things.\n\nRevision ID: a\n"""\n{heading}\n')
    assert (script.revision, script.parents, script.branch_labels, script.depends_on) == (
        revision,
        parents,
        labels,
        depends_on,
    )
    assert script.docstring.startswith("Adds things.")
    assert not script.has_upgrade
    assert not script.has_downgrade


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("x = 1\n", "it assigns no `revision`", 1),
        ("import os\nrevision = os.environ['R']\n", "its `revision` is not known before it runs", 2),
        ("x = 1\ndef f(:\n", "it is not valid Python: invalid syntax", 2),
    ],
)
def test_a_file_that_is_no_migration_says_why(text: str, reason: str, line: int) -> None:
    problem = read_script("v/a1.py", text)
    assert isinstance(problem, SyntaxProblem)
    assert (problem.reason, problem.place.line) == (reason, line)


def test_modules_of_the_repository_are_found_from_the_file() -> None:
    lines = ("import a.b", "from c import d", "from . import near", "from ..up import x", "import sqlalchemy")
    text = "\n".join((*lines, "def f():", "    from late import y", ""))
    paths = {
        "srv/app/a/b.py", "srv/c/__init__.py", "srv/c/d.py", "srv/app/m/versions/near.py", "srv/app/m/up.py",
        "late.py", "other/sqlalchemy.py",
    }  # fmt: skip
    wanted = wanted_paths(text, "srv/app/m/versions/a1.py", paths)
    assert wanted == paths - {"other/sqlalchemy.py"}


MONEY = """
import sqlalchemy as sa
from .base import SIZE

class Money(sa.Numeric):
    def __init__(self):
        super().__init__(SIZE, 2)
"""


def test_helpers_are_read_through_packages_and_relative_imports() -> None:
    texts = {
        "app/__init__.py": "",
        "app/db/__init__.py": "from app.db.types import Money\n",
        "app/db/types.py": MONEY,
        "app/db/base.py": "SIZE = 12\n",
    }
    text = migration(
        "op.add_column('t', sa.Column('m', Money()))\nop.add_column('t', sa.Column('n', db.Money()))",
        top="from app.db import Money\nimport app.db as db",
    )
    script = read_script("app/db/versions/a1.py", text, texts)
    assert isinstance(script, MigrationScript)
    assert [one.sql for one in script.upgrade_statements] == [
        "ALTER TABLE t ADD COLUMN m NUMERIC(12, 2)",
        "ALTER TABLE t ADD COLUMN n NUMERIC(12, 2)",
    ]


def test_a_location_is_read_in_the_order_of_its_revisions() -> None:
    def revision(name: str, parent: str | None, body: str) -> str:
        text = migration(body).replace('revision = "a1"', f"revision = {name!r}", 1)
        return text.replace("down_revision = None", f"down_revision = {parent!r}", 1)

    guarded = "if sa.inspect(op.get_bind()).has_table('t'):\n    op.drop_table('t')"
    texts = {
        "m/env.py": "from alembic import context\ncontext.configure(connection=c)\n",
        "m/versions/a.py": revision("second", "first", guarded),
        "m/versions/b.py": revision("first", None, "op.create_table('t', sa.Column('id', sa.Integer))"),
        "m/versions/c.py": "this is no python",
        "m/versions/__init__.py": "",
    }
    location = read_location(ScriptLocation("m", ("m/versions",), "m/env.py"), texts)
    assert [script.revision for script in location.scripts] == ["second", "first"]
    assert [problem.place for problem in location.problems] == [Place("m/versions/c.py", 1, 11, 1, 11)]
    assert [(one.sql, one.conditional) for one in location.scripts[0].upgrade_statements] == [("DROP TABLE t", False)]
    assert location.environment.path == "m/env.py"


def test_reading_is_a_function_of_the_texts() -> None:
    text = migration("op.drop_table(name)", top="from helper import name")
    first = read_script("v/a1.py", text, {"helper.py": "name = 'a'"})
    second = read_script("v/a1.py", text, {"helper.py": "name = 'b'"})
    assert first != second
    assert first == read_script("v/a1.py", text, {"helper.py": "name = 'a'"})
    created = migration("op.create_table('t', sa.Column('k', sa.Enum('a', name='kind')))")
    assert read(created).upgrade_statements == read(created).upgrade_statements
    assert read(created).upgrade_statements[0].sql == "CREATE TYPE kind AS ENUM ('a')"
