"""Revisions that the base has: edited, deleted, moved, squashed, and put beneath one another."""

from __future__ import annotations

import pytest

from rules.engine import review
from tests.rules.catalogue.proposed import BASE, CREATE, FOLDER, NOTE, revision, said


@pytest.mark.parametrize(
    "text",
    [
        revision("bbbb22", "aaaa11", doc='"""Said better."""\n'),
        revision("bbbb22", "aaaa11", back='op.drop_column("orders", "note")'),
        revision("bbbb22", "aaaa11").replace("def upgrade():", "def upgrade() -> None:"),
        revision("bbbb22", "aaaa11", NOTE.replace("sa.Text()", "sa.Text(), nullable=True")),
        revision("bbbb22", "aaaa11").replace("import sqlalchemy as sa\n", "import sqlalchemy as sa  # types\n"),
    ],
)
def test_a_merged_revision_may_be_written_otherwise_while_it_does_the_same(text: str) -> None:
    assert said("edited-applied-revision", {"b.py": text}) == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (revision("bbbb22", "aaaa11", NOTE.replace("Text", "Integer")), "does something else"),
        (revision("bbbb22", "aaaa11", "pass"), "does something else"),
        (revision("bbbb22", None), "follows another revision"),
        (revision("bbbb22", "aaaa11", more="branch_labels = ('x',)"), "branch labels differ"),
        (revision("cccc33", "aaaa11"), "its id was `bbbb22`"),
    ],
)
def test_a_merged_revision_that_does_something_else_is_named(text: str, words: str) -> None:
    (finding,) = said("edited-applied-revision", {"b.py": text})
    assert words in finding.message


def test_what_could_not_be_read_in_a_merged_revision_is_compared_as_it_is_written() -> None:
    before = revision("bbbb22", "aaaa11", "op.execute(open('x').read())")
    base = {**BASE, f"{FOLDER}/b.py": before}
    for other, expected in ((before.replace("'x'", "'y'"), 1), (before.replace("('x')", "( 'x' )"), 0)):
        found = review({**base, f"{FOLDER}/b.py": other}, new=[f"{FOLDER}/b.py"], base_texts=base)
        assert sum(one.rule == "edited-applied-revision" for one in found.standing) == expected


def test_an_edited_revision_comes_with_the_file_as_it_was() -> None:
    (finding,) = said("edited-applied-revision", {"b.py": revision("bbbb22", "aaaa11", "pass")})
    assert finding.plan is not None
    assert finding.plan.revisions[0].text == BASE[f"{FOLDER}/b.py"]


def test_a_moved_file_is_no_deleted_revision() -> None:
    assert said("deleted-applied-revision", {"b.py": None, "renamed.py": BASE[f"{FOLDER}/b.py"]}) == ()


def test_a_deleted_revision_is_named_once_with_all_others() -> None:
    (finding,) = said("deleted-applied-revision", {"a.py": None, "b.py": None, "z.py": revision("z", None, "pass")})
    assert "`aaaa11`" in finding.message
    assert "`bbbb22`" in finding.message


def test_a_squash_that_leaves_the_same_schema_is_recognised() -> None:
    whole = CREATE.replace("primary_key=True)", "primary_key=True), sa.Column('note', sa.Text())")
    files = {"a.py": None, "b.py": None}
    assert said("deleted-applied-revision", {**files, "s.py": revision("s", None, whole)}) == ()
    assert said("deleted-applied-revision", {**files, "s.py": revision("s", None, CREATE)}) != ()


def test_a_squash_may_keep_the_id_of_the_last_revision_so_that_databases_there_go_on() -> None:
    whole = CREATE.replace("primary_key=True)", "primary_key=True), sa.Column('note', sa.Text())")
    kept = {"a.py": None, "b.py": revision("bbbb22", None, whole, back='op.drop_table("orders")')}
    assert said("edited-applied-revision", kept) == ()
    assert said("deleted-applied-revision", kept) == ()
    other = {**kept, "b.py": revision("bbbb22", None, CREATE)}
    assert len(said("edited-applied-revision", other)) == len(said("deleted-applied-revision", other)) == 1


@pytest.mark.parametrize("base", [{"m/env.py": ""}, {}])
def test_a_first_revision_and_a_squash_that_keeps_the_old_folder_are_not_spoken_of(base: dict[str, str]) -> None:
    whole = CREATE.replace("primary_key=True)", "primary_key=True), sa.Column('note', sa.Text())")
    first = {"m/env.py": "", f"{FOLDER}/s.py": revision("ssss55", None, whole, back='op.drop_table("orders")')}
    assert review(first, new=list(first), base_texts=base).standing == ()
    legacy = {path.replace("versions", "versions/legacy"): text for path, text in BASE.items() if "versions" in path}
    assert review({**first, **legacy}, new=[f"{FOLDER}/s.py", *legacy], base_texts=BASE).standing == ()


def test_a_file_that_cannot_be_read_any_more_is_not_called_deleted() -> None:
    assert said("deleted-applied-revision", {"b.py": "def upgrade(:\n"}) == ()


def test_a_revision_put_beneath_a_merged_one_is_named_at_the_new_file() -> None:
    changed = {"b.py": revision("bbbb22", "cccc33"), "c.py": revision("cccc33", "aaaa11", 'op.execute("SELECT 1")')}
    (finding,) = said("inserted-below-head", changed)
    assert finding.place.path == f"{FOLDER}/c.py"
    assert said("edited-applied-revision", changed) == ()
