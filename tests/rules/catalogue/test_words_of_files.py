"""What a file says of itself by its name, its header and its docstring, and what it changes at once."""

from __future__ import annotations

import pytest

from rules.settings import read_settings
from tests.rules.catalogue.judged import assert_judged, findings, migration
from tests.rules.catalogue.pulled import BASE, CREATE, IDLE, NOTE, revision, said

NAMED = {"aaaa11_x.py": BASE["a.py"], "bbbb22_x.py": BASE["b.py"]}


@pytest.mark.parametrize(
    ("name", "id_", "base", "count"),
    [
        ("aaaa11_y.py", "bbbb22", NAMED, 0),
        ("20260101_y.py", "4522eb831f5c", {**NAMED, "20260101_x.py": revision("20260101", "bbbb22")}, 0),
        ("add_1d90f8a0efe1.py", "4522eb831f5c", NAMED, 0),
        ("abcdef_y.py", "ghijkl", NAMED, 0),
        ("0004_y.py", "0003", NAMED, 1),
        ("4_y.py", "0003", NAMED, 0),
        ("20260103_y.py", "20260102", NAMED, 0),
        ("initialschema_y.py", "other", {**NAMED, "initialschema_x.py": revision("initialschema", "bbbb22")}, 1),
        ("0004_y.py", "0003", {**NAMED, **{f"{n}.py": revision(f"r{n}", "bbbb22") for n in "klm"}}, 0),
    ],
)
def test_a_name_of_a_file_holds_an_id_where_it_looks_like_one(
    name: str, id_: str, base: dict[str, str], count: int
) -> None:
    found = said("file-name-contradicting-revision", {name: revision(id_, "bbbb22")}, base)
    assert len(found) == count


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (revision("cccc33", "bbbb22", "pass"), 1),
        (
            revision("cccc33", "bbbb22").partition("def upgrade")[0]
            + "from shop.common import upgrade\n\n\ndef downgrade():\n    pass\n",
            0,
        ),
        (
            revision("cccc33", "bbbb22").partition("def upgrade")[0]
            + "from shop.common import downgrade\n\n\ndef upgrade():\n    pass\n",
            0,
        ),
        (revision("cccc33", "bbbb22", "pass", more="depends_on = 'aaaa11'"), 0),
        (revision("cccc33", "bbbb22", "pass", more="branch_labels = ('x',)"), 0),
        (revision("cccc33", "bbbb22", "pass; pass"), 0),
        (revision("cccc33", None, "pass"), 0),
        (revision("cccc33", "bbbb22", "pass").partition("def upgrade")[0], 0),
        (revision("cccc33", "bbbb22", IDLE), 0),
        (revision("cccc33", "bbbb22", "pass", back=IDLE), 0),
    ],
)
def test_only_a_revision_between_others_that_does_nothing_is_empty(text: str, count: int) -> None:
    assert len(said("empty-migration", {"c.py": text})) == count


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("Revises: None", "The docstring says `Revises: None`, the code says `bbbb22`."),
        ("Revises: base", "The docstring says `Revises: base`, the code says `bbbb22`."),
        ("Revision ID:", None),
        ("Revision ID: dddd44", "The docstring says `Revision ID: dddd44`, the code says `cccc33`."),
    ],
)
def test_what_a_header_says_is_quoted_and_stands_at_its_word(header: str, message: str | None) -> None:
    text = revision("cccc33", "bbbb22", doc=f'"""Words.\n\n{header}\n"""\n')
    found = said("header-contradicting-revision", {"c.py": text})
    assert [each.message for each in found] == ([] if message is None else [message])
    for each in found:
        word = "revision" if header.startswith("Revision ID") else "down_revision"
        assert text.split("\n")[each.place.line - 1].startswith(f"{word} = ")
    elsewhere = revision("cccc33", "bbbb22", back=f'print("""\n{header}\n""")')
    assert said("header-contradicting-revision", {"c.py": elsewhere}) == ()


@pytest.mark.parametrize("header", ["Revises:", "Revises: None", "Revises: base"])
def test_a_first_revision_follows_none_by_each_word_for_it(header: str) -> None:
    text = revision("cccc33", None, CREATE, doc=f'"""Words.\n\n{header}\n"""\n')
    assert said("header-contradicting-revision", {"c.py": text}, {}) == ()


