"""Delivers webhooks from a thread of its own, one after the other, and never tries again unasked."""

import json
import queue
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

import httpx

from tests.stand_in.contract.webhooks import check_payload
from tests.stand_in.state.apps import App, Installation
from tests.stand_in.state.world import Announcement, World, now
from tests.stand_in.webhooks.delivery import Delivery
from tests.stand_in.webhooks.payloads import for_app, payload_of

ALWAYS_SENT = {"installation", "installation_repositories", "github_app_authorization", "ping"}
ONLY_THE_CREATOR = {"rerequested", "requested_action", "requested"}
TIMEOUT = 10.0
"""Seconds that a receiver has."""
REDELIVERY_WINDOW = timedelta(days=3)
PERMISSION_FOR = {
    "pull_request": "pull_requests",
    "pull_request_review": "pull_requests",
    "pull_request_review_comment": "pull_requests",
    "pull_request_review_thread": "pull_requests",
    "check_run": "checks",
    "check_suite": "checks",
    "merge_group": "merge_queues",
    "push": "contents",
    "repository": "metadata",
}


class Postman:
    def __init__(self, world: World, report: Callable[[str, str, str], None]) -> None:
        self.world = world
        self.report = report
        self.deliveries: list[Delivery] = []
        self.waiting: queue.Queue[Delivery | None] = queue.Queue()
        self.idle = threading.Condition()
        self.unfinished = 0
        self.held = False
        self.closing = False
        self.held_back: list[Delivery] = []
        self.client = httpx.Client(timeout=TIMEOUT, trust_env=False)
        self.thread = threading.Thread(target=self.work, name="stand-in-webhooks", daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.closing = True
        self.waiting.put(None)
        self.thread.join()
        self.client.close()

    # Sending

    def tell(self, announcement: Announcement) -> None:
        """To every App that is installed there, subscribed, and allowed to know."""
        payload = None
        for app in [announcement.only] if announcement.only else list(self.world.apps):
            installation = self.listener(app, announcement)
            if installation is None or not app.webhook_url:
                continue
            payload = payload or payload_of(announcement, self.world)
            full = for_app(payload, installation)
            for problem in check_payload(announcement.event, announcement.action, full):
                self.report("WEBHOOK", announcement.event, problem)
            self.send(app, announcement, full, installation)

    def listener(self, app: App, announcement: Announcement) -> Installation | None:
        if announcement.event in ALWAYS_SENT:
            subject = announcement.about.get("installation")
            return subject if isinstance(subject, Installation) else None
        if announcement.repository is None:
            return None
        installation = app.installation_for(announcement.repository)
        if installation is None or installation.suspended_at:
            return None
        automatic = announcement.event == "check_suite" and announcement.action in ONLY_THE_CREATOR
        if announcement.event not in installation.events and not automatic and announcement.only is None:
            return None
        needed = PERMISSION_FOR.get(announcement.event)
        if needed and needed not in installation.permissions:
            return None
        if announcement.event == "issue_comment" and not {"issues", "pull_requests"} & set(installation.permissions):
            return None
        return installation

    def send(self, app: App, announcement: Announcement, payload: object, installation: Installation | None) -> None:
        delivery = Delivery(
            id=self.world.next_id(),
            guid=str(uuid.uuid4()),
            app=app,
            event=announcement.event,
            action=announcement.action,
            body=json.dumps(payload, ensure_ascii=False).encode(),
            installation_id=installation.id if installation else None,
            repository_id=announcement.repository.id if announcement.repository else None,
        )
        self.post(delivery)

    def post(self, delivery: Delivery) -> None:
        with self.idle:
            if self.held:
                self.held_back.append(delivery)
                return
            self.unfinished += 1
        self.waiting.put(delivery)

    def hold(self) -> None:
        """From now on nothing leaves until `release`, as when GitHub itself is late."""
        with self.idle:
            self.held = True

    def release(self) -> None:
        with self.idle:
            self.held, late = False, self.held_back
            self.held_back = []
        for delivery in late:
            self.post(delivery)

    def redeliver(self, delivery: Delivery) -> Delivery:
        again = Delivery(
            id=self.world.next_id(),
            guid=delivery.guid,
            app=delivery.app,
            event=delivery.event,
            action=delivery.action,
            body=delivery.body,
            installation_id=delivery.installation_id,
            repository_id=delivery.repository_id,
            redelivery=True,
        )
        self.post(again)
        return again

    def is_redeliverable(self, delivery: Delivery) -> bool:
        return now() - delivery.delivered_at <= REDELIVERY_WINDOW

    def work(self) -> None:
        while (delivery := self.waiting.get()) and not self.closing:
            self.attempt(delivery)
            with self.idle:
                self.deliveries.append(delivery)
                self.unfinished -= 1
                self.idle.notify_all()

    def attempt(self, delivery: Delivery) -> None:
        started = time.monotonic()
        delivery.delivered_at = now()
        delivery.sent_headers = delivery.headers
        try:
            answer = self.client.post(
                delivery.app.webhook_url or "", content=delivery.body, headers=delivery.sent_headers
            )
        except httpx.TimeoutException:
            delivery.status, delivery.status_code = "timed out", 504
        except httpx.HTTPError:
            delivery.status, delivery.status_code = "failed to connect to host", 502
        else:
            delivery.status_code = answer.status_code
            delivery.status = "OK" if answer.is_success else f"Invalid HTTP Response: {answer.status_code}"
            delivery.answer_headers, delivery.answer = dict(answer.headers), answer.text
        delivery.duration = time.monotonic() - started

    def wait(self, timeout: float) -> bool:
        """Until everything sent so far has its result; False when the time is over."""
        with self.idle:
            return self.idle.wait_for(lambda: self.unfinished == 0, timeout)
