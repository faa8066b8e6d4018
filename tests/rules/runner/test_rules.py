"""The rules of group `runner`: near misses, once per pull request, and where the finding stands."""

from __future__ import annotations

import pytest

from rules.engine import review
from rules.examples import ENV, ENV_PATH, repository
from rules.model.finding import Severity
from rules.rule import Bad
from tests.rules.runner.laid_out import ALL_ON, BUILD, NOTE, env, names, said

CONFIGURE = """
with engine.connect() as connection:
    {before}
    context.configure(connection=connection, transaction_per_migration=True{options})
    with context.begin_transaction():
        context.run_migrations()
"""


def one(before: str = "pass", options: str = "", **more: str) -> str:
    return env(CONFIGURE.format(before=before, options=options), **more)


def migration(*lines: str) -> str:
    body = "\n".join(f"    {line}" for line in lines)
    return f"def upgrade() -> None:\n{body}\n\n\ndef downgrade() -> None:\n    pass\n"


ADD = 'op.add_column("orders", sa.Column("note", sa.Text()))'
SQL = 'op.execute("ALTER TABLE orders ADD COLUMN note text")'


@pytest.mark.parametrize("line", [ADD, SQL])
def test_a_lock_without_a_timeout_is_said_once_for_the_whole_pull_request(line: str) -> None:
    text = migration(line, 'op.add_column("users", sa.Column("phone", sa.Text()))')
    (found,) = [each for each in said(one(), text) if each.rule == "lock-without-timeout"]
    assert found.place.path == ENV_PATH
    assert found.revision is None
    assert (
        "Line 16 of `migrations/versions/0003_example.py` waits without limit for `ACCESS EXCLUSIVE`" in found.message
    )
    assert "So does one more statement." in found.message


@pytest.mark.parametrize(
    "lines",
    [
        ("op.execute(\"SET LOCAL lock_timeout = '4s'\")", ADD),
        ("op.execute(\"SET lock_timeout = '4s'\")", ADD),
        ("op.execute(\"SELECT set_config('lock_timeout', '4s', true)\")", ADD),
        ('op.create_table("carts", sa.Column("id", sa.BigInteger()))', 'op.create_index("ix_c", "carts", ["id"])'),
        ("op.execute(\"COMMENT ON TABLE orders IS 'What is bought'\")",),
        ("op.execute(\"UPDATE orders SET status = 'new' WHERE id = 1\")",),
    ],
)
def test_nobody_waits_without_limit(lines: tuple[str, ...]) -> None:
    assert names(said(one(), migration(*lines))) == []


@pytest.mark.parametrize(
    "lines",
    [
        ('op.execute("SET LOCAL lock_timeout = 0")', ADD),
        (ADD, "op.execute(\"SET LOCAL lock_timeout = '4s'\")"),
        ("op.execute(\"SET lock_timeout = '4s'\")", 'op.execute("RESET lock_timeout")', ADD),
    ],
)
def test_a_timeout_that_is_not_in_force_does_not_count(lines: tuple[str, ...]) -> None:
    assert names(said(one(), migration(*lines))) == ["lock-without-timeout"]


def test_without_an_env_py_nothing_is_said_about_it() -> None:
    laid_out = repository(Bad(NOTE), NOTE)
    texts = {path: text for path, text in laid_out.texts.items() if path != ENV_PATH}
    assert review(texts, new=laid_out.new).standing == ()


def test_a_pull_request_that_only_touches_env_py_is_judged_for_it() -> None:
    laid_out = repository(Bad(NOTE), NOTE)
    text = one(options=", compare_types=True")
    found = review({**laid_out.texts, ENV_PATH: text}, new=(), base_texts=laid_out.texts)
    assert [each.rule for each in found.standing] == ["ignored-configure-option"]
    untouched = review({**laid_out.texts, ENV_PATH: text}, new=(), base_texts={**laid_out.texts, ENV_PATH: text})
    assert untouched.standing == ()


def test_a_comment_in_env_py_silences_a_finding_there() -> None:
    ignore = "# dbbot: ignore[ignored-configure-option] because our own hook reads it"
    text = one(options=f"\n    , compare_types=True {ignore}\n    ", engine="engine = make()")
    assert names(said(text)) == []
    assert names(said(text.replace("our own hook reads it", ""))) == ["ignored-configure-option"]


def test_the_settings_set_the_weight() -> None:
    text = one(options=", compare_types=True", engine="engine = make()")
    (found,) = said(text, settings="rules:\n  ignored-configure-option: error\n")
    assert found.severity is Severity.ERROR
    assert said(text, settings="rules:\n  ignored-configure-option: off\n") == ()


