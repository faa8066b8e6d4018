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
