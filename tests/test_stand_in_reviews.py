"""The stand-in refuses the comments that GitHub refuses, and moves the others as GitHub moves them."""

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


def on_line(line: int, body: str = "Look.", **more: object) -> dict[str, object]:
    return {"path": "shop.txt", "line": line, "body": body, **more}


def test_one_bad_line_refuses_the_whole_review(scene: Scene) -> None:
    answer = scene.curl.post(scene.reviews, scene.review(on_line(10), on_line(20)))
    assert answer.status_code == 422
    assert answer.json()["message"] == "Unprocessable Entity"
    assert answer.json()["errors"] == ["Line could not be resolved"]
    assert scene.pull.reviews == []


@pytest.mark.parametrize(
    ("comment", "error"),
    [
        ({"path": "gone.txt", "line": 1, "body": "x"}, "Path could not be resolved"),
        ({"path": "shop.txt", "line": 6, "body": "x"}, "Line could not be resolved"),
        ({"path": "shop.txt", "line": 14, "body": "x"}, "Line could not be resolved"),
        ({"path": "new/file.py", "line": 1, "side": "LEFT", "body": "x"}, "Line could not be resolved"),
        ({"path": "shop.txt", "start_line": 10, "line": 30, "body": "x"}, "Start line must be part of the same hunk"),
        ({"path": "shop.txt", "start_line": 11, "line": 10, "body": "x"}, "Start line must precede the end line"),
        ({"path": "shop.txt", "start_line": 10, "line": 10, "body": "x"}, "Start line must precede the end line"),
        ({"path": "shop.txt", "body": "x"}, "Line could not be resolved"),
        ({"path": "shop.txt", "line": 10, "body": "  "}, "Body can't be blank"),
    ],
)
def test_a_comment_stands_in_a_hunk_or_nowhere(scene: Scene, comment: dict[str, object], error: str) -> None:
    answer = scene.curl.post(scene.reviews, scene.review(comment))
    assert answer.status_code == 422
    assert answer.json()["errors"][0].startswith(error)


@pytest.mark.parametrize("line", [7, 10, 13, 27, 33])
def test_context_lines_of_a_hunk_take_comments(scene: Scene, line: int) -> None:
    assert scene.curl.post(scene.reviews, scene.review(on_line(line))).status_code == 200


def test_a_deleted_line_is_on_the_left(scene: Scene) -> None:
    scene.curl.post(scene.reviews, scene.review(on_line(10, side="LEFT")))
    assert scene.pull.review_comments[0].thread.diff_hunk.endswith("\n-line 10")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"body": ""}, "Review body can't be blank"),
        ({"body": "x" * 65_537}, "Body is too long"),
        ({"commit_id": "0" * 40}, "commit_id is not part of the pull request"),
    ],
)
def test_a_review_needs_a_body_and_a_commit_of_the_pull_request(
    scene: Scene, fields: dict[str, object], error: str
) -> None:
    answer = scene.curl.post(scene.reviews, scene.review(**fields))
    assert answer.status_code == 422
    assert answer.json()["errors"][0].startswith(error)


def test_a_review_without_an_event_stays_hidden(scene: Scene) -> None:
    assert scene.curl.post(scene.reviews, {"comments": [on_line(10)]}).json()["state"] == "PENDING"
    assert scene.pull.review_comments == []
    assert scene.curl.get(f"pulls/{scene.pull.number}/comments").json() == []
    answer = scene.curl.post(scene.reviews, scene.review())
    assert answer.json()["errors"] == ["User can only have one pending review per pull request"]


def test_a_file_comment_needs_no_line_but_a_changed_file(scene: Scene) -> None:
    body = {"body": "Look.", "commit_id": scene.pull.head_sha, "path": "shop.txt", "subject_type": "file"}
    comments = f"pulls/{scene.pull.number}/comments"
    assert scene.curl.post(comments, body).json()["subject_type"] == "file"
    answer = scene.curl.post(comments, {**body, "path": "gone.txt"})
    assert answer.json()["errors"][0]["message"] == "pull_request_review_thread.path must be part of the diff"


def test_a_single_comment_words_its_refusal_differently(scene: Scene) -> None:
    body = on_line(20, commit_id=scene.pull.head_sha)
    answer = scene.curl.post(f"pulls/{scene.pull.number}/comments", body)
    assert answer.json()["message"] == "Validation Failed"
    assert answer.json()["errors"][0]["message"] == "pull_request_review_thread.line must be part of the diff"


def test_replies_answer_the_first_comment_only(scene: Scene) -> None:
    scene.curl.post(scene.reviews, scene.review(on_line(10)))
    first = scene.pull.review_comments[0]
    comments = f"pulls/{scene.pull.number}/comments"
    reply = scene.curl.post(f"{comments}/{first.id}/replies", {"body": "Indeed."})
    assert (reply.status_code, reply.json()["in_reply_to_id"]) == (201, first.id)
    again = scene.curl.post(f"{comments}/{reply.json()['id']}/replies", {"body": "And?"})
    assert again.status_code == 422
    assert "Replies to replies are not supported" in again.text


def test_a_comment_moves_with_its_line(scene: Scene) -> None:
    scene.curl.post(scene.reviews, scene.review(on_line(30, start_line=29)))
    scene.pull.push({"shop.txt": "first\n" + CHANGED})
    comment = scene.curl.get(f"pulls/{scene.pull.number}/comments").json()[0]
    assert (comment["start_line"], comment["line"], comment["original_line"]) == (30, 31, 30)
    assert comment["commit_id"] == scene.pull.head_sha


