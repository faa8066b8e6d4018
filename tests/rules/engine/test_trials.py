"""A suggestion is tried as the next review would read it: an inspector answers from the schema beneath."""

from __future__ import annotations

from rules.engine import review
from rules.examples import repository
from rules.rule import Bad

INSPECTED = """def upgrade() -> None:
    columns = [each["name"] for each in sa.inspect(op.get_bind()).get_columns("orders")]
    if "user_id" in columns:
        op.add_column("orders", sa.Column("note", sa.Text()))


def downgrade() -> None:
    pass
"""


def test_a_repair_of_a_migration_that_inspects_the_database_is_offered() -> None:
    laid = repository(Bad(INSPECTED), INSPECTED)
    found = review(laid.texts, new=laid.new, settings=laid.settings).findings
    (finding,) = [each for each in found if each.rule == "missing-downgrade"]
    assert finding.suggestion is not None
    assert any('op.drop_column("orders", "note")' in edit.text for edit in finding.suggestion.edits)
