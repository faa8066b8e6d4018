"""Small repositories on disk, with real git."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

ENV = "from alembic import context\n"
INI = "[alembic]\nscript_location = migrations\n"
INDEX = 'op.create_index("ix_users_email", "users", ["email"])'


def git(folder: Path, *words: str) -> str:
    environment = {
        **os.environ,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        **{f"GIT_{who}_{what}": "shop@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    return subprocess.run(
        ["git", "-C", str(folder), *words], check=True, capture_output=True, text=True, env=environment
    ).stdout.strip()


def commit(folder: Path, message: str = "x") -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD")


def revision(name: str, parent: str | None, body: str = "pass", down: str = "pass  # no way back is tried") -> str:
    return (
        f'"""{name}"""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
        f"revision = {name!r}\ndown_revision = {parent!r}\n\n\n"
        f"def upgrade():\n    {body}\n\n\ndef downgrade():\n    {down}\n"
    )


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def lay_out(folder: Path) -> Path:
    """A shop with one revision that creates `users`, in no repository yet."""
    table = 'op.create_table("users", sa.Column("id", sa.Integer, primary_key=True), sa.Column("email", sa.Text))'
    write(
        folder,
        {
            "alembic.ini": INI,
            "migrations/env.py": ENV,
            "migrations/versions/aa11_users.py": revision("aa11", None, table, 'op.drop_table("users")'),
        },
    )
    return folder


def add_index(folder: Path) -> str:
    """The revision that every test is about; its path."""
    path = "migrations/versions/ab12_add_email.py"
    write(folder, {path: revision("ab12", "aa11", INDEX, 'op.drop_index("ix_users_email")')})
    return path


def put_in_git(folder: Path) -> Path:
    git(folder, "init", "-q", "-b", "main")
    commit(folder)
    return folder
