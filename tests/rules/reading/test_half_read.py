"""A downgrade is read when somebody asks for it, and says then what it would have said at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rules.model.operations import AddColumn, DropColumn, Opaque
from rules.model.script import Ignore, MigrationScript
from rules.reading import read_location
from rules.reading import reader as reader_module
from rules.reading.half_read import with_ignores
from tests.bench.history import VERSIONS, generated
from tests.rules.reading.test_kept import FIRST, SECOND, WHERE, Kept, revision


def back_of(name: str, parent: str | None, up: str, down: str) -> str:
    return revision(name, parent, up).replace("    pass\n", f"    {down}\n")


LOOKS = (
    'names = [one["name"] for one in sa.inspect(op.get_bind()).get_columns("t")]\n'
    '    if "x" in names:\n        op.drop_column("t", "x")'
)
TABLE = revision("a", None, 'op.create_table("t", sa.Column("id", sa.Integer()))')
COLUMN = back_of("b", "a", 'op.add_column("t", sa.Column("x", sa.Integer()))', LOOKS)
NOTHING = b'{"questions":[],"used":[],"past":null'


def test_nobody_asks_and_no_downgrade_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    original = reader_module.read_direction

    def counting(source, direction, *more):  # type: ignore[no-untyped-def]
        read.append(str(direction))
        return original(source, direction, *more)

    monkeypatch.setattr(reader_module, "read_direction", counting)
    location = read_location(WHERE, generated(6))
    assert read == ["upgrade"] * 6
    assert location.scripts[3].downgrade is location.scripts[3].downgrade
    assert read == ["upgrade"] * 6 + ["downgrade"]


@pytest.mark.parametrize("kept", [None, Kept()])
def test_asked_at_once_or_later_it_says_the_same(kept: Kept | None) -> None:
    texts = {**generated(20), f"{VERSIONS}/zz.py": COLUMN}
    later, at_once = read_location(WHERE, texts, readings=kept), read_location(WHERE, texts, whole=True)
    for one, other in zip(later.scripts, at_once.scripts, strict=True):
        assert (one.downgrade, one.downgrade_statements) == (other.downgrade, other.downgrade_statements)
    assert later == at_once
    assert any(script.downgrade for script in later.scripts)


def test_a_gap_of_a_downgrade_is_counted() -> None:
    texts = {FIRST: back_of("a", None, "pass", "op.execute(open('x').read())")}
    (script,) = read_location(WHERE, texts).scripts
    assert {type(one) for one in script.unread} == {Opaque}


def test_a_downgrade_meets_what_its_own_upgrade_leaves_and_nothing_later() -> None:
    third = revision("c", "b", 'op.drop_column("t", "x")')
    texts = {FIRST: TABLE, SECOND: COLUMN, f"{VERSIONS}/c.py": third}
    scripts = read_location(WHERE, texts).scripts
    assert [type(one) for one in scripts[1].upgrade] == [AddColumn]
    assert [(type(one), one.statement.conditional) for one in scripts[1].downgrade] == [(DropColumn, False)]


def test_a_kept_downgrade_is_not_read_again_until_what_it_looked_at_changes() -> None:
    texts, kept = {FIRST: TABLE, SECOND: COLUMN}, Kept()
    first = kept.read_anew(texts)[0].scripts[1].downgrade
    put = kept.put
    again, _ = kept.read_anew(texts)
    assert again.scripts[1].downgrade == first
    assert kept.put == put
    texts[FIRST] = texts[FIRST].replace('"id"', '"x"')
    other, _ = kept.read_anew(texts)
    assert len(other.scripts[1].downgrade) == 1
    assert kept.put == put + 2  # the changed upgrade, and the downgrade that looks at what it leaves


@pytest.mark.parametrize(
    "damage", [b"", NOTHING + b"}", NOTHING + b',"found":7}', NOTHING + b',"found":{"is":"KeptDirection","sent":1}}']
)
def test_a_damaged_downgrade_is_read_again(damage: bytes) -> None:
    texts, kept = {FIRST: TABLE, SECOND: COLUMN}, Kept()
    before = set(kept.read_anew(texts) and kept)
    first = kept.read_anew(texts)[0].scripts[1].downgrade
    (key,) = set(kept) - before
    kept[key] = damage
    assert kept.read_anew(texts)[0].scripts[1].downgrade == first


def test_another_script_of_the_same_kind_is_equal_only_if_both_ways_are() -> None:
    texts = {FIRST: TABLE, SECOND: COLUMN}
    half = read_location(WHERE, texts).scripts[1]
    whole = MigrationScript(**{name: getattr(half, name) for name in MigrationScript.__dataclass_fields__})
    assert half == whole
    assert whole == half
    assert half != replace(whole, downgrade=())
    assert hash(half) == hash(whole)
    assert half != 7


def test_ignores_leave_a_downgrade_unread() -> None:
    texts = {FIRST: TABLE, SECOND: COLUMN}
    half = read_location(WHERE, texts).scripts[1]
    ignores = (Ignore(half.place_of("upgrade"), ("some-rule",), "a reason"),)
    other = with_ignores(half, ignores)
    assert other.ignores == ignores
    assert other.downgrade == half.downgrade
    with pytest.raises(AttributeError, match="has no `sideways`"):
        other.sideways  # type: ignore[attr-defined]  # noqa: B018