@pytest.mark.parametrize(
    "options",
    [
        ", include_schemas=True, version_table='v', version_table_schema='s', compare_server_default=True",
        ", render_item=f, include_name=f, include_object=f, process_revision_directives=f, literal_binds=True",
        ", mine=1",
    ],
)
def test_options_that_somebody_reads_are_known(options: str) -> None:
    text = one(options=options, engine="engine = make()")
    script = migration('if op.get_context().opts["mine"]:', f"    {ADD}")
    assert [name for name in names(said(text, script)) if name == "ignored-configure-option"] == []


def test_the_options_of_the_oldest_and_newest_alembic_are_known() -> None:
    assert names(said(one(options=", include_symbol=f, autogenerate_plugins=[]", engine="engine = make()"))) == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (', transactional_ddl=os.getenv("ENV") == "prod"', True),
        (", transactional_ddl=PRODUCTION", True),
        (", transactional_ddl=False if settings.ENVIRONMENT == 'test' else True", True),
        (', version_table_schema=os.getenv("SCHEMA")', False),
        (", transactional_ddl=True", False),
    ],
)
def test_an_option_that_hangs_on_the_environment(options: str, expected: bool) -> None:
    text = one(options=options, engine='import os\nPRODUCTION = os.environ["ENV"] == "prod"\nengine = make()')
    assert ("settings-differing-by-environment" in names(said(text))) is expected


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        (
            'args = {"options": "-c lock_timeout=4000"} if os.environ.get("ENV") == "prod" else {}\n'
            "engine = create_engine(URL, connect_args=args)",
            True,
        ),
        (
            'engine = create_engine(URL, connect_args={"options": f"-c lock_timeout={os.environ[\'LOCK_TIMEOUT\']}"})',
            False,
        ),
    ],
)
def test_a_timeout_may_have_its_length_from_a_variable(engine: str, expected: bool) -> None:
    found = names(said(one(engine=f"import os\n{engine}")))
    assert ("settings-differing-by-environment" in found) is expected
    assert "lock-without-timeout" not in found


TWO = """
def online():
    with engine.connect() as connection:
        context.configure(connection=connection, {first})
        context.run_migrations()

def tests(connection):
    context.configure(connection=connection, {second})
"""
EACH = "transaction_per_migration=True"


@pytest.mark.parametrize(
    ("first", "second", "expected"), [(EACH, EACH, False), (EACH, "", True), ("", EACH, True), ("**kw", EACH, False)]
)
def test_every_call_that_gets_a_connection_has_to_ask_for_it(first: str, second: str, expected: bool) -> None:
    text = env(TWO.format(first=first, second=second), engine="engine = make()")
    assert ("one-transaction-for-all-revisions" in names(said(text, BUILD))) is expected


FEW = "CREATE TABLE few (order_id bigint, note text)", "INSERT INTO few VALUES (1, 'a'), (2, 'b')"
BY_FEW = "UPDATE orders SET note = few.note FROM few WHERE few.order_id = orders.id"


@pytest.mark.parametrize(
    ("statements", "long"),
    [
        ((*FEW, BY_FEW), False),
        ((FEW[0], "INSERT INTO few SELECT id, status FROM orders", BY_FEW), True),
        ((*FEW, BY_FEW.replace("orders.id", "orders.user_id")), True),
        ((BY_FEW.replace("few", "users").replace("users.order_id", "users.id"),), True),
        ((BY_FEW.replace("few.order_id", "2"),), False),
    ],
)
def test_a_joined_change_takes_long_unless_few_rows_choose_few(statements: tuple[str, ...], long: bool) -> None:
    text = migration(*(f'op.execute("{sql}")' for sql in statements))
    settings = "rules:\n  statement-without-timeout: notice\n"
    timed = one("connection.execute(text(\"SET statement_timeout = '5s'\"))", engine="engine = make()")
    found = said(timed, text, settings=settings)
    assert ("statement-without-timeout" in names(found)) is long


ALL_AT_ONCE = one(engine="engine = make()").replace(", transaction_per_migration=True", "")
NOT_VALID = 'op.execute("ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID")'


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (NOT_VALID, 'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT c")', True),
        (ADD, "op.execute(\"UPDATE orders SET note = ''\")", True),
        (ADD, "op.execute(\"UPDATE orders SET note = '' WHERE id = 1\")", False),
        (ADD, 'op.execute("UPDATE orders SET note = name FROM users WHERE users.id = orders.user_id")', True),
        (ADD, 'op.execute("DELETE FROM orders WHERE id IN (SELECT age FROM users)")', True),
        (ADD, 'op.execute("DELETE FROM orders WHERE id IN (SELECT age FROM users WHERE users.id = 5)")', False),
        (ADD, "op.execute(\"UPDATE users SET name = ''\")", False),
        (ADD, 'op.create_table("carts", sa.Column("id", sa.BigInteger()))', False),
    ],
)
def test_a_later_revision_relies_on_a_commit(first: str, second: str, expected: bool) -> None:
    found = names(said(ALL_AT_ONCE, migration(first), also=(migration(second),)))
    assert ("one-transaction-for-all-revisions" in found) is expected


