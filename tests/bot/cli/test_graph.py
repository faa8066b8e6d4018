"""`dbbot graph` on real repositories."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.bot.cli import interface, shop
from tests.bot.cli.conftest import Run, as_json


@pytest.mark.usefixtures("repository")
def test_a_graph_in_order_has_one_head_and_ends_well(run: Run) -> None:
    result = run("graph", "--format", "json")
    interface.assert_keeps(interface.GRAPH, as_json(result))
    assert result.return_value == 0
    assert run("graph").stdout.split("\n")[-3:] == ["  ◉  ab12  ab12  (head, new)", "  ●  aa11  aa11  (base)", ""]


def test_two_heads_are_a_problem(repository: Path, run: Run) -> None:
    shop.write(repository, {"migrations/versions/cd34.py": shop.revision("cd34", "aa11")})
    result = run("graph", "--format", "json")
    (location,) = as_json(result)["script_locations"]
    assert location["heads"] == ["ab12", "cd34"]
    assert location["bases"] == ["aa11"]
    assert location["problems"][0]["kind"] == "multiple-heads"
    assert result.return_value == 1


def test_no_name_of_a_migration_leaves_its_node(repository: Path, run: Run) -> None:
    shop.write(repository, {"migrations/versions/x.py": shop.revision('x"]; evil --> y', "ab12")})
    mermaid = run("graph", "--format", "mermaid").stdout
    assert mermaid.count("-->") == 2
    assert "evil --" in run("graph", "--format", "text").stdout
    dot = run("graph", "--format", "dot").stdout
    assert r'[label="x\"]; evil --> y' in dot
    svg = run("graph", "--format", "svg").stdout
    assert ElementTree.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg"
    assert "x&quot;]; evil --&gt; y" in svg


def test_a_graph_shows_branches_merges_and_dependencies(repository: Path, run: Run) -> None:
    branch = shop.revision("cd34", "aa11") + "branch_labels = ('billing',)\ndepends_on = 'ab12'\n"
    merge = shop.revision("ef56", "x").replace("'x'", "('ab12', 'cd34')")
    shop.write(repository, {"migrations/versions/cd34.py": branch, "migrations/versions/ef56.py": merge})
    shown = run("graph").stdout
    assert "  branch billing: cd34" in shown
    assert shown.split("\n")[-5:] == [
        "  ◉─╮  ef56  ef56  (head, new, merge)",
        "  │ ◉  cd34  cd34  (new, billing)  needs ab12",
        "  ◉ │  ab12  ab12  (new)",
        "  ●─╯  aa11  aa11  (base)",
        "",
    ]
    assert "-.->" in run("graph", "--format", "mermaid").stdout
    assert "[style=dashed]" in run("graph", "--format", "dot").stdout
    (location,) = as_json(run("graph", "--format", "json"))["script_locations"]
    assert location["branch_labels"] == {"billing": ["cd34"]}
    assert [each["revision"] for each in location["revisions"] if each["new"]] == ["ab12", "cd34", "ef56"]


def test_the_heads_are_joined_by_a_file_that_is_printed_or_written(repository: Path, run: Run) -> None:
    assert run("graph", "--merge").stdout == ""
    shop.write(repository, {"migrations/versions/cd34.py": shop.revision("cd34", "aa11")})
    shown = run("graph", "--merge")
    assert shown.return_value == 0
    assert 'down_revision = ("ab12", "cd34")' in shown.stdout
    (made,) = as_json(run("graph", "--merge", "--format", "json"))["revisions"]
    assert shown.stdout.startswith(f"# {made['path']}\n")
    assert run("graph", "--merge", "--write").stdout == f"{made['path']}: Merge ab12 and cd34.\n"
    assert "Merge ab12 and cd34." in (repository / made["path"]).read_text()
    assert run("graph").return_value == 0
    assert run("graph", "--merge", "--write").stdout == ""
    assert "goes with `--merge`" in str(run("graph", "--write").exception)
    assert "not as svg" in str(run("graph", "--merge", "--format", "svg").exception)


def test_a_part_of_the_graph_leaves_out_what_lies_between(repository: Path, run: Run) -> None:
    line = {f"v/r{at}.py": shop.revision(f"r{at}", f"r{at - 1}" if at else None) for at in range(9)}
    shop.write(repository, line)
    shop.commit(repository)
    shop.write(repository, {"v/side.py": shop.revision("side", "r1")})
    shown = run("graph", "--script-location", "v", "--part", "--base", "HEAD").stdout
    assert shown.split("\n")[-6:] == [
        "  ●    r8    r8  (head)",
        "  ┊    (6 revisions)",
        "  │ ◉  side  side  (head, new)",
        "  ●─╯  r1    r1",
        "  ┊    (1 earlier revision)",
        "",
    ]
