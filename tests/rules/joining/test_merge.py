"""The merge revision: a file that Alembic itself would have written there."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from rules.joining import Naming, merge_revision, naming_of
from rules.model.script import MigrationScript
from rules.reading import read_script

AT = datetime(2026, 3, 4, 5, 6, 7)
TEMPLATES = (
    "%(rev)s_%(slug)s",
    "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d-%(rev)s_%(slug)s",
    "%(year)d%(month)02d%(day)02d%(hour)02d%(minute)02d%(second)02d_%(slug)s",
    "%(epoch)s_%(slug)s",
    "%(slug)s-%(rev)s",
)


def head(revision: str, path: str = "", created: str = "") -> MigrationScript:
    docstring = f"Words.\n\nCreate Date: {created}\n" if created else "Words."
    return MigrationScript(path or f"m/versions/{revision}_words.py", "", revision, ("base",), docstring=docstring)


def test_the_same_heads_give_the_same_file_under_an_id_that_is_free() -> None:
    heads = [head("aa11"), head("bb22")]
    first = merge_revision(heads, Naming(), ())
    assert merge_revision(heads, Naming(), ()) == first
    (revision,) = re.findall(r'^revision = "(\w{12})"', first.text, re.MULTILINE)
    assert first.path == f"m/versions/{revision}_merge_aa11_and_bb22.py"
    other = merge_revision(heads, Naming(), {revision})
    assert revision not in other.text


def test_it_reads_as_a_merge_of_all_heads_that_does_nothing() -> None:
    heads = [head(name, created=f"2026-0{at}-01 10:00:00.123") for at, name in enumerate(("a1", "b2", "c3"), 1)]
    made = merge_revision(heads, Naming(), ())
    script = read_script(made.path, made.text)
    assert isinstance(script, MigrationScript)
    assert script.parents == ("a1", "b2", "c3")
    assert (script.upgrade, script.downgrade) == ((), ())
    assert made.title == "Merge a1, b2 and c3."
    assert "Revises: a1, b2, c3\nCreate Date: 2026-03-01 10:00:00" in script.docstring


@pytest.mark.parametrize("revision", ['"""', "a\nb", "\\", "'", "../../etc", "é\u202e", "\ud800", "a" * 5_000, "`x`"])
def test_ids_of_strangers_leave_neither_their_string_nor_the_folder(revision: str) -> None:
    made = merge_revision([head(revision, path="m/versions/x.py"), head("bb22")], Naming(), ())
    values = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in ast.parse(made.text).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    assert values["down_revision"] == (revision, "bb22")
    assert re.fullmatch(r"m/versions/[\w]{1,100}\.py", made.path)


@pytest.mark.parametrize(
    "template",
    ["%(rev)99999999d", "%(nothing)s", "../%(rev)s", "/%(rev)s", "%(year)d_%(rev)s", "%(rev)s\n", "%(rev)s%", "", "%"],
)
def test_a_template_that_cannot_be_filled_in_gives_way_to_the_default(template: str) -> None:
    assert Naming(template).path("v", "ab12", "words", None) == "v/ab12_words.py"


@pytest.mark.parametrize(
    ("path", "text", "naming"),
    [
        ("a.ini", "[alembic]\nscript_location = m\n", Naming()),
        ("a.ini", "[alembic]\nfile_template = %%(slug)s\ntruncate_slug_length = 9\n", Naming("%(slug)s", 9)),
        ("a.ini", "[other]\nfile_template = %%(rev)s\n[alembic]\nscript_location = m\n", Naming("%(rev)s")),
        ("a.ini", "no ini at all", Naming()),
        ("a.ini", "[alembic]\ntruncate_slug_length = " + "9" * 9_999, Naming()),
        (
            "pyproject.toml",
            '[tool.alembic]\nfile_template = "%%(slug)s"\ntruncate_slug_length = 20',
            Naming("%(slug)s", 20),
        ),
        ("pyproject.toml", "[tool]\nalembic = 5", Naming()),
        (None, "", Naming()),
    ],
)
def test_the_names_come_from_the_file_that_configures_the_location(path: str | None, text: str, naming: Naming) -> None:
    assert naming_of(path, text) == naming


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_path_is_the_one_that_alembic_would_choose(tmp_path: Path, template: str) -> None:
    directory = ScriptDirectory(str(tmp_path), file_template=template, truncate_slug_length=12)
    theirs = directory._rev_path("v", "ab12", "merge aa11 and bb22", AT)
    ours = Naming(template, 12).path("v", "ab12", "merge aa11 and bb22", AT)
    local, utc = int(AT.timestamp()), int(AT.replace(tzinfo=UTC).timestamp())
    assert ours == str(theirs).replace(str(local), str(utc))


def test_alembic_upgrades_over_it(tmp_path: Path) -> None:
    versions = tmp_path / "m" / "versions"
    versions.mkdir(parents=True)
    (tmp_path / "m" / "env.py").write_text(
        "from alembic import context\n"
        'context.configure(url="postgresql://")\n'
        "with context.begin_transaction():\n    context.run_migrations()\n"
    )
    for name, down in (("aa11", None), ("bb22", "aa11"), ("cc33", "aa11")):
        body = f"revision = {name!r}\ndown_revision = {down!r}\ndef upgrade(): pass\ndef downgrade(): pass\n"
        (versions / f"{name}.py").write_text(body)
    made = merge_revision([head("bb22"), head("cc33")], Naming(), ())
    (tmp_path / made.path).write_text(made.text)
    config = Config()
    config.set_main_option("script_location", str(tmp_path / "m"))
    command.upgrade(config, "head", sql=True)
    assert len(ScriptDirectory.from_config(config).get_heads()) == 1
