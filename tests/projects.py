"""Twelve public projects whose migrations the reader was built on; `projects_second.py` has those it had never seen."""

from __future__ import annotations

from dataclasses import dataclass

from rules.model.location import ScriptLocation


@dataclass(frozen=True)
class Project:
    """`versions` are the folders of revision files inside the unpacked package.

    `beside` are other packages made from the same repository: a pull request there has their texts too. `no_truth`
    says why the project cannot be imported for Alembic; `truth` is what to install for it where that is not the
    package itself, `needs` what its revisions need of its dependencies where all of them would be too much, and
    `preparation` the Python code to run before the revisions are imported. Projects with the same `home` share one
    environment, with `needs` and `truth`, and are imported from the unpacked package; `unpacked` is its folder, where
    that is not the name.
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
    home: str = ""
    unpacked: str = ""
    recursive: bool = False

    @property
    def folder(self) -> str:
        return self.unpacked or self.name

    @property
    def where(self) -> ScriptLocation:
        return ScriptLocation(self.versions[0].rpartition("/")[0], self.versions, recursive=self.recursive)

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
FIRST = (
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
        truth="langflow-base==1.13.0 lfx==1.13.0",
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
