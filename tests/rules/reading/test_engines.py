"""How a run comes by its connection, as far as env.py tells."""

from __future__ import annotations

import pytest

from rules.reading import read_environment

ENV = "m/env.py"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("engine = create_engine(url)", False),
        ("engine = sa.engine_from_config(section)", False),
        ("engine = create_async_engine(url)", True),
        ("engine = async_engine_from_config(section)", True),
        ("engine = AsyncEngine(engine_from_config(section, future=True))", True),
        ("engine = create_async_engine(url) if quick else create_engine(url)", None),
        ("import asyncio\nengine = engine_from_config(section)\nasyncio.run(engine)", None),
        ("engine = get_engine()", None),
        ("", None),
    ],
)
def test_the_kind_of_engine_is_told_where_one_kind_is_made(text: str, expected: bool | None) -> None:
    assert read_environment(ENV, text).asynchronous is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('connection = context.config.attributes["connection"]', True),
        ('connection = config.attributes.get("connection", None)', True),
        ('connection = config.attributes.get("connection") or engine_from_config(section)', False),
        ('connection = config.attributes.get("connection") or app.db.engine', False),
        ("connection = open_one()", False),
    ],
)
def test_a_connection_is_given_where_no_engine_is_in_sight(text: str, expected: bool) -> None:
    assert read_environment(ENV, text).connection_given is expected


def test_it_is_looked_for_in_the_module_that_gets_the_context() -> None:
    text = "from app.runs import run, other\nfrom app.names import name\nrun(context, 1)\nname(2)\n"
    given = "def run(context, times):\n    context.configure(connection=config.attributes['connection'])\n"
    assert read_environment(ENV, text, {"app/runs.py": given, "app/names.py": "create_engine()"}).connection_given
    made = given + "    create_engine()\n"
    assert not read_environment(ENV, text, {"app/runs.py": made}).connection_given
    assert not read_environment(ENV, text, {"app/names.py": given}).connection_given
    relative = text.replace("from app", "from ..app")
    assert read_environment("a/m/env.py", relative, {"a/app/runs.py": given}).connection_given


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('create_engine(url, connect_args={"options": "-c timezone=UTC -c lock_timeout=4000"})', "UTC"),
        ('create_engine(url, connect_args={"server_settings": {"timezone": "Etc/UTC"}})', "Etc/UTC"),
        ('create_engine(url, connect_args={"server_settings": {"TimeZone": "UTC", "lock_timeout": "1s"}})', "UTC"),
        ("connection.execute(text(\"SET TIME ZONE 'Europe/Berlin'\"))", "Europe/Berlin"),
        ('connection.execute(text("SET SESSION timezone TO utc"))', "utc"),
        ('options = {"timezone": "UTC"}', None),
        ("a = \"SET timezone = 'UTC'\"\nb = \"SET timezone = 'Asia/Tokyo'\"", None),
        ('note = "the timezone is UTC"', None),
    ],
)
def test_the_zone_of_the_session_is_read_where_it_is_set(text: str, expected: str | None) -> None:
    assert read_environment(ENV, text).time_zone == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('connection.execute(text("SET search_path TO shop, public"))', ("shop", "public")),
        ("connection.execute(text('SET search_path = \"Shop\"'))", ("Shop",)),
        ("connection.execute(text(\"SET SESSION search_path TO 'Shop'\"))", ("Shop",)),
        ("connection.execute(text(\"SELECT set_config('search_path', 'shop,public', false)\"))", ("shop", "public")),
        (
            'create_engine(url, connect_args={"options": "-c search_path=a,b -c lock_timeout=1"})',
            ("a", "b"),
        ),
        ('create_engine(url, connect_args={"options": "-csearch_path=shop"})', ("shop",)),
        ('create_engine(url, connect_args={"server_settings": {"search_path": "shop"}})', ("shop",)),
        ('create_engine("postgresql://h/d?options=-csearch_path%3Dshop")', ("shop",)),
        ("connection.execute(text('SET search_path TO \"$user\", public'))", ("public",)),
        ('connection.execute(text(f"SET search_path TO {tenant}"))', None),
        ('connection.execute(text("SET search_path TO %s" % tenant))', None),
        ('connection.execute(text("SET search_path TO " + tenant))', None),
        ("connection.execute(text(\"SELECT set_config('search_path', :tenant, false)\"))", None),
        ('create_engine(url, connect_args={"server_settings": {"search_path": tenant}})', None),
        ('create_engine(url, connect_args={"options": f"-csearch_path={tenant}"})', None),
        ('a = "SET search_path TO a"\nb = "SET search_path TO b"', None),
        ("connection.execution_options(schema_translate_map={None: tenant})", None),
        ('options = {"schema_translate_map": {None: "shop"}}', None),
        ('context.configure(connection=connection, version_table_schema="shop")', ("public",)),
        ('"""SET search_path TO shop comes later."""', ("public",)),
        ("", ("public",)),
    ],
)
def test_the_search_path_of_a_run_is_read_where_it_is_plain(text: str, expected: tuple[str, ...] | None) -> None:
    assert read_environment(ENV, text).search_path == expected


def test_the_search_path_may_stand_in_the_address() -> None:
    ini = "[alembic]\nsqlalchemy.url = postgresql://h/d?options=-csearch_path%%3Dshop%%2Cpublic\n"
    assert read_environment(ENV, "", ini=ini).search_path == ("shop", "public")
    assert read_environment(ENV, "", ini=ini.replace("sqlalchemy", "# sqlalchemy")).search_path == ("public",)
