"""A finding about one of several statements of a literal stands on that statement, and what it offers stays whole."""

from __future__ import annotations

from rules.engine import review
from rules.model.finding import Finding

HEAD = '"""x"""\nfrom alembic import op\n\nrevision = "a1"\ndown_revision = None\n\n\n'
PATH = "m/versions/a1.py"


def findings(body: str) -> tuple[str, dict[str, Finding]]:
    """The text, and the findings by rule."""
    text = f"{HEAD}def upgrade():\n{body}\n\n\ndef downgrade():\n    pass\n"
    found = review({PATH: text, "m/env.py": ""}, judge_all=True)
    return text, {finding.rule: finding for finding in found.findings}


def line_of(text: str, finding: Finding) -> str:
    return text.split("\n")[finding.place.line - 1]


SEVERAL = '''    op.execute(
        """
        SELECT 1;
        UPDATE a SET b = 1 WHERE c = 2;
        VACUUM
            FULL t;
        """
    )'''


def test_it_stands_on_the_line_of_its_statement() -> None:
    text, found = findings(SEVERAL)
    place = found["vacuum-full-or-cluster"].place
    assert text.split("\n")[place.line - 1][place.column :] == "VACUUM"
    assert text.split("\n")[place.last_line - 1][: place.end_column] == "            FULL t;"


def test_the_fingerprint_is_that_of_the_call() -> None:
    moved = findings(SEVERAL.replace("        SELECT 1;", "        SELECT 1;\n"))[1]["vacuum-full-or-cluster"]
    before = findings(SEVERAL)[1]["vacuum-full-or-cluster"]
    assert moved.place.line == before.place.line + 1
    assert moved.fingerprint == before.fingerprint


def test_an_ignore_on_the_call_silences_it() -> None:
    _, found = findings(
        SEVERAL.replace("op.execute(", "op.execute(  # dbbot: ignore[vacuum-full-or-cluster] because nobody reads it")
    )
    assert found["vacuum-full-or-cluster"].silenced is not None


def test_one_statement_stands_where_its_call_does() -> None:
    text, found = findings('    op.execute(\n        """\n        VACUUM FULL t\n        """\n    )')
    assert "op.execute(" in line_of(text, found["vacuum-full-or-cluster"])


HELD = """SQL = '''
    SELECT 1;
    VACUUM FULL t;{comment}
'''


def upgrade():
    op.execute(SQL){other}


def downgrade():
    pass
"""


def held(comment: str = "", other: str = "") -> tuple[str, Finding]:
    text = f"{HEAD}{HELD.format(comment=comment, other=other)}"
    found = review({PATH: text, "m/env.py": ""}, judge_all=True)
    (finding,) = (one for one in found.findings if one.rule == "vacuum-full-or-cluster")
    assert not [one for one in found.findings if one.rule == "unused-ignore"]
    return text, finding


def test_a_text_that_a_name_holds_is_spoken_of_where_it_is_written() -> None:
    text, finding = held()
    assert line_of(text, finding).strip() == "VACUUM FULL t;"
    assert finding.silenced is None


def test_an_ignore_inside_such_a_text_silences_it_as_one_on_the_call_does() -> None:
    comment = "dbbot: ignore[vacuum-full-or-cluster] because nobody reads it"
    assert held(f" -- {comment}")[1].silenced is not None
    assert held(other=f"  # {comment}")[1].silenced is not None
