"""Webhooks: signed, told once, remembered, and sent again only when asked."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from tests.stand_in import App, Repository, StandIn
from tests.stand_in.curl import Curl, app_jwt
from tests.stand_in.state.apps import DEFAULT_PERMISSIONS

SECRET = "it's a secret"


class Inbox:
    """A receiver that answers with `status`."""

    def __init__(self) -> None:
        inbox = self
        self.status = 202
        self.received: list[tuple[dict[str, str], bytes]] = []

        class Receiver(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                inbox.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
                self.send_response(inbox.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhook"
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def events(self) -> list[str]:
        payloads = [(headers["x-github-event"], json.loads(body)) for headers, body in self.received]
        return [f"{event}.{payload['action']}" if "action" in payload else event for event, payload in payloads]


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    made = Inbox()
    yield made
    made.close()


@pytest.fixture
def github() -> Iterator[StandIn]:
    with StandIn.start() as started:
        yield started


@pytest.fixture
def app(github: StandIn, inbox: Inbox) -> App:
    return github.register_app(webhook_url=inbox.url, webhook_secret=SECRET)


@pytest.fixture
def shop(github: StandIn, app: App, inbox: Inbox) -> Repository:
    made = github.create_repository("octo/shop", {"a.txt": "1\n2\n3\n"}, installed=app)
    github.wait_for_deliveries()
    assert inbox.events() == ["installation.created"]
    inbox.received.clear()
    return made


def told(github: StandIn, inbox: Inbox) -> list[str]:
    github.wait_for_deliveries()
    events = inbox.events()
    inbox.received.clear()
    return events


def test_a_delivery_is_signed_and_named(github: StandIn, shop: Repository, app: App, inbox: Inbox) -> None:
    pull = shop.open_pull_request(files={"a.txt": "1\n"})
    github.wait_for_deliveries()
    headers, body = next(each for each in inbox.received if each[0]["x-github-event"] == "pull_request")
    assert headers["x-hub-signature-256"] == "sha256=" + hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    assert headers["user-agent"].startswith("GitHub-Hookshot/")
    assert headers["x-github-hook-installation-target-type"] == "integration"
    assert headers["x-github-hook-installation-target-id"] == str(app.id)
    payload = json.loads(body)
    assert payload["action"] == "opened"
    assert payload["number"] == pull.number
    assert payload["pull_request"]["head"]["sha"] == pull.head_sha
    assert payload["installation"]["id"] == app.installations[0].id
    assert payload["repository"]["full_name"] == "octo/shop"
    assert payload["sender"]["login"] == "ann"


def test_the_life_of_a_pull_request_is_told(github: StandIn, shop: Repository, inbox: Inbox) -> None:
    pull = shop.open_pull_request(files={"a.txt": "1\n"}, draft=True)
    assert told(github, inbox)[-1] == "pull_request.opened"
    before = pull.head_sha
    pull.push({"a.txt": "2\n"})
    github.wait_for_deliveries()
    synchronize = json.loads(inbox.received[-1][1])
    assert (synchronize["before"], synchronize["after"]) == (before, pull.head_sha)
    assert told(github, inbox) == ["push", "check_suite.requested", "pull_request.synchronize"]
    pull.ready_for_review()
    pull.edit(title="Better")
    pull.close()
    pull.reopen()
    pull.merge()
    assert told(github, inbox) == [
        "pull_request.ready_for_review",
        "pull_request.edited",
        "pull_request.closed",
        "pull_request.reopened",
        "pull_request.closed",
        "push",
        "check_suite.requested",
    ]


def test_talk_is_told(github: StandIn, shop: Repository, inbox: Inbox) -> None:
    pull = shop.open_pull_request(files={"a.txt": "1\n"})
    pull.review(comments=[{"path": "a.txt", "line": 1, "body": "Hm."}])
    told(github, inbox)
    comment = pull.comment("/dbbot help", author="bob", role="write")
    comment.edit("/dbbot help me")
    comment.delete()
    pull.reply(pull.review_comments[0], "Why?")
    assert told(github, inbox) == [
        "issue_comment.created",
        "issue_comment.edited",
        "issue_comment.deleted",
        "pull_request_review_comment.created",
    ]


def test_a_comment_says_who_its_author_is(github: StandIn, shop: Repository, inbox: Inbox) -> None:
    pull = shop.open_pull_request(files={"a.txt": "1\n"})
    told(github, inbox)
    pull.comment("/dbbot help", author="bob", role="write")
    github.wait_for_deliveries()
    payload = json.loads(inbox.received[-1][1])
    assert payload["comment"]["author_association"] == "COLLABORATOR"
    assert payload["issue"]["pull_request"]["url"].endswith("/pulls/1")


def test_reruns_and_buttons_are_told_to_the_runs_app_only(
    github: StandIn, shop: Repository, app: App, inbox: Inbox
) -> None:
    pull = shop.open_pull_request(files={"a.txt": "1\n"})
    other = github.register_app(webhook_url=inbox.url, slug="other")
    other.install(shop)
    curl = Curl(github, app, shop)
    action = {"label": "Again", "description": "Look again", "identifier": "again"}
    body = {"name": "dbbot", "head_sha": pull.head_sha, "conclusion": "success", "actions": [action]}
    curl.post("check-runs", body)
    curl.close()
    told(github, inbox)
    run = pull.check_runs[0]
    run.rerequest()
    run.rerequest_suite()
    run.request_action("again")
    assert told(github, inbox) == ["check_run.rerequested", "check_suite.rerequested", "check_run.requested_action"]


def test_a_merge_group_asks_for_checks(github: StandIn, shop: Repository, inbox: Inbox) -> None:
    one = shop.open_pull_request(head="one", files={"one.txt": "1\n"})
    two = shop.open_pull_request(head="two", files={"two.txt": "2\n"})
    told(github, inbox)
    group = shop.enqueue_merge_group([one, two])
    github.wait_for_deliveries()
    payload = json.loads(inbox.received[-1][1])
    assert payload["merge_group"]["head_sha"] == group.head_sha
    assert payload["merge_group"]["base_ref"] == "refs/heads/main"
    assert shop.read("one.txt", group.head_sha) == "1\n"
    assert shop.read("two.txt", group.head_sha) == "2\n"
    told(github, inbox)
    group.destroy()
    assert told(github, inbox) == ["merge_group.destroyed", "push"]


def test_installation_changes_are_told(github: StandIn, shop: Repository, app: App, inbox: Inbox) -> None:
    other = github.create_repository("octo/other", installed=app)
    github.uninstall(app, other)
    app.installations[0].suspend()
    app.installations[0].unsuspend()
    github.uninstall(app, shop)
    assert told(github, inbox) == [
        "installation_repositories.added",
        "installation_repositories.removed",
        "installation.suspend",
        "installation.unsuspend",
        "installation.deleted",
    ]


def test_nobody_hears_of_what_they_did_not_subscribe_to(github: StandIn, inbox: Inbox) -> None:
    quiet = github.register_app(webhook_url=inbox.url, events=["issue_comment"], permissions={"issues": "read"})
    shop = github.create_repository("octo/quiet", {"a.txt": "1\n"}, installed=quiet)
    pull = shop.open_pull_request(files={"a.txt": "2\n"})
    pull.comment("hello")
    assert told(github, inbox) == ["installation.created", "issue_comment.created"]


def test_a_subscription_without_the_permission_is_silent(github: StandIn, inbox: Inbox) -> None:
    less = {name: level for name, level in DEFAULT_PERMISSIONS.items() if name != "pull_requests"}
    blind = github.register_app(webhook_url=inbox.url, permissions=less)
    github.create_repository("octo/blind", installed=blind).open_pull_request(files={"a.txt": "2\n"})
    assert "pull_request.opened" not in told(github, inbox)


def test_a_failed_delivery_is_found_and_sent_again_with_its_guid(
    github: StandIn, shop: Repository, app: App, inbox: Inbox
) -> None:
    inbox.status = 503
    shop.open_pull_request(files={"a.txt": "2\n"}).comment("hello")
    github.wait_for_deliveries()
    inbox.status = 202
    curl = Curl(github, app, shop)
    bearer = app_jwt(app)
    failed = curl.ask("GET", "/app/hook/deliveries", bearer=bearer, params={"status": "failure"}).json()
    assert {each["status"] for each in failed} == {"Invalid HTTP Response: 503"}
    chosen = next(each for each in failed if each["event"] == "pull_request")
    path = f"/app/hook/deliveries/{chosen['id']}"
    assert curl.ask("GET", path, bearer=bearer).json()["request"]["payload"]["action"] == "opened"
    assert curl.ask("POST", f"{path}/attempts", bearer=bearer).status_code == 202
    again = github.wait_for_deliveries()[-1]
    assert (again.guid, again.redelivery, again.status) == (chosen["guid"], True, "OK")
    curl.close()


def test_deliveries_are_listed_with_a_cursor(github: StandIn, shop: Repository, app: App) -> None:
    shop.open_pull_request(files={"a.txt": "2\n"}).comment("hello")
    everything = github.wait_for_deliveries()
    curl = Curl(github, app, shop)
    bearer, seen, query = app_jwt(app), [], "per_page=2"
    while query:
        answer = curl.ask("GET", f"/app/hook/deliveries?{query}", bearer=bearer)
        seen += [each["id"] for each in answer.json()]
        query = answer.links["next"]["url"].partition("?")[2] if "next" in answer.links else ""
    assert seen == [each.id for each in reversed(everything)]
    curl.close()


def test_a_receiver_that_is_gone_is_a_failed_delivery(github: StandIn, shop: Repository, app: App) -> None:
    app.webhook_url = "http://127.0.0.1:9/webhook"
    shop.open_pull_request(files={"a.txt": "2\n"})
    assert github.wait_for_deliveries()[-1].status == "failed to connect to host"


def test_everything_that_can_be_told_has_githubs_shape(github: StandIn, inbox: Inbox) -> None:
    every = ["pull_request", "pull_request_review", "pull_request_review_comment", "pull_request_review_thread"]
    every += ["push", "repository", "issue_comment", "check_run", "check_suite", "merge_group"]
    app = github.register_app(webhook_url=inbox.url, events=every)
    shop = github.create_repository("octo/shop", {"a.txt": "1\n"}, installed=app, organization=True)
    pull = shop.open_pull_request(files={"a.txt": "2\n"}, draft=True)
    pull.convert_to_draft()
    review = pull.review(comments=[{"path": "a.txt", "line": 1, "body": "Hm."}], event="REQUEST_CHANGES", body="No.")
    review.edit("Not yet.", review.author)
    review.dismiss(pull.author)
    comment = pull.review_comments[0]
    comment.edit("Hm?")
    pull.resolve(comment)
    pull.unresolve(comment)
    comment.delete()
    pull.push({"a.txt": "3\n"}, force_from=shop.branches["main"])
    shop.archive()
    shop.unarchive()
    shop.delete_branch("feature")
    events = set(told(github, inbox))
    assert {
        "push",
        "repository.archived",
        "repository.unarchived",
        "pull_request.converted_to_draft",
        "pull_request.synchronize",
        "pull_request.closed",
        "pull_request_review.submitted",
        "pull_request_review.edited",
        "pull_request_review.dismissed",
        "pull_request_review_comment.created",
        "pull_request_review_comment.edited",
        "pull_request_review_comment.deleted",
        "pull_request_review_thread.resolved",
        "pull_request_review_thread.unresolved",
    } <= events
    github.assert_no_violations()
