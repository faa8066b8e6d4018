"""Changed model files are fetched with the mixins and bases that they stand on, in few questions more."""

from __future__ import annotations

import pytest

from bot.github.cache import MemoryCache
from bot.github.snapshot import take_snapshot
from bot.model.snapshot import PullRequestSnapshot
from tests.bot.github.scene import ADDED, NEW, Scene
from worker.judge import judge

BASE = """from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass
"""
MIXIN = """from sqlalchemy import DateTime
from sqlalchemy.orm import Mapped, mapped_column


class Dated:
    at: Mapped[str | None] = mapped_column(DateTime)
"""
MODELS = """from sqlalchemy import Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from shop import everything
from shop.base import Base
from shop.mixins import Dated


class Order({bases}):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
"""
NOTE = "    note: Mapped[str | None] = mapped_column(Text)\n"


@pytest.fixture
def shop(scene: Scene) -> Scene:
    scene.shop.commit(
        "main",
        {
            "shop/base.py": BASE,
            "shop/mixins.py": MIXIN,
            "shop/everything.py": "from shop import deeper\n",
            "shop/deeper.py": "",
            "shop/models.py": MODELS.format(bases="Base"),
            "migrations/env.py": "from alembic import context\nfrom shop.base import Base\n\n"
            "context.configure(connection=None, target_metadata=Base.metadata)\n",
        },
    )
    return scene


def taken(scene: Scene, number: int) -> PullRequestSnapshot:
    snapshot = take_snapshot(scene.client(), number)
    assert isinstance(snapshot, PullRequestSnapshot)
    return snapshot


def said(snapshot: PullRequestSnapshot) -> list[str]:
    review, _ = judge(snapshot, None)
    assert review.crashed == ()
    return [finding.message for finding in review.standing if "model" in finding.rule]


def test_a_pull_request_that_only_changes_models_is_compared_with_the_schema(shop: Scene) -> None:
    pull = shop.pull({"shop/models.py": MODELS.format(bases="Base") + NOTE})
    snapshot = taken(shop, pull.number)
    assert {"shop/models.py", "shop/base.py", "shop/mixins.py", "migrations/env.py"} <= set(snapshot.texts)
    assert "shop/deeper.py" not in snapshot.texts
    assert snapshot.base_texts["shop/models.py"] != snapshot.texts["shop/models.py"]
    assert said(snapshot) == ["The model of `orders` adds the column `note`, and no revision does."]


def test_a_column_that_a_mixin_brings_is_seen(shop: Scene) -> None:
    pull = shop.pull({"shop/models.py": MODELS.format(bases="Dated, Base")})
    assert said(taken(shop, pull.number)) == ["The model of `orders` adds the column `at`, and no revision does."]


def test_a_revision_that_follows_the_model_leaves_nothing_to_say(shop: Scene) -> None:
    added = ADDED.replace(
        'op.create_index("ix_orders", "orders", ["id"])', 'op.execute("ALTER TABLE orders ADD note text")'
    )
    pull = shop.pull({"shop/models.py": MODELS.format(bases="Base") + NOTE, NEW: added})
    assert said(taken(shop, pull.number)) == []


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("shop/models.py", MODELS.format(bases="Base") + "\n    @property\n    def total(self):\n        return 1\n"),
        ("tests/test_models.py", MODELS.format(bases="Base") + NOTE),
        ("shop/report.py", "# A Column is a Field of a Table.\n"),
    ],
)
def test_what_changes_no_table_is_not_spoken_of(shop: Scene, path: str, text: str) -> None:
    assert said(taken(shop, shop.pull({path: text}).number)) == []


def test_a_changed_file_that_is_no_model_costs_no_further_question(shop: Scene) -> None:
    number = shop.pull({"shop/prices.py": "PRICE = 2\n"}).number
    take_snapshot(shop.client(), number)
    few = requests(shop, number)
    other = shop.pull({"shop/prices.py": "PRICE = 'a Column of a Table'\n"}, head="other").number
    take_snapshot(shop.client(), other)
    assert requests(shop, other) == few


def test_models_cost_at_most_three_questions_more(shop: Scene) -> None:
    plain = shop.pull({"shop/prices.py": "PRICE = 2\n"}).number
    models = shop.pull({"shop/models.py": MODELS.format(bases="Base") + NOTE}, head="models").number
    few = requests(shop, plain)
    shop.cache = MemoryCache()
    cold, warm = requests(shop, models), requests(shop, models)
    print(f"requests of a look: {few} without models; {cold} cold and {warm} warm with them")
    assert cold <= few + 3
    assert warm <= few


def requests(scene: Scene, number: int) -> int:
    mark = scene.hub.requests.mark()
    take_snapshot(scene.client(), number)
    return len(scene.since(mark))


def test_a_changed_model_file_that_cannot_be_had_fails_nothing(shop: Scene) -> None:
    lines = "x = 1\n" * 170_000
    shop.shop.commit("main", {"shop/large.py": lines})
    pull = shop.pull({"shop/large.py": f"{lines}# Column\n"})
    assert taken(shop, pull.number).left_out == ()
