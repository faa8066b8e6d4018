"""GraphQL: GitHub's schema, GitHub's words."""

from collections.abc import Iterator

import pytest

from tests.stand_in import StandIn
from tests.stand_in.curl import Curl
from tests.stand_in.scene import CHANGED, SHOP, Scene, scene_on
from tests.stand_in.state.apps import DEFAULT_PERMISSIONS

THREADS = """
query($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { pullRequest(number: 1) { reviewThreads(first: 50) { nodes {
    id isResolved isOutdated
    comments(first: 10) { nodes { databaseId fullDatabaseId body viewerDidAuthor createdAt author { login } } }
  } } } }
}
"""


@pytest.fixture(scope="module")
def github() -> Iterator[StandIn]:
    with StandIn.start() as started:
        yield started


@pytest.fixture
def scene(github: StandIn) -> Iterator[Scene]:
    with scene_on(github) as made:
        yield made


def in_repository(scene: Scene, fields: str) -> dict[str, object]:
    query = f'{{ repository(owner: "octo", name: "{scene.shop.name}") {{ {fields} }} }}'
    answer = scene.curl.query(query)
    assert "errors" not in answer, answer
    found: dict[str, object] = answer["data"]["repository"]
    return found


def test_many_blobs_are_one_question(scene: Scene) -> None:
    sha = scene.shop.git.read_object("main:shop.txt")
    assert sha
    found = in_repository(
        scene,
        f'a: object(oid: "{sha[0]}") {{ ... on Blob {{ text byteSize isBinary isTruncated oid }} }}'
        f'b: object(expression: "{scene.pull.head_sha}:shop.txt") {{ ... on Blob {{ text }} }}'
        'c: object(expression: "main:gone.txt") { ... on Blob { text } }'
        'd: object(expression: "feature:new") { ... on Tree { entries { name path type oid } } }',
    )
    assert found["a"] == {
        "text": SHOP,
        "byteSize": len(SHOP),
        "isBinary": False,
        "isTruncated": False,
        "oid": sha[0],
    }
    assert found["b"] == {"text": CHANGED}
    assert found["c"] is None
    assert found["d"]["entries"][0]["path"] == "new/file.py"  # type: ignore[index]


def test_open_pull_requests_of_a_base(scene: Scene) -> None:
    scene.shop.open_pull_request(head="other", files={"other.txt": "x\n"}, draft=True)
    scene.shop.open_pull_request(head="third", files={"third.txt": "x\n"}).close()
    fields = "number isDraft headRefOid baseRefName files(first: 9) { nodes { path changeType } }"
    found = in_repository(
        scene, f'pullRequests(states: OPEN, baseRefName: "main", first: 10) {{ nodes {{ {fields} }} }}'
    )
    nodes = found["pullRequests"]["nodes"]  # type: ignore[index]
    assert [(each["number"], each["isDraft"]) for each in nodes] == [(1, False), (2, True)]
    assert {"path": "new/file.py", "changeType": "ADDED"} in nodes[0]["files"]["nodes"]


def test_ids_of_comments_have_outgrown_32_bits(scene: Scene) -> None:
    scene.curl.post(scene.reviews, scene.review({"path": "shop.txt", "line": 10, "body": "Hm."}))
    answer = scene.curl.query(THREADS, owner="octo", name=scene.shop.name)
    thread = answer["data"]["repository"]["pullRequest"]["reviewThreads"]["nodes"][0]
    comment = thread["comments"]["nodes"][0]
    assert comment["databaseId"] is None
    assert comment["fullDatabaseId"] == str(scene.pull.review_comments[0].id)
    assert comment["viewerDidAuthor"] is True
    assert comment["author"]["login"] == scene.app.slug


RESOLVE = "mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved } } }"


