"""The page that people look at: what it shows, what it hides, and its buttons."""

from collections.abc import Iterator

import httpx
import pytest

from tests.stand_in import StandIn
from tests.stand_in.page.markdown import Offer, render_markdown
from tests.stand_in.scene import CHANGED, Scene, scene_on


@pytest.fixture(scope="module")
def github() -> Iterator[StandIn]:
    with StandIn.start() as started:
        yield started


@pytest.fixture
def scene(github: StandIn) -> Iterator[Scene]:
    with scene_on(github) as made:
        yield made


def press(scene: Scene, path: str, **form: str) -> httpx.Response:
    return httpx.post(f"{scene.pull.html_url}/{path}", data=form, follow_redirects=True, trust_env=False)


def look(scene: Scene) -> str:
    answer = httpx.get(scene.pull.html_url, trust_env=False)
    assert answer.status_code == 200
    return answer.text


def test_the_list_leads_to_the_pull_request(scene: Scene) -> None:
    page = httpx.get(scene.github.site_url, trust_env=False).text
    assert scene.pull.html_url in page
    assert httpx.get(f"{scene.github.site_url}/octo/{scene.shop.name}/pull/99", trust_env=False).status_code == 404


def test_the_conversation_the_checks_and_the_diff_are_shown(scene: Scene) -> None:
    scene.curl.post(scene.reviews, scene.review({"path": "shop.txt", "line": 10, "body": "Said inline."}))
    annotation = {
        "path": "shop.txt",
        "start_line": 30,
        "end_line": 30,
        "annotation_level": "failure",
        "message": "Noted.",
    }
    output = {"title": "1 error", "summary": "Summed up.", "annotations": [annotation]}
    body = {"name": "dbbot", "head_sha": scene.pull.head_sha, "conclusion": "failure", "output": output}
    scene.curl.post("check-runs", body)
    scene.pull.comment("Spoken.")
    page = look(scene)
    for text in ("Change two lines", "Said inline.", "Summed up.", "Noted.", "Spoken.", "+LINE 10", "-line 10"):
        assert text in page


def test_the_button_commits_the_suggestion(scene: Scene) -> None:
    body = "Better:\n```suggestion\nten & more\n```"
    scene.curl.post(scene.reviews, scene.review({"path": "shop.txt", "line": 10, "body": body}))
    assert "Commit suggestion" in look(scene)
    comment = scene.pull.review_comments[0]
    assert press(scene, f"suggestions/{comment.id}").status_code == 200
    assert scene.shop.read("shop.txt", "feature") == CHANGED.replace("LINE 10\n", "ten & more\n")
    again = press(scene, f"suggestions/{comment.id}")
    assert again.status_code == 422
    assert "outdated comments" in again.text


def test_people_comment_reply_resolve_rerun_and_merge(scene: Scene) -> None:
    scene.curl.post(scene.reviews, scene.review({"path": "shop.txt", "line": 10, "body": "Hm."}))
    scene.curl.post("check-runs", {"name": "dbbot", "head_sha": scene.pull.head_sha, "conclusion": "success"})
    thread = scene.pull.threads[0]
    press(scene, "comments", body="/dbbot help")
    press(scene, f"threads/{thread.id}/replies", body="Why?")
    press(scene, f"threads/{thread.id}")
    assert press(scene, f"checks/{scene.pull.check_runs[0].id}/rerun").status_code == 200
    assert press(scene, "comments", body=" ").status_code == 422
    assert press(scene, "merge").status_code == 200
    assert scene.pull.issue_comments[0].body == "/dbbot help"
    assert [each.body for each in thread.comments] == ["Hm.", "Why?"]
    assert thread.is_resolved
    assert scene.pull.merged_at


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;"),
        ("a <img src=x onerror=alert(1)> b", "&lt;img"),
        ("<details open><summary>More</summary>\n\ninside\n\n</details>", "<details open><summary>More</summary>"),
        ("<sub>small</sub>", "<sub>small</sub>"),
        ("before <!-- hidden --> after", "before  after"),
        ("> [!WARNING]\n> Careful.", '<blockquote class="alert warning">'),
        ("| a |\n|---|\n| 1 |", "<td>1</td>"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
    ],
)
def test_markdown_is_shown_as_github_shows_it(text: str, shown: str) -> None:
    html = str(render_markdown(text))
    assert shown in html
    assert "hidden" not in html
    assert "<script" not in html
    assert "<img" not in html


def test_a_suggestion_is_shown_as_a_diff() -> None:
    html = str(render_markdown("```suggestion\nnew <b>\n```", Offer(["old"], "/commit", None)))
    assert '<tr class="del"><td>-</td><td>old</td></tr>' in html
    assert '<tr class="add"><td>+</td><td>new &lt;b&gt;</td></tr>' in html
    assert '<form class="foot" method="post" action="/commit">' in html
