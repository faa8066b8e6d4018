"""Public projects that the reader was not built on: what is only true of the first set is not true.

Few of their revisions need more than Alembic and SQLAlchemy, so that they share one environment (`home`) and are
imported from the unpacked package; a revision that cannot be imported so is counted, and not compared.
"""

from __future__ import annotations

from tests.projects import Project

HOME = "second"
NEEDS = (
    *("sqlalchemy==2.1.9", "alembic==1.20.1", "sqlalchemy-utils", "alembic-postgresql-enum", "geoalchemy2", "pgvector"),
    *("aiohttp", "aiosqlite", "anyascii", "apscheduler", "asgi-lifespan", "cachelib", "cachetools", "click"),
    *("click-spinner", "cloudpickle", "colorama", "configobj", "coolname", "cryptography", "debts", "defusedxml"),
    *("disk-objectstore", "distro", "docker", "dogpile.cache", "dramatiq", "dramatiq-abort", "fastapi"),
    *("fastapi-pagination", "fideslang", "filelock", "flask", "flask-babel", "flask-migrate", "flask-sqlalchemy"),
    *("gpuhunt", "griffe", "httpx", "humanize", "ijson", "importlib_metadata", "inflection", "jsonschema"),
    *("keystoneauth1", "lark", "loguru", "networkx", "nh3", "numpy", "orjson", "passlib", "pecan", "pendulum"),
    *("plumpy", "psycopg2-binary", "pydantic", "pydantic-settings", "pyjwt", "pymongo", "pyrad", "python-dateutil"),
    *("python-json-logger", "pyzmq", "redis", "rfc8785", "rich", "segno", "sentry-sdk", "structlog", "tenacity"),
    *("toml", "tornado", "voluptuous", "mistral-lib", "neutron-lib", "octavia-lib", "oslo.concurrency"),
    *("oslo.config", "oslo.db", "oslo.i18n", "oslo.log", "oslo.middleware", "oslo.serialization"),
    *("oslo.service[threading]", "oslo.utils", "osprofiler"),
)
"""All that these revisions import, but for the projects themselves."""
RUCIO = """
import os, tempfile
os.environ["RUCIO_CONFIG"] = os.path.join(tempfile.mkdtemp(), "rucio.cfg")
with open(os.environ["RUCIO_CONFIG"], "w") as file:
    file.write("[common]\\n[database]\\n")
"""
"""It reads a file of settings while it is imported."""
SOURCE_BELOW = "import sys; sys.path.insert(0, sys.path[0] + '/fidesops-1.8.2/src')"


def _project(
    name: str, version: str, *versions: str, package: str = "", recursive: bool = False, preparation: str = ""
) -> Project:
    package = package or name
    return Project(
        *(name, package, version, versions),
        home=HOME,
        truth="sqlmodel sqlalchemy-citext",  # older than SQLAlchemy 2.1, by what they ask for
        needs=NEEDS,
        preparation=preparation,
        unpacked=package,
        recursive=recursive,
    )


SECOND = (
    _project("ethyca-fides", "2.78.2", "fides/api/alembic/migrations/versions"),
    _project("zenml", "0.98.0", "zenml/zen_stores/migrations/versions"),
    _project("dstack", "0.22.5", "dstack/_internal/server/migrations/versions", recursive=True),
    _project("rucio", "41.5.1", "rucio/db/sqla/migrate_repo/versions", preparation=RUCIO),
    _project("neutron", "29.0.0", "neutron/db/migration/alembic_migrations/versions", recursive=True),
    _project("prefect", "3.9.1", "prefect/server/database/_migrations/versions/postgresql"),
    _project("privacyidea", "3.14", "privacyidea/migrations/versions"),
    _project("ckan", "2.12.0", "ckan/migration/versions"),
    _project("flexmeasures", "1.0.1", "flexmeasures/data/migrations/versions"),
    _project("aiida", "2.9.4", "aiida/storage/psql_dos/migrations/versions", package="aiida-core"),
    _project("octavia", "19.0.0", "octavia/db/migration/alembic_migrations/versions"),
    _project("ironic", "39.0.0", "ironic/db/sqlalchemy/alembic/versions"),
    _project("fittrackee", "1.3.6", "fittrackee/migrations/versions"),
    _project("magnum", "23.0.0", "magnum/db/sqlalchemy/alembic/versions"),
    _project("manila", "23.0.1", "manila/db/migrations/alembic/versions"),
    _project("datajunction", "0.0.272", "datajunction_server/alembic/versions", package="datajunction-server"),
    _project("tacker", "16.0.0", "tacker/db/migration/alembic_migrations/versions"),
    _project("mistral", "23.0.0", "mistral/db/sqlalchemy/migration/alembic_migrations/versions"),
    _project("lemur", "1.9.3", "lemur/migrations/versions"),
    _project("keylime", "7.14.3", "keylime/migrations/versions"),
    _project("fidesops", "1.8.2", "fidesops-1.8.2/src/fidesops/ops/migrations/versions", preparation=SOURCE_BELOW),
    _project("lightly-studio", "1.2.0", "lightly_studio/migrations/versions"),
    _project("glance", "33.0.0", "glance/db/sqlalchemy/alembic_migrations/versions"),
    _project("sky-jobs", "0.14.1", "sky/schemas/db/spot_jobs", package="skypilot"),
    _project("sky-users", "0.14.1", "sky/schemas/db/global_user_state", package="skypilot"),
    _project("designate", "23.0.0", "designate/storage/sqlalchemy/alembic/versions"),
    _project("quetz", "0.10.4", "quetz/migrations/versions", package="quetz-server"),
    _project("jupyterhub", "6.1.1", "jupyterhub/alembic/versions"),
    _project("blazar", "18.0.0", "blazar/db/migration/alembic_migrations/versions"),
    _project("conda-store", "2025.2.2", "conda_store_server/_internal/alembic/versions", package="conda-store-server"),
    _project("ihatemoney", "7.2.1", "ihatemoney/migrations/versions"),
    _project("invenio-communities", "29.3.0", "invenio_communities/alembic"),
    _project("cloudkitty", "25.0.0", "cloudkitty/rating/hash/db/sqlalchemy/alembic/versions"),
    _project("invenio-accounts", "9.1.0", "invenio_accounts/alembic"),
    _project("nova", "34.0.0", "nova/db/main/migrations/versions"),
    _project("aodh", "23.0.0", "aodh/storage/sqlalchemy/alembic/versions"),
    _project("buildbot", "4.3.0", "buildbot/db/migrations/versions"),
)
