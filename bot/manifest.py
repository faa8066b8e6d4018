"""What the App asks of GitHub. `app.yml` says the same for people; a test holds the two together."""

from __future__ import annotations

from bot.events import READERS

PERMISSIONS = {
    "metadata": "read",
    "contents": "read",
    "pull_requests": "write",
    "checks": "write",
    "issues": "read",  # the event `issue_comment`; answering needs Pull requests alone
    "merge_queues": "read",  # the event `merge_group`
}

EVENTS = frozenset(READERS)
