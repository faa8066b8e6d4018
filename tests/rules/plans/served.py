"""A plan on a real server: its files as Alembic runs them, above a shop that has rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from rules.engine import review
from rules.examples import EXAMPLE_PATH, Repository, repository
from rules.model.finding import Finding, Plan, PlannedRevision
from rules.rule import Bad
from tests.databases import catalog_of, fresh_database
from tests.rules.test_catalogue_on_server import Migrations, url_of

ROWS = 2_500
"""In each table of the shop; more than a batch of the tests."""
FILL = (
    "INSERT INTO users (email, name, age) SELECT n || '@shop', 'user ' || n, n FROM generate_series(1, %s) n",
    "INSERT INTO orders (user_id, total) SELECT n, n FROM generate_series(1, %s) n",
)


@dataclass(frozen=True)
class Planned:
    finding: Finding
    plan: Plan
    laid_out: Repository

    @property
    def texts(self) -> dict[str, str]:
        """The repository with the plan in place of the example."""
        return replanted(self.laid_out.texts, self.plan)


def replanted(texts: dict[str, str], plan: Plan) -> dict[str, str]:
    """With the plan's files, and a value where its author has to write one."""
    planned = {each.path: each.text.replace('VALUE = "NULL"', "VALUE = \"'given'\"") for each in plan.revisions}
    return {**{path: text for path, text in texts.items() if path != plan.replaces}, **planned}


def finding_of(rule: str, text: str, **example: Any) -> tuple[Finding, Repository]:
    laid_out = repository(Bad(text, **example), text)
    result = review(laid_out.texts, new=laid_out.new, settings=laid_out.settings)
    assert not result.crashed
    (found,) = [finding for finding in result.standing if finding.rule == rule]
    return found, laid_out


def planned(rule: str, text: str, **example: Any) -> Planned:
    """The plan that a rule's one finding offers for a migration above the shop."""
    found, laid_out = finding_of(rule, text, **example)
    assert found.plan is not None, f"{rule} offers no plan: {found.message}"
    assert found.plan.replaces == EXAMPLE_PATH
    return Planned(found, found.plan, laid_out)


def lay_out(folder: Path, connection: psycopg.Connection, texts: dict[str, str], **example: Any) -> Migrations:
    migrations = Migrations(folder, url_of(connection), Bad("", **{**example, "before": ""}), "# no header")
    for file in (folder / "migrations/versions").glob("*.py"):
        file.unlink()
    for path, text in texts.items():
        if not path.endswith("/env.py"):
            (folder / path).write_text(text)
    return migrations


def id_of(step: PlannedRevision) -> str:
    return step.text.split("Revision ID: ")[1].split()[0]


def base_of(texts: dict[str, str]) -> str:
    return "0002" if any("0002_before" in path for path in texts) else "0001"


def fill(connection: psycopg.Connection, more: tuple[str, ...] = (), rows: int = ROWS) -> None:
    for statement in FILL:
        connection.execute(statement, (rows,))
    for statement in more:
        connection.execute(statement)


def ends(
    folder: Path,
    texts: dict[str, str],
    more: tuple[str, ...] = (),
    *,
    rows: int = ROWS,
    back: bool = True,
    **example: Any,
) -> tuple[str, ...]:
    """The schema after the upgrade over rows; the downgrade is tried too, and leads back (`back`) to where it began."""
    version = example.get("server_version") or 16
    with fresh_database(version if version in (16, 18) else 16) as connection:
        migrations = lay_out(folder, connection, texts, **example)
        assert migrations.upgrade(base_of(texts)) == ""
        fill(connection, more, rows)
        before = catalog_of(connection)
        assert migrations.upgrade() == ""
        after = catalog_of(connection)
        if not back:
            return after
        assert migrations.downgrade(base_of(texts)) == ""
        assert catalog_of(connection) == before
        assert migrations.upgrade() == ""
        assert catalog_of(connection) == after
        return after


def assert_same_end(one: Planned, folder: Path, more: tuple[str, ...] = (), **example: Any) -> None:
    """The plan ends where the migration ends that it replaces."""
    (folder / "bad").mkdir()
    (folder / "plan").mkdir()
    bad = ends(folder / "bad", one.laid_out.texts, more, back=False, **example)
    assert ends(folder / "plan", one.texts, more, **example) == bad
