"""One repository with one pull request: where most of the stand-in's own tests begin."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

from tests.stand_in.curl import Curl
from tests.stand_in.github import StandIn
from tests.stand_in.state.apps import App
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.repositories import Repository

SHOP = "".join(f"line {number}\n" for number in range(1, 41))
"""Forty lines; the pull request changes lines 10 and 30, so its diff has two hunks: 7-13 and 27-33."""
CHANGED = SHOP.replace("line 10\n", "LINE 10\n").replace("line 30\n", "LINE 30\n")
NUMBERS = itertools.count(1)


class Scene:
    def __init__(self, github: StandIn, app: App | None = None) -> None:
        self.github = github
        number = next(NUMBERS)
        self.app = app or github.register_app(app_id=9, slug=f"dbbot-{number}")
        self.app.id += number * (app is None)
        self.shop: Repository = github.create_repository(f"octo/shop-{number}", {"shop.txt": SHOP}, installed=self.app)
        self.pull: PullRequest = self.shop.open_pull_request(
            title="Change two lines", files={"shop.txt": CHANGED, "new/file.py": "print(1)\n"}
        )
        self.curl = Curl(github, self.app, self.shop)

    @property
    def reviews(self) -> str:
        return f"pulls/{self.pull.number}/reviews"

    def review(self, *comments: dict[str, object], **fields: object) -> dict[str, object]:
        """A body that GitHub accepts if the comments are good."""
        return {"event": "COMMENT", "body": "Read.", "comments": list(comments), **fields}


@contextmanager
def scene_on(github: StandIn, app: App | None = None) -> Iterator[Scene]:
    scene = Scene(github, app)
    yield scene
    scene.curl.close()