def test_a_changed_line_makes_its_comment_outdated(scene: Scene) -> None:
    scene.curl.post(scene.reviews, scene.review(on_line(10), on_line(30)))
    scene.pull.push({"shop.txt": CHANGED.replace("LINE 10\n", "Line ten\n")})
    comments = scene.curl.get(f"pulls/{scene.pull.number}/comments").json()
    assert [comments[0][name] for name in ("line", "position", "original_line")] == [None, None, 10]
    assert comments[1]["line"] == 30


def test_one_changed_line_in_the_middle_makes_the_whole_range_outdated(scene: Scene) -> None:
    scene.curl.post(scene.reviews, scene.review(on_line(12, start_line=8)))
    scene.pull.push({"shop.txt": CHANGED.replace("LINE 10\n", "Line ten\n")})
    assert scene.pull.threads[0].is_outdated


def test_a_comment_on_an_older_commit_is_placed_on_that_commits_diff(scene: Scene) -> None:
    old = scene.pull.head_sha
    scene.pull.push({"shop.txt": SHOP.replace("line 20\n", "LINE 20\n")})
    answer = scene.curl.post(scene.reviews, scene.review(on_line(10), commit_id=old))
    assert answer.status_code == 200
    assert scene.pull.review_comments[0].thread.is_outdated


def suggest(scene: Scene, line: int, text: str, **more: object) -> None:
    body = f"Better:\n\n````suggestion\n{text}````\n"
    assert scene.curl.post(scene.reviews, scene.review(on_line(line, body, **more))).status_code == 200


def test_a_suggestion_replaces_exactly_its_lines(scene: Scene) -> None:
    suggest(scene, 11, "ten\nten and a half\neleven\n", start_line=10)
    before = scene.pull.head_sha
    after = scene.pull.accept_suggestion(scene.pull.review_comments[0])
    expected = CHANGED.replace("LINE 10\nline 11\n", "ten\nten and a half\neleven\n")
    assert scene.shop.read("shop.txt", "feature") == expected
    assert scene.pull.head_sha == after != before
    assert scene.pull.review_comments[0].thread.is_resolved


def test_an_empty_suggestion_deletes_its_lines(scene: Scene) -> None:
    suggest(scene, 10, "")
    scene.pull.accept_suggestion(scene.pull.review_comments[0])
    assert scene.shop.read("shop.txt", "feature") == CHANGED.replace("LINE 10\n", "")


def test_a_suggestion_keeps_a_missing_newline_at_the_end(scene: Scene) -> None:
    scene.pull.push({"new/file.py": "a = 1\nb = 2"})
    body = "```suggestion\nb = 3\n```"
    scene.curl.post(scene.reviews, scene.review({"path": "new/file.py", "line": 2, "body": body}))
    scene.pull.accept_suggestion(scene.pull.review_comments[0])
    assert scene.shop.read("new/file.py", "feature") == "a = 1\nb = 3"


def test_the_button_is_refused_where_github_refuses_it(scene: Scene) -> None:
    suggest(scene, 10, "LINE 10\n")
    suggest(scene, 10, "x\n", side="LEFT")
    suggest(scene, 30, "x\n")
    same, left, good = scene.pull.review_comments
    with pytest.raises(Refused, match="no changes were made"):
        scene.pull.accept_suggestion(same)
    with pytest.raises(Refused, match="deleted lines"):
        scene.pull.accept_suggestion(left)
    scene.pull.push({"shop.txt": CHANGED.replace("LINE 30\n", "thirty\n")})
    with pytest.raises(Refused, match="outdated"):
        scene.pull.accept_suggestion(good)
    scene.pull.close()
    with pytest.raises(Refused, match="closed"):
        scene.pull.accept_suggestion(same)


def test_a_comment_is_edited_and_deleted_by_its_author_only(scene: Scene) -> None:
    scene.pull.review(comments=[on_line(10)], author="bob")
    scene.curl.post(scene.reviews, scene.review(on_line(30)))
    bobs, ours = scene.pull.review_comments
    assert scene.curl.patch(f"pulls/comments/{bobs.id}", {"body": "Mine."}).status_code == 403
    assert scene.curl.patch(f"pulls/comments/{ours.id}", {"body": "Mine."}).json()["body"] == "Mine."
    assert scene.curl.ask("DELETE", f"pulls/comments/{ours.id}").status_code == 204
    assert scene.pull.review_comments == [bobs]


def test_the_same_reaction_twice_is_one(scene: Scene) -> None:
    comment = scene.pull.comment("/dbbot help")
    path = f"issues/comments/{comment.id}/reactions"
    assert scene.curl.post(path, {"content": "eyes"}).status_code == 201
    assert scene.curl.post(path, {"content": "eyes"}).status_code == 200
    assert comment.reacted() == ["eyes"]


def test_a_comment_in_the_conversation_has_a_longest_body(scene: Scene) -> None:
    path = f"issues/{scene.pull.number}/comments"
    assert scene.curl.post(path, {"body": "x" * 65_536}).status_code == 201
    assert "maximum is 65536 characters" in scene.curl.post(path, {"body": "x" * 65_537}).text
    assert scene.curl.post(path, {"body": ""}).status_code == 422
