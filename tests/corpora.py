"""Public projects whose migrations are measured: fetched by `make corpora` into an ignored folder, never committed.

python -m tests.corpora [--folder DIR] [NAME ...]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(".corpora")


@dataclass(frozen=True)
class Project:
    """`versions` are the folders of revision files inside the unpacked package.

    `beside` are other packages made from the same repository: a pull request there has their texts too. `no_truth`
    says why the project cannot be imported for Alembic; `truth` is what to install for it where that is not the
    package itself, `needs` what its revisions need of its dependencies where all of them would be too much, and
    `preparation` the Python code to run before the revisions are imported.
    """

    name: str
    package: str
    version: str
    versions: tuple[str, ...]
    beside: tuple[str, ...] = ()
    no_truth: str = ""
    truth: str = ""
    needs: tuple[str, ...] = ()
    preparation: str = ""

    @property
    def requirement(self) -> str:
        return f"{self.package}=={self.version}"


SUPERSET = """
import os
os.environ["SUPERSET_SECRET_KEY"] = "of nothing"
import flask, flask_babel
from superset import extensions
from superset.utils.log import DBEventLogger
class Manager:
    def __getattr__(self, name):
        return lambda *_: None
app = flask.Flask("superset")
app.config.from_object("superset.config")
extensions.encrypted_field_factory.init_app(app)
extensions._event_logger["event_logger"] = DBEventLogger()
extensions.appbuilder.sm = Manager()
flask_babel.Babel(app)
app.app_context().push()
"""
LANGFLOW_BARE = """
import importlib.machinery, sys, types
for name in ("langflow", "langflow.services"):
    around, _, last = name.rpartition(".")
    found = importlib.machinery.PathFinder.find_spec(last, sys.modules[around].__path__ if around else None)
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = list(found.submodule_search_locations)
import langflow.services.database.models
"""
"""Its packages import all that the server needs; the revisions need a few modules of it."""
LANGFLOW = (
    *("sqlmodel", "sqlalchemy[asyncio]==2.0.50", "alembic==1.18.4", "pydantic<2.14", "pydantic-settings"),
    *(
        "aiofiles",
        "bcrypt",
        "croniter",
        "cryptography",
        "email-validator",
        "emoji",
        "fastapi",
        "filelock",
        "httpx",
        "loguru",
    ),
    *("langchain-core", "orjson", "opentelemetry-exporter-prometheus", "opentelemetry-sdk", "pandas", "pillow"),
    *("platformdirs", "pyjwt", "structlog"),
)
OPEN_WEBUI = (
    "alembic==1.18.4",
    "sqlalchemy[asyncio]==2.0.50",
    *("aiohttp", "aiosqlite", "beautifulsoup4", "cryptography", "markdown", "orjson", "psycopg", "psycopg2-binary"),
    *("python-dotenv", "python-engineio", "typer", "typing_extensions", "uvicorn"),
)
PROJECTS = (
    Project("airflow", "apache-airflow-core", "3.3.2", ("airflow/migrations/versions",)),
    Project("superset", "apache-superset", "6.1.0", ("superset/migrations/versions",), preparation=SUPERSET),
    Project("mlflow", "mlflow", "3.18.0", ("mlflow/store/db_migrations/versions",), truth="mlflow==3.17.2"),
    Project(
        "dagster",
        "dagster",
        "1.13.29",
        ("dagster/_core/storage/alembic/versions",),
        beside=("dagster-shared==1.13.29",),
    ),
    Project(
        "langflow",
        "langflow-base",
        "1.13.0",
        ("langflow/alembic/versions",),
        needs=LANGFLOW,
        preparation=LANGFLOW_BARE,
    ),
    Project(
        "open-webui",
        "open-webui",
        "0.12.4",
        ("open_webui/migrations/versions",),
        needs=OPEN_WEBUI,
        preparation="import os; os.environ['WEBUI_SECRET_KEY'] = 'of nothing'",
    ),
    Project(
        "galaxy",
        "galaxy-data",
        "26.1.2",
        ("galaxy/model/migrations/alembic/versions_gxy", "galaxy/model/migrations/alembic/versions_tsi"),
        beside=("galaxy-util==26.1.2",),
    ),
    Project("indico", "indico", "3.2.9", ("indico/migrations/versions",)),
    Project("zou", "zou", "1.0.97", ("zou/migrations/versions",)),
    Project("optuna", "optuna", "5.0.0", ("optuna/storages/_rdb/alembic/versions",)),
    Project("phoenix", "arize-phoenix", "20.26.1", ("phoenix/db/migrations/versions",)),
    Project("argilla", "argilla-server", "2.8.0", ("argilla_server/alembic/versions",)),
)


def chosen(names: list[str]) -> list[Project]:
    unknown = [name for name in names if name not in {project.name for project in PROJECTS}]
    if unknown:
        known = ", ".join(project.name for project in PROJECTS)
        raise SystemExit(f"There is no project {unknown[0]!r}. There are: {known}.")
    return [project for project in PROJECTS if not names or project.name in names]


def fetch(project: Project, folder: Path) -> Path:
    """The unpacked package; downloaded once."""
    target = folder / "src" / project.name
    if target.exists():
        return target
    wheels = folder / "wheels" / project.name
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--dest",
        str(wheels),
        project.requirement,
        *project.beside,
    ]
    subprocess.run(command, check=True)
    target.mkdir(parents=True)
    for archive in wheels.iterdir():
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as packed:
                packed.extractall(target)
        else:
            with tarfile.open(archive) as packed_tar:
                packed_tar.extractall(target, filter="data")
    return target


def texts_of(root: Path) -> dict[str, str]:
    """Repository-relative path -> text, of the files that the reader may ask for."""
    wanted = (".py", ".ini", ".toml")
    return {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(root.rglob("*"))
        if path.suffix in wanted and path.is_file()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Fetch public projects to measure the reader on.")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    for project in chosen(options.names):
        root = fetch(project, options.folder)
        print(f"{project.name}: {root}")


if __name__ == "__main__":
    main()
