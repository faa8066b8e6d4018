"""What is said about the graph, and what near it is not."""

from __future__ import annotations

import pytest

from rules.engine import review
from rules.engine.case import open_case
from rules.history.neighbours import Elsewhere
from rules.model.drawing import Mark
from rules.model.finding import Finding
from rules.reading import find_locations
from rules.rewriting import apply_edits
from rules.settings import Settings, read_settings

NOTE = 'op.add_column("orders", sa.Column("note", sa.Text()))'
FOLDER = "m/versions"


def revision(id_: str, down: str | None, body: str = NOTE, *, back: str = "pass", more: str = "", doc: str = "") -> str:
    return (
        f"{doc}import sqlalchemy as sa\nfrom alembic import op\n\n"
        f"revision = {id_!r}\ndown_revision = {down!r}\n{more}\n"
        f"\ndef upgrade():\n    {body}\n\n\ndef downgrade():\n    {back}\n"
    )


CREATE = 'op.create_table("orders", sa.Column("id", sa.BigInteger(), primary_key=True))'
BASE = {
    "m/env.py": "",
    f"{FOLDER}/a.py": revision("aaaa11", None, CREATE),
    f"{FOLDER}/b.py": revision("bbbb22", "aaaa11"),
}


def said(rule: str, changed: dict[str, str | None], **options: object) -> tuple[Finding, ...]:
    """What one rule says of a pull request that adds, replaces (text) or deletes (None) files of FOLDER."""
    texts = dict(BASE)
    for name, text in changed.items():
        if text is None:
            del texts[f"{FOLDER}/{name}"]
        else:
            texts[f"{FOLDER}/{name}"] = text
    new = [f"{FOLDER}/{name}" for name, text in changed.items() if text is not None]
    found = review(texts, new=new, base_texts=BASE, **options)  # type: ignore[arg-type]
    assert not found.crashed
    return tuple(finding for finding in found.standing if finding.rule == rule)


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


@pytest.mark.parametrize(("written", "meant"), [("bbbb2", "bbbb22"), ("bbbb22_add_note", "bbbb22"), ("xyz", "bbbb22")])
def test_an_unknown_parent_is_replaced_by_the_nearest_or_by_the_head(written: str, meant: str) -> None:
    text = revision("cccc33", written, 'op.execute("SELECT 1")')
    (finding,) = said("unknown-parent", {"c.py": text})
    assert finding.suggestion is not None
    assert apply_edits(text, finding.suggestion.edits) == text.replace(repr(written), repr(meant))
    assert said("multiple-heads", {"c.py": text}) == ()


def test_an_unknown_dependency_is_named_without_a_guess() -> None:
    (finding,) = said("unknown-parent", {"c.py": revision("cccc33", "bbbb22", more="depends_on = 'gone'")})
    assert finding.suggestion is None


def test_faults_that_the_base_has_already_are_not_laid_at_the_pull_request() -> None:
    base = {**BASE, f"{FOLDER}/x.py": revision("xxxx", "gone")}
    new = {f"{FOLDER}/c.py": revision("cccc33", "bbbb22", 'op.execute("SELECT 1")')}
    rules = {finding.rule for finding in review({**base, **new}, new=list(new), base_texts=base).standing}
    assert not rules & {"unknown-parent", "multiple-heads", "edited-applied-revision"}


def test_an_id_that_a_merged_file_has_is_a_duplicate() -> None:
    (finding,) = said("duplicate-revision-id", {"copy.py": revision("bbbb22", "aaaa11")})
    assert finding.place.path == f"{FOLDER}/copy.py"


@pytest.mark.parametrize(
    ("header", "count"),
    [
        ("Revision ID: cccc33\nRevises: bbbb22", 0),
        ("Revision ID: cccc33\nRevises: bbbb", 0),
        ("Revises: the one before", 0),
        ("Revision ID: cccc3x\nRevises: bbbb22", 1),
        ("Revises:", 1),
        ("Revises: aaaa11, bbbb22", 1),
    ],
)
def test_a_header_is_compared_only_where_it_names_ids(header: str, count: int) -> None:
    text = revision("cccc33", "bbbb22", 'op.execute("SELECT 1")', doc=f'"""Words.\n\n{header}\n"""\n')
    assert len(said("header-contradicting-revision", {"c.py": text})) == count


