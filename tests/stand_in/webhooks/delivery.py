"""One attempt to deliver one webhook, as `/app/hook/deliveries` remembers it."""

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime

from tests.stand_in.state.apps import App
from tests.stand_in.state.world import Json, now, stamp


@dataclass(eq=False)
class Delivery:
    id: int
    guid: str
    """The same for every attempt."""
    app: App
    event: str
    action: str | None
    body: bytes
    installation_id: int | None
    repository_id: int | None
    redelivery: bool = False
    delivered_at: datetime = field(default_factory=now)
    duration: float = 0.0
    """Seconds."""
    status: str = "pending"
    status_code: int = 0
    sent_headers: dict[str, str] = field(default_factory=dict)
    answer_headers: dict[str, str] = field(default_factory=dict)
    answer: str = ""

    @property
    def is_ok(self) -> bool:
        return self.status == "OK"

    @property
    def payload(self) -> Json:
        loaded: Json = json.loads(self.body)
        return loaded

    @property
    def headers(self) -> dict[str, str]:
        secret = self.app.webhook_secret.encode()
        return {
            "Accept": "*/*",
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/a1b2c3d",
            "X-GitHub-Delivery": self.guid,
            "X-GitHub-Event": self.event,
            "X-GitHub-Hook-ID": str(self.app.id + 400_000_000),
            "X-GitHub-Hook-Installation-Target-ID": str(self.app.id),
            "X-GitHub-Hook-Installation-Target-Type": "integration",
            "X-Hub-Signature": "sha1=" + hmac.new(secret, self.body, hashlib.sha1).hexdigest(),
            "X-Hub-Signature-256": "sha256=" + hmac.new(secret, self.body, hashlib.sha256).hexdigest(),
        }


def delivery_shape(delivery: Delivery) -> Json:
    """As in the list."""
    return {
        "id": delivery.id,
        "guid": delivery.guid,
        "delivered_at": stamp(delivery.delivered_at),
        "redelivery": delivery.redelivery,
        "duration": round(delivery.duration, 3),
        "status": delivery.status,
        "status_code": delivery.status_code,
        "event": delivery.event,
        "action": delivery.action,
        "installation_id": delivery.installation_id,
        "repository_id": delivery.repository_id,
        "throttled_at": None,
    }


def full_delivery_shape(delivery: Delivery) -> Json:
    return delivery_shape(delivery) | {
        "url": delivery.app.webhook_url or "",
        "request": {"headers": delivery.sent_headers, "payload": delivery.payload},
        "response": {"headers": delivery.answer_headers, "payload": delivery.answer},
    }
