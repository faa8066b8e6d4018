"""What headers and names of files say of a revision, against what it is."""

from __future__ import annotations

import pytest

from rules.engine import review
from rules.settings import read_settings
from tests.rules.catalogue.proposed import BASE, CREATE, FOLDER, revision, said


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


DATED = "rules:\n  revision-dated-before-parent: notice\n"


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