def test_resolving_wants_write_access_to_the_repository(scene: Scene) -> None:
    scene.curl.post(scene.reviews, scene.review({"path": "shop.txt", "line": 10, "body": "Hm."}))
    thread = scene.pull.threads[0]
    refused = scene.curl.query(RESOLVE, id=thread.node_id)
    assert refused["errors"][0]["type"] == "FORBIDDEN"
    assert not thread.is_resolved
    writer = Curl(scene.github, scene.app, scene.shop, {**DEFAULT_PERMISSIONS, "contents": "write"})
    answer = writer.query(RESOLVE, id=thread.node_id)
    assert answer["data"]["resolveReviewThread"]["thread"] == {"isResolved": True}
    writer.close()


def test_a_comment_is_minimized_with_a_reason(scene: Scene) -> None:
    scene.curl.post(scene.reviews, scene.review({"path": "shop.txt", "line": 10, "body": "Hm."}))
    comment = scene.pull.review_comments[0]
    answer = scene.curl.query(
        "mutation($id: ID!) { minimizeComment(input: {subjectId: $id, classifier: OUTDATED}) "
        "{ minimizedComment { isMinimized minimizedReason } } }",
        id=f"PRRC_{comment.id}",
    )
    expected = {"isMinimized": True, "minimizedReason": "outdated"}
    assert answer["data"]["minimizeComment"]["minimizedComment"] == expected


def test_a_review_by_threads_keeps_the_same_rules(scene: Scene) -> None:
    mutation = (
        "mutation($pull: ID!, $threads: [DraftPullRequestReviewThread]) { addPullRequestReview("
        'input: {pullRequestId: $pull, event: COMMENT, body: "Read.", threads: $threads}) '
        "{ pullRequestReview { state } } }"
    )
    pull = f"PR_{scene.pull.id}"
    bad = scene.curl.query(mutation, pull=pull, threads=[{"path": "shop.txt", "line": 20, "body": "x"}])
    assert bad["errors"][0]["message"] == "Line could not be resolved"
    good = scene.curl.query(mutation, pull=pull, threads=[{"path": "shop.txt", "line": 10, "body": "x"}])
    assert good["data"]["addPullRequestReview"]["pullRequestReview"]["state"] == "COMMENTED"


def test_pages_need_a_size_of_a_hundred_at_most(scene: Scene) -> None:
    query = '{ repository(owner: "octo", name: "%s") { pullRequests%s { nodes { number } pageInfo { hasNextPage } } } }'
    unbounded = scene.curl.query(query % (scene.shop.name, ""))
    assert unbounded["errors"][0]["type"] == "MISSING_PAGINATION_BOUNDARIES"
    excessive = scene.curl.query(query % (scene.shop.name, "(first: 101)"))
    assert excessive["errors"][0]["type"] == "EXCESSIVE_PAGINATION"
    assert in_repository(scene, "pullRequests { totalCount }") == {"pullRequests": {"totalCount": 1}}


def test_cursors_lead_to_the_end(scene: Scene) -> None:
    for number in range(5):
        scene.pull.comment(f"comment {number}")
    seen, after = [], "null"
    while after:
        page = f"comments(first: 2, after: {after}) {{ nodes {{ body }} pageInfo {{ hasNextPage endCursor }} }}"
        found = in_repository(scene, f"pullRequest(number: 1) {{ {page} }}")["pullRequest"]["comments"]  # type: ignore[index]
        seen += [each["body"] for each in found["nodes"]]
        after = f'"{found["pageInfo"]["endCursor"]}"' if found["pageInfo"]["hasNextPage"] else ""
    assert seen == [f"comment {number}" for number in range(5)]


def test_what_is_missing_is_null_with_a_reason(scene: Scene) -> None:
    answer = scene.curl.query('{ repository(owner: "octo", name: "gone") { id } }')
    assert answer["data"] == {"repository": None}
    assert answer["errors"][0]["type"] == "NOT_FOUND"


def test_a_misspelt_field_breaks_the_contract(scene: Scene) -> None:
    with scene.github.expecting_violations() as found:
        answer = scene.curl.query("{ viewer { loginn } }")
    assert "Did you mean 'login'" in answer["errors"][0]["message"]
    assert "loginn" in str(found[0])
