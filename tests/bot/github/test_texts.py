"""Texts by the hash of their blob, and what stands between GitHub's JSON and a file."""

from __future__ import annotations

import hashlib
import json
import re

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.github import changes
from bot.github.addresses import Addresses
from bot.github.auth import Credentials
from bot.github.cache import MemoryCache
from bot.github.changes import between, merged, patch_between
from bot.github.client import Client, GitHub
from bot.github.snapshot import take_group_snapshot, take_snapshot
from bot.github.texts import NoText, Texts
from bot.github.trees import Entry, read_tree
from bot.model.snapshot import Change, ChangedFile, PullRequestSnapshot, Repository
from bot.review.placement import read_patch
from tests.bot.github.scene import ADDED, NEW, Scene, private_key, revision


def sha_of(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def test_a_long_history_is_asked_for_in_batches_and_only_once(scene: Scene) -> None:
    many = {f"migrations/versions/n{n}.py": revision(f"n{n}", f"n{n - 1}") for n in range(250)}
    scene.shop.commit("main", dict(many))
    client = scene.client()
    tree = read_tree(client, scene.shop.branches["main"])
    wanted = {tree.entries[path].sha: tree.entries[path].size for path in many}
    mark = scene.hub.requests.mark()
    texts = Texts(client)
    texts.fetch(dict(wanted))
    assert {path: texts[tree.entries[path].sha] for path in many} == many
    assert len(scene.since(mark)) == 3
    again = Texts(scene.client())
    mark = scene.hub.requests.mark()
    again.fetch(dict(wanted))
    assert again[tree.entries["migrations/versions/n7.py"].sha] == many["migrations/versions/n7.py"]
    assert scene.since(mark) == []


def scripted(answer: dict[str, object], raw: bytes | int) -> Client:
    """GitHub that answers any blob question so, and the raw blob with `raw` or that status."""

    def reply(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/access_tokens"):
            return httpx.Response(201, json={"token": "ghs_x", "expires_at": "2999-01-01T00:00:00Z"})
        if "/git/blobs/" in request.url.path:
            return httpx.Response(raw, json={}) if isinstance(raw, int) else httpx.Response(200, content=raw)
        names = re.findall(r"\b([bp]\d+): object", json.loads(request.content)["query"])
        found = {"data": {"repository": {"id": "R", **dict.fromkeys(names, answer)}}}
        return httpx.Response(200, content=json.dumps(found))

    github = GitHub(
        Credentials("1", private_key()),
        Addresses.of("https://api.github.com"),
        cache=MemoryCache(),
        transport=httpx.MockTransport(reply),
        sleep=lambda _: None,
    )
    return github.client(Repository(1, "octo/shop", 1))


@pytest.mark.parametrize(
    "text", ["plain\n", "no end", "", "\ufeffmark\r\nand returns\r\n", "\x0c\u2028\x85 odd ends\r", "ü😀\n"]
)
def test_a_text_arrives_to_the_byte(text: str) -> None:
    sha = sha_of(text.encode())
    client = scripted({"oid": sha, "byteSize": len(text.encode()), "isBinary": False, "text": text}, 404)
    texts = Texts(client)
    texts.fetch({sha: None})
    assert texts[sha] == text


@pytest.mark.parametrize(
    "change",
    [{"text": "altered\n"}, {"isTruncated": True, "text": "def"}, {"text": None}, {"text": "\ud800"}],
)
def test_a_text_that_graphql_altered_is_taken_raw(change: dict[str, object]) -> None:
    content = b"def upgrade(): ...\n"
    sha = sha_of(content)
    blob = {"oid": sha, "byteSize": len(content), "isBinary": False, "isTruncated": False, "text": content.decode()}
    texts = Texts(scripted({**blob, **change}, content))
    texts.fetch({sha: None})
    assert texts[sha] == content.decode()


@pytest.mark.parametrize(
    ("answer", "raw", "reason"),
    [
        ({"oid": "a" * 40}, 404, "it is not a file"),
        ({"oid": "a" * 40, "byteSize": 2_000_000}, 404, "it is 2,000,000 bytes long; files up to 1,000,000 are read"),
        ({"oid": "a" * 40, "byteSize": 9, "isBinary": True}, 404, "it is binary"),
        ({"oid": "a" * 40, "byteSize": 9}, 404, "GitHub no longer has it"),
        (None, 410, "GitHub no longer has it"),
        ({"oid": "a" * 40, "byteSize": 9}, b"\xff\xfe", "it is not UTF-8 text"),
        (None, b"x" * 1_000_001, "it is 1,000,001 bytes long; files up to 1,000,000 are read"),
    ],
)
def test_why_there_is_no_text_is_said(answer: dict[str, object], raw: bytes | int, reason: str) -> None:
    texts = Texts(scripted(answer, raw))
    texts.fetch({"a" * 40: None})
    assert texts["a" * 40] == NoText(reason, lasting="no longer" not in reason)


def test_what_is_gone_today_is_asked_for_again_tomorrow() -> None:
    client = scripted({"oid": "a" * 40, "byteSize": 9}, 404)
    Texts(client).fetch({"a" * 40: None})
    requests = client.requests
    Texts(client).fetch({"a" * 40: None})
    assert client.requests > requests


def test_a_blob_of_another_repository_does_not_come_from_the_cache() -> None:
    content = b"secret = 1\n"
    sha = sha_of(content)
    blob = {"oid": sha, "byteSize": len(content), "isBinary": False, "text": content.decode()}
    client = scripted(blob, 404)
    Texts(client).fetch({sha: None})
    other = scripted({"oid": sha}, 404)
    other.github.cache = client.github.cache
    other.repository = Repository(2, "octo/other", 1)
    texts = Texts(other)
    texts.fetch({sha: None})
    assert isinstance(texts[sha], NoText)


def test_the_merged_tree_swaps_renamed_files_without_losing_one() -> None:
    base = {"a.py": Entry("1"), "b.py": Entry("2"), "c.py": Entry("3")}
    changed = [
        ChangedFile("b.py", Change.RENAMED, None, "a.py", "1"),
        ChangedFile("a.py", Change.RENAMED, None, "b.py", "2"),
        ChangedFile("c.py", Change.REMOVED, None, None, "3"),
        ChangedFile("d.py", Change.ADDED, None, None, "4"),
    ]
    assert merged(base, changed) == {"b.py": Entry("1"), "a.py": Entry("2"), "d.py": Entry("4")}


def test_the_changes_between_two_trees_are_by_hash() -> None:
    before = {"a": Entry("1"), "b": Entry("2"), "c": Entry("3")}
    after = {"a": Entry("1"), "b": Entry("9"), "d": Entry("4")}
    assert [(file.path, file.change) for file in between(before, after)] == [
        ("b", Change.MODIFIED),
        ("c", Change.REMOVED),
        ("d", Change.ADDED),
    ]


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ("", "a\nb\n", {1: "a", 2: "b"}),
        ("a\n", "", {}),
        ("a\nb\nc\n", "a\nB\nc\n", {1: "a", 2: "B", 3: "c"}),
        ("a\n", "a\nb", {1: "a", 2: "b"}),
        ("a\x0cb\n", "a\x0cc\u2028d\r\n", {1: "a\x0cc\u2028d\r"}),
    ],
)
def test_a_computed_patch_counts_lines_as_git_does(before: str, after: str, lines: dict[int, str]) -> None:
    patch = patch_between(before, after)
    assert patch is not None
    found = {hunk.start + n: line for hunk in read_patch(patch) for n, line in enumerate(hunk.lines)}
    assert found == lines


