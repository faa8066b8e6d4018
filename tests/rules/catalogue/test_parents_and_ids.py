"""Parents that are unknown, ids and labels that are taken."""

from __future__ import annotations

import pytest

from rules.engine import review
from rules.engine.case import open_case
from rules.reading import find_locations
from rules.rewriting import apply_edits
from rules.settings import Settings
from tests.rules.catalogue.proposed import BASE, FOLDER, revision, said


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


def test_an_empty_dependency_is_none() -> None:
    assert said("unknown-parent", {"c.py": revision("cccc33", "bbbb22", more='depends_on = ""')}) == ()


def test_faults_that_the_base_has_already_are_not_laid_at_the_pull_request() -> None:
    base = {**BASE, f"{FOLDER}/x.py": revision("xxxx", "gone")}
    new = {f"{FOLDER}/c.py": revision("cccc33", "bbbb22", 'op.execute("SELECT 1")')}
    rules = {finding.rule for finding in review({**base, **new}, new=list(new), base_texts=base).standing}
    assert not rules & {"unknown-parent", "multiple-heads", "edited-applied-revision"}


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


def test_an_id_that_a_merged_file_has_is_a_duplicate() -> None:
    (finding,) = said("duplicate-revision-id", {"copy.py": revision("bbbb22", "aaaa11")})
    assert finding.place.path == f"{FOLDER}/copy.py"


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
