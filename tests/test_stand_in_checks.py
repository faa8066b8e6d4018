"""Check runs: what GitHub takes, adds up, and tells."""

from collections.abc import Iterator

import pytest

from tests.stand_in import CheckRun, Refused, StandIn
from tests.stand_in.scene import Scene, scene_on


@pytest.fixture(scope="module")
def github() -> Iterator[StandIn]:
    with StandIn.start() as started:
        yield started


@pytest.fixture
def scene(github: StandIn) -> Iterator[Scene]:
    with scene_on(github) as made:
        yield made


def note(line: int = 1, **more: object) -> dict[str, object]:
    fields: dict[str, object] = {
        "path": "shop.txt",
        "start_line": line,
        "end_line": line,
        "annotation_level": "warning",
        "message": "m",
    }
    return {**fields, **more}


def output(*annotations: dict[str, object], **more: object) -> dict[str, object]:
    return {"title": "One error", "summary": "Text.", "annotations": list(annotations), **more}


def create(scene: Scene, **fields: object) -> CheckRun:
    answer = scene.curl.post("check-runs", {"name": "dbbot", "head_sha": scene.pull.head_sha, **fields})
    assert answer.status_code == 201, answer.text
    return scene.shop.check_runs(scene.pull.head_sha)[-1]


def test_annotations_are_added_at_each_update(scene: Scene) -> None:
    run = create(scene, status="in_progress", output=output(note(1), note(2)))
    scene.curl.patch(f"check-runs/{run.id}", {"conclusion": "failure", "output": output(note(3))})
    listed = scene.curl.get(f"check-runs/{run.id}/annotations").json()
    assert [each["start_line"] for each in listed] == [1, 2, 3]
    assert (run.status, run.conclusion) == ("completed", "failure")


def test_more_than_fifty_annotations_are_refused(scene: Scene) -> None:
    run = create(scene)
    body = {"output": output(*(note(line) for line in range(1, 52)))}
    with scene.github.expecting_violations() as found:
        assert scene.curl.patch(f"check-runs/{run.id}", body).status_code == 422
    assert "has more than 50 items" in str(found[0])
    assert run.annotations == []


def test_a_summary_has_65535_characters_at_most(scene: Scene) -> None:
    run = create(scene)
    path = f"check-runs/{run.id}"
    assert scene.curl.patch(path, {"output": output(summary="x" * 65_535)}).status_code == 200
    with scene.github.expecting_violations():
        assert scene.curl.patch(path, {"output": output(summary="x" * 65_536)}).status_code == 422


def test_completed_needs_a_conclusion(scene: Scene) -> None:
    body = {"name": "dbbot", "head_sha": scene.pull.head_sha, "status": "completed"}
    answer = scene.curl.post("check-runs", body)
    assert answer.status_code == 422
    assert "conclusion" in answer.json()["message"]


@pytest.mark.parametrize(
    "bad",
    [
        {"start_line": 2, "end_line": 3, "start_column": 1},
        {"start_line": 3, "end_line": 2},
        {"start_line": 0, "end_line": 0},
        {"title": "x" * 256},
    ],
)
def test_an_annotation_keeps_to_the_small_print(scene: Scene, bad: dict[str, object]) -> None:
    run = create(scene)
    assert scene.curl.patch(f"check-runs/{run.id}", {"output": output({**note(), **bad})}).status_code == 422


def test_an_unknown_commit_gets_no_check_run(scene: Scene) -> None:
    answer = scene.curl.post("check-runs", {"name": "dbbot", "head_sha": "0" * 40})
    assert (answer.status_code, answer.json()["message"]) == (422, f"No commit found for SHA: {'0' * 40}")


def test_the_list_shows_the_latest_run_of_each_name(scene: Scene) -> None:
    create(scene)
    newer = create(scene)
    create(scene, name="other")
    path = f"commits/{scene.pull.head_sha}/check-runs"
    assert [each["id"] for each in scene.curl.get(path, check_name="dbbot").json()["check_runs"]] == [newer.id]
    assert scene.curl.get(path).json()["total_count"] == 2
    assert scene.curl.get(path, filter="all").json()["total_count"] == 3
    assert scene.curl.get(path, status="completed").json()["total_count"] == 0


def test_a_branch_with_a_slash_names_a_commit_too(scene: Scene) -> None:
    scene.shop.create_branch("ann/feature", "feature")
    run = create(scene)
    listed = scene.curl.get("commits/ann/feature/check-runs").json()["check_runs"]
    assert [each["id"] for each in listed] == [run.id]


def test_a_run_names_its_pull_requests_but_none_of_a_fork(scene: Scene) -> None:
    create(scene)
    assert scene.curl.get(f"commits/{scene.pull.head_sha}/check-runs").json()["check_runs"][0]["pull_requests"]
    fork = scene.shop.fork("mallory")
    pull = fork.open_pull_request(head="evil", files={"evil.py": "1\n"}, author="mallory")
    answer = scene.curl.post("check-runs", {"name": "dbbot", "head_sha": pull.head_sha})
    assert (answer.status_code, answer.json()["pull_requests"]) == (201, [])


def test_another_apps_run_is_not_ours_to_change(scene: Scene) -> None:
    run = create(scene)
    with scene_on(scene.github) as other:
        run.repository.install(other.app)
        path = f"/repos/{scene.shop.full_name}/check-runs/{run.id}"
        assert other.curl.patch(path, {"conclusion": "success"}).status_code == 403


def test_buttons_appear_when_the_run_is_completed(scene: Scene) -> None:
    action = {"label": "Re-check", "description": "Look again", "identifier": "recheck"}
    run = create(scene, status="in_progress", actions=[action])
    with pytest.raises(Refused, match="no button recheck"):
        run.request_action("recheck")
    scene.curl.patch(f"check-runs/{run.id}", {"conclusion": "neutral"})
    run.request_action("recheck")


def test_a_rerequest_does_not_reset_the_run(scene: Scene) -> None:
    run = create(scene, conclusion="failure")
    scene.github.rerequest(run)
    assert (run.status, run.conclusion) == ("completed", "failure")
