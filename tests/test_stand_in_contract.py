"""The contract: GitHub's own description, held against both sides; PyGithub drives the stand-in without a violation."""

from collections.abc import Iterator

import github as pygithub
import httpx
import pytest

from tests.stand_in import ContractBroken, StandIn
from tests.stand_in.contract.checker import check_answer, find_operation, operations
from tests.stand_in.curl import app_jwt
from tests.stand_in.rest import HANDLERS
from tests.stand_in.scene import Scene, scene_on

COMMENT = {"path": "shop.txt", "line": 10, "side": "RIGHT", "body": "Hm."}


@pytest.fixture(scope="module")
def github() -> Iterator[StandIn]:
    with StandIn.start() as started:
        yield started


@pytest.fixture
def scene(github: StandIn) -> Iterator[Scene]:
    with scene_on(github) as made:
        yield made


def test_every_operation_of_the_cut_is_served() -> None:
    assert {each.name for each in operations()} == set(HANDLERS)


def test_leaving_fails_when_the_contract_was_broken() -> None:
    broken = pytest.raises(ContractBroken, match="no parameter 'perpage'")
    with broken, StandIn.start() as github, scene_on(github) as scene:
        scene.curl.get("pulls", perpage=100)


def test_an_unknown_field_is_reported_and_ignored_as_on_github(scene: Scene) -> None:
    comment = {"path": "shop.txt", "line": 10, "lines": 3, "body": "x"}
    with scene.github.expecting_violations() as found:
        assert scene.curl.post(scene.reviews, scene.review(comment)).status_code == 200
    assert "('lines' was unexpected)" in str(found[0])


@pytest.mark.parametrize(("header", "status"), [("User-Agent", 403), ("Accept", 200), ("X-GitHub-Api-Version", 200)])
def test_a_missing_header_is_reported(scene: Scene, header: str, status: int) -> None:
    client = httpx.Client(headers=scene.curl.client.headers, trust_env=False)
    client.headers["Authorization"] = f"Bearer {scene.curl.token.text}"
    del client.headers[header]
    request = client.build_request("GET", f"{scene.github.api_url}/repos/{scene.shop.full_name}/pulls")
    with scene.github.expecting_violations() as found:
        assert client.send(request).status_code == status
    assert f"{header} is missing" in str(found[0])
    client.close()


def test_a_wrong_enum_is_refused(scene: Scene) -> None:
    with scene.github.expecting_violations() as found:
        assert scene.curl.post(scene.reviews, scene.review(event="COMMENTED")).status_code == 422
    assert "COMMENTED" in str(found[0])


def test_what_is_not_json_is_refused(scene: Scene) -> None:
    answer = scene.curl.ask("POST", scene.reviews, content=b"{")
    assert (answer.status_code, answer.json()["message"]) == (400, "Problems parsing JSON")


def test_an_operation_that_is_not_served_is_reported(scene: Scene) -> None:
    with scene.github.expecting_violations() as found:
        assert scene.curl.get("labels").status_code == 404
    assert "serves no such operation" in str(found[0])


def test_paths_and_refs_may_hold_slashes() -> None:
    for path, name, value in (
        ("/repos/o/r/contents/a/b.py", "path", "a/b.py"),
        ("/repos/o/r/compare/main...ann/x", "basehead", "main...ann/x"),
        ("/repos/o/r/commits/ann/x/check-runs", "ref", "ann/x"),
        ("/repos/o/r/git/ref/heads/ann/x", "ref", "heads/ann/x"),
    ):
        found = find_operation("GET", path)
        assert found
        assert found[1][name] == value


def test_the_checker_finds_a_wrong_answer() -> None:
    found = find_operation("GET", "/repos/o/r/pulls/1/files")
    assert found
    assert check_answer(found[0], 200, [{"filename": 3}])
    assert check_answer(found[0], 200, []) == []


def test_only_documented_departures_pass(scene: Scene) -> None:
    found = find_operation("GET", f"/repos/o/r/pulls/{scene.pull.number}")
    assert found
    shown = scene.curl.get(f"pulls/{scene.pull.number}").json()
    assert check_answer(found[0], 200, shown) == []
    shown["head"]["repo"] = None
    assert check_answer(found[0], 200, shown) == []
    shown["base"]["repo"] = None
    assert check_answer(found[0], 200, shown)


def test_every_operation_is_answered_within_the_contract(scene: Scene) -> None:
    start = scene.github.requests.mark()
    drive_app_operations(scene)
    drive_conversation(scene)
    drive_checks_and_git(scene)
    statuses = {each.operation: each.status for each in scene.github.requests.since(start)}
    assert {name: status for name, status in statuses.items() if status >= 300} == {}
    assert {each.name for each in operations()} - set(statuses) == {"apps/create-from-manifest"}


def drive_app_operations(scene: Scene) -> None:
    scene.app.webhook_url = "http://127.0.0.1:9/webhook"
    scene.pull.comment("hello")
    delivery = scene.github.wait_for_deliveries()[-1]
    installation = f"/app/installations/{scene.app.installations[0].id}"
    for method, path in (
        ("GET", "/app"),
        ("GET", "/app/hook/config"),
        ("PATCH", "/app/hook/config"),
        ("GET", "/app/hook/deliveries"),
        ("GET", f"/app/hook/deliveries/{delivery.id}"),
        ("POST", f"/app/hook/deliveries/{delivery.id}/attempts"),
        ("GET", "/app/installations"),
        ("GET", installation),
        ("GET", f"/repos/{scene.shop.full_name}/installation"),
    ):
        body = {"json": {"content_type": "json"}} if method == "PATCH" else {}
        scene.curl.ask(method, path, bearer=app_jwt(scene.app), **body)
    made = scene.curl.ask("POST", f"{installation}/access_tokens", bearer=app_jwt(scene.app)).json()
    scene.curl.ask("DELETE", "/installation/token", bearer=made["token"])
    for path in ("/", "/rate_limit", "/installation/repositories"):
        scene.curl.get(path)


