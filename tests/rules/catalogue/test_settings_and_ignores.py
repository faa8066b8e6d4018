"""What the rules about settings and ignore comments say, and how they mend it."""

from __future__ import annotations

from tests.rules.catalogue.judged import findings, migration


def test_the_nearest_key_is_suggested() -> None:
    (found,) = findings("unreadable-settings", migration("pass"), settings="lock_timout: 4s\n")
    assert found.suggestion is not None
    (edit,) = found.suggestion.edits
    assert (edit.path, edit.start_line, edit.start_column, edit.end_column, edit.text) == (
        ".github/dbbot.yml",
        1,
        0,
        11,
        "lock_timeout",
    )
    assert found.suggestion.title == "Write `lock_timeout`"


def test_a_value_of_the_wrong_kind_is_left_to_people() -> None:
    (found,) = findings("unreadable-settings", migration("pass"), settings="server_version: sixteen\n")
    assert found.suggestion is None


CHECK = 'op.create_check_constraint("c", "orders", "total > 0")'
WIDE_ON = "rules:\n  file-wide-ignore: notice\n"


def wide(rule: str, settings: str = WIDE_ON, **example: str) -> int:
    """How often the rule speaks of a comment that silences a rule for the whole file."""
    text = f"# dbbot: ignore-file[{rule}] because nobody writes at night\n\n\n" + migration(CHECK)
    return len(findings("file-wide-ignore", text, settings=settings, **example))


def test_a_comment_for_the_whole_file_is_named_if_it_silences_an_error() -> None:
    assert wide("blocking-check") == 1
    assert wide("blocking-check, unused-ignore") == 1
    assert wide("blocking-check", settings="") == 0
    assert wide("blocking-check", settings=f"{WIDE_ON}  blocking-check: notice\n") == 0
    assert wide("blocking-unique-constraint") == 0, "it silences nothing"
    assert wide("no-such-rule") == 0


def test_a_first_revision_may_be_silenced_as_a_whole() -> None:
    comment = "# dbbot: ignore-file[blocking-check] because it is the first\n"
    header = 'from alembic import op\nimport sqlalchemy as sa\nrevision = "0003"\ndown_revision = {}\n\n\n'
    text = comment + header + migration(CHECK)
    assert not findings("file-wide-ignore", text.format("None"), settings=WIDE_ON)
    assert findings("file-wide-ignore", text.format('"0001"'), settings=WIDE_ON)


def test_a_comment_without_a_reason_silences_nothing_anyway() -> None:
    text = "# dbbot: ignore-file[blocking-check]\n\n\n" + migration(CHECK)
    assert not findings("file-wide-ignore", text, settings=WIDE_ON)


def ignoring(comment: str, line: str = CHECK) -> str:
    return migration(f"{line}  # dbbot: {comment}")


def test_a_name_that_is_near_one_rule_gets_that_name() -> None:
    (found,) = findings("unknown-rule-in-ignore", ignoring("ignore[blocking-chek] because it is night"))
    assert found.message == "There is no rule `blocking-chek`. Did you mean `blocking-check`?"
    assert found.suggestion is not None
    assert found.suggestion.title == "Write `blocking-check`"
    assert [edit.text for edit in found.suggestion.edits] == ["blocking-check"]


def test_a_name_that_is_near_none_or_several_is_left_to_people() -> None:
    (found,) = findings("unknown-rule-in-ignore", ignoring("ignore[xyzzy] because it is night"))
    assert found.suggestion is None
    (found,) = findings("unknown-rule-in-ignore", ignoring("ignore[MP008] because it is night"))
    assert " or " in found.message
    assert found.suggestion is None


def test_a_known_name_is_not_named() -> None:
    assert not findings("unknown-rule-in-ignore", ignoring("ignore[blocking-check] because it is night"))
    assert not findings("unknown-rule-in-ignore", migration("pass"), settings="rules:\n  blocking-check: off\n")
    (found,) = findings("unknown-rule-in-ignore", migration("pass"), settings="rules:\n  xyzzy: off\n")
    assert (found.place.path, found.place.line) == (".github/dbbot.yml", 2)


def test_a_comment_that_silences_nothing_can_go() -> None:
    unused = ignoring("ignore[blocking-check] because it is night", "op.execute('SELECT 1')")
    (found,) = findings("unused-ignore", unused)
    assert found.suggestion is not None
    assert not findings("unused-ignore", ignoring("ignore[blocking-check] because it is night"))
    assert not findings("unused-ignore", ignoring("ignore[blocking-check]", "op.execute('SELECT 1')"))
    assert not findings("unused-ignore", ignoring("ignore[xyzzy] because of it", "op.execute('SELECT 1')"))
    off = "rules:\n  blocking-check: off\n"
    assert not findings("unused-ignore", unused, settings=off)


def test_a_comment_for_two_rules_is_left_to_people() -> None:
    both = ignoring("ignore[blocking-check, blocking-not-null] because it is night", "op.execute('SELECT 1')")
    found = findings("unused-ignore", both)
    assert len(found) == 2
    assert all(one.suggestion is None for one in found)