def test_equal_texts_have_no_patch() -> None:
    assert patch_between("a\n", "a\n") is None
    assert patch_between("", "") is None


LINES = st.lists(st.sampled_from(["a", "b", "", "c\r", "@@ -1 +1 @@", "--- a"]), max_size=40)


@given(LINES, LINES, st.booleans())
def test_a_computed_patch_can_be_applied(old: list[str], new: list[str], whole: bool) -> None:
    before, after = ("".join(f"{line}\n" for line in lines) for lines in (old, new))
    with pytest.MonkeyPatch.context() as patching:
        if whole:
            patching.setattr(changes, "MOST_COMPARED", 0)
        patch = patch_between(before, after)
    assert applied(old, patch) == new


def applied(old: list[str], patch: str | None) -> list[str]:
    """By the book: the header's numbers, then its rows."""
    made, at, rows = list[str](), 0, (patch.split("\n") if patch else [])
    while rows:
        header = re.fullmatch(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@", rows.pop(0))
        assert header
        start, old_count, new_start, new_count = (int(number or 1) for number in header.groups())
        begin = start - 1 if old_count else start
        made += old[at:begin]
        assert len(made) == (new_start - 1 if new_count else new_start)
        at = begin
        while old_count or new_count:
            row = rows.pop(0)
            if row[0] in " -":
                assert old[at] == row[1:]
                at, old_count = at + 1, old_count - 1
            if row[0] in " +":
                made.append(row[1:])
                new_count -= 1
    return made + old[at:]


def test_a_long_change_is_compared_in_no_time_and_shown_whole() -> None:
    lines = [str(number % 190) for number in range(20_000)]
    before, after = "\n".join(lines), "\n".join(reversed(lines))
    patch = patch_between(before, after)
    assert patch is not None
    assert patch.startswith("@@ -1,20000 +1,20000 @@")


def test_a_question_that_is_too_long_for_github_is_asked_in_parts(scene: Scene) -> None:
    many = {f"migrations/versions/n{n}.py": revision(f"n{n}", f"n{n - 1}") for n in range(40)}
    scene.shop.commit("main", dict(many))
    client = scene.client()
    tree = read_tree(client, scene.shop.branches["main"])
    scene.hub.faults.add("POST", "/graphql", 502, times=3)
    texts = Texts(client)
    texts.fetch({tree.entries[path].sha: 100 for path in many})
    assert {path: texts[tree.entries[path].sha] for path in many} == many
    assert scene.hub.requests.count("POST", "/graphql") == 5


def test_other_pull_requests_are_left_out_where_listing_them_takes_github_too_long(scene: Scene) -> None:
    scene.pull()
    scene.hub.faults.add("POST", "/graphql", 502, skip=1, times=3)
    snapshot = take_snapshot(scene.client(), 1)
    assert isinstance(snapshot, PullRequestSnapshot)
    assert snapshot.texts[NEW] == ADDED
    assert [file.reason for file in snapshot.left_out] == ["GitHub did not list the other open pull requests in time"]


def test_a_look_holds_a_bounded_amount_of_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.github.texts.MOST_BYTES", 25)
    content = b"0123456789"
    sha = sha_of(content)
    texts = Texts(scripted({"oid": sha, "byteSize": 10, "isBinary": False, "text": content.decode()}, 404))
    texts.fetch({sha[:38] + f"{n:02}": 10 for n in range(4)})
    had = [texts[sha[:38] + f"{n:02}"] for n in range(4)]
    assert [isinstance(text, str) for text in had] == [True, True, False, False]


def test_strange_paths_of_other_pull_requests_are_asked_for_safely(scene: Scene) -> None:
    scene.pull(head="one")
    path = 'migrations/versions/a "quoted" \\ ü😀 {b}.py'
    scene.pull({path: revision("z9", "b2")}, head="two")
    snapshot = take_snapshot(scene.client(), 1)
    assert isinstance(snapshot, PullRequestSnapshot)
    assert [each.path for each in snapshot.elsewhere] == [path]


def test_a_merge_group_is_its_head_against_its_base(scene: Scene) -> None:
    base = scene.shop.branches["main"]
    one = scene.pull(head="one")
    two = scene.pull({"migrations/versions/d4.py": revision("d4", "b2")}, head="two")
    group = scene.shop.enqueue_merge_group([one, two])
    snapshot = take_group_snapshot(scene.client(), group.head_sha, base, "main")
    assert [(file.path, file.change, file.patch) for file in snapshot.changed] == [
        (NEW, Change.ADDED, None),
        ("migrations/versions/d4.py", Change.ADDED, None),
    ]
    assert snapshot.texts[NEW] == ADDED
    assert NEW not in snapshot.base_texts
    assert (snapshot.number, snapshot.base_sha) == (0, base)