def drive_conversation(scene: Scene) -> None:
    curl, pull = scene.curl, "pulls/1"
    for path in ("", "/files", "/commits", "/reviews", "/comments"):
        curl.get(pull + path)
    curl.get("pulls")
    pending = curl.post(f"{pull}/reviews", {"body": "Read.", "comments": [{**COMMENT}]}).json()["id"]
    curl.ask("DELETE", f"{pull}/reviews/{pending}")
    pending = curl.post(f"{pull}/reviews", {"body": "Read.", "comments": [{**COMMENT}]}).json()["id"]
    curl.post(f"{pull}/reviews/{pending}/events", {"event": "REQUEST_CHANGES", "body": "No."})
    curl.get(f"{pull}/reviews/{pending}")
    curl.get(f"{pull}/reviews/{pending}/comments")
    curl.ask("PUT", f"{pull}/reviews/{pending}", json={"body": "Not yet."})
    curl.ask("PUT", f"{pull}/reviews/{pending}/dismissals", json={"message": "Well."})
    one = curl.post(f"{pull}/comments", {**COMMENT, "commit_id": scene.pull.head_sha}).json()["id"]
    curl.post(f"{pull}/comments/{one}/replies", {"body": "And?"})
    said = curl.post("issues/1/comments", {"body": "Hello."}).json()["id"]
    curl.get("issues/1/comments")
    for comment in (f"pulls/comments/{one}", f"issues/comments/{said}"):
        curl.get(comment)
        curl.patch(comment, {"body": "Edited."})
        curl.post(f"{comment}/reactions", {"content": "eyes"})
        curl.get(f"{comment}/reactions")
        curl.ask("DELETE", comment)


def drive_checks_and_git(scene: Scene) -> None:
    curl, sha = scene.curl, scene.pull.head_sha
    note = {"path": "shop.txt", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}
    output = {"title": "t", "summary": "s", "annotations": [note]}
    run = curl.post("check-runs", {"name": "dbbot", "head_sha": sha, "output": output}).json()["id"]
    curl.patch(f"check-runs/{run}", {"conclusion": "success"})
    blob = curl.get("contents/shop.txt").json()["sha"]
    for path in (
        f"check-runs/{run}",
        f"check-runs/{run}/annotations",
        f"commits/{sha}",
        f"commits/{sha}/check-runs",
        f"commits/{sha}/pulls",
        f"git/commits/{sha}",
        f"git/trees/{sha}",
        f"git/blobs/{blob}",
        "git/ref/heads/main",
        "branches/main",
        "compare/main...feature",
        "collaborators/octo/permission",
        "",
    ):
        curl.get(path or f"/repos/{scene.shop.full_name}")


def test_pygithub_drives_it(scene: Scene) -> None:
    app_auth = pygithub.Auth.AppAuth(scene.app.id, scene.app.private_key)
    integration = pygithub.GithubIntegration(
        auth=app_auth, base_url=scene.github.api_url, api_version="2022-11-28", retry=None
    )
    installation = integration.get_repo_installation("octo", scene.shop.name)
    token = integration.get_access_token(installation.id)
    client = pygithub.Github(
        base_url=scene.github.api_url,
        auth=pygithub.Auth.Token(token.token),
        retry=None,
        lazy=True,
        per_page=100,
        api_version="2022-11-28",
        seconds_between_requests=None,
        seconds_between_writes=None,
    )
    repository = client.get_repo(scene.shop.full_name)
    pull = repository.get_pull(1)
    assert [each.filename for each in pull.get_files()] == ["new/file.py", "shop.txt"]
    review = pull.create_review(
        body="Read.", event="COMMENT", comments=[{"path": "shop.txt", "line": 10, "side": "RIGHT", "body": "Hm."}]
    )
    assert review.state == "COMMENTED"
    comment = pull.get_review_comments()[0]
    assert (comment.line, comment.user.login) == (10, f"{scene.app.slug}[bot]")
    pull.create_review_comment_reply(comment.id, "Indeed.")
    comment.edit("Hm!")
    comment.create_reaction("eyes")
    spoken = pull.create_issue_comment("Hello.")
    spoken.edit("Hello!")
    spoken.create_reaction("rocket")
    run = repository.create_check_run("dbbot", pull.head.sha, status="in_progress")
    run.edit(conclusion="success", output={"title": "Fine", "summary": "Nothing found."})
    assert run.conclusion == "success"
    assert [each.name for each in repository.get_commit(pull.head.sha).get_check_runs()] == ["dbbot"]
    assert repository.get_collaborator_permission("octo") == "admin"
    assert repository.compare("main", "feature").total_commits == 1
    assert len(repository.get_git_tree("feature", recursive=True).tree) == 3
    assert repository.get_contents("shop.txt", ref="feature").decoded_content  # type: ignore[union-attr]
    spoken.delete()
    client.close()
    integration.close()
