"""What a pull request changes in its models, against the schema that its revisions leave."""

from __future__ import annotations

import pytest

from rules.engine import review
from rules.examples import ENV, ENV_PATH, repository
from rules.model.finding import Finding
from rules.rule import Bad
from tests.rules.runner.laid_out import NOTE

HEAD = """from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Numeric, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    user_id: Mapped[int | None] = mapped_column(BigInteger)
    status: Mapped[str] = mapped_column(Text)
    total: Mapped[float | None] = mapped_column(Numeric(12, 2))
"""
PATH = "shop/models.py"
NOTHING = 'def upgrade():\n    op.execute("COMMENT ON TABLE users IS NULL")\n\n\ndef downgrade():\n    pass\n'
METADATA = ENV.replace("import os\n", "import os\n\nfrom shop.models import Base\n").replace(
    "connection=connection,", "connection=connection, target_metadata=Base.metadata,"
)


def migration(*lines: str) -> str:
    body = "\n".join(f"    {line}" for line in lines)
    return f"def upgrade():\n{body}\n\n\ndef downgrade():\n    pass\n"


def said(
    was: str, now: str, text: str = NOTHING, *, path: str = PATH, env: str = METADATA, **more: str
) -> list[Finding]:
    example = Bad(text, env=env, modules=((path, now), *more.items()), modules_were=((path, was), *more.items()))
    laid_out = repository(example, text)
    found = review(
        laid_out.texts,
        new=laid_out.new,
        base_texts=laid_out.base_texts,
        changed={*laid_out.new, path},
        settings=laid_out.settings,
    )
    assert found.crashed == ()
    rules = ("model-change-without-migration", "migration-without-model-change")
    return [finding for finding in found.standing if finding.rule in rules]


def changed(old: str, new: str) -> str:
    assert old in HEAD
    return HEAD.replace(old, new)


ADDED = HEAD + "    note: Mapped[str | None] = mapped_column(Text)\n"
CHANGES = [
    (ADDED, "adds the column `note`"),
    (changed("BigInteger)\n    status", "String(9))\n    status"), "makes `user_id` a `character varying(9)`"),
    (changed("user_id: Mapped[int | None]", "user_id: Mapped[int]"), "makes `user_id` NOT NULL"),
    (changed("status: Mapped[str]", "status: Mapped[str | None]"), "makes `status` nullable"),
    (changed("(BigInteger)", "(BigInteger, index=True)"), "adds an index on `user_id`"),
    (changed("(BigInteger)", "(BigInteger, unique=True)"), "makes `user_id` unique"),
    (
        changed("(BigInteger)", '(BigInteger, ForeignKey("users.id"))'),
        "adds a foreign key from `user_id` to `users`",
    ),
    (
        HEAD + '    __table_args__ = (Index("ix_o", "status", "total"),)\n',
        "adds an index on `status`, `total`",
    ),
]


@pytest.mark.parametrize(("now", "change"), CHANGES)
def test_a_change_that_no_revision_follows(now: str, change: str) -> None:
    (found,) = said(HEAD, now)
    assert found.message == f"The model of `orders` {change}, and no revision does."
    assert found.place.path == PATH


REVISIONS = [
    NOTE,
    migration('op.execute("ALTER TABLE orders ALTER user_id TYPE varchar(9)")'),
    migration('op.alter_column("orders", "user_id", nullable=False)'),
    migration('op.execute("ALTER TABLE orders ALTER status DROP NOT NULL")'),
    migration('op.create_index("any_name", "orders", ["user_id", "status"])'),
    migration('op.create_index("any_name", "orders", ["user_id"], unique=True)'),
    migration('op.create_foreign_key(None, "orders", "users", ["user_id"], ["id"])'),
    migration('op.execute("CREATE INDEX ON orders (status, total)")'),
]


@pytest.mark.parametrize(("now", "text"), [(now, text) for (now, _), text in zip(CHANGES, REVISIONS, strict=True)])
def test_a_change_that_a_revision_follows(now: str, text: str) -> None:
    assert said(HEAD, now, text) == []


@pytest.mark.parametrize(
    "now",
    [
        HEAD + "    user = relationship('User')\n",
        HEAD + "    @property\n    def open(self):\n        return self.status == 'open'\n",
        changed("mapped_column(Text)", 'mapped_column(Text, default="open", doc="Where it stands")'),
        changed("class Order(Base):", 'class Order(Base):\n    """What people buy."""\n'),
        changed("    total: Mapped[float | None] = mapped_column(Numeric(12, 2))\n", ""),
        changed("Numeric(12, 2)", "Money()"),
        changed("Mapped[float | None] = mapped_column(Numeric(12, 2))", "Mapped[float | None] = money()"),
        HEAD.replace("Order", "Purchase"),
        "",
        "class (",
    ],
)
def test_what_changes_no_table(now: str) -> None:
    assert said(HEAD, now) == []


