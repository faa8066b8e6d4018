"""Texts in, review out: what is judged, against what, and what a fault costs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from rules import registry
from rules.context import Context
from rules.engine import review
from rules.examples import ENV, EXAMPLE_PATH, SHOP, repository
from rules.model.finding import Finding, Severity
from rules.model.operations import CreateIndex, Direction
from rules.model.review import Review
from rules.registry import RegisteredCheck, require_rule
from rules.rule import Good
from rules.settings import Settings
from tests.rules.engine.laid_out import judged, upgrade

INDEX = 'op.create_index("ix_orders_user_id", "orders", ["user_id"])'


def revision(name: str, parent: str | None, body: str = "pass") -> str:
    down = "None" if parent is None else f'"{parent}"'
    return (
        f'"""{name}."""\n\nimport sqlalchemy as sa\nfrom alembic import op\n\n'
        f'revision = "{name}"\ndown_revision = {down}\n\n\n'
        f"def upgrade() -> None:\n    {body}\n\n\ndef downgrade() -> None:\n    pass  # no way back is tried\n"
    )


def tree(**files: str) -> dict[str, str]:
    return {"m/env.py": ENV, **{f"m/versions/{name}.py": text for name, text in files.items()}}


def rules_of(result: Review) -> list[str]:
    return [finding.rule for finding in result.standing]


def test_only_new_revisions_are_judged() -> None:
    texts = tree(a=revision("a", None, INDEX), b=revision("b", "a", INDEX.replace("user_id", "status")))
    assert rules_of(review(texts)) == []
    found = review(texts, new=["m/versions/b.py"])
    assert [finding.revision for finding in found.standing] == ["b"]
    assert found.locations[0].new == ("b",)


def test_what_is_new_may_be_asked_of_each_script() -> None:
    texts = tree(a=revision("a", None, INDEX))
    assert len(review(texts, new=lambda script: script.revision == "a").standing) == 1


def test_a_revision_that_the_base_has_is_not_new_though_its_file_changed() -> None:
    base = tree(a=revision("a", None, INDEX))
    texts = tree(moved=revision("a", None, INDEX) + "\n")
    assert rules_of(review(texts, new=["m/versions/moved.py"], base_texts=base)) == []


def test_a_table_created_in_an_earlier_new_revision_is_new() -> None:
    create = 'op.create_table("orders", sa.Column("user_id", sa.Integer()))'
    texts = tree(a=revision("a", None, create), b=revision("b", "a", INDEX))
    both = ["m/versions/a.py", "m/versions/b.py"]
    assert rules_of(review(texts, new=both)) == []
    assert rules_of(review(texts, new=both[1:])) == ["blocking-index-creation"]


def test_judging_all_takes_each_revision_as_if_it_alone_were_new() -> None:
    create = 'op.create_table("orders", sa.Column("user_id", sa.Integer()))'
    texts = tree(a=revision("a", None, create), b=revision("b", "a", INDEX), c=revision("c", "a", INDEX))
    found = review(texts, judge_all=True)
    assert [finding.revision for finding in found.standing] == ["b", "c"]
    assert all(finding.suggestion for finding in found.standing)


def test_each_line_is_judged_against_the_schema_its_own_parents_leave() -> None:
    create = 'op.create_table("orders", sa.Column("user_id", sa.Integer()))'
    texts = tree(
        a=revision("a", None), b=revision("b", "a", create), c=revision("c", "a", INDEX), d=revision("d", "b", INDEX)
    )
    found = review(texts, new=[f"m/versions/{name}.py" for name in "bcd"])
    assert [finding.revision for finding in found.standing if finding.rule == "blocking-index-creation"] == ["c"]


def test_a_merge_revision_meets_what_all_its_parents_leave() -> None:
    merge = revision("d", "b", INDEX).replace('"b"', '("b", "c")')
    create = 'op.create_table("orders", sa.Column("user_id", sa.Integer()))'
    texts = tree(a=revision("a", None), b=revision("b", "a"), c=revision("c", "a", create), d=merge)
    found = review(texts, new=[f"m/versions/{name}.py" for name in "bcd"])
    assert rules_of(found) == ["empty-migration", "operations-in-merge-revision"]


def test_a_rule_that_raises_costs_only_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(op: CreateIndex, context: Context) -> Iterator[Finding]:
        raise ZeroDivisionError("by a fault of the rule")

    rule = require_rule("unnamed-index")
    checks = registry.checks_for(CreateIndex)
    monkeypatch.setitem(registry._CHECKS, CreateIndex, (RegisteredCheck(rule, broken), *checks))
    found = judged(upgrade(INDEX))
    assert [(crash.rule, crash.error) for crash in found.crashed] == [
        ("unnamed-index", "ZeroDivisionError: by a fault of the rule")
    ]
    assert rules_of(found) == ["blocking-index-creation"]


def test_fingerprints_do_not_move_with_the_lines_and_tell_twins_apart() -> None:
    twice = upgrade(INDEX, INDEX)
    first = [finding.fingerprint for finding in judged(twice).standing]
    moved = [finding.fingerprint for finding in judged(twice.replace("def upgrade", "\n\ndef upgrade")).standing]
    assert first == moved
    assert len(set(first)) == len(first) == 3  # each of the twins, and that the second one exists already


def test_an_ignore_comment_silences_its_line_and_says_why() -> None:
    found = judged(upgrade(f"{INDEX}  # dbbot: ignore[blocking-index-creation] because the table is tiny"))
    (finding,) = found.findings
    assert found.standing == ()
    assert finding.silenced is not None
    assert (finding.silenced.by, finding.silenced.reason) == ("comment", "the table is tiny")
    assert finding.suggestion is None


def test_a_comment_inside_the_sql_silences_too() -> None:
    text = upgrade(
        'op.execute("""',
        "CREATE INDEX i ON orders (user_id) -- dbbot: ignore[blocking-index-creation] because tiny",
        '""")',
    )
    assert rules_of(judged(text)) == []


