"""SQL text as Python source, and back."""

from __future__ import annotations

import ast

import pytest

from rules.plans.draft import Step
from rules.plans.style import style_of
from rules.plans.writing import WIDTH, Heading, as_text, execute, revision_file


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "SELECT 'a  b   c'",
        "  SELECT 1  ",
        "SELECT '" + "word " * 60 + "'",
        "SELECT '" + "word   " * 60 + "'",
        "SELECT '" + "x" * 300 + "'",
        "SELECT $$\n  a\n\n\tb $$ ",
        'SELECT "Order" FROM "T"',
        "SELECT \"Order\" FROM t WHERE a = 'it''s' AND b = '\\d'",
        "SELECT '\x00\u2028\r\n' || 'ä€'",
        "\n\nSELECT 1\n",
        "SELECT ':name', a::text, '12:30', b :=c",
    ],
)
def test_the_statement_is_the_same_in_the_file(sql: str) -> None:
    (call,) = ast.parse("\n".join(execute(sql))).body
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    assert ast.literal_eval(call.value.args[0]) == as_text(sql)


def test_long_statements_take_several_lines() -> None:
    lines = execute("ALTER TABLE users ADD CONSTRAINT c CHECK (" + " AND ".join(f"a{n} > {n}" for n in range(40)) + ")")
    assert len(lines) > 4
    assert all(len(line) <= WIDTH for line in lines)


def test_a_word_behind_a_colon_is_no_placeholder() -> None:
    assert as_text("SELECT ':name', a::text, '12:30'") == r"SELECT '\:name', a::text, '12:30'"


def test_a_file_is_written_as_the_project_writes_its_own() -> None:
    old = '''"""Old.

Revision ID: a
Revises:

"""
from typing import Sequence, Union

from alembic import op

# Used by Alembic.
revision: str = 'a'
down_revision: Union[str, None] = None
branch_labels: Union[str, Sequence[str], None] = None


def upgrade():
    pass
'''
    step = Step("Do it", "do", ("pass",), ("pass",))
    text = revision_file(step, Heading("b", "a", "Step 1 of 1.", style=style_of("a.py", old)))
    assert (
        text
        == '''"""Do it.

Step 1 of 1.

Revision ID: b
Revises: a

"""

from typing import Sequence, Union

from alembic import op

# Used by Alembic.
revision: str = 'b'
down_revision: Union[str, None] = 'a'
branch_labels: Union[str, Sequence[str], None] = None
depends_on = None


def upgrade():
    pass


def downgrade():
    pass
'''
    )
