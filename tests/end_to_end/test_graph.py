"""Three pull requests on one revision, merged one after another, through webhooks, queue and workers."""

from __future__ import annotations

from itertools import pairwise

from tests.house import House, concluded_check, shop, wait_until
from tests.stand_in import PullRequest, Repository

FOLDER = "migrations/versions"
HEAD = "3c7d5e7a9b03"
"""The head of the demonstration's history."""


def path_of(name: str) -> str:
    return f"{FOLDER}/{name}_column.py"


def column(name: str, parent: str) -> dict[str, str]:
    text = f'''"""Another column.

Revision ID: {name}
Revises: {parent}
"""

import sqlalchemy as sa
from alembic import op

revision = "{name}"
down_revision = "{parent}"


def upgrade() -> None:
    op.add_column("customers", sa.Column("{name}", sa.Text()))


def downgrade() -> None:
    op.drop_column("customers", "{name}")
'''
    return {path_of(name): text}


def turned(repository: Repository, pull: PullRequest, conclusion: str, *words: str) -> None:
    """Waits until the newest check of the pull request's head says so."""

    def says() -> bool:
        runs = sorted(repository.check_runs(pull.head_sha, "dbbot"), key=lambda run: run.id)
        if not runs or runs[-1].status != "completed" or runs[-1].conclusion != conclusion:
            return False
        return all(word in (runs[-1].summary or "") for word in words)

    wait_until(says, f"the check of #{pull.number} turns {conclusion} and says {words}")


def test_whoever_is_merged_second_hears_of_the_first_and_a_rebase_mends_it(house: House) -> None:
    """The other orders are gone through in `tests/worker/test_merge_orders.py`."""
    order = ("cc33", "aa11", "bb22")
    repository = shop(house.github, house.app)
    pulls = {
        name: repository.open_pull_request(title=f"Column {name}", head=name, files=column(name, HEAD))
        for name in sorted(order)
    }
    for pull in pulls.values():
        assert concluded_check(repository, pull.head_sha).conclusion == "success"
    for position, (merged, following) in enumerate(pairwise(order)):
        pulls[merged].merge()
        for name in order[position + 1 :]:
            turned(repository, pulls[name], "failure", path_of(merged), path_of(name))
        pulls[following].push(column(following, merged))
        turned(repository, pulls[following], "success")
    house.github.assert_no_violations()


def test_a_merge_queue_is_told_of_two_that_are_sound_alone(house: House) -> None:
    repository = shop(house.github, house.app)
    pulls = [repository.open_pull_request(title=name, head=name, files=column(name, HEAD)) for name in ("aa11", "bb22")]
    group = repository.enqueue_merge_group(pulls)
    assert concluded_check(repository, group.head_sha).conclusion == "failure"
    pulls[1].push(column("bb22", "aa11"))
    again = repository.enqueue_merge_group(pulls)
    assert concluded_check(repository, again.head_sha).conclusion == "success"
