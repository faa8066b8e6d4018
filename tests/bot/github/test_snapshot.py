"""The one look at a pull request."""

from __future__ import annotations

import pytest

from bot.github.errors import Unreadable
from bot.github.glance import Glance, NotReviewable, Why, glance
from bot.github.snapshot import take_snapshot
from bot.model.snapshot import Change, PullRequestSnapshot
from tests.bot.github.scene import ADDED, ENV, FILES, INI, NEW, SETTINGS, Scene, revision


def taken(scene: Scene, number: int = 1, head_sha: str | None = None) -> PullRequestSnapshot:
    snapshot = take_snapshot(scene.client(), number, head_sha)
    assert isinstance(snapshot, PullRequestSnapshot)
    return snapshot


def refused(scene: Scene, number: int = 1, head_sha: str | None = None) -> Why:
    answer = take_snapshot(scene.client(), number, head_sha)
    assert isinstance(answer, NotReviewable)
    assert answer.words
    return answer.why


def test_a_snapshot_holds_the_tree_as_it_will_be_after_the_merge(scene: Scene) -> None:
    pull = scene.pull()
    snapshot = taken(scene, pull.number, pull.head_sha)
    assert snapshot.texts == {
        **{path: FILES[path] for path in FILES if path.startswith("migrations/")},
        "alembic.ini": INI,
        ".github/dbbot.yml": SETTINGS,
        NEW: ADDED,
    }
    assert snapshot.base_texts == {path: text for path, text in snapshot.texts.items() if path != NEW}
    assert (snapshot.head_sha, snapshot.base_sha, snapshot.base_ref) == (pull.head_sha, pull.base_tip, "main")
    assert (snapshot.settings_path, snapshot.settings_text, snapshot.settings_at_head) == (
        ".github/dbbot.yml",
        SETTINGS,
        None,
    )
    assert snapshot.left_out == ()
    (changed,) = snapshot.changed
    assert (changed.path, changed.change) == (NEW, Change.ADDED)
    assert changed.patch is not None
    assert changed.patch.startswith("@@ -0,0 +1,")


def test_the_base_is_the_tip_of_its_branch_and_not_where_the_pull_request_left_it(scene: Scene) -> None:
    pull = scene.pull()
    later = revision("d4", "b2")
    scene.shop.commit("main", {"migrations/versions/d4.py": later})
    snapshot = taken(scene)
    assert snapshot.base_sha == scene.shop.branches["main"] != pull.base_sha
    assert snapshot.texts["migrations/versions/d4.py"] == later
    assert snapshot.texts[NEW] == ADDED


def test_a_snapshot_takes_four_requests_and_with_a_warm_cache_three(scene: Scene) -> None:
    pull = scene.pull()
    mark = scene.hub.requests.mark()
    taken(scene, 1, pull.head_sha)
    cold = [exchange.operation for exchange in scene.since(mark)]
    assert sorted(cold) == sorted(
        ["apps/create-installation-access-token", "graphql", "pulls/list-files", "git/get-tree", "graphql"]
    )
    mark = scene.hub.requests.mark()
    taken(scene, 1, pull.head_sha)
    warm = [exchange.operation for exchange in scene.since(mark)]
    assert sorted(warm) == sorted(["apps/create-installation-access-token", "graphql", "pulls/list-files", "graphql"])


def test_a_pull_request_without_python_files_costs_one_question(scene: Scene) -> None:
    scene.pull({"README.md": "# The shop\n"})
    mark = scene.hub.requests.mark()
    snapshot = taken(scene)
    assert snapshot.texts == {}
    assert [exchange.operation for exchange in scene.since(mark)] == [
        "apps/create-installation-access-token",
        "graphql",
    ]


def test_a_pull_request_that_touches_no_migration_does_not_fetch_the_history(scene: Scene) -> None:
    scene.pull({"shop/prices.py": "PRICE = 2\n"})
    snapshot = taken(scene)
    assert snapshot.texts == {}
    assert [file.path for file in snapshot.changed] == ["shop/prices.py"]
    assert snapshot.settings_text == SETTINGS


def test_settings_come_from_the_base_and_a_change_of_them_is_shown(scene: Scene) -> None:
    scene.pull({".github/dbbot.yml": "fail_on: never\n"})
    snapshot = taken(scene)
    assert snapshot.settings_text == SETTINGS
    assert snapshot.settings_at_head == "fail_on: never\n"


def test_a_draft_is_the_callers_decision(scene: Scene) -> None:
    scene.pull(draft=True)
    assert taken(scene).draft


