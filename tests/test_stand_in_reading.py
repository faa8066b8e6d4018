"""What an App reads: pull requests, files, trees, contents, comparisons, in pages and with ETags."""

import hashlib
from collections.abc import Iterator

import pytest

from tests.stand_in import Refused, StandIn
from tests.stand_in.scene import CHANGED, SHOP, Scene, scene_on


@pytest.fixture(scope="module")
def github() -> Iterator[StandIn]:
    with StandIn.start() as started:
        yield started


@pytest.fixture
def scene(github: StandIn) -> Iterator[Scene]:
    with scene_on(github) as made:
        yield made


def test_the_shas_are_gits_own(scene: Scene) -> None:
    raw = CHANGED.encode()
    expected = hashlib.sha1(b"blob %d\0" % len(raw) + raw, usedforsecurity=False).hexdigest()
    files = scene.curl.get(f"pulls/{scene.pull.number}/files").json()
    assert {each["filename"]: each["sha"] for each in files}["shop.txt"] == expected
    raw_again = scene.curl.ask("GET", f"git/blobs/{expected}", headers={"Accept": "application/vnd.github.raw+json"})
    assert raw_again.content == raw


def test_the_diff_is_taken_from_the_merge_base(scene: Scene) -> None:
    scene.shop.commit("main", {"elsewhere.txt": "new on main\n"})
    files = scene.curl.get(f"pulls/{scene.pull.number}/files").json()
    assert sorted(each["filename"] for each in files) == ["new/file.py", "shop.txt"]
    assert scene.curl.get("compare/main...feature").json()["behind_by"] == 1


def test_a_patch_looks_like_githubs(scene: Scene) -> None:
    files = {each["filename"]: each for each in scene.curl.get(f"pulls/{scene.pull.number}/files").json()}
    assert files["new/file.py"]["patch"] == "@@ -0,0 +1 @@\n+print(1)"
    assert files["shop.txt"]["patch"].startswith("@@ -7,7 +7,7 @@ line 6\n line 7\n")
    assert (files["shop.txt"]["additions"], files["shop.txt"]["changes"]) == (2, 4)


def test_binary_and_very_large_files_have_no_patch(scene: Scene) -> None:
    scene.pull.push({"b.bin": b"\0\1\2", "large.txt": "x\n" * 20_001, "moved.txt": SHOP, "shop.txt": None})
    files = {each["filename"]: each for each in scene.curl.get(f"pulls/{scene.pull.number}/files").json()}
    assert "patch" not in files["b.bin"]
    assert "patch" not in files["large.txt"]
    assert (files["moved.txt"]["status"], files["moved.txt"]["previous_filename"]) == ("renamed", "shop.txt")
    answer = scene.curl.post(scene.reviews, scene.review({"path": "b.bin", "line": 1, "body": "x"}))
    assert answer.json()["errors"] == ["Line could not be resolved"]


def test_lists_come_in_pages(scene: Scene) -> None:
    for number in range(5):
        scene.pull.comment(f"comment {number}")
    path = f"issues/{scene.pull.number}/comments"
    first = scene.curl.get(path, per_page=2)
    assert len(first.json()) == 2
    assert first.links["next"]["url"].startswith(scene.github.api_url)
    assert "page=3" in first.links["last"]["url"]
    last = scene.curl.client.get(
        first.links["last"]["url"], headers={"Authorization": f"Bearer {scene.curl.token.text}"}
    )
    assert [each["body"] for each in last.json()] == ["comment 4"]
    assert "next" not in last.links


def test_a_page_holds_a_hundred_at_most(scene: Scene) -> None:
    scene.pull.push({f"many/{number:03}.txt": "x\n" for number in range(120)})
    path = f"pulls/{scene.pull.number}/files"
    assert len(scene.curl.get(path).json()) == 30
    assert len(scene.curl.get(path, per_page=1000).json()) == 100


