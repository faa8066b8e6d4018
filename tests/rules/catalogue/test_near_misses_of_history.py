"""Rules about the graph and about what files say of themselves, each with what comes closest."""

from __future__ import annotations

import pytest

from rules.engine import review
from rules.history.neighbours import Elsewhere
from rules.model.finding import Finding
from rules.rewriting import apply_edits
from rules.settings import read_settings
from tests.rules.catalogue.judged import assert_judged, findings, migration

FOLDER = "m/versions"
NOTE = 'op.add_column("orders", sa.Column("note", sa.Text()))'
CREATE = 'op.create_table("orders", sa.Column("id", sa.BigInteger(), primary_key=True))'
IDLE = 'op.execute("SELECT 1")'


def revision(id_: str, down: object, body: str = IDLE, *, back: str = "pass", more: str = "", doc: str = "") -> str:
    return (
        f"{doc}import sqlalchemy as sa\nfrom alembic import op\n\n"
        f"revision = {id_!r}\ndown_revision = {down!r}\n{more}\n"
        f"\ndef upgrade():\n    {body}\n\n\ndef downgrade():\n    {back}\n"
    )


BASE = {"a.py": revision("aaaa11", None, CREATE), "b.py": revision("bbbb22", "aaaa11", NOTE)}


def said(
    rule: str, changed: dict[str, str], base: dict[str, str] = BASE, *, gone: tuple[str, ...] = (), **options: object
) -> tuple[Finding, ...]:
    """What one rule says of a pull request that adds or replaces some files of FOLDER and deletes others."""
    before = {"m/env.py": ""} | {f"{FOLDER}/{name}": text for name, text in base.items()}
    after = {path: text for path, text in before.items() if path.rpartition("/")[2] not in gone}
    new = {f"{FOLDER}/{name}": text for name, text in changed.items()}
    found = review({**after, **new}, new=list(new), base_texts=before, **options)  # type: ignore[arg-type]
    assert not found.crashed
    return tuple(finding for finding in found.standing if finding.rule == rule)


FAULTS = {
    "duplicate-branch-label": {"c.py": revision("cccc33", "bbbb22", more="branch_labels = ('aaaa11',)")},
    "duplicate-revision-id": {"c.py": revision("bbbb22", "aaaa11")},
    "illegal-revision-id": {"c.py": revision("cc-33", "bbbb22")},
    "revision-cycle": {"c.py": revision("cccc33", "dddd44"), "d.py": revision("dddd44", "cccc33")},
    "unknown-parent": {"c.py": revision("cccc33", "gone")},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("rule", FAULTS)
def test_each_fault_of_the_graph_is_named_by_one_rule(rule: str, fault: str) -> None:
    assert bool(said(rule, FAULTS[fault])) == (rule == fault)


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, "The merged revision `r0` (`m/versions/r0.py`) is gone"),
        (2, "The merged revisions `r0` (`m/versions/r0.py`), `r1` (`m/versions/r1.py`) are gone"),
        (5, "`r4` (`m/versions/r4.py`) are gone"),
        (6, "`r4` (`m/versions/r4.py`) and 1 more are gone"),
    ],
)
def test_deleted_revisions_are_named_and_the_rest_is_counted(count: int, words: str) -> None:
    names = [f"r{number}" for number in range(count)]
    base = {
        f"{name}.py": revision(name, names[at - 1] if at else None, CREATE.replace("orders", name))
        for at, name in enumerate(names)
    }
    gone = tuple(base)
    (found,) = said("deleted-applied-revision", {"z.py": revision("z", None)}, base, gone=gone)
    assert words in found.message
    assert found.place.line == 1


def test_an_edited_revision_is_named_where_it_differs() -> None:
    (found,) = said("edited-applied-revision", {"b.py": revision("bbbb22", "aaaa11")})
    assert BASE["b.py"].split("\n")[found.place.line - 1] == "def upgrade():"
    (found,) = said("edited-applied-revision", {"b.py": revision("bbbb22", None, NOTE)})
    assert BASE["b.py"].split("\n")[found.place.line - 1] == "revision = 'bbbb22'"


def test_a_revision_that_is_judged_new_is_the_one_of_a_fault_that_is_spoken_of() -> None:
    label = "branch_labels = ('pay',)"
    base = {**BASE, "z.py": revision("zzzz99", "bbbb22", more=label)}
    (found,) = said("duplicate-branch-label", {"c.py": revision("cccc33", "bbbb22", more=label)}, base)
    assert found.place.path == f"{FOLDER}/c.py"
    (found,) = said("duplicate-branch-label", {"zz.py": revision("zzzzz", "bbbb22", more=label)}, base)
    assert found.place.path == f"{FOLDER}/zz.py"
    above = revision("cccc33", "zzzz99", more=label)
    (found,) = said("duplicate-branch-label", {"c.py": above}, base)
    assert found.suggestion is not None
    assert apply_edits(above, found.suggestion.edits) == above.replace("('pay',)", "None")