def test_a_line_of_another_text_is_no_header() -> None:
    inside = "print('''\nRevises: dddd44\n''')"
    text = revision("cccc33", "bbbb22", back=inside, doc='"""Revises nothing."""\n')
    assert said("header-contradicting-revision", {"c.py": text}) == ()


def test_a_first_revision_with_a_parent_in_its_header_follows_none() -> None:
    text = revision("cccc33", None, doc='"""Words.\n\nRevises: bbbb22\n"""\n')
    (found,) = said("header-contradicting-revision", {"c.py": text})
    assert found.message.endswith("the code says `None`.")


SEVERAL = "rules:\n  several-changes-in-one-migration: notice\n"
FILL = {
    "op.execute(\"INSERT INTO users (name) VALUES ('a')\")": "the schema and rows",
    'op.execute("DELETE FROM users")': "the schema and rows",
    'op.execute("TRUNCATE users")': "the schema and rows",
    'op.execute("UPDATE users SET name = NULL")': "the schema and rows",
    "op.execute(\"COPY users FROM '/x'\")": "the schema and rows",
    'op.execute("GRANT SELECT ON users TO reader")': "the schema and rights",
    NOTE: "2 tables: `users`, `orders`",
}


@pytest.mark.parametrize("second", FILL)
def test_what_a_revision_changes_beside_the_schema_is_said(second: str) -> None:
    rule, first = "several-changes-in-one-migration", 'op.add_column("users", sa.Column("n", sa.Text()))'
    (found,) = findings(rule, migration(f"{first}\n{second}"), settings=SEVERAL)
    assert found.message == f"`0003` changes {FILL[second]}."
    assert findings(rule, migration(first), settings=SEVERAL) == ()


def test_settings_and_what_was_not_read_are_no_change() -> None:
    rule = "several-changes-in-one-migration"
    upgrade = f'op.execute("SET lock_timeout = 0")\n{NOTE}\nop.execute(open("x").read())'
    assert findings(rule, migration(upgrade), settings=SEVERAL) == ()
    unread = "elsewhere(op, 'users')\nsa.Table('users', sa.MetaData()).create(op.get_bind(), odd=1)"
    assert findings(rule, migration(f"{NOTE}\n{unread}"), settings=SEVERAL) == ()


@pytest.mark.parametrize("said_by_it", ["", "Empty message", "auto", "autogenerate", "Migration.", "WIP", "...", ".."])
def test_a_docstring_that_says_nothing_is_named(said_by_it: str) -> None:
    rule, on = "undocumented-migration", read_settings("rules:\n  undocumented-migration: notice\n", "x.yml")
    header = "revision id: cccc33\nREVISES: bbbb22"
    text = revision("cccc33", "bbbb22", doc=f'"""{said_by_it}\n\n{header}\n"""\n')
    assert len(said(rule, {"c.py": text}, settings=on)) == 1
    assert said(rule, {"c.py": text.replace(f'"""{said_by_it}', '"""Add a note')}, settings=on) == ()


@pytest.mark.parametrize(
    "line",
    [
        "op.execute(\"INSERT INTO alembic_version VALUES ('x')\")",
        "op.execute(\"UPDATE alembic_version SET version_num = 'x'\")",
        'op.execute("DELETE FROM alembic_version")',
        'op.execute("TRUNCATE alembic_version")',
        'op.drop_table("alembic_version")',
    ],
)
def test_the_table_of_versions_is_left_alone_by_each_of_its_names(line: str) -> None:
    rule = "version-table-edit"
    env = "from alembic import context\ncontext.configure(connection=one, version_table='own')\n"
    assert_judged(rule, f"{line}  # finding")
    assert_judged(rule, f"{line}  # finding", env=env)
    assert_judged(rule, line.replace("alembic_version", "own") + "  # finding", env=env)
    assert_judged(rule, line.replace("alembic_version", "own"))


@pytest.mark.parametrize("call", ["command.stamp", "alembic.command.stamp", "context.stamp", "op.get_context().stamp"])
def test_stamping_inside_a_revision_is_named_by_each_of_its_names(call: str) -> None:
    assert_judged("version-table-edit", f"{call}(None, 'head')  # finding")
    assert_judged("version-table-edit", "letter.stamp('head')")


