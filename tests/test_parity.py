"""The comparison with Alembic, on a small scale: its figures, its page, its list of explained differences."""

from __future__ import annotations

from rules.model.location import ScriptLocation
from rules.model.operations import Direction
from rules.reading import read_location
from tests.corpora import PROJECTS, SETS, chosen
from tests.parity import compare, explanations, normalised
from tests.parity_page import Difference, Tally, page, part, parts_of

TEXT = """
from alembic import context, op
revision = "a1"
def upgrade():
    op.execute("SELECT 1")
    if context.is_offline_mode():
        op.execute("SELECT 2")
def downgrade():
    op.execute("SELECT 3")
"""
WHERE = ScriptLocation("m", ("m/versions",))
PATH = "m/versions/a1.py"


def compared(upgrade: list[str], downgrade: dict[str, object]) -> Tally:
    tally = Tally("shop", 1)
    truth = {PATH: {"upgrade": {"statements": upgrade}, "downgrade": downgrade}}
    texts = {PATH: TEXT}
    compare(tally, read_location(WHERE, texts), read_location(WHERE, texts, offline=True), truth)
    return tally


def test_the_same_statements_are_identical_and_an_error_of_alembic_is_beyond_it() -> None:
    tally = compared(["SELECT 1"], {"error": "AttributeError"})
    assert (tally.rendered, tally.identical, tally.offline, tally.beyond, tally.different) == (1, 1, 0, 1, [])


def test_the_side_that_only_offline_mode_takes_is_counted_apart() -> None:
    tally = compared(["SELECT 1", "SELECT 2"], {"statements": ["SELECT 3"]})
    assert (tally.rendered, tally.identical, tally.offline, tally.different) == (2, 1, 1, [])


def test_a_difference_has_a_name_and_stands_on_the_page_until_it_is_explained() -> None:
    tally = compared(["SELECT 9"], {"statements": ["SELECT 3"]})
    assert tally.different == [Difference(PATH, Direction.UPGRADE, ["SELECT 9"], ["SELECT 1"])]
    assert "Not explained yet.\n\n- shop a1 upgrade\n" in part([tally], {})
    assert "Another clock.\n\n- shop a1 upgrade\n" in part([tally], {"shop a1 upgrade": "Another clock."})


def test_each_idiom_of_a_file_is_counted_with_whether_the_file_is_read_whole() -> None:
    tally = compared(["SELECT 1"], {"statements": ["SELECT 3"]})
    assert tally.idioms == tally.idioms_read == {"`op.*` and `sa.*`": 1, "`if`": 1, "`is_offline_mode()`": 1}
    assert "| `if` | 1 | 1 (100.0%) |" in part([tally], {})
    unread = Tally("shop", 1)
    texts = {PATH: TEXT.replace('"SELECT 1"', "shop.sql()")}
    compare(unread, read_location(WHERE, texts), read_location(WHERE, texts), {})
    assert unread.idioms == tally.idioms
    assert unread.idioms_read == {}


def test_a_revision_that_could_not_be_imported_is_counted_and_not_compared() -> None:
    tally = Tally("shop", 1)
    location = read_location(WHERE, {PATH: TEXT})
    compare(tally, location, location, {PATH: {"not imported": "ModuleNotFoundError"}})
    assert (tally.not_imported, tally.rendered, tally.beyond, tally.different) == (1, 0, 0, [])
    assert "\n1 revisions import what the truth's environment does not have, and" in part([tally], {})


def test_a_set_is_written_anew_without_the_other() -> None:
    both = page({"first": "old\n", "second": "other\n"})
    assert parts_of(both) == {"first": "old\n", "second": "other\n"}
    assert page({**parts_of(both), "first": "new\n"}) == page({"first": "new\n", "second": "other\n"})


def test_projects_are_chosen_by_name_or_by_set() -> None:
    assert chosen([]) == chosen(["first"]) == list(SETS["first"])
    assert chosen(["both"]) == list(PROJECTS)
    assert chosen(["second", "zou"])[0].name == "zou"


def test_each_project_has_a_name_of_its_own() -> None:
    assert len({project.name for project in PROJECTS}) == len(PROJECTS)


def test_only_neighbouring_indexes_may_change_places() -> None:
    one, other = "CREATE INDEX a ON t (a)", "CREATE INDEX b ON t (b)"
    assert normalised([other, one]) == [one, other]
    assert normalised([other, "SELECT 1", one]) == [other, "SELECT 1", one]


def test_every_explanation_is_for_a_difference_of_a_project_that_is_compared() -> None:
    comparable = {project.name for project in PROJECTS if not project.no_truth}
    for key, reason in explanations().items():
        project, _, direction = key.split(" ")
        assert project in comparable
        assert direction in {"upgrade", "downgrade"}
        assert reason.endswith(".")
