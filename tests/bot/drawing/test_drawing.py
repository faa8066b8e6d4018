"""Pictures of revision graphs: right, the same for the same graph, and closed to what strangers write."""

from __future__ import annotations

import re
from random import Random
from xml.etree import ElementTree

import pytest

from bot import drawing
from bot.drawing.lanes import rows_of
from bot.drawing.mermaid import LONGEST, MOST_LINKS, is_drawable
from rules.history import history_of
from rules.history.drawing import MOST_DOTS, part, whole
from rules.model.drawing import Drawing, Mark, Shape
from rules.model.script import MigrationScript
from tests.rules.history import generated
from tests.rules.history.test_graph import script

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    '"]; click r0 "https://example.com"',
    "</text><script>alert(1)</script>",
    "end",
    "subgraph",
    "a\n  b --> c",
    "%%{init: {}}%%",
    "```\n# out",
    "\x00\u202e\ud800",
    "`*_~|<!-- dbbot:v1 -->@octo #1",
    "\\",
    "#quot;",
    "é" * 5_000,
)


def test_lines_part_and_come_together_as_in_git() -> None:
    history = history_of(
        [
            script("a1", labels=["shop"]),
            script("b2", "a1"),
            script("c3", "b2"),
            script("d4", "b2", needs=["c3"]),
            script("e5", "c3", "d4"),
            script("f6", "a1"),
            script("g7", "gone"),
        ]
    )
    assert drawing.text(whole("m", history, {"f6"})).split("\n") == [
        "●─╮  e5    (head, merge)",
        "│ ●  d4    needs c3",
        "● │  c3",
        "●─╯  b2",
        "│ ◉  f6    (head, new)",
        "●─╯  a1    (base, shop)",
        "●    g7    (head)",
        "✗    gone  no file declares it",
    ]


def test_a_line_that_crosses_another_is_drawn_across_it() -> None:
    lines = [script("a"), script("b", "a"), script("c", "a"), script("d", "a"), script("e", "b", "c", "d")]
    assert drawing.text(whole("m", history_of(lines))).split("\n") == [
        "●─┬─╮  e  (head, merge)",
        "● │ │  b",
        "│ ● │  c",
        "│ │ ●  d",
        "●─┴─╯  a  (base)",
    ]


def test_lines_that_meet_and_part_at_one_revision_are_told_apart() -> None:
    lines = [script("a"), script("b", "a"), script("c", "a"), script("d", "b", "c")]
    history = history_of([*lines, script("e", "d"), script("f", "d"), script("g", "e", "f")])
    assert drawing.text(whole("m", history)).split("\n") == [
        "●─╮    g  (head, merge)",
        "● │    e",
        "│ ●    f",
        "●─┴─╮  d  (merge)",
        "●   │  b",
        "│   ●  c",
        "●───╯  a  (base)",
    ]


def graph(seed: int) -> list[MigrationScript]:
    random = Random(seed)
    return generated.sound(random) if seed % 2 else generated.broken(random)[1]


def followed(drawn: Drawing) -> set[tuple[int, int]]:
    return {(link.above, link.below) for link in drawn.links if link.follows and link.below > link.above}


@pytest.mark.parametrize("seed", range(60))
def test_every_link_has_a_track_in_a_lane_of_its_own(seed: int) -> None:
    drawn = whole("m", history_of(graph(seed)))
    rows, tracks = rows_of(drawn)
    assert [row.dot for row in rows] == list(drawn.dots)
    assert {(track.upper, track.lower) for track in tracks} == followed(drawn)
    for at in range(len(rows)):
        running = [track.lane for track in tracks if track.upper < at < track.lower]
        assert len(set(running)) == len(running)
        assert rows[at].lane not in running
        assert sorted(running) == sorted(rows[at].passing)


@pytest.mark.parametrize("seed", range(40))
def test_a_picture_is_the_same_whatever_order_the_files_come_in(seed: int) -> None:
    scripts = graph(seed)
    one, other = (whole("m", history_of(each)) for each in (scripts, scripts[::-1]))
    assert one == other
    assert drawing.svg([one]) == drawing.svg([other])
    assert drawing.text(one).count("\n") == max(0, len(one.dots) - 1)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_strangers_write_stays_in_its_place(hostile: str) -> None:
    scripts = [
        MigrationScript("m/a.py", "", hostile, (), (hostile,), docstring=hostile),
        MigrationScript("m/b.py", "", "b2", (hostile, f"{hostile}?"), docstring="Words."),
    ]
    drawn = whole(hostile, history_of(scripts))
    lines = drawing.mermaid([drawn, drawn]).split("\n")
    plain = re.compile(r'[ ]*(?:r\d+_\d+\(?\["[\w #;<>/\u0080-\U0010ffff]*"\]\)?(?::::\w+)?|r\d+_\d+ -\.?-> r\d+_\d+)')
    for line in lines[1:]:
        assert plain.fullmatch(line) or line.strip().startswith(("subgraph s", "end", "classDef ")), line
        assert re.sub("<br/>", "", line).count("<") == 0
    picture = ElementTree.fromstring(drawing.svg([drawn]))
    assert {element.tag.removeprefix(SVG) for element in picture.iter()} <= {
        "svg", "title", "style", "text", "path", "circle", "rect", "g"
    }  # fmt: skip
    assert not any("on" in name[:2] or "href" in name for element in picture.iter() for name in element.attrib)
    assert drawing.text(drawn).count("\n") == len(drawn.dots) - 1
    closed = re.sub(r'"(?:[^"\\]|\\.)*"', '""', drawing.dot([drawn]))
    assert re.fullmatch(r'[\w\s{}\[\]=",;.>-]*', closed)
    assert closed.count("label") == len(drawn.dots) + 1


def test_a_part_is_small_and_says_how_much_it_leaves_out() -> None:
    line = [script(f"r{at:03}", *([f"r{at - 1:03}"] if at else [])) for at in range(400)]
    history = history_of([*line, script("x", "r100"), script("y", "x"), script("z", "y")])
    drawn = part("m", history, ["r399", "x", "y", "z"], new={"x", "y", "z"}, faulty={"z", "r399"}, pulls={"x": 12})
    assert drawing.text(drawn).split("\n") == [
        "●    r399  (head)",
        "┊    (298 revisions)",
        "│ ◉  z     (head, new)",
        "│ ◉  y     (new)",
        "│ ◉  x     (new, #12)",
        "●─╯  r100",
        "┊    (100 earlier revisions)",
    ]
    assert [dot.name for dot in drawn.dots if Mark.FAULT in dot.marks] == ["r399", "z"]
    many = part("m", history, [each.revision for each in line], new=history.scripts)
    assert len([dot for dot in many.dots if dot.shape is not Shape.GAP]) <= MOST_DOTS
    assert is_drawable(many, drawing.mermaid([many]))


def test_what_github_does_not_draw_is_known_before() -> None:
    wide = [script("a"), *(script(f"b{at}", "a") for at in range(MOST_LINKS + 1))]
    drawn = whole("m", history_of(wide))
    assert not is_drawable(drawn, drawing.mermaid([drawn]))
    assert not is_drawable(drawn, "x" * (LONGEST + 1))
    assert not is_drawable(whole("m", history_of([script("a")])), "")
