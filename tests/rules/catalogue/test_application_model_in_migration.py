"""Models of the application are named where the migration asks them for something, and only there."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, findings, migration

RULE = "application-model-in-migration"
IMPORT = "from shop.models import Base, Status, User, users\nfrom sqlalchemy.orm import Session\n"


@pytest.mark.parametrize(
    "line",
    [
        "Session(bind=op.get_bind()).query(User).all()",
        "Session(bind=op.get_bind()).query(User.id, User.name).all()",
        "Session(bind=op.get_bind()).query(sa.func.count(User.id)).scalar()",
        "session = Session(bind=op.get_bind()); session.get(User, 1)",
        "session = Session(bind=op.get_bind()); session.bulk_insert_mappings(User, [])",
        "op.get_bind().execute(sa.select(User.name))",
        "op.get_bind().execute(sa.select(users.c.name))",
        "op.execute(sa.update(User).values(name='x'))",
        "op.execute(sa.insert(User))",
        "op.execute(sa.delete(User))",
        "op.bulk_insert(User.__table__, [])",
        "User.query.filter_by(name='x').all()",
        "Base.metadata.create_all(op.get_bind())",
        "Base.metadata.drop_all(op.get_bind())",
        "op.add_column('orders', sa.Column('kind', sa.Enum(Status)))",
        "op.add_column('orders', sa.Column('kind', sa.Enum(*Status, name='kind')))",
        "op.add_column('orders', sa.Column('kind', sa.Enum(*[one.value for one in Status], name='kind')))",
        "op.add_column('orders', sa.Column('kind', postgresql.ENUM(Status)))",
    ],
)
def test_a_model_that_is_asked_is_named(line: str) -> None:
    assert_judged(RULE, f"{IMPORT}{line}  # finding")


def test_so_is_sql_that_the_packages_own_function_gives() -> None:
    written = "from migrations_of.views import create_view, Views\n"
    folder = "migrations"
    text = f"{written}\n\n" + migration("op.execute(create_view('a'))\nop.execute(Views.drop().where(1))")
    assert not findings(RULE, text), "a package that may as well be a library's"
    inside = text.replace("migrations_of", f"...{folder}_of")
    (found,) = findings(RULE, inside)
    assert found.message.startswith("`create_view`")
    assert found.message.endswith("The same holds on line 20.")


def test_so_is_one_of_a_module_and_one_under_another_name() -> None:
    assert_judged(RULE, "from shop import models\nop.execute(sa.delete(models.User))  # finding")
    assert_judged(RULE, "from shop.models import User as Person\nop.execute(sa.delete(Person))  # finding")
    assert_judged(RULE, "import shop.models\nop.execute(sa.delete(shop.models.User))  # finding")


def test_so_is_what_a_function_of_the_file_asks() -> None:
    text = "from shop.models import User\n\n\ndef fill():\n    op.execute(sa.delete(User))\n\n\n" + migration("fill()")
    assert [one.place.line for one in findings(RULE, text)] == [19]


def test_a_function_that_nobody_calls_is_silent() -> None:
    text = "from shop.models import User\n\n\ndef fill():\n    op.execute(sa.delete(User))\n\n\n" + migration("pass")
    assert not findings(RULE, text)


def test_the_way_back_is_silent() -> None:
    assert_judged(RULE, "pass", f"{IMPORT}op.execute(sa.delete(User))")


@pytest.mark.parametrize(
    "line",
    [
        "op.add_column('orders', sa.Column('kind', Status()))",
        "op.add_column('orders', sa.Column('kind', sa.String(User.NAME_LENGTH)))",
        "op.drop_table(User.__tablename__)",
        "op.execute(Base)",
        "print(User)",
        "{}.get(User)",
        "op.execute(sa.select(sa.literal(Status.OPEN)))",
        "op.get_bind().execute(sa.text('SELECT 1'), {'status': Status.OPEN})",
    ],
)
def test_types_constants_and_values_are_silent(line: str) -> None:
    assert_judged(RULE, f"{IMPORT}{line}")


def test_a_model_of_the_file_itself_is_silent() -> None:
    assert_judged(
        RULE,
        """
        users = sa.table("users", sa.column("name"))
        op.execute(sa.delete(users))
        op.execute(users.update().values(name="x"))
        op.add_column("orders", sa.Column("kind", sa.Enum("a", "b", name="kind")))
        """,
    )


@pytest.mark.parametrize(
    "written",
    [
        "from migrations.tables import Users",
        "from migrations.versions.tables import Users",
        "from .tables import Users",
        "from ..tables import Users",
        "from sqlalchemy_continuum import Users",
        "from alembic_utils.replaceable import Users",
        "from enum import Enum as Users",
    ],
)
def test_what_lives_beside_the_migrations_or_in_a_library_is_silent(written: str) -> None:
    assert_judged(RULE, f"{written}\nop.execute(sa.delete(Users))")


def test_a_relative_import_from_outside_the_migrations_is_named() -> None:
    assert_judged(RULE, "from ...models import Users\nop.execute(sa.delete(Users))  # finding")


def test_one_finding_lists_all_places() -> None:
    text = f"{IMPORT}\n\n" + migration("op.execute(sa.delete(User))\nop.execute(sa.delete(Status))")
    (found,) = findings(RULE, text)
    assert found.message.endswith("The same holds on line 21.")


def test_the_call_that_cannot_be_read_for_it_has_this_finding_alone() -> None:
    text = f"{IMPORT}\n\n" + migration("op.bulk_insert(User.__table__, [])\nop.bulk_insert(elsewhere(), [])")
    assert len(findings(RULE, text)) == 1
    (unread,) = findings("unreadable-operation", text)
    assert unread.place.line == 21
    text = f"{IMPORT}\n\n" + migration("op.bulk_insert(elsewhere(), [])\nop.bulk_insert(User.__table__, [])")
    (unread,) = findings("unreadable-operation", text)
    assert (unread.place.line, "The same" in unread.message) == (20, False)
    assert not findings("unreadable-operation", f"{IMPORT}\n\n" + migration("Base.metadata.create_all(op.get_bind())"))


def test_a_call_that_cannot_be_read_stays_unread_where_nothing_of_the_application_is_imported() -> None:
    assert findings("unreadable-operation", migration("op.bulk_insert(elsewhere(), [])"))
