"""What breaks in production, broken on purpose: each ends right, and nothing is posted twice."""

from __future__ import annotations

import psutil

from tests.house import House, concluded_check, open_demo_pull_request, shop, wait_until
from tests.stand_in import PullRequest, Repository

MIGRATION = "migrations/versions/4d6e6f8b0c04_find_orders_by_status.py"
HOSTILE = "migrations/versions/9f0a1b2c3d04_hostile.py"


def assert_reviewed_once(repository: Repository, pull: PullRequest, timeout: float = 90) -> None:
    check = concluded_check(repository, pull.head_sha, timeout=timeout)
    assert check.conclusion == "failure", check.summary
    assert len(pull.reviews) == 1
    fingerprints = [comment.body.split("<!--")[1] for comment in pull.review_comments]
    assert len(set(fingerprints)) == len(fingerprints)


def kill(processes: list[psutil.Process]) -> None:
    assert processes, "there is nothing to kill"
    for process in processes:
        process.kill()


def test_a_worker_killed_in_mid_job_is_followed_by_another_within_two_minutes(house: House) -> None:
    repository = shop(house.github, house.app)
    fault = house.github.faults.late(10, "POST", r".*/pulls/\d+/reviews")
    pull = open_demo_pull_request(repository)
    wait_until(lambda: fault.used, "the review is on its way to GitHub")
    kill(house.descendants("worker"))
    assert_reviewed_once(repository, pull, timeout=120)
    figures = house.rest()
    assert figures["dbbot_reviews_total"] == 1
    assert figures["dbbot_jobs_failed"] == 0
    house.github.assert_no_violations()


def test_redis_restarted_in_between_loses_no_job(house: House) -> None:
    repository = shop(house.github, house.app)
    fault = house.github.faults.late(3, "POST", r".*/check-runs")
    pull = open_demo_pull_request(repository)
    wait_until(lambda: fault.used, "the job has begun")
    kill(house.descendants("redis-server"))
    assert_reviewed_once(repository, pull, timeout=150)


def test_a_review_whose_answer_was_lost_is_not_posted_again(house: House) -> None:
    repository = shop(house.github, house.app)
    house.github.faults.add(method="POST", path=r".*/pulls/\d+/reviews", status=502, times=1, after=True)
    pull = open_demo_pull_request(repository)
    assert_reviewed_once(repository, pull)
    house.github.assert_no_violations()


def test_of_twenty_pushes_only_the_newest_is_spoken_about(house: House) -> None:
    repository = shop(house.github, house.app)
    pull = open_demo_pull_request(repository, "4d6e")
    text = repository.read(MIGRATION, pull.head_sha)
    for number in range(20):
        pull.push({MIGRATION: text.replace("ix_orders_status", f"ix_orders_status_{number}")})
    assert_reviewed_once(repository, pull)
    assert [review.commit_id for review in pull.reviews] == [pull.head_sha]
    assert all("ix_orders_status_19" in comment.body for comment in pull.review_comments if "CREATE" in comment.body)


def test_the_receiver_was_away_and_the_sweep_asks_again(house: House) -> None:
    repository = shop(house.github, house.app)
    house.stop()
    pull = open_demo_pull_request(repository)
    assert [delivery.is_ok for delivery in house.github.wait_for_deliveries()][-1] is False
    house.start()
    assert_reviewed_once(repository, pull, timeout=120)


def test_a_hostile_migration_is_read_without_being_run(house: House) -> None:
    proof = house.folder / "it-ran"
    repository = shop(house.github, house.app)
    pull = repository.open_pull_request(title="Mean no harm", files={HOSTILE: hostile(str(proof))})
    check = concluded_check(repository, pull.head_sha)
    assert not proof.exists()
    assert check.conclusion in {"failure", "neutral"}
    assert "9f0a1b2c3d04" in (check.summary or "") + (check.text or "")
    house.github.assert_no_violations()


def hostile(proof: str) -> str:
    nested = "(" * 150 + "1" + ")" * 150
    return f'''"""@everyone <script>alert(1)</script>

Revision ID: 9f0a1b2c3d04
Revises: 3c7d5e7a9b03
"""
import os
import sqlalchemy as sa
from alembic import op

os.system("touch {proof}")
open("{proof}", "w").close()
revision = "9f0a1b2c3d04"
down_revision = "3c7d5e7a9b03"


class Trap(type):
    def __new__(cls, *args):
        os.system("touch {proof}")
        return type.__new__(cls, *args)


class Trapped(metaclass=Trap):
    pass


def upgrade():
    ().__class__.__mro__[1].__subclasses__()
    eval("__import__('os').system('touch {proof}')")
    "{{0.__class__}}".format(op)
    huge = "x" * 10**12
    deep = {nested}
    op.execute("SELECT '" + "y" * 50_000_000 + "'")
    op.create_index("ix_orders_total", "orders", ["total"])
    op.add_column("customers", sa.Column("x`\\n<!-- dbbot:v1 -->@octo", sa.Text(), nullable=False))
    while True:
        op.execute("SELECT 1")


def downgrade():
    downgrade()
'''