def test_a_closed_a_merged_and_an_unknown_pull_request_are_not_reviewed(scene: Scene) -> None:
    closed = scene.pull(head="one")
    merged = scene.pull(head="two")
    closed.close()
    merged.merge()
    assert refused(scene, closed.number) is Why.CLOSED
    assert refused(scene, merged.number) is Why.MERGED
    assert refused(scene, 99) is Why.MISSING


def test_an_archived_repository_is_not_reviewed(scene: Scene) -> None:
    scene.pull()
    scene.shop.archive()
    assert refused(scene) is Why.ARCHIVED


def test_a_removed_installation_is_said_and_not_raised(scene: Scene) -> None:
    scene.pull()
    scene.hub.uninstall(scene.app, scene.shop)
    assert refused(scene) is Why.UNINSTALLED


def test_a_newer_push_supersedes_the_head_of_the_job(scene: Scene) -> None:
    pull = scene.pull()
    old = pull.head_sha
    scene.shop.commit("feature", {NEW: ADDED + "\n"})
    assert refused(scene, 1, old) is Why.SUPERSEDED
    assert taken(scene, 1, pull.head_sha).head_sha == pull.head_sha


def test_a_forks_files_are_read_through_the_base_repository(scene: Scene) -> None:
    fork = scene.shop.fork("eve")
    pull = fork.open_pull_request(title="From afar", files={NEW: ADDED}, author="eve")
    snapshot = taken(scene, pull.number)
    assert snapshot.from_fork
    assert snapshot.texts[NEW] == ADDED


def test_a_pull_request_whose_fork_was_deleted_is_reviewed_all_the_same(scene: Scene) -> None:
    fork = scene.shop.fork("eve")
    pull = fork.open_pull_request(title="From nowhere", files={NEW: ADDED}, author="eve")
    fork.delete()
    assert taken(scene, pull.number).texts[NEW] == ADDED


def test_revisions_of_other_open_pull_requests_to_the_same_base_are_seen(scene: Scene) -> None:
    scene.pull(head="one")
    other = revision("z9", "b2")
    scene.pull({"migrations/versions/z9.py": other, "shop/prices.py": "PRICE = 3\n"}, head="two", draft=True)
    scene.shop.create_branch("stable")
    scene.pull({"migrations/versions/y8.py": other}, head="three", base="stable")
    (elsewhere,) = taken(scene, 1).elsewhere
    assert (elsewhere.pull, elsewhere.draft, elsewhere.path, elsewhere.text) == (
        2,
        True,
        "migrations/versions/z9.py",
        other,
    )


def test_a_removed_and_a_renamed_revision_are_gone_from_the_merged_tree(scene: Scene) -> None:
    old, new = "migrations/versions/b2_orders.py", "migrations/versions/b2_all_orders.py"
    scene.pull({old: None, new: FILES[old]})
    snapshot = taken(scene)
    assert old not in snapshot.texts
    assert snapshot.texts[new] == FILES[old]
    assert snapshot.base_texts[old] == FILES[old]
    (changed,) = snapshot.changed
    assert (changed.change, changed.previous_path) == (Change.RENAMED, old)


def test_modules_that_a_migration_imports_are_fetched(scene: Scene) -> None:
    text = "from shop.prices import PRICE\n" + ADDED
    scene.pull({NEW: text})
    assert taken(scene).texts["shop/prices.py"] == "PRICE = 1\n"


def test_what_cannot_be_read_is_left_out_with_its_reason(scene: Scene) -> None:
    folder = "migrations/versions"
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"
    scene.pull(
        {
            f"{folder}/binary.py": b"\0\1\2",
            f"{folder}/latin.py": "# Größe\n".encode("latin-1"),
            f"{folder}/lfs.py": pointer,
            f"{folder}/long.py": "# " + "x" * 1_000_100,
            NEW: ADDED,
        }
    )
    snapshot = taken(scene)
    reasons = {file.path.rpartition("/")[2]: file.reason for file in snapshot.left_out}
    assert reasons == {
        "binary.py": "it is binary",
        "latin.py": "it is not UTF-8 text",
        "lfs.py": "it lies in Git LFS, and only a pointer to it in the repository",
        "long.py": "it is 1,000,102 bytes long; files up to 1,000,000 are read",
    }
    assert NEW in snapshot.texts


def test_a_tree_that_github_cuts_short_is_walked_folder_by_folder(scene: Scene) -> None:
    scene.pull()
    scene.hub.limits.tree_entries = 5
    snapshot = taken(scene)
    assert snapshot.texts["migrations/env.py"] == ENV
    assert NEW in snapshot.texts
    assert snapshot.left_out == ()