def test_a_column_that_the_model_lets_go_though_the_database_wants_a_value() -> None:
    was = ADDED.replace("note: Mapped[str | None]", "note: Mapped[str]")
    text = migration('op.add_column("orders", sa.Column("note", sa.Text(), nullable=False))')
    (found,) = [each for each in said(was, HEAD, text) if each.place.path == PATH]
    assert "no longer writes `note`, which stays NOT NULL without a default" in found.message
    filled = text.replace("nullable=False", 'server_default="", nullable=False')
    assert [each for each in said(was, HEAD, filled) if each.place.path == PATH] == []


TABLE = '\n\nclass Cart(Base):\n    __tablename__ = "carts"\n\n    id: Mapped[int] = mapped_column(primary_key=True)\n'
CREATED = migration('op.create_table("carts", sa.Column("id", sa.Integer(), primary_key=True))')


def test_a_new_table_that_no_revision_creates() -> None:
    (found,) = said(HEAD, HEAD + TABLE)
    assert found.message == "The model of `carts` maps the new table `carts`, and no revision does."
    assert said(HEAD, HEAD + TABLE, CREATED) == []


@pytest.mark.parametrize(
    ("env", "expected"),
    [(METADATA, 1), (ENV, 0), (METADATA.replace("Base", "Other"), 0), (METADATA.replace("Base.metadata", "db()"), 0)],
)
def test_a_new_table_in_a_new_file_counts_if_env_py_migrates_its_metadata(env: str, expected: int) -> None:
    other = f"{HEAD}\n\nclass Other(DeclarativeBase):\n    pass\n"
    cart = f"from sqlalchemy.orm import Mapped, mapped_column\n\nfrom shop.models import Base\n{TABLE}"
    assert len(said("", cart, path="shop/carts.py", env=env, **{PATH: other, "shop/__init__.py": ""})) == expected


@pytest.mark.parametrize(
    "path", ["tests/test_models.py", "tests/models.py", "migrations/models.py", "examples/shop.py", "conftest.py"]
)
def test_models_of_tests_and_of_migrations_are_not_the_applications(path: str) -> None:
    assert said(HEAD, ADDED, path=path) == []


def test_nothing_is_said_where_a_new_revision_was_not_read_whole() -> None:
    assert said(HEAD, ADDED, migration('op.execute(open("more.sql").read())')) == []


def test_nothing_is_said_where_models_of_another_metadata_change() -> None:
    env = METADATA.replace("target_metadata=Base.metadata", "target_metadata=Other.metadata")
    other = "\n\nclass Other(DeclarativeBase):\n    pass\n"
    assert said(HEAD + other, ADDED + other, env=env.replace("import Base", "import Other")) == []


def test_a_model_without_a_table_in_the_history_is_none_of_ours() -> None:
    was = HEAD.replace('"orders"', '"elsewhere"')
    assert said(was, was + "    note: Mapped[str | None] = mapped_column(Text)\n") == []


def test_several_changes_of_a_table_are_one_finding() -> None:
    now = ADDED.replace("user_id: Mapped[int | None]", "user_id: Mapped[int]")
    (found,) = said(HEAD, now)
    assert "makes `user_id` NOT NULL and adds the column `note`" in found.message


def test_a_column_that_the_changed_model_lacks() -> None:
    wrong = ADDED.replace("note:", "remark:")
    found = said(HEAD, wrong, NOTE)
    assert {finding.rule: finding.place.path for finding in found} == {
        "model-change-without-migration": PATH,
        "migration-without-model-change": "migrations/versions/0003_example.py",
    }


@pytest.mark.parametrize("spelling", [NOTE, migration('op.execute("ALTER TABLE orders ADD COLUMN note text")')])
def test_a_revision_that_goes_ahead_of_the_models_is_right(spelling: str) -> None:
    assert said(HEAD, HEAD, spelling) == []
    assert [each.rule for each in said(HEAD, HEAD + "    x = relationship('X')\n", spelling)] == [
        "migration-without-model-change"
    ]
    partly = HEAD.replace("class Order(Base)", "class Order(Elsewhere, Base)")
    assert said(HEAD, f"from elsewhere import Elsewhere\n{partly}", spelling) == []


def test_an_ignore_comment_in_the_model_silences_it() -> None:
    ignore = "  # dbbot: ignore[model-change-without-migration] because the table is filled by hand\n"
    assert said(HEAD, ADDED.rstrip("\n") + ignore) == []


def test_only_the_files_that_the_pull_request_changes_are_looked_at() -> None:
    laid_out = repository(Bad(NOTHING, modules=((PATH, ADDED),), modules_were=((PATH, HEAD),)), NOTHING)
    found = review(laid_out.texts, new=laid_out.new, base_texts=laid_out.base_texts, changed=laid_out.new)
    assert found.standing == ()
    assert ENV_PATH in laid_out.texts