@pytest.mark.parametrize(
    ("header", "begins"), [("Revises:", "`Revises:` is empty"), ("Revises: a", "The docstring says")]
)
def test_an_empty_header_is_said_to_be_empty(header: str, begins: str) -> None:
    text = revision("cccc33", "bbbb22", 'op.execute("SELECT 1")', doc=f'"""Words.\n\n{header}\n"""\n')
    (finding,) = said("header-contradicting-revision", {"c.py": text})
    assert finding.message.startswith(begins)


@pytest.mark.parametrize(
    "text",
    [
        revision("cccc33", "bbbb22", "pass", more="branch_labels = ('x',)"),
        revision("cccc33", "bbbb22", "print('nothing to do here')"),
        revision("cccc33", "bbbb22", '"""Marks the release."""'),
        revision("cccc33", "bbbb22", "pass", back='op.execute("SELECT 1")'),
    ],
)
def test_a_revision_that_marks_a_place_is_not_called_empty(text: str) -> None:
    assert said("empty-migration", {"c.py": text}) == ()


@pytest.mark.parametrize("header", ["Revises: aaaa11", "Revises:", "Revises: None  ", "Nothing is said."])
def test_a_line_that_can_follow_the_other_head_is_given_its_parent_in_the_header_too(header: str) -> None:
    down = "aaaa11" if header == "Revises: aaaa11" else None
    create = CREATE.replace("orders", "mails")
    text = revision("cccc33", down, create, doc=f'"""Words.\n\n{header}\nCreate Date: 2026-01-01\n"""\n')
    (finding,) = said("multiple-heads", {"c.py": text})
    assert finding.plan is None
    assert finding.suggestion is not None
    wanted = text.replace(f"down_revision = {down!r}", "down_revision = 'bbbb22'")
    if header.startswith("Revises:"):
        wanted = wanted.replace(header, "Revises: bbbb22")
    assert apply_edits(text, finding.suggestion.edits) == wanted


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (NOTE, "both change column `orders.note`"),
        ('op.execute("UPDATE orders SET id = id")', "`orders.note`"),
        ("op.execute(open('x').read())", "could not be read"),
        ("if op.get_bind().scalar('SELECT 1'):\n        op.create_table('x')", "may reach further"),
    ],
)
def test_a_line_whose_order_matters_is_not_moved_but_gets_a_merge_revision(body: str, words: str) -> None:
    (finding,) = said("multiple-heads", {"c.py": revision("cccc33", "aaaa11", body)})
    assert finding.suggestion is None
    assert words in finding.advice
    assert finding.plan is not None
    (joined,) = finding.plan.revisions
    assert joined.path.startswith(f"{FOLDER}/")
    assert 'down_revision = ("bbbb22", "cccc33")' in joined.text
    base = {**BASE, f"{FOLDER}/c.py": revision("cccc33", "aaaa11", body), joined.path: joined.text}
    assert "multiple-heads" not in {each.rule for each in review(base, new=list(base), base_texts=BASE).standing}


def test_a_third_head_is_joined_by_the_same_merge_revision() -> None:
    found = said("multiple-heads", {f"{name}.py": revision(name, "aaaa11") for name in ("cccc33", "dddd44")})
    assert len(found) == 2
    assert len({finding.plan for finding in found}) == 1
    assert found[0].plan is not None
    assert '("bbbb22", "cccc33", "dddd44")' in found[0].plan.revisions[0].text