def test_a_patch_that_github_omits_is_computed(scene: Scene) -> None:
    scene.hub.limits.patch_lines = 3
    path = "migrations/versions/b2_orders.py"
    scene.pull({NEW: ADDED, path: FILES[path].replace('"id"', '"number"')})
    patches = {file.path: file.patch for file in taken(scene).changed}
    assert (patches[NEW] or "").startswith(f"@@ -0,0 +1,{ADDED.count(chr(10))} @@\n+import sqlalchemy")
    assert '+    op.create_table("orders", sa.Column("number", sa.Integer()))' in (patches[path] or "")


def test_a_pull_request_with_more_files_than_github_lists_says_so(scene: Scene) -> None:
    scene.hub.limits.pull_request_files = 2
    scene.pull({f"migrations/versions/n{n}.py": revision(f"n{n}", "b2") for n in range(4)})
    assert any("GitHub lists" in file.reason for file in taken(scene).left_out)


def test_a_bare_folder_of_revisions_is_found_by_the_revision_that_the_pull_request_adds(scene: Scene) -> None:
    scene.shop.commit("main", {"db/steps/one.py": revision("one", None)})
    scene.pull({"db/steps/two.py": revision("two", "one")})
    texts = taken(scene).texts
    assert {"db/steps/one.py", "db/steps/two.py"} <= set(texts)


def test_revisions_lie_where_alembic_ini_says(scene: Scene) -> None:
    ini = "[alembic]\nscript_location = db\nversion_locations = %(here)s/db/one %(here)s/db/two\n"
    scene.shop.commit("main", {"alembic.ini": ini, "db/env.py": ENV, "db/one/p.py": revision("p", None)})
    scene.pull({"db/two/q.py": revision("q", "p")})
    assert {"db/env.py", "db/one/p.py", "db/two/q.py"} <= set(taken(scene).texts)


def test_modules_are_followed_from_revisions_but_not_through_env_py(scene: Scene) -> None:
    scene.shop.commit(
        "main",
        {
            "shop/prices.py": "from shop.taxes import TAX\n",
            "shop/taxes.py": "TAX = 1\n",
            "shop/models.py": "from shop import everything\n",
            "shop/everything.py": "",
            "migrations/env.py": ENV + "from shop import models\n",
        },
    )
    scene.pull({NEW: "from shop import prices\n" + ADDED})
    texts = taken(scene).texts
    assert {"shop/prices.py", "shop/taxes.py", "shop/models.py"} <= set(texts)
    assert "shop/everything.py" not in texts


def test_the_statistics_file_that_the_settings_name_is_fetched(scene: Scene) -> None:
    statistics = {"db/sizes.json": "{}", ".github/dbbot.yml": "statistics: db/sizes.json\n"}
    scene.shop.commit("main", dict(statistics))
    scene.pull()
    assert taken(scene).base_texts["db/sizes.json"] == "{}"


def test_a_push_between_the_glance_and_the_look_supersedes_the_head(scene: Scene) -> None:
    scene.pull()
    client = scene.client()
    look = glance(client, 1)
    assert isinstance(look, Glance)
    scene.shop.commit("feature", {NEW: ADDED + "\n"})
    answer = take_snapshot(client, 1, seen=look)
    assert isinstance(answer, NotReviewable)
    assert answer.why is Why.SUPERSEDED


def test_a_repository_that_vanishes_during_the_look_is_missing(scene: Scene) -> None:
    scene.pull()
    client = scene.client()
    look = glance(client, 1)
    assert isinstance(look, Glance)
    scene.shop.delete()
    answer = take_snapshot(client, 1, seen=look)
    assert isinstance(answer, NotReviewable)
    assert answer.why in (Why.MISSING, Why.UNINSTALLED)


def test_what_a_tree_is_too_large_to_show_is_named(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.github.trees.MOST_FOLDERS", 1)
    scene.hub.limits.tree_entries = 4
    scene.pull()
    reasons = {file.path: file.reason for file in taken(scene).left_out}
    assert reasons["/"] == "GitHub lists only a part of this folder's files"
    assert "the repository has too many files to list this folder" in reasons.values()


def test_an_answer_that_is_not_as_described_is_no_snapshot(scene: Scene) -> None:
    scene.pull()
    scene.hub.faults.add("GET", ".+/files", 200, body=[{"filename": 7}])
    with pytest.raises(Unreadable, match="not as GitHub describes it"):
        take_snapshot(scene.client(), 1)
