"""Our comments are known again by their marker, whatever is in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.review.marker import Marker, read_marker

NAMES = st.text(max_size=40) | st.text(alphabet="<>-!{}a", max_size=12)


@given(NAMES, NAMES, NAMES, st.none() | st.integers(0, 10**12))
def test_a_marker_is_read_as_it_was_written(sha: str, fingerprint: str, rule: str, answers: int | None) -> None:
    marker = Marker(sha, fingerprint, rule, answers)
    text = str(marker)
    assert read_marker(f"Some text\n\n{text}\n") == marker
    assert text.count("<") == text.count(">") == 1
    assert text.removeprefix("<!--").removesuffix("-->").count("--") == 0


def test_the_last_marker_counts_because_ours_stands_at_the_end() -> None:
    assert read_marker(f"{Marker(fingerprint='a')}\n{Marker(fingerprint='b')}") == Marker(fingerprint="b")


def test_a_key_of_a_later_version_is_overlooked() -> None:
    assert read_marker('<!-- dbbot:v1 {"fp":"a","mood":"calm"} -->') == Marker(fingerprint="a")


@pytest.mark.parametrize(
    "body",
    [
        None,
        "",
        "no marker",
        "<!-- dbbot:v2 {} -->",
        "<!-- dbbot:v1 {broken} -->",
        "<!-- dbbot:v1 [1] -->",
        "<!-- dbbot:v1 {",
        "<!-- dbbot:v99999999999999999999 {} -->",
        "<!-- dbbot:v1 {" + "[" * 1900 + "} -->",
    ],
)
def test_what_is_no_marker_is_none(body: str | None) -> None:
    assert read_marker(body) is None


def test_values_of_wrong_types_count_as_missing() -> None:
    assert read_marker('<!-- dbbot:v1 {"fp":1,"rule":null,"sha":["a"],"answers":true} -->') == Marker()