def test_two_new_lines_that_are_merged_already_are_not_moved_one_by_one() -> None:
    changed = {f"{name}.py": revision(name, "aaaa11", "pass") for name in ("cccc33", "dddd44")}
    (finding,) = said("multiple-heads", {**changed, "e.py": revision("eeee55", ("cccc33", "dddd44"), "pass")})
    assert "`eeee55` is a merge itself" in finding.advice
    assert finding.plan is not None
    assert '("bbbb22", "eeee55")' in finding.plan.revisions[0].text


NEIGHBOUR = Elsewhere(12, f"{FOLDER}/n.py", revision("nnnn", "bbbb22"))


def test_a_neighbour_on_the_same_parent_is_named_with_its_file() -> None:
    mine = {"c.py": revision("cccc33", "bbbb22", 'op.execute("SELECT 1")')}
    (finding,) = said("parent-shared-with-open-pull-request", mine, elsewhere=(NEIGHBOUR,))
    assert "`#12` (`m/versions/n.py`) also follows `bbbb22`, as `m/versions/c.py` does" in finding.message


def test_a_neighbour_with_the_same_id_is_told_apart_from_a_stacked_one() -> None:
    mine = {"c.py": revision("cccc33", "bbbb22", 'op.execute("SELECT 1")')}
    other = (Elsewhere(12, f"{FOLDER}/other.py", revision("cccc33", "bbbb22")),)
    (finding,) = said("parent-shared-with-open-pull-request", mine, elsewhere=other)
    assert "needs another id than `cccc33`" in finding.message


def test_two_merges_of_the_same_heads_see_each_other() -> None:
    mine = {"c.py": revision("cccc33", "aaaa11", "pass"), "m.py": revision("mmmm", ("bbbb22", "cccc33"), "pass")}
    joined = Elsewhere(12, f"{FOLDER}/n.py", revision("nnnn", ("cccc33", "bbbb22"), "pass"))
    base = {**BASE, f"{FOLDER}/c.py": mine["c.py"]}
    texts = {**base, f"{FOLDER}/m.py": mine["m.py"]}
    found = review(texts, new=[f"{FOLDER}/m.py"], base_texts=base, elsewhere=(joined,))
    (finding,) = [one for one in found.standing if one.rule == "parent-shared-with-open-pull-request"]
    assert "also joins `bbbb22` and `cccc33`" in finding.message
    beside = Elsewhere(12, f"{FOLDER}/n.py", revision("nnnn", "bbbb22", "pass"))
    assert "parent-shared-with-open-pull-request" not in {
        one.rule for one in review(texts, new=[f"{FOLDER}/m.py"], base_texts=base, elsewhere=(beside,)).standing
    }


def test_two_first_revisions_see_each_other() -> None:
    text = revision("cccc33", None, CREATE)
    other = Elsewhere(12, f"{FOLDER}/n.py", revision("nnnn", None, CREATE))
    found = review({"m/env.py": "", f"{FOLDER}/c.py": text}, new=[f"{FOLDER}/c.py"], elsewhere=(other,))
    (finding,) = [one for one in found.standing if one.rule == "parent-shared-with-open-pull-request"]
    assert "also begins the history" in finding.message


def test_the_part_of_the_graph_that_is_spoken_of_is_laid_out_for_a_picture() -> None:
    texts = {**BASE, f"{FOLDER}/c.py": revision("cccc33", "aaaa11")}
    new = [f"{FOLDER}/c.py"]
    other = Elsewhere(12, f"{FOLDER}/n.py", revision("nnnn", "aaaa11", "pass"))
    (location,) = review(texts, new=new, base_texts=BASE, elsewhere=(other,)).locations
    assert location.drawing is not None
    assert {(dot.name, dot.pull) for dot in location.drawing.dots} == {
        ("aaaa11", None),
        ("bbbb22", None),
        ("cccc33", None),
        ("nnnn", 12),
    }
    assert [dot.name for dot in location.drawing.dots if Mark.FAULT in dot.marks] == ["bbbb22", "cccc33"]
    (sound,) = review(
        {**BASE, f"{FOLDER}/c.py": revision("cccc33", "bbbb22", "pass")}, new=new, base_texts=BASE
    ).locations
    assert sound.drawing is None