def test_who_has_it_already_gets_304_for_free(scene: Scene) -> None:
    first = scene.curl.get("pulls")
    used = scene.app.installations[0].requests_used
    again = scene.curl.ask("GET", "pulls", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert scene.app.installations[0].requests_used == used
    scene.pull.edit(title="Other")
    changed = scene.curl.ask("GET", "pulls", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


def test_a_tree_is_cut_at_its_limit(scene: Scene) -> None:
    whole = scene.curl.get("git/trees/feature", recursive="1").json()
    assert [each["path"] for each in whole["tree"]] == ["new", "new/file.py", "shop.txt"]
    assert not whole["truncated"]
    scene.github.limits.tree_entries = 2
    cut = scene.curl.get("git/trees/feature", recursive="1").json()
    scene.github.limits.tree_entries = 100_000
    assert (len(cut["tree"]), cut["truncated"]) == (2, True)
    assert [each["path"] for each in scene.curl.get("git/trees/feature").json()["tree"]] == ["new", "shop.txt"]


def test_contents_are_read_at_any_ref(scene: Scene) -> None:
    raw = {"Accept": "application/vnd.github.raw+json"}
    on_main = scene.curl.ask("GET", "contents/shop.txt", headers=raw)
    assert on_main.text == SHOP
    on_feature = scene.curl.ask("GET", "contents/shop.txt", headers=raw, params={"ref": scene.pull.head_sha})
    assert on_feature.text == CHANGED
    assert [each["name"] for each in scene.curl.get("contents/new", ref="feature").json()] == ["file.py"]
    assert scene.curl.get("contents/gone.txt").status_code == 404
    assert "No commit found for the ref" in scene.curl.get("contents/shop.txt", ref="gone").json()["message"]


def test_a_large_file_is_given_out_raw_only(scene: Scene) -> None:
    scene.pull.push({"large.txt": "x" * 1_100_000})
    refused = scene.curl.get("contents/large.txt", ref="feature")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "too_large")
    raw = scene.curl.ask("GET", "contents/large.txt?ref=feature", headers={"Accept": "application/vnd.github.raw"})
    assert len(raw.content) == 1_100_000


def test_a_forks_commits_are_read_through_the_base(scene: Scene) -> None:
    fork = scene.shop.fork("mallory")
    pull = fork.open_pull_request(head="evil", files={"evil.py": "1\n"}, author="mallory")
    shown = scene.curl.get(f"pulls/{pull.number}").json()
    assert shown["head"]["repo"]["full_name"] == fork.full_name
    assert scene.curl.get("contents/evil.py", ref=pull.head_sha).status_code == 200
    assert scene.curl.get("compare/main...mallory:evil").json()["ahead_by"] == 1
    assert [each["number"] for each in scene.curl.get(f"commits/{pull.head_sha}/pulls").json()] == [pull.number]


def test_a_deleted_fork_leaves_nulls(scene: Scene) -> None:
    fork = scene.shop.fork("mallory")
    pull = fork.open_pull_request(head="evil", files={"evil.py": "1\n"}, author="mallory")
    fork.delete()
    head = scene.curl.get(f"pulls/{pull.number}").json()["head"]
    assert (head["repo"], head["user"], head["label"]) == (None, None, None)
    assert head["sha"] == pull.head_sha
    assert scene.curl.get(f"/repos/{fork.full_name}").status_code == 404
    assert scene.curl.get("pulls").status_code == 200


def test_the_base_sha_stays_where_the_last_push_left_it(scene: Scene) -> None:
    before = scene.pull.base_sha
    tip = scene.shop.commit("main", {"elsewhere.txt": "x\n"})
    assert scene.curl.get(f"pulls/{scene.pull.number}").json()["base"]["sha"] == before
    assert scene.curl.get("git/ref/heads/main").json()["object"]["sha"] == tip
    scene.pull.push({"more.txt": "x\n"})
    assert scene.curl.get(f"pulls/{scene.pull.number}").json()["base"]["sha"] == tip


def test_a_conflict_is_not_mergeable(scene: Scene) -> None:
    assert scene.curl.get(f"pulls/{scene.pull.number}").json()["mergeable"] is True
    assert scene.curl.get(f"git/ref/pull/{scene.pull.number}/merge").status_code == 200
    scene.shop.commit("main", {"shop.txt": SHOP.replace("line 10\n", "another 10\n")})
    shown = scene.curl.get(f"pulls/{scene.pull.number}").json()
    assert (shown["mergeable"], shown["mergeable_state"], shown["merge_commit_sha"]) == (False, "dirty", None)
    with pytest.raises(Refused, match="not mergeable"):
        scene.pull.merge()


def test_a_merge_moves_the_base_and_closes(scene: Scene) -> None:
    sha = scene.pull.merge()
    assert scene.shop.read("shop.txt", "main") == CHANGED
    shown = scene.curl.get(f"pulls/{scene.pull.number}").json()
    assert (shown["state"], shown["merged"], shown["merge_commit_sha"]) == ("closed", True, sha)
    assert len(scene.curl.get(f"pulls/{scene.pull.number}/files").json()) == 2
    assert scene.curl.get("pulls").json() == []


def test_a_force_push_replaces_the_commits(scene: Scene) -> None:
    scene.pull.push({"shop.txt": SHOP, "only.txt": "x\n"}, force_from=scene.shop.branches["main"])
    assert [each["filename"] for each in scene.curl.get(f"pulls/{scene.pull.number}/files").json()] == ["only.txt"]
    assert len(scene.curl.get(f"pulls/{scene.pull.number}/commits").json()) == 1


@pytest.mark.parametrize(
    ("role", "permission"),
    [("admin", "admin"), ("maintain", "write"), ("write", "write"), ("triage", "read"), ("read", "read")],
)
def test_a_permission_is_old_and_a_role_is_new(scene: Scene, role: str, permission: str) -> None:
    scene.shop.grant("bob", role)  # type: ignore[arg-type]
    scene.pull.comment("hello", author="bob")
    shown = scene.curl.get("collaborators/bob/permission").json()
    assert (shown["permission"], shown["role_name"]) == (permission, role)


def test_a_stranger_reads_what_is_public_and_an_unknown_is_not_found(scene: Scene) -> None:
    scene.pull.comment("hello", author="stranger")
    assert scene.curl.get("collaborators/stranger/permission").json()["role_name"] == "read"
    assert scene.curl.get("collaborators/nobody-at-all/permission").status_code == 404


def test_private_repositories_are_not_found_by_others(scene: Scene) -> None:
    hidden = scene.github.create_repository(f"eve/{scene.shop.name}", private=True)
    public = scene.github.create_repository(f"eve/public-{scene.shop.name}")
    assert scene.curl.get(f"/repos/{hidden.full_name}").status_code == 404
    assert scene.curl.get(f"/repos/{public.full_name}").status_code == 200


def test_a_diff_has_300_files_at_most(scene: Scene) -> None:
    path, wanted = f"pulls/{scene.pull.number}", {"Accept": "application/vnd.github.diff"}
    assert "+LINE 10" in scene.curl.ask("GET", path, headers=wanted).text
    scene.pull.push({f"many/{number:03}.txt": "x\n" for number in range(300)})
    refused = scene.curl.ask("GET", path, headers=wanted)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (406, "too_large")