def test_a_comment_without_a_reason_silences_nothing() -> None:
    found = judged(upgrade(f"{INDEX}  # dbbot: ignore[blocking-index-creation]"))
    assert sorted(rules_of(found)) == ["blocking-index-creation", "ignore-without-reason"]


def test_the_settings_decide_level_paths_and_exceptions() -> None:
    def with_settings(rule: str) -> Review:
        return judged(upgrade(INDEX), settings=f"rules:\n  blocking-index-creation: {rule}\n")

    assert rules_of(with_settings("off")) == []
    assert with_settings("notice").standing[0].severity is Severity.NOTICE
    assert rules_of(with_settings("{paths: other/**}")) == []
    excepted = with_settings("{except_paths: migrations/**, reason: a copy of production}")
    assert [finding.silenced.reason for finding in excepted.findings if finding.silenced] == ["a copy of production"]


def test_paths_that_the_settings_ignore_are_read_but_not_judged() -> None:
    found = judged(upgrade(INDEX), settings="ignore_paths: migrations/versions/0003*\n")
    assert found.findings == ()
    assert found.locations[0].revisions == 2


def test_a_small_table_is_spared_and_a_large_one_weighs_more() -> None:
    def sized(rows: int, text: str) -> list[tuple[str, str]]:
        statistics = f'{{"tables": {{"orders": {{"rows": {rows}, "bytes": 8192}}}}}}'
        return [(finding.rule, finding.severity) for finding in judged(text, statistics=statistics).standing]

    assert sized(10, upgrade(INDEX)) == []
    assert sized(50_000, upgrade(INDEX)) == [("blocking-index-creation", "error")]
    level = "rules:\n  blocking-index-creation: warning\n"
    statistics = '{"tables": {"orders": {"rows": 2000000, "bytes": 8192}}}'
    (large,) = judged(upgrade(INDEX), statistics=statistics, settings=level).standing
    assert large.severity is Severity.ERROR


def test_rules_about_locks_are_silent_on_the_way_back_unless_asked() -> None:
    text = upgrade('op.add_column("orders", sa.Column("n", sa.Text()))').replace(
        "    pass  # no way back is tried\n", f"    {INDEX}\n"
    )
    assert "blocking-index-creation" not in rules_of(judged(text))
    found = judged(text, settings="judge_downgrades: true\n").standing
    (asked,) = (finding for finding in found if finding.rule == "blocking-index-creation")
    assert (asked.severity, asked.direction) == (Severity.NOTICE, Direction.DOWNGRADE)


def test_a_statement_that_fails_on_the_way_back_is_one_level_lower() -> None:
    text = (
        'def upgrade() -> None:\n    op.add_column("orders", sa.Column("n", sa.Text()))\n\n\n'
        "def downgrade() -> None:\n    op.drop_index('ix', postgresql_concurrently=True)\n"
    )
    found = {finding.rule: finding.severity for finding in judged(text).standing}
    assert found["concurrently-inside-transaction"] is Severity.WARNING


def test_places_of_one_folding_rule_are_one_finding() -> None:
    found = judged(upgrade('op.execute("FROBNICATE a")', "", 'op.execute("FROBNICATE b")'))
    (finding,) = found.standing
    assert finding.message.endswith("The same holds on line 18.")
    assert len(found.unread) == 2


