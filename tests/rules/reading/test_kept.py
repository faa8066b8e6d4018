"""Readings that are kept: what still holds is not read again, and what does not hold is not believed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping

import pytest

from bot.ahead import reading_ahead
from rules.model.location import Location, ScriptLocation
from rules.model.operations import AddColumn, CreateTable
from rules.reading import read_location
from tests.bench.history import VERSIONS, generated

WHERE = ScriptLocation("migrations", (VERSIONS,), "migrations/env.py")


class Kept(dict[str, bytes]):
    """In memory; counts what is newly put."""

    put = 0
    keeps = True
    reading_ahead = staticmethod(reading_ahead)

    def get_many(self, keys: Iterable[str]) -> Mapping[str, bytes]:
        return {key: self[key] for key in keys if key in self}

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        self.put += len(entries)
        self.update(entries)

    def read_anew(self, texts: Mapping[str, str]) -> tuple[Location, int]:
        """The location, and how many files (or environments) were read for it."""
        before = self.put
        return read_location(WHERE, texts, readings=self), self.put - before


def revision(name: str, parent: str | None, body: str, imports: str = "") -> str:
    return (
        f'import sqlalchemy as sa\nfrom alembic import op\n{imports}\nrevision = "{name}"\ndown_revision = {parent!r}\n'
        f"\n\ndef upgrade():\n    {body}\n\n\ndef downgrade():\n    pass\n"
    )


FIRST = f"{VERSIONS}/a.py"
SECOND = f"{VERSIONS}/b.py"
THIRD = f"{VERSIONS}/c.py"
ADD_UNLESS_THERE = (
    'names = [one["name"] for one in sa.inspect(op.get_bind()).get_columns("t")]\n'
    '    if "x" not in names:\n        op.add_column("t", sa.Column("x", sa.Integer()))'
)
TABLE = 'op.create_table("t", sa.Column({columns}))'


def small() -> dict[str, str]:
    """Three revisions; the last looks at what stands in the database."""
    return {
        FIRST: revision("a", None, 'op.create_table("t", sa.Column("id", sa.Integer()))'),
        SECOND: revision("b", "a", 'op.create_table("other", sa.Column("id", sa.Integer()))'),
        THIRD: revision("c", "b", ADD_UNLESS_THERE),
    }


def test_what_is_kept_says_what_was_read() -> None:
    texts, kept = generated(40), Kept()
    first, _ = kept.read_anew(texts)
    again, read = kept.read_anew(texts)
    assert again == first
    assert read == 0
    assert len(again.scripts) == 40


def test_only_a_changed_file_is_read_again() -> None:
    texts, kept = generated(40), Kept()
    _, read = kept.read_anew(texts)
    assert read == 41  # with the environment
    path = sorted(path for path in texts if path.startswith(VERSIONS))[20]
    texts[path] = texts[path].replace("Change number", "Changed number")
    location, read = kept.read_anew(texts)
    assert read == 1
    assert location == read_location(WHERE, texts)


def test_a_new_file_is_read_alone() -> None:
    texts, kept = generated(20), Kept()
    kept.read_anew(texts)
    texts[f"{VERSIONS}/z.py"] = revision("z", None, 'op.execute("SELECT 1")')
    assert kept.read_anew(texts)[1] == 1


def test_operations_of_one_statement_share_it_again() -> None:
    texts = {FIRST: revision("a", None, 'op.execute("ALTER TABLE t ADD COLUMN x int, ADD COLUMN y int")')}
    kept = Kept()
    kept.read_anew(texts)
    (script,) = kept.read_anew(texts)[0].scripts
    x, y = script.upgrade
    assert x.statement is y.statement is script.upgrade_statements[0]


def test_a_migration_that_asked_its_inspector_is_read_again_when_the_past_changes() -> None:
    texts, kept = small(), Kept()
    location, _ = kept.read_anew(texts)
    assert [type(one) for one in location.scripts[2].upgrade] == [AddColumn]
    assert kept.read_anew(texts)[1] == 0
    texts[FIRST] = texts[FIRST].replace('"id"', '"x"')
    location, read = kept.read_anew(texts)
    assert location.scripts[2].upgrade == ()
    assert read == 2  # the changed one and the one that looks; not the one between them


def test_the_past_may_be_kept_while_a_migration_that_looks_at_it_is_new() -> None:
    texts, kept = small(), Kept()
    third = texts.pop(THIRD)
    kept.read_anew(texts)
    location, read = kept.read_anew({**texts, THIRD: third})
    assert read == 1
    assert location == read_location(WHERE, {**texts, THIRD: third})


IMPORTING = revision("a", None, 'op.create_table(names.TABLE, sa.Column("id", sa.Integer()))', "from shop import names")


def table_of(location: Location) -> str:
    (operation,) = location.scripts[0].upgrade
    assert isinstance(operation, CreateTable)
    return operation.table.name


def test_a_changed_module_is_noticed_by_whoever_imports_it() -> None:
    texts = {FIRST: IMPORTING, SECOND: revision("b", "a", "pass"), "shop/names.py": 'TABLE = "old"\n'}
    texts["shop/__init__.py"] = ""
    kept = Kept()
    assert table_of(kept.read_anew(texts)[0]) == "old"
    assert kept.read_anew(texts)[1] == 0
    texts["shop/names.py"] = 'TABLE = "new"\n'
    location, read = kept.read_anew(texts)
    assert (table_of(location), read) == ("new", 1)


def test_a_module_that_was_missing_is_noticed_when_it_appears() -> None:
    texts, kept = {FIRST: IMPORTING}, Kept()
    assert kept.read_anew(texts)[0].scripts[0].unread
    assert kept.read_anew(texts)[1] == 0
    texts |= {"shop/__init__.py": "", "shop/names.py": 'TABLE = "there"\n'}
    assert table_of(kept.read_anew(texts)[0]) == "there"


def test_a_module_nearer_to_the_migration_takes_its_place() -> None:
    texts = {FIRST: IMPORTING, "shop/__init__.py": "", "shop/names.py": 'TABLE = "far"\n'}
    kept = Kept()
    assert table_of(kept.read_anew(texts)[0]) == "far"
    near = {"migrations/shop/__init__.py": "", "migrations/shop/names.py": 'TABLE = "near"\n'}
    assert table_of(kept.read_anew({**texts, **near})[0]) == "near"


def test_another_environment_gives_another_reading() -> None:
    naming = 'from sqlalchemy import MetaData\nm = MetaData(naming_convention={"ix": "index_%(column_0_name)s"})\n'
    configure = "from alembic import context\ncontext.configure(connection=c, target_metadata=m)\n"
    texts = {
        FIRST: revision("a", None, 'op.create_index(None, "t", ["x"])'),
        "migrations/env.py": configure,
    }
    kept = Kept()
    kept.read_anew(texts)
    texts["migrations/env.py"] = naming + configure
    location, _ = kept.read_anew(texts)
    assert "CREATE INDEX index_x ON t (x)" in location.scripts[0].upgrade[0].sql
    assert kept.read_anew(texts) == (location, 0)


def test_the_environment_is_read_again_when_its_models_change() -> None:
    texts = {
        FIRST: revision("a", None, 'op.create_index(None, "t", ["x"])'),
        "migrations/env.py": "from shop.db import m\nfrom alembic import context\n"
        "context.configure(connection=c, target_metadata=m)\n",
        "shop/__init__.py": "",
        "shop/db.py": 'import sqlalchemy as sa\nm = sa.MetaData(naming_convention={"ix": "one_%(column_0_name)s"})\n',
    }
    kept = Kept()
    kept.read_anew(texts)
    texts["shop/db.py"] = texts["shop/db.py"].replace("one_", "two_")
    assert "two_x" in kept.read_anew(texts)[0].scripts[0].upgrade[0].sql


def test_what_is_no_migration_is_kept_too() -> None:
    texts, kept = {FIRST: "def upgrade(:\n", SECOND: "x = 1\n"}, Kept()
    first, _ = kept.read_anew(texts)
    assert len(first.problems) == 2
    assert kept.read_anew(texts) == (first, 0)


def test_half_a_character_is_not_kept_as_something_else() -> None:
    texts = {FIRST: revision("a", None, r'op.execute("SELECT \'\ud83d" + "\ude00\'")')}
    kept = Kept()
    first, _ = kept.read_anew(texts)
    assert kept.read_anew(texts)[0] == first


def broken(change: Callable[[dict[str, object]], object]) -> Callable[[bytes], bytes]:
    return lambda value: json.dumps(change(json.loads(value))).encode()


def deep(_: bytes) -> bytes:
    return b"[" * 100_000


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda value: value[:-1],
        lambda value: b"\xff" + value,
        deep,
        lambda value: value.replace(b"null", b"9" * 5_000, 1),
        broken(lambda _: []),
        broken(lambda _: {}),
        broken(lambda whole: {**whole, "more": 1}),
        broken(lambda whole: {**whole, "found": None}),
        broken(lambda whole: {**whole, "found": {"is": "KeptDirection"}}),
        broken(lambda whole: {**whole, "found": {"is": "SyntaxProblem"}}),
        broken(lambda whole: {**whole, "questions": [["shop", 0, "x", "nowhere.py"]]}),
        broken(lambda whole: {**whole, "used": [["migrations/env.py", "0"]]}),
        broken(lambda whole: {**whole, "past": "another past"}),
    ],
)
def test_whatever_is_odd_is_read_again(damage: Callable[[bytes], bytes]) -> None:
    texts, kept = generated(3), Kept()
    first, read = kept.read_anew(texts)
    for key, value in kept.items():
        kept[key] = damage(value)
    assert kept.read_anew(texts) == (first, read)


def test_every_bit_of_a_row_is_checked() -> None:
    """Each value of a kept reading, put in for another of a wrong kind, is refused or read as it was."""
    texts, kept = generated(4), Kept()
    first, _ = kept.read_anew(texts)
    good = dict(kept)
    for key, value in good.items():
        for spoiled in _spoiled(json.loads(value)):
            kept[key] = json.dumps(spoiled).encode()
            assert kept.read_anew(texts)[0] == first
        kept.update(good)


def _spoiled(data: object) -> Iterable[object]:
    """The data with one leaf after another of a kind that no field has."""
    if isinstance(data, dict):
        for name, item in data.items():
            for other in _spoiled(item):
                yield {**data, name: other}
    elif isinstance(data, list):
        for at, item in enumerate(data):
            for other in _spoiled(item):
                yield [*data[:at], other, *data[at + 1 :]]
    else:
        yield 1.5
