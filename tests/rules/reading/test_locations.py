"""Where repositories keep their migrations, in all the ways that are in use."""

from __future__ import annotations

import pytest

from rules.model.location import ScriptLocation
from rules.reading import find_locations
from tests.rules.reading.capabilities import HEADER

REVISION = HEADER
ENV = "from alembic import context\ncontext.configure()\ncontext.run_migrations()\n"


def ini(*lines: str) -> str:
    return "\n".join(("[alembic]", *lines, ""))


def tree(folder: str, versions: str = "versions", **more: str) -> dict[str, str]:
    prefix = f"{folder}/" if folder else ""
    return {f"{prefix}env.py": ENV, f"{prefix}{versions}/a1.py": REVISION, **more}


CASES: dict[str, tuple[dict[str, str], ScriptLocation]] = {
    "ini beside the folder": (
        {**tree("migrations"), "alembic.ini": ini("script_location = migrations")},
        ScriptLocation("migrations", ("migrations/versions",), "migrations/env.py", "alembic.ini"),
    ),
    "here": (
        {**tree("backend/db"), "backend/alembic.ini": ini("script_location = %(here)s/db  # the database")},
        ScriptLocation("backend/db", ("backend/db/versions",), "backend/db/env.py", "backend/alembic.ini"),
    ),
    "package": (
        {**tree("src/app/db/migrations"), "alembic.ini": ini("script_location = app.db:migrations")},
        ScriptLocation(
            "src/app/db/migrations", ("src/app/db/migrations/versions",), "src/app/db/migrations/env.py", "alembic.ini"
        ),
    ),
    "package with slashes": (
        {**tree("app/db/migrations"), "conf/alembic.ini": ini("script_location = app/db:migrations")},
        ScriptLocation(
            "app/db/migrations", ("app/db/migrations/versions",), "app/db/migrations/env.py", "conf/alembic.ini"
        ),
    ),
    "relative to the working directory": (
        {**tree("app/migrations"), "app/alembic.ini": ini("script_location = app/migrations")},
        ScriptLocation("app/migrations", ("app/migrations/versions",), "app/migrations/env.py", "app/alembic.ini"),
    ),
    "ini without a location": (
        {**tree("migrations"), "migrations/alembic.ini": "[alembic]\n# template used to generate migration files\n"},
        ScriptLocation("migrations", ("migrations/versions",), "migrations/env.py", "migrations/alembic.ini"),
    ),
    "several version folders": (
        {
            **tree("m", "one"),
            "m/two/b2.py": REVISION,
            "alembic.ini": ini("script_location = m", "version_locations = %(here)s/m/one;%(here)s/m/two"),
        },
        ScriptLocation("m", ("m/one", "m/two"), "m/env.py", "alembic.ini"),
    ),
    "version folders by line": (
        {
            **tree("m", "one"),
            "m/two/b2.py": REVISION,
            "alembic.ini": ini("script_location = m", "version_locations =", "    m/one", "    m/two"),
        },
        ScriptLocation("m", ("m/one", "m/two"), "m/env.py", "alembic.ini"),
    ),
    "version folders by colon": (
        {
            **tree("m", "one"),
            "m/two/b2.py": REVISION,
            "alembic.ini": ini("script_location = m", "version_locations = m/one:m/two", "version_path_separator = :"),
        },
        ScriptLocation("m", ("m/one", "m/two"), "m/env.py", "alembic.ini"),
    ),
    "recursive": (
        {
            **tree("m"),
            "m/versions/2024/b2.py": REVISION,
            "alembic.ini": ini("script_location = m", "recursive_version_locations = true"),
        },
        ScriptLocation("m", ("m/versions",), "m/env.py", "alembic.ini", recursive=True),
    ),
    "pyproject": (
        {
            **tree("db"),
            "pyproject.toml": """
[tool.alembic]
script_location = "%(here)s/db"
version_locations = ["%(here)s/db/versions"]
""",
        },
        ScriptLocation("db", ("db/versions",), "db/env.py", "pyproject.toml"),
    ),
    "template of a location": (
        {**tree("pkg/store/alembic"), "pkg/store/alembic.ini": ini("script_location = {alembic_dir}/store/alembic")},
        ScriptLocation(
            "pkg/store/alembic", ("pkg/store/alembic/versions",), "pkg/store/alembic/env.py", "pkg/store/alembic.ini"
        ),
    ),
    "only env.py": (tree("x/y"), ScriptLocation("x/y", ("x/y/versions",), "x/y/env.py")),
    "two folders beside env.py": (
        {**tree("m", "versions_a"), "m/versions_b/b2.py": REVISION},
        ScriptLocation("m", ("m/versions_a", "m/versions_b"), "m/env.py"),
    ),
    "only revisions": (
        {"schema/steps/a1.py": REVISION, "schema/x.py": ""},
        ScriptLocation("schema/steps", ("schema/steps",)),
    ),
    "annotated headings": (
        {"d/versions/a1.py": "revision: str = 'a'\ndown_revision: str | None = None\n"},
        ScriptLocation("d", ("d/versions",)),
    ),
    "another database": (
        {**tree("m"), "alembic.ini": ini("script_location = m", "sqlalchemy.url = mysql+pymysql://x")},
        ScriptLocation("m", ("m/versions",), "m/env.py", "alembic.ini", dialect="mysql"),
    ),
    "an ini that does not parse": (
        {**tree("m"), "alembic.ini": "nonsense\nscript_location = m\n"},
        ScriptLocation("m", ("m/versions",), "m/env.py", "alembic.ini"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_script_location_is_found(name: str) -> None:
    texts, expected = CASES[name]
    assert find_locations(texts) == (expected,)


def test_several_environments_are_all_found() -> None:
    texts = {
        **tree("a"),
        **tree("b"),
        "alembic.ini": "[alembic]\nscript_location = a\n[other]\nscript_location = b\n",
    }
    assert [one.path for one in find_locations(texts)] == ["a", "b"]


def test_roots_narrow_the_search_and_take_a_bare_folder() -> None:
    texts = {**tree("a"), **tree("b"), "c/x.py": "x = 1\n"}
    assert [one.path for one in find_locations(texts, ["b"])] == ["b"]
    assert find_locations(texts, ["c"]) == (ScriptLocation("c", ("c",)),)
    assert find_locations(texts, ["nowhere"]) == ()


def test_installed_packages_are_not_searched() -> None:
    assert find_locations(tree(".venv/lib/site-packages/x")) == ()
    assert find_locations({}) == ()


def test_a_test_that_holds_the_text_of_a_revision_is_no_revision() -> None:
    test = f"def test_revision(tmp_path):\n    (tmp_path / 'a1.py').write_text('''\n{REVISION}''')\n"
    assert "\ndown_revision" in test
    assert find_locations({**tree("app/migrations"), "app/tests/test_cli.py": test}) == (
        ScriptLocation("app/migrations", ("app/migrations/versions",), "app/migrations/env.py"),
    )


def test_a_revision_that_does_not_parse_still_shows_where_revisions_lie() -> None:
    assert find_locations({"db/versions/a1.py": f"{REVISION}print 'old'\n"}) == (
        ScriptLocation("db", ("db/versions",)),
    )


def revision(id_: str, parent: str | None = None) -> str:
    return f"from alembic import op\n\nrevision = {id_!r}\ndown_revision = {parent!r}\n\n\ndef upgrade():\n    pass\n"


def test_folders_below_the_versions_belong_to_them_where_the_graph_goes_on_in_them() -> None:
    texts = {
        "m/env.py": ENV,
        "m/versions/a1.py": revision("a1"),
        "m/versions/2023/b2.py": revision("b2", "a1"),
        "m/versions/2024/expand/c3.py": revision("c3", "b2"),
        "m/versions/archive/z9.py": revision("z9"),
    }
    assert find_locations(texts) == (
        ScriptLocation("m", ("m/versions", "m/versions/2023", "m/versions/2024/expand"), "m/env.py"),
        ScriptLocation("m/versions/archive", ("m/versions/archive",)),
    )


def test_folders_that_are_named_for_databases_are_histories_of_their_own() -> None:
    texts = {
        "m/env.py": ENV,
        "m/versions/postgresql/a1.py": revision("a1"),
        "m/versions/sqlite/b2.py": revision("b2"),
    }
    assert find_locations(texts) == (
        ScriptLocation("m/versions/postgresql", ("m/versions/postgresql",), "m/env.py"),
        ScriptLocation("m/versions/sqlite", ("m/versions/sqlite",), "m/env.py", dialect="sqlite"),
    )
    with_ini = find_locations({**texts, "alembic.ini": ini("script_location = m")})
    assert [(one.path, one.ini_path, one.dialect) for one in with_ini] == [
        ("m/versions/postgresql", "alembic.ini", "postgresql"),
        ("m/versions/sqlite", "alembic.ini", "sqlite"),
    ]
    stated = ini("script_location = m", "version_locations = m/versions/postgresql m/versions/sqlite")
    assert len(find_locations({**texts, "alembic.ini": stated})) == 1
    renamed = {path.replace("sqlite", "later"): text for path, text in texts.items()}
    assert find_locations(renamed) == (ScriptLocation("m", ("m/versions/later", "m/versions/postgresql"), "m/env.py"),)


@pytest.mark.parametrize(
    ("env", "dialect"),
    [
        ('create_engine("mysql+pymysql://localhost/x")', "mysql"),
        ("url = os.environ.get('URL', 'mariadb://localhost/x')", "mariadb"),
        ('url = f"mysql://{host}/x" if host else "sqlite://"', "mysql"),
        ('url = "mysql://x" if old else "postgresql+psycopg://x"', "postgresql"),
        ('create_engine("sqlite:///dev.db")', "postgresql"),
        ("create_engine(os.environ['URL'])", "postgresql"),
    ],
)
def test_the_one_database_that_env_py_has_addresses_of_is_meant(env: str, dialect: str) -> None:
    texts = {"m/env.py": f"run_migrations()\n{env}\n", "m/versions/a.py": 'down_revision = None\nrevision = "a"\n'}
    assert [where.dialect for where in find_locations(texts)] == [dialect]
    stated = {"alembic.ini": "[alembic]\nscript_location = m\nsqlalchemy.url = driver://user@host/x\n", **texts}
    assert [where.dialect for where in find_locations(stated)] == [dialect]
    addressed = {"alembic.ini": "[alembic]\nscript_location = m\nsqlalchemy.url = postgresql://host/x\n", **texts}
    assert [where.dialect for where in find_locations(addressed)] == ["postgresql"]
