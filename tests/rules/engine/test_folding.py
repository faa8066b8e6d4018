"""Findings that say the same of one call are one finding."""

from __future__ import annotations

from tests.rules.catalogue.judged import findings, migration

RULE = "blocking-check"


def check(name: str, condition: str = "total > 0") -> str:
    return f"ALTER TABLE orders ADD CONSTRAINT {name} CHECK ({condition})"


def test_statements_of_one_call_are_told_once() -> None:
    (found,) = findings(RULE, migration(f'op.execute("{check("a")}; {check("b")}")'))
    assert found.message.startswith("Adding `a` reads every row of `orders`")
    assert found.message.endswith(" This call does so once more.")
    (found,) = findings(RULE, migration(f'op.execute("{check("a")}; {check("b")}; {check("c")}")'))
    assert found.message.endswith(" This call does so 2 more times.")


def test_so_are_the_rounds_of_a_loop() -> None:
    loop = 'for name in ("a", "b"):\n    op.create_check_constraint(name, "orders", "total > 0")'
    (found,) = findings(RULE, migration(loop))
    assert found.message.endswith(" This call does so once more.")


def test_two_calls_are_two_findings() -> None:
    both = findings(RULE, migration(f'op.execute("{check("a")}")\nop.execute("{check("b")}")'))
    assert [found.place.line for found in both] == [16, 17]
    assert all("more" not in found.message for found in both)


def test_an_ignored_one_does_not_hide_in_another() -> None:
    text = migration(
        f'op.execute("{check("a")}")  # dbbot: ignore[{RULE}] because it is night\nop.execute("{check("b")}")'
    )
    (found,) = findings(RULE, text)
    assert found.place.line == 17


def test_both_ways_of_a_helper_are_two_findings() -> None:
    text = "def fill():\n    op.get_bind().commit()\n\n\n" + migration("fill()", "fill()")
    severities = [found.severity.value for found in findings("commit-inside-migration", text)]
    assert sorted(severities) == ["error", "warning"]


def test_names_in_one_comment_are_told_apart() -> None:
    text = migration("pass  # dbbot: ignore[one-name, another-name] because of both")
    assert len(findings("unknown-rule-in-ignore", text)) == 2


def test_the_lines_of_a_helper_in_another_file_are_told_once_of_its_call() -> None:
    both = "".join(f'    op.create_check_constraint("{name}", "orders", "total > 0")\n' for name in "ab")
    helper = f"from alembic import op\n\n\ndef both():\n{both}"
    text = "from app.checks import both\n\n\n" + migration("both()")
    (found,) = findings(RULE, text, modules=(("app/checks.py", helper),))
    assert found.message.endswith(" This call does so once more.")
    (_, _) = findings(RULE, f"def both():\n{both}\n\n{migration('both()')}")


def test_of_many_lines_the_last_ones_are_counted() -> None:
    checks = "\n".join(f'op.create_check_constraint("{name}", "orders", "total > 0")' for name in "abcdefghijkl")
    (found,) = findings("repeated-table-scan", migration(checks))
    assert found.message.endswith(" The same holds on lines 18, 19, 20, 21, 22, 23, 24 and 3 more.")


def test_the_suggestions_of_one_call_are_made_together() -> None:
    columns = [f'    sa.Column("{name}", sa.Integer(), sa.ForeignKey("users.id")),' for name in "uv"]
    text = migration("\n".join(["op.create_table(", '    "t",', *columns, ")"]))
    (found,) = findings("foreign-key-narrower-than-key", text)
    assert found.suggestion is not None
    assert [edit.text for edit in found.suggestion.edits] == ["sa.BigInteger()", "sa.BigInteger()"]