def test_a_suggestion_is_withheld_where_it_would_not_be_clean() -> None:
    text = upgrade(INDEX.replace("])", "], if_not_exists=True)"))
    (finding,) = judged(text).standing
    assert finding.rule == "blocking-index-creation"
    assert finding.suggestion is None


def test_locks_and_statements_of_new_revisions_are_listed() -> None:
    found = judged(upgrade(INDEX))
    assert [(row.lock, row.tables, row.blocks) for row in found.locks] == [("SHARE", ("orders",), "writes")]
    assert found.locks[0].scans
    assert [line.sql for line in found.statements] == ["CREATE INDEX ix_orders_user_id ON orders (user_id)"]


def test_problems_of_the_settings_are_findings_and_the_defaults_judge() -> None:
    found = judged(upgrade(INDEX), settings="serverversion: 12\n")
    assert sorted(rules_of(found)) == ["blocking-index-creation", "unreadable-settings"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "def upgrade(:",
        "\x00",
        "revision = 'x'\n" + "(" * 5000,
        "revision = 3\n",
        "revision = 'a'\ndown_revision = 'a'\n",
        "revision = 'a'\ndown_revision = ['b', None, 3]\ndef upgrade():\n    while True: pass\n",
        "revision = 'a'\n# dbbot: ignore[",
    ],
)
def test_no_text_raises(text: str) -> None:
    laid_out = repository(Good("def upgrade(): pass", because="a test"), "def upgrade(): pass")
    texts = {**laid_out.texts, EXAMPLE_PATH: text}
    for judge_all in (False, True):
        assert review(texts, new=laid_out.new, judge_all=judge_all).crashed == ()


def test_a_new_file_that_is_no_migration_is_a_finding_and_an_old_one_is_not() -> None:
    texts = tree(a=revision("a", None), b="def upgrade(:\n")
    assert rules_of(review(texts, new=["m/versions/b.py"])) == ["unreadable-migration"]
    assert rules_of(review(texts, new=["m/versions/a.py"])) == []
    assert rules_of(review(texts, new=["m/versions/b.py"], base_texts=texts)) == []


def test_two_heads_are_seen_against_the_base_as_it_is_now() -> None:
    base = tree(a=revision("a", None), b=revision("b", "a"))
    body = 'op.execute("SELECT 1")'
    texts = {**base, **tree(c=revision("c", "a", body))}
    (finding,) = review(texts, new=["m/versions/c.py"], base_texts=base).standing
    assert (finding.rule, finding.revision) == ("multiple-heads", None)
    assert finding.suggestion is not None
    assert [edit.text for edit in finding.suggestion.edits] == ['"b"']
    before = {**tree(a=revision("a", None)), **tree(c=revision("c", "a", body))}
    assert rules_of(review(before, new=["m/versions/c.py"], base_texts=tree(a=revision("a", None)))) == []


def test_the_settings_file_may_name_the_script_location() -> None:
    texts = tree(a=revision("a", None, INDEX))
    settings = Settings.model_validate({"script_locations": ["elsewhere"]})
    assert review(texts, new=["m/versions/a.py"], settings=settings).locations == ()


def test_the_version_of_the_statistics_counts_where_the_settings_say_none() -> None:
    found = judged(upgrade('op.execute("REINDEX TABLE users")'), statistics='{"server_version": 110001, "tables": {}}')
    assert "blocking-reindex" not in rules_of(found)


def test_the_shop_itself_is_clean() -> None:
    laid_out = repository(Good("def upgrade(): pass", because="a test"), SHOP)
    shop = {path: text for path, text in laid_out.texts.items() if path != EXAMPLE_PATH}
    assert review(shop, judge_all=True).standing == ()


def test_a_suggestion_that_leaves_another_schema_is_withheld_unless_the_rule_means_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = upgrade('op.add_column("orders", sa.Column("n", sa.Integer(), nullable=False, default=0))')
    (meant,) = judged(text).standing
    assert meant.suggestion is not None
    monkeypatch.setattr(require_rule("required-column-without-default"), "changes_schema", False)
    (withheld,) = judged(text).standing
    assert withheld.suggestion is None


def test_a_history_that_is_continued_from_elsewhere_has_parents_elsewhere() -> None:
    base = tree(a=revision("a", "of_another_package"))
    texts = {**base, **tree(b=revision("b", "of_another_package_too"))}
    assert "unknown-parent" not in rules_of(review(texts, new=["m/versions/b.py"], base_texts=base))
    whole = tree(a=revision("a", None))
    texts = {**whole, **tree(b=revision("b", "nowhere"))}
    assert "unknown-parent" in rules_of(review(texts, new=["m/versions/b.py"], base_texts=whole))
