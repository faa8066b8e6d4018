"""Which files are revisions of which environment: as Alembic's own `ScriptDirectory` finds them on disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from rules.history import history_of
from rules.reading import find_locations, read_location
from tests.graphs import files_of
from tests.rules.catalogue.proposed import revision

FILES = {
    "app/env.py": "from alembic import context\ncontext.run_migrations()\n",
    "app/versions/a.py": revision("aaaa", None, "pass"),
    "app/versions/__init__.py": "",
    "app/versions/notes.txt": "down_revision = None\n",
    "app/versions/2026/b.py": revision("bbbb", "aaaa", "pass"),
    "app/versions/2026/deeper/c.py": revision("cccc", "bbbb", "pass"),
    "app/versions/old.pyc": "",
    "app/versions/__pycache__/a.cpython-311.pyc": "",
    "plugins/mail/versions/m.py": revision("mmmm", None, "pass", more="branch_labels = ('mail',)\n"),
    "plugins/web/versions/w.py": revision("wwww", "mmmm", "pass"),
}
RECURSIVE = "[alembic]\nscript_location = app\nrecursive_version_locations = {}\n"
SEVERAL = "[alembic]\nscript_location = %(here)s/app\n{}version_locations = {}\n"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    "ini",
    [
        RECURSIVE.format("false"),
        RECURSIVE.format("true"),
        SEVERAL.format("path_separator = os\n", "%(here)s/plugins/mail/versions:%(here)s/plugins/web/versions"),
        SEVERAL.format("path_separator = :\n", "%(here)s/plugins/mail/versions:%(here)s/plugins/web/versions"),
        SEVERAL.format("path_separator = ;\n", "plugins/mail/versions;plugins/web/versions"),
        SEVERAL.format("path_separator = space\n", "plugins/mail/versions plugins/web/versions"),
        SEVERAL.format("path_separator = newline\n", "\n  plugins/mail/versions\n  %(here)s/plugins/web/versions"),
        SEVERAL.format("version_path_separator = space\n", "plugins/mail/versions plugins/web/versions"),
        SEVERAL.format("", "plugins/mail/versions, plugins/web/versions"),
        SEVERAL.format("", "plugins/mail/versions plugins/web/versions"),
        SEVERAL.format("recursive_version_locations = true\n", "app/versions plugins/mail/versions"),
        SEVERAL.format("sourceless = true\n", "app/versions plugins/mail/versions plugins/web/versions"),
    ],
)
def test_an_ini_file_leads_to_the_same_revisions(ini: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = {path: text for path, text in FILES.items() if not (path.endswith(".pyc") and "sourceless" in ini)}
    texts = {**sources, "alembic.ini": ini}
    write(texts, tmp_path)
    monkeypatch.chdir(tmp_path)
    theirs = ScriptDirectory.from_config(Config("alembic.ini"))
    (app,) = (each for each in find_locations(texts) if each.path == "app")
    assert {os.path.relpath(path, tmp_path) for path in theirs._version_locations} == set(app.version_paths)
    scripts = read_location(app, texts).scripts
    assert {script.path for script in scripts} == {os.path.relpath(path, tmp_path) for path in files_of(theirs, Path())}
    assert list(history_of(scripts).heads) == sorted(theirs.get_heads())


def test_several_environments_in_one_file_are_kept_apart() -> None:
    ini = "[app]\nscript_location = app\n[mail]\nscript_location = plugins/mail\n[web]\nscript_location = plugins/web\n"
    texts = {path: text for path, text in FILES.items() if "2026" not in path}
    found = find_locations({**texts, "alembic.ini": ini})
    assert {each.path: [script.revision for script in read_location(each, FILES).scripts] for each in found} == {
        "app": ["aaaa"],
        "plugins/mail": ["mmmm"],
        "plugins/web": ["wwww"],
    }


def write(texts: dict[str, str], folder: Path) -> None:
    for path, text in texts.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