def test_the_revision_of_a_circle_that_is_new_is_spoken_of() -> None:
    base = {**BASE, "z.py": revision("zzzz99", "aaaa1b")}
    (found,) = said("revision-cycle", {"zz.py": revision("aaaa1b", "zzzz99")}, base)
    assert found.place.path == f"{FOLDER}/zz.py"


def test_the_id_that_is_used_twice_is_shown_where_it_is_written() -> None:
    (found,) = said("duplicate-revision-id", {"c.py": revision("bbbb22", "aaaa11")})
    assert found.place.line == 4
    assert found.suggestion is not None
    edited = apply_edits(revision("bbbb22", "aaaa11"), found.suggestion.edits)
    assert edited is not None
    assert "down_revision = 'bbbb22'" in edited
    on_top = revision("bbbb22", "bbbb22").replace("down_revision = 'bbbb22'", "down_revision = 'cccc33'")
    base = {**BASE, "d.py": revision("cccc33", "bbbb22")}
    (found,) = said("duplicate-revision-id", {"e.py": on_top}, base)
    assert found.suggestion is not None
    edited = apply_edits(on_top, found.suggestion.edits)
    assert edited is not None
    assert "down_revision = 'cccc33'" in edited


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (revision("cccc33", "bbbb22", "pass"), 1),
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


def test_a_first_revision_with_a_parent_in_its_header_follows_none() -> None:
    text = revision("cccc33", None, doc='"""Words.\n\nRevises: bbbb22\n"""\n')
    (found,) = said("header-contradicting-revision", {"c.py": text})
    assert found.message.endswith("the code says `None`.")


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ([12], "Pull request `#12` (`m/versions/n12.py`) also follows `bbbb22`"),
        ([12, 13], "Pull requests `#12` (`m/versions/n12.py`), `#13` (`m/versions/n13.py`) also follow `bbbb22`"),
        ([1, 2, 3, 4, 5], "`#5` (`m/versions/n5.py`) also follow"),
        ([1, 2, 3, 4, 5, 6], "`#5` (`m/versions/n5.py`) and 1 more also follow"),
    ],
)
def test_neighbours_are_named_and_the_rest_is_counted(others: list[int], words: str) -> None:
    elsewhere = tuple(Elsewhere(each, f"{FOLDER}/n{each}.py", revision(f"n{each}", "bbbb22")) for each in others)
    (found,) = said("parent-shared-with-open-pull-request", {"c.py": revision("cccc33", "bbbb22")}, elsewhere=elsewhere)
    assert words in found.message
    assert found.message.endswith("does: whoever merges second has to re-parent.")


def test_neighbours_that_begin_or_join_are_counted_too() -> None:
    rule = "parent-shared-with-open-pull-request"
    first = tuple(Elsewhere(each, f"{FOLDER}/n{each}.py", revision(f"n{each}", None)) for each in (1, 2))
    (found,) = said(rule, {"c.py": revision("cccc33", None)}, {}, elsewhere=first)
    assert "also begin the history" in found.message
    base = {**BASE, "c.py": revision("cccc33", "aaaa11")}
    both = ("bbbb22", "cccc33")
    joined = tuple(Elsewhere(each, f"{FOLDER}/n{each}.py", revision(f"n{each}", both)) for each in (1, 2))
    (found,) = said(rule, {"m.py": revision("mmmm", both)}, base, elsewhere=joined)
    assert "also join `bbbb22` and `cccc33`" in found.message
    assert found.message.endswith("does: whoever merges second leaves two heads again.")


@pytest.mark.parametrize(("parent", "near"), [("bbbb2", "bbbb22"), ("gone", "bbbb22")])
def test_an_unknown_parent_is_told_apart_from_an_unknown_dependency(parent: str, near: str) -> None:
    (found,) = said("unknown-parent", {"c.py": revision("cccc33", parent)})
    assert found.place.line == 5
    assert f"follow `{near}`, by its whole id" in found.advice
    (found,) = said("unknown-parent", {"c.py": revision("cccc33", "bbbb22", more=f"depends_on = {parent!r}")})
    assert found.place.line == 6
    assert (found.advice, found.suggestion) == ("Name a revision that exists.", None)


def test_a_revision_is_not_told_to_follow_itself() -> None:
    (found,) = said("unknown-parent", {"c.py": revision("cccc33", "cccc3")})
    assert (found.advice, found.suggestion) == ("Name a revision that exists.", None)


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


@pytest.mark.parametrize("said_by_it", ["", "Empty message", "auto", "autogenerate", "Migration.", "WIP", "..."])
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