@pytest.mark.parametrize(
    "elsewhere",
    [
        (Elsewhere(12, f"{FOLDER}/n.py", revision("nnnn", "bbbb22"), draft=True),),
        (Elsewhere(12, f"{FOLDER}/n.py", revision("nnnn", "aaaa11")),),
        (Elsewhere(12, "other/n.py", revision("nnnn", "bbbb22")),),
        (NEIGHBOUR, Elsewhere(12, f"{FOLDER}/c.py", revision("cccc33", "bbbb22"))),
        (Elsewhere(12, f"{FOLDER}/n.py", "def broken(:"),),
    ],
)
def test_drafts_other_parents_other_folders_and_stacked_pull_requests_are_left_alone(
    elsewhere: tuple[Elsewhere, ...],
) -> None:
    mine = {"c.py": revision("cccc33", "bbbb22", 'op.execute("SELECT 1")')}
    assert said("parent-shared-with-open-pull-request", mine, elsewhere=elsewhere) == ()


def test_a_new_id_is_followed_by_everything_new_that_named_the_old_one() -> None:
    files = {
        "c.py": revision("cc-33", "bbbb22", 'op.execute("SELECT 1")', doc='"""Words.\n\nRevision ID: cc-33\n"""\n'),
        "d.py": revision("dddd44", ("cc-33",), 'op.execute("SELECT 1")'),  # type: ignore[arg-type]
    }
    (finding,) = said("illegal-revision-id", files)
    assert finding.suggestion is not None
    for name, text in files.items():
        edits = [edit for edit in finding.suggestion.edits if edit.path.endswith(name)]
        assert apply_edits(text, edits) == text.replace("cc-33", "cc_33")


def test_a_revision_is_judged_under_its_new_id_too() -> None:
    path = f"{FOLDER}/c.py"
    texts = {**BASE, path: revision("cc-33", "bbbb22", 'op.execute("SELECT 1")')}
    (where,) = find_locations(texts)
    case = open_case(where, texts, BASE, Settings(), [path], False)
    changed = case.with_texts({path: texts[path].replace("cc-33", "cc_33")})
    assert changed is not None
    assert [script.revision for script in changed.judged] == ["cc_33"]


def test_an_id_that_a_merged_revision_names_is_left_to_people() -> None:
    base = {**BASE, f"{FOLDER}/d.py": revision("dddd44", "cc-33")}
    texts = {**base, f"{FOLDER}/c.py": revision("cc-33", "aaaa11", 'op.execute("SELECT 1")')}
    found = review(texts, new=[f"{FOLDER}/c.py"], base_texts=base)
    assert [one.suggestion for one in found.standing if one.rule == "illegal-revision-id"] == [None]


def test_a_copy_that_stands_before_the_original_by_name_is_the_one_that_is_spoken_of() -> None:
    (finding,) = said("duplicate-revision-id", {"0.py": revision("bbbb22", "aaaa11", 'op.execute("SELECT 1")')})
    assert finding.place.path == f"{FOLDER}/0.py"
    assert finding.suggestion is not None
    assert {edit.text for edit in finding.suggestion.edits} >= {"'bbbb22'"}


def test_a_label_of_another_branch_gives_way_to_one_with_a_number() -> None:
    base = {**BASE, f"{FOLDER}/b.py": revision("bbbb22", "aaaa11", more="branch_labels = ('pay',)")}
    text = revision("cccc33", "aaaa11", 'op.execute("SELECT 1")', more="branch_labels = ['pay']")
    found = review({**base, f"{FOLDER}/c.py": text}, new=[f"{FOLDER}/c.py"], base_texts=base)
    (finding,) = [one for one in found.standing if one.rule == "duplicate-branch-label"]
    assert finding.suggestion is not None
    assert apply_edits(text, finding.suggestion.edits) == text.replace("'pay'", "'pay_2'")


