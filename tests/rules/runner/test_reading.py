"""What is read of an env.py, whatever it looks like; what cannot be told is unknown."""

from __future__ import annotations

import pytest

from rules.runner import read_runner
from tests.rules.runner.laid_out import HEADER, env, runner

ONLINE = """
with engine.connect() as connection:
    {before}
    context.configure(connection=connection{options})
    with context.begin_transaction():
        context.run_migrations()
"""


def online(before: str = "pass", options: str = "", **more: str) -> str:
    return env(ONLINE.format(before=before, options=options), **more)


@pytest.mark.parametrize("text", ["", "def (", "x = 'a" * 9, "(" * 5000, "context.configure(connection=1, **x)", "\0"])
def test_any_text_is_answered(text: str) -> None:
    read_runner("m/env.py", {"m/env.py": text})


def test_no_env_py_is_no_runner() -> None:
    assert read_runner("m/env.py", {}) is None


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", False),
        (", transaction_per_migration=True", True),
        (", transaction_per_migration=EACH", True),
        (", transaction_per_migration=unknown", ...),
        (", **OPTIONS", True),
        (", **unknown", ...),
        (", **{'transaction_per_migration': True}", True),
    ],
)
def test_an_option_is_followed_to_its_value(options: str, expected: object) -> None:
    text = online(options=options).replace(
        "engine =", "EACH = True\nOPTIONS = dict()\nOPTIONS['transaction_per_migration'] = EACH\nengine =", 1
    )
    (configure,) = runner(text).configures
    assert configure.constant("transaction_per_migration", False) is expected


def test_a_name_means_what_its_own_function_gives_it() -> None:
    text = env("""
        def offline():
            options = {"url": "x", "literal_binds": True}
            context.configure(**options)

        def online(connection):
            options = {"connection": connection}
            if connection.dialect.name == "sqlite":
                options["render_as_batch"] = True
            context.configure(**options)
    """)
    (configure,) = runner(text).configures
    assert (list(configure.options), configure.complete) == (["connection"], True)


@pytest.mark.parametrize(
    "setting",
    [
        'create_engine(URL, connect_args={"options": "-c lock_timeout=4000"})',
        'create_engine(URL, connect_args={"options": "-clock_timeout=4000"})',
        "create_engine(URL, connect_args=ARGS)",
        'create_async_engine(URL, connect_args={"server_settings": {"lock_timeout": "4000"}})',
        'create_engine("postgresql://h/d?options=-c%20lock_timeout%3D4000")',
    ],
)
def test_a_timeout_of_the_connection_is_found(setting: str) -> None:
    arguments = 'ARGS = {"options": "-c lock_timeout=4000"}\n' if "ARGS" in setting else ""
    text = f"{HEADER}{arguments}engine = {setting}\n"
    found = runner(text)
    assert [(each.name, each.value) for each in found.settings] == [("lock_timeout", "4000")]
    assert found.sessions_known


@pytest.mark.parametrize(
    ("statement", "value"),
    [
        ("""connection.execute(text("SET lock_timeout = '4s'"))""", "4s"),
        ("""connection.execute(text("SET lock_timeout TO '4s'"))""", "4s"),
        ("""connection.execute(text("SELECT set_config('lock_timeout', '4s', false)"))""", "4s"),
        ("""connection.execute(text(f"SET lock_timeout = {milliseconds}"))""", None),
    ],
)
def test_a_timeout_that_a_statement_sets_is_found(statement: str, value: str | None) -> None:
    (found,) = runner(online(statement)).settings
    assert (found.name, found.value) == ("lock_timeout", value)


@pytest.mark.parametrize(
    "engine",
    [
        "engine = create_engine(URL, connect_args=unknown())",
        "engine = create_engine(URL, **options)",
        "engine = create_engine(URL, creator=connect)",
        "engine = make_engine()",
        "from flask import current_app\nengine = current_app.extensions['migrate'].db.engine",
    ],
)
def test_an_engine_that_is_made_out_of_sight_may_have_any_timeout(engine: str) -> None:
    assert not runner(online(engine=engine)).sessions_known


@pytest.mark.parametrize(
    ("module", "known", "settings"),
    [
        ("engine = create_engine(URL)", True, []),
        ("engine = create_engine(URL, connect_args=args())", False, []),
        ('engine = create_engine(URL, connect_args={"options": "-c lock_timeout=1s"})', True, ["lock_timeout"]),
    ],
)
def test_the_engine_of_an_imported_module_is_looked_at(module: str, known: bool, settings: list[str]) -> None:
    found = runner(online(engine="from m.db import engine"), db=f"from sqlalchemy import create_engine\n{module}\n")
    assert (found.sessions_known, [each.name for each in found.settings]) == (known, settings)


def test_the_address_of_alembic_ini_counts() -> None:
    ini = "[alembic]\n# sqlalchemy.url = x?options={0}9\nsqlalchemy.url = x?options={0}4000\n".format(
        "-c%%20lock_timeout%%3D"
    )
    text = env("pass", engine='engine = engine_from_config({}, prefix="sqlalchemy.")')
    found = read_runner("m/env.py", {"m/env.py": text, "alembic.ini": ini}, "alembic.ini")
    assert found is not None
    assert [(each.value, each.place.line) for each in found.settings] == [("4000", 3)]