@pytest.mark.parametrize(
    ("lines", "written", "expected"),
    [
        ((), "4000", True),
        (('op.execute("SET lock_timeout = 0")',), "4000", False),
        (("op.execute(\"SET lock_timeout = '10min'\")",), "4000", False),
        (("op.execute(\"SET LOCAL lock_timeout = '2s'\")",), "5min", False),
        (("op.execute(\"SET lock_timeout = '2s'\")",), "5min", True),
    ],
)
@pytest.mark.parametrize(
    "build",
    [
        'op.create_index("ix_o", "orders", ["user_id"], postgresql_concurrently=True)',
        'op.execute("CREATE INDEX CONCURRENTLY ix_o ON orders (user_id)")',
    ],
)
def test_a_short_timeout_over_a_concurrent_build(
    lines: tuple[str, ...], written: str, expected: bool, build: str
) -> None:
    inside = [f"    {line}" for line in (*lines, build)]
    text = migration("with op.get_context().autocommit_block():", *inside)
    settings = f"lock_timeout: {written}\n" if written.endswith("min") else f'lock_timeout: "{written}"\n'
    found = names(said(one(engine="engine = make()"), text, settings=settings))
    assert ("lock-timeout-over-concurrent-build" in found) is expected


def test_with_a_short_timeout_the_repair_of_a_plain_index_is_still_offered() -> None:
    laid_out = repository(Bad(NOTE), migration('op.create_index("ix_o", "orders", ["user_id"])'))
    texts = {**laid_out.texts, ENV_PATH: ENV.replace("60000", "4000")}
    said_of = {finding.rule: finding for finding in review(texts, new=laid_out.new).standing}
    assert said_of["blocking-index-creation"].suggestion is not None


@pytest.mark.parametrize(
    ("lock", "options", "script", "expected"),
    [
        ("SELECT pg_advisory_xact_lock(1)", EACH, NOTE, True),
        ("SELECT pg_advisory_xact_lock(1)", "", NOTE, False),
        ("SELECT pg_advisory_lock(1)", EACH, NOTE, False),
        ("SELECT pg_advisory_lock(1)", EACH, BUILD, True),
        ("SELECT pg_try_advisory_lock(1)", EACH, BUILD, False),
    ],
)
def test_an_advisory_lock_that_lets_go(lock: str, options: str, script: str, expected: bool) -> None:
    text = env(
        f"""
        with engine.connect() as connection:
            context.configure(connection=connection, {options})
            with context.begin_transaction():
                connection.execute(text("{lock}"))
                context.run_migrations()
        """,
        engine="engine = make()",
    )
    assert ("advisory-lock-that-lets-go" in names(said(text, script))) is expected


def test_a_project_of_sqlalchemy_1_begins_no_transaction_by_itself() -> None:
    text = one('connection.execute(text("SET x.y = 1"))', engine="engine = make()")
    assert names(said(text)) == ["statement-before-configure"]
    pinned = (("pyproject.toml", '[project]\ndependencies = ["SQLAlchemy>=1.4,<2.0"]\n'),)
    assert names(said(text, modules=pinned)) == []


MODEL = 'class Order(Base):\n    __tablename__ = "orders"\n'


@pytest.mark.parametrize(
    ("metadata", "path", "expected"),
    [
        ("None", "shop/models.py", True),
        ("None", "tests/test_models.py", False),
        ("Base.metadata", "shop/models.py", False),
        ("metadata", "shop/models.py", False),
    ],
)
def test_metadata_that_is_missing_though_there_are_models(metadata: str, path: str, expected: bool) -> None:
    text = one(options=f", target_metadata={metadata}", engine="engine = make()")
    assert ("missing-target-metadata" in names(said(text, modules=((path, MODEL),)))) is expected


def test_rules_that_are_off_speak_when_the_settings_name_them() -> None:
    found = names(said(one(), settings=ALL_ON))
    assert sorted(found) == [
        "connection-without-application-name",
        "idle-transaction-without-timeout",
        "lock-without-timeout",
        "statement-without-timeout",
    ]