def test_a_merge_with_operations_is_taken_apart_into_two_files() -> None:
    base = {**BASE, f"{FOLDER}/c.py": revision("cccc33", "aaaa11", "pass")}
    merge = revision("mmmm", ("bbbb22", "cccc33"), NOTE, doc='"""Both.\n\nRevises: bbbb22, cccc33\n"""\n')  # type: ignore[arg-type]
    texts = {**base, f"{FOLDER}/m.py": merge}
    (finding,) = [
        one
        for one in review(texts, new=[f"{FOLDER}/m.py"], base_texts=base).standing
        if one.rule == "operations-in-merge-revision"
    ]
    assert finding.plan is not None
    joined, above = finding.plan.revisions
    after = {**texts, joined.path: joined.text, above.path: above.text}
    assert "Revises: bbbb22" not in above.text
    rules = {one.rule for one in review(after, new=[joined.path, above.path], base_texts=base).standing}
    assert not rules & {"operations-in-merge-revision", "multiple-heads", "header-contradicting-revision"}


def test_an_edited_revision_comes_with_the_file_as_it_was() -> None:
    (finding,) = said("edited-applied-revision", {"b.py": revision("bbbb22", "aaaa11", "pass")})
    assert finding.plan is not None
    assert finding.plan.revisions[0].text == BASE[f"{FOLDER}/b.py"]


@pytest.mark.parametrize(
    ("name", "id_", "count"),
    [
        ("1d90f8a0efe1_words.py", "4522eb831f5c", 1),
        ("4522eb831f5c_words.py", "4522eb831f5c", 0),
        ("20260101_words.py", "4522eb831f5c", 0),
        ("accessibility_words.py", "4522eb831f5c", 0),
        ("bbbb22_again.py", "cccc33", 1),
        ("words.py", "cccc33", 0),
    ],
)
def test_a_name_contradicts_only_where_names_hold_ids(name: str, id_: str, count: int) -> None:
    base = {f"{FOLDER}/{each}_x.py": BASE[f"{FOLDER}/{each[0]}.py"] for each in ("aaaa11", "bbbb22")}
    texts = {"m/env.py": "", **base, f"{FOLDER}/{name}": revision(id_, "bbbb22", 'op.execute("SELECT 1")')}
    found = review(texts, new=[f"{FOLDER}/{name}"], base_texts={"m/env.py": "", **base}).standing
    assert sum(one.rule == "file-name-contradicting-revision" for one in found) == count
    plain = {**BASE, f"{FOLDER}/{name}": texts[f"{FOLDER}/{name}"]}
    found = review(plain, new=[f"{FOLDER}/{name}"], base_texts=BASE).standing
    assert all(one.rule != "file-name-contradicting-revision" for one in found)


DATED = "rules:\n  revision-dated-before-parent: notice\n  several-changes-in-one-migration: notice\n"


