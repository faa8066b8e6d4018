"""`dbbot check` compares changed models with the revisions of the working tree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli.commands import dbbot
from bot.cli.git import GitTexts
from tests.bot.cli.shop import commit, git, lay_out, put_in_git, write

MODELS = """from sqlalchemy import Integer, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    email: Mapped[str | None] = mapped_column(Text)
"""
PHONE = "    phone: Mapped[str | None] = mapped_column(Text)\n"


ENV = """from alembic import context
from shop.models import Base

context.configure(connection=None, target_metadata=Base.metadata)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """On a branch of its own; the models agree with the one revision."""
    lay_out(tmp_path)
    write(tmp_path, {"shop/__init__.py": "", "shop/models.py": MODELS, "migrations/env.py": ENV})
    put_in_git(tmp_path)
    git(tmp_path, "switch", "-q", "-c", "feature")
    return tmp_path


def said(folder: Path, *words: str) -> list[tuple[str, str, int]]:
    answer = CliRunner().invoke(dbbot, ["check", str(folder), "--format", "json", "--no-cache", *words])
    return [(each["rule"], each["path"], each["line"]) for each in json.loads(answer.stdout)["findings"]]


def test_a_model_that_changed_in_the_working_tree_or_on_the_branch_is_compared(folder: Path) -> None:
    assert said(folder) == []
    write(folder, {"shop/models.py": MODELS + PHONE})
    found = [("model-change-without-migration", "shop/models.py", MODELS.count("\n") + 1)]
    assert said(folder) == found
    commit(folder, "a phone")
    assert said(folder) == found
    assert said(folder, "--all") == []


def test_a_new_model_file_that_git_does_not_know_yet_is_compared(folder: Path) -> None:
    cart = MODELS.replace("class Base(DeclarativeBase):\n    pass\n", "from shop.models import Base\n")
    write(folder, {"shop/carts.py": cart.replace('"users"', '"carts"')})
    assert [rule for rule, path, _ in said(folder) if path == "shop/carts.py"] == ["model-change-without-migration"]


def test_what_differs_from_a_commit_is_named_as_paths_from_the_folder(folder: Path) -> None:
    write(folder, {"shop/models.py": "", "shop/new ä.py": "", ".gitignore": "*.log\n", "shop/x.log": ""})
    (folder / "alembic.ini").unlink()
    assert GitTexts(folder, "main", (".py",)).changed() == {
        "shop/models.py", "shop/new ä.py", ".gitignore", "alembic.ini"
    }  # fmt: skip
    assert GitTexts(folder / "shop", "main", (".py",)).changed() == {"models.py", "new ä.py"}