def test_a_docstring_and_a_branch_for_another_database_set_nothing() -> None:
    before = 'if connection.dialect.name == "mysql":\n        connection.execute(text("SET lock_timeout = 5"))'
    assert runner('"""Set lock_timeout = 4s somewhere."""\n' + online(before)).settings == ()


STRAY = """connection.execute(text("SET search_path TO shop"))"""


@pytest.mark.parametrize(
    "before",
    [
        STRAY,
        f"if schema:\n        {STRAY}",
        f"connection.commit()\n    {STRAY}",
        'connection.exec_driver_sql("SET lock_timeout = 4000")',
        "version = connection.scalar(text('SELECT version()'))",
        "prepare(connection)",
    ],
)
def test_a_statement_that_nobody_ends_is_found(before: str) -> None:
    text = online(before, engine='def prepare(c):\n    c.execute(text("SET x.y = 1"))\n\nengine = create_engine("x")')
    assert len(runner(text).stray) == 1


@pytest.mark.parametrize(
    "before",
    [
        f"{STRAY}\n    connection.commit()",
        f"{STRAY}\n    connection.rollback()",
        f"with connection.begin():\n        {STRAY}",
        f"transaction = connection.begin()\n    {STRAY}",
        "configure_session(connection)",
        'if connection.dialect.name == "sqlite":\n        connection.execute(text("PRAGMA foreign_keys=OFF"))',
        "print(connection)",
    ],
)
def test_a_statement_that_somebody_ends_is_none(before: str) -> None:
    assert runner(online(before)).stray == ()


def test_a_run_that_env_py_commits_is_none() -> None:
    assert runner(online(STRAY).replace("engine.connect()", "engine.begin()")).stray == ()
    assert runner(online(STRAY) + "    connection.commit()\n").stray == ()


ASYNC = """
def do_run_migrations(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def run():
    async with engine.connect() as connection:
        {before}
        await connection.run_sync(do_run_migrations)
        {after}
"""


@pytest.mark.parametrize(
    ("before", "after", "count"),
    [
        (f"await {STRAY}", "pass", 1),
        (f"await {STRAY}\n        await connection.commit()", "pass", 0),
        (f"await {STRAY}", "await connection.commit()", 0),
        ("pass", "pass", 0),
    ],
)
def test_an_asynchronous_run_is_followed_to_its_caller(before: str, after: str, count: int) -> None:
    assert len(runner(env(ASYNC.format(before=before, after=after))).stray) == count


@pytest.mark.parametrize(
    ("engine", "count"),
    [
        ('engine = create_engine("x", isolation_level="AUTOCOMMIT")', 1),
        ('engine = create_engine("x", execution_options={"isolation_level": "AUTOCOMMIT"})', 1),
        ('engine = create_engine("x", isolation_level="SERIALIZABLE")', 0),
        ('admin = create_engine("x", isolation_level="AUTOCOMMIT")\nengine = create_engine("x")', 0),
    ],
)
def test_autocommit_counts_on_the_connection_of_the_run(engine: str, count: int) -> None:
    assert len(runner(online(engine=engine)).autocommit) == count


def test_autocommit_for_another_database_does_not_count() -> None:
    text = online('if engine.name == "mysql":\n        connection.execution_options(isolation_level="AUTOCOMMIT")')
    assert runner(text).autocommit == ()
    assert len(runner(online('connection.execution_options(isolation_level="AUTOCOMMIT")')).autocommit) == 1


@pytest.mark.parametrize(
    ("signature", "fits"),
    [
        ("ctx, step, heads, run_args, **kw", True),
        ("ctx, step, heads, run_args", True),
        ("*, ctx, step, heads, run_args", True),
        ("**kw", True),
        ("ctx, step, **kw", True),
        ("ctx, revision, heads", False),
        ("ctx, step, heads", False),
        ("ctx, step, heads, run_args, more", False),
        ("ctx, step, heads, run_args, more=None", True),
        ("ctx, /, step, heads, run_args", False),
    ],
)
def test_a_callback_fits_if_it_takes_the_four_keywords(signature: str, fits: bool) -> None:
    text = online(options=", on_version_apply=after").replace("engine =", f"def after({signature}): ...\nengine =", 1)
    assert (runner(text).callbacks == ()) is fits


def test_a_callback_from_elsewhere_is_unknown() -> None:
    text = "from shop.audit import after\n" + online(options=", on_version_apply=[after, other]")
    assert runner(text).callbacks == ()


LOOP = """
for {target} in {iterable}:
    with create_engine(url).connect() as connection:
        context.configure(connection=connection{options})
        context.run_migrations({arguments})
"""


@pytest.mark.parametrize(
    ("target", "iterable", "options", "arguments", "found"),
    [
        ("url", "URLS", "", "", True),
        ("name, url", "databases.items()", "", "", True),
        ("name, rec", "engines.items()", ", upgrade_token=name", "engine_name=name", False),
        ("name, url", "engines.items()", "", "engine_name=name", False),
        ("tenant", "tenants", "", "", False),
        ("url", "tenant_urls()", "", "", False),
        ("attempt", "range(3)", "", "", False),
    ],
)
def test_a_loop_over_addresses_is_one_over_databases(
    target: str, iterable: str, options: str, arguments: str, found: bool
) -> None:
    text = env(LOOP.format(target=target, iterable=iterable, options=options, arguments=arguments))
    assert (runner(text).loop is not None) is found