@pytest.mark.parametrize(
    ("parent", "child", "count"),
    [
        ("2026_05_01_1200_a.py", "2026_04_01_1200_b.py", 1),
        ("20260501_a.py", "20260501_b.py", 0),
        ("2026-05-01-a.py", "2026-05-02-b.py", 0),
        ("2026_05_01_a.py", "9999_99_99_b.py", 0),
        ("0002_a.py", "0001_b.py", 0),
    ],
)
def test_dates_in_names_are_compared_too(parent: str, child: str, count: int) -> None:
    base = {"m/env.py": "", f"{FOLDER}/{parent}": revision("aaaa11", None, CREATE)}
    texts = {**base, f"{FOLDER}/{child}": revision("bbbb22", "aaaa11")}
    found = review(texts, new=[f"{FOLDER}/{child}"], base_texts=base, settings=read_settings(DATED, ".dbbot.yml"))
    assert sum(one.rule == "revision-dated-before-parent" for one in found.standing) == count


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (NOTE.replace('"note"', '"other"') + "; " + 'op.execute("UPDATE orders SET note = 1")', 1),
        (NOTE.replace('"note"', '"other"') + "; " + 'op.execute("GRANT SELECT ON orders TO reader")', 1),
        (NOTE.replace('"note"', '"other"') + "; " + 'op.create_index("ix", "orders", ["note"])', 0),
        (NOTE.replace('"note"', '"a"') + "; " + NOTE.replace("orders", "users"), 1),
        ('op.execute("ALTER TABLE orders ADD COLUMN a int"); op.execute("ALTER TABLE users ADD COLUMN b int")', 1),
        (CREATE.replace("orders", "new") + '; op.execute("INSERT INTO new VALUES (1)")', 0),
    ],
)
def test_changes_of_one_table_and_new_tables_are_one_change(body: str, count: int) -> None:
    users = revision("dddd44", "bbbb22", CREATE.replace("orders", "users"))
    base = {**BASE, f"{FOLDER}/d.py": users}
    texts = {**base, f"{FOLDER}/e.py": revision("eeee55", "dddd44", body)}
    settings = read_settings(DATED, ".dbbot.yml")
    found = review(texts, new=[f"{FOLDER}/e.py"], base_texts=base, settings=settings).standing
    assert sum(one.rule == "several-changes-in-one-migration" for one in found) == count


def test_tables_joined_by_a_key_are_one_change() -> None:
    users = CREATE.replace("orders", "users").replace(
        "primary_key=True)", "primary_key=True), sa.Column('order_id', sa.BigInteger(), sa.ForeignKey('orders.id'))"
    )
    base = {**BASE, f"{FOLDER}/d.py": revision("dddd44", "bbbb22", users)}
    body = NOTE.replace('"note"', '"a"') + "; " + NOTE.replace("orders", "users")
    texts = {**base, f"{FOLDER}/e.py": revision("eeee55", "dddd44", body)}
    settings = read_settings(DATED, ".dbbot.yml")
    found = review(texts, new=[f"{FOLDER}/e.py"], base_texts=base, settings=settings).standing
    assert all(one.rule != "several-changes-in-one-migration" for one in found)


def test_a_folder_without_an_environment_may_be_a_part_of_a_history() -> None:
    """Packages that share one: the parents of their first revisions lie in another package."""
    bare = {f"{FOLDER}/a.py": revision("aaaa11", "elsewhere1"), f"{FOLDER}/b.py": revision("bbbb22", "aaaa11")}
    new = {f"{FOLDER}/c.py": revision("cccc33", "bbbb22", more="depends_on = 'elsewhere2'")}
    found = review({**bare, **new}, new=list(new), base_texts=bare).standing
    assert "unknown-parent" not in {finding.rule for finding in found}
    whole = {**bare, f"{FOLDER}/a.py": revision("aaaa11", None)}
    found = review({**whole, **new}, new=list(new), base_texts=whole).standing
    assert "unknown-parent" in {finding.rule for finding in found}
    beside = {**whole, "m/env.py": "from alembic import context\n"}
    found = review({**beside, **new}, new=list(new), base_texts=beside).standing
    assert "unknown-parent" in {finding.rule for finding in found}


def test_an_empty_dependency_is_none() -> None:
    assert said("unknown-parent", {"c.py": revision("cccc33", "bbbb22", more='depends_on = ""')}) == ()


def test_without_an_environment_a_convention_may_have_given_other_names() -> None:
    unique = 'op.create_unique_constraint("u", "orders", ["id"])'
    bare = {f"{FOLDER}/a.py": revision("aaaa11", None, CREATE), f"{FOLDER}/b.py": revision("bbbb22", "aaaa11", unique)}
    new = {f"{FOLDER}/c.py": revision("cccc33", "bbbb22", unique)}
    for env, expected in (({}, False), ({"m/env.py": "from alembic import context\ncontext.configure()\n"}, True)):
        found = review({**env, **bare, **new}, new=list(new), base_texts={**env, **bare}).standing
        assert ("existing-object" in {finding.rule for finding in found}) is expected