MODELS = """from sqlalchemy import BigInteger, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    status: Mapped[str] = mapped_column(Text)
"""


@pytest.mark.parametrize(
    ("count", "words"), [(1, "`n0`"), (2, "`n0` and adds the column `n1`"), (3, "`n0`, and 2 more like it")]
)
def test_the_changes_of_a_model_are_named_and_the_rest_is_counted(count: int, words: str) -> None:
    columns = "".join(f"    n{number}: Mapped[str | None] = mapped_column(Text)\n" for number in range(count))
    (found,) = findings(
        "model-change-without-migration",
        migration('op.drop_column("users", "age")'),
        modules_were=(("shop/models.py", MODELS),),
        modules=(("shop/models.py", MODELS + columns),),
    )
    assert found.message == f"The model of `orders` adds the column {words}, and no revision does."


def test_two_files_with_one_id_are_not_told_to_change_their_names_too() -> None:
    text = revision("cccc33", "bbbb22")
    assert said("file-name-contradicting-revision", {"aaaa11_y.py": text, "z.py": text}, NAMED) == ()
    assert len(said("file-name-contradicting-revision", {"aaaa11_y.py": text}, NAMED)) == 1


DATED = read_settings("rules:\n  revision-dated-before-parent: notice\n", "x.yml")


def dated(child: str, *parents: str, name: str = "z.py", names: tuple[str, ...] = ("c.py", "d.py")) -> list[str]:
    """What is said of a revision above parents with those dates in their headers."""
    ids = ("cccc33", "dddd44")[: len(parents)]
    base = {
        other: revision(id_, "aaaa11", doc=f'"""W.\n\n{date}\n"""\n')
        for other, id_, date in zip(names, ids, parents, strict=False)
    }
    text = revision("zzzz99", ids if len(ids) > 1 else ids[0], doc=f'"""W.\n\n{child}\n"""\n')
    found = said("revision-dated-before-parent", {name: text}, {"a.py": BASE["a.py"], **base}, settings=DATED)
    return [f"{each.message}{' S' if each.suggestion else ''}" for each in found]


def test_dates_are_compared_with_the_latest_parent_and_shown_as_finely_as_needed() -> None:
    day = "Create Date: 2026-05-0{} 12:00:00"
    (message,) = dated(day.format(1), day.format(2))
    assert message == "`zzzz99` is dated 2026-05-01 and follows `cccc33`, dated 2026-05-02. S"
    (message,) = dated(day.format(1), day.format(1).replace("12:", "13:"))
    assert message == "`zzzz99` is dated 2026-05-01 12:00:00 and follows `cccc33`, dated 2026-05-01 13:00:00. S"
    (message,) = dated(day.format(1), day.format(2), day.format(3))
    assert "follows `dddd44`, dated 2026-05-03" in message
    (message,) = dated(day.format(1), day.format(3), day.format(2))
    assert "follows `cccc33`, dated 2026-05-03" in message
    assert dated("", day.format(2)) == []
    assert dated(day.format(2), day.format(2)) == []


def test_dates_of_names_count_where_headers_have_none_and_are_not_rewritten() -> None:
    (message,) = dated("Create Date: soon", "Create Date: late", name="20260501_z.py", names=("2026_05_01_1200_c.py",))
    assert message == "`zzzz99` is dated 2026-05-01 00:00:00 and follows `cccc33`, dated 2026-05-01 12:00:00."
    for child, parent in (("", ""), ("Create Date: soon", ""), ("", "Create Date: late")):
        (message,) = dated(child, parent, name="20260501_z.py", names=("20260502_c.py",))
        assert message == "`zzzz99` is dated 2026-05-01 and follows `cccc33`, dated 2026-05-02."


def test_a_date_with_more_than_a_date_behind_it_is_not_copied() -> None:
    (message,) = dated("Create Date: 2026-05-01 12:00:00", "Create Date: 2026-05-02 12:00:00 früh")
    assert message == "`zzzz99` is dated 2026-05-01 and follows `cccc33`, dated 2026-05-02."
