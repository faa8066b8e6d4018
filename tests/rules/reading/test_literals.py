"""Each statement of a long SQL literal stands on its own lines of the file."""

from __future__ import annotations

import pytest

from rules.model.operations import Direction, Do
from rules.model.script import MigrationScript
from rules.reading import read_script
from rules.reading.literals import lines_of
from tests.rules.reading.capabilities import migration

TOP = 'import textwrap\nTABLE = "t"\nLONG = "a,\\nb"'


def stands(body: str) -> list[str | None]:
    """What the lines of each operation of the migration hold, without blanks around it."""
    text = migration(body, TOP)
    script = read_script("versions/a1.py", text)
    assert isinstance(script, MigrationScript), script
    lines = text.split("\n")
    found = [
        lines_of(text, one, script.operations(Direction.UPGRADE), "postgresql")
        for one in script.upgrade
        if not isinstance(one, Do)
    ]
    return [None if one is None else " ".join(" ".join(lines[one[0] - 1 : one[1]]).split()) for one in found]


PLAIN = """
    DROP TABLE a; -- a comment; of its own

    UPDATE b
       SET c = 'x;y';
    DROP TABLE d, e
"""


@pytest.mark.parametrize(
    "call",
    [
        'op.execute("""{}""")',
        'op.execute(\n    sa.text("""{}""")\n)',
        'op.get_bind().exec_driver_sql(r"""{}""")',
        'op.execute(textwrap.dedent("""{}"""))',
        'op.execute("""{}""".strip())',
        'op.execute(sa.text("""\\\n{}""").execution_options())',
        'op.execute(f"""\n{}\n""")',
    ],
)
def test_each_statement_stands_on_its_lines(call: str) -> None:
    dropped = "DROP TABLE d, e"
    assert stands(call.format(PLAIN)) == [
        "DROP TABLE a; -- a comment; of its own",
        "UPDATE b SET c = 'x;y';",
        dropped,
        dropped,
    ]


def test_literals_beside_one_another_are_one_text() -> None:
    body = """
    op.execute(
        "DROP TABLE a;\\n"  # first; 'quoted'
        "DROP TABLE b;"
        " DROP"
        '''
            TABLE c'''
    )
    """
    assert stands(body) == [
        "\"DROP TABLE a;\\n\" # first; 'quoted'",
        '"DROP TABLE b;"',
        "\" DROP\" ''' TABLE c'''",
    ]


def test_lines_that_escapes_make_are_counted() -> None:
    body = 'op.execute("""DROP TABLE a;\\nDROP TABLE b;\\\n\n  DROP TABLE {{c}};\\\\n""")'.replace("{{c}}", "c")
    assert stands(body)[:3] == [
        'op.execute("""DROP TABLE a;\\nDROP TABLE b;\\',
        'op.execute("""DROP TABLE a;\\nDROP TABLE b;\\',
        'DROP TABLE c;\\\\n""")',
    ]


def test_what_is_put_into_the_text_keeps_the_lines() -> None:
    body = '''
    op.execute(f"""
        DROP TABLE {TABLE}_a;
        SELECT '{{"x": {len(
            TABLE
        )}}}';
        DROP TABLE {TABLE}_b
    """)
    op.execute("""
        DROP TABLE %s;
        DROP TABLE e
    """ % TABLE)
    op.execute("""
        DROP TABLE {};
        DROP TABLE g
    """.format(TABLE))
    '''
    assert stands(body)[:1] + stands(body)[2:] == [
        "DROP TABLE {TABLE}_a;",
        "DROP TABLE {TABLE}_b",
        "DROP TABLE %s;",
        "DROP TABLE e",
        "DROP TABLE {};",
        "DROP TABLE g",
    ]


def test_where_what_is_put_in_has_lines_of_its_own_the_first_line_of_the_literal_stands_for_all() -> None:
    assert stands('op.execute(f"""\nSELECT {LONG};\nDROP TABLE a\n""")') == ['op.execute(f"""'] * 2


def test_statements_inside_do_stand_on_their_own_lines() -> None:
    body = """
    op.execute('''
        DO $$
        BEGIN
            IF true THEN
                DROP TABLE a;
            END IF;
            UPDATE t
               SET x = 1;
        END $$
    ''')
    """
    assert stands(body) == ["DROP TABLE a;", "UPDATE t SET x = 1;"]


def test_a_single_statement_and_a_literal_on_one_line_stand_where_their_call_does() -> None:
    assert stands('op.execute("""\nDROP TABLE a\n""")') == [None]
    assert stands('op.execute("DROP TABLE a; DROP TABLE b")') == [None, None]
    assert stands('op.drop_table("a")') == [None]


def test_lines_end_as_python_says() -> None:
    text = migration('op.execute("""\n  DROP TABLE a;\n  DROP TABLE b\n""")').replace("\n", "\r\n")
    script = read_script("versions/a1.py", "\ufeff" + text)
    assert isinstance(script, MigrationScript)
    lines = text.split("\r\n")
    found = [lines_of("\ufeff" + text, one, script.upgrade, "postgresql") for one in script.upgrade]
    assert [one and lines[one[0] - 1].strip() for one in found] == ["DROP TABLE a;", "DROP TABLE b"]


ELSEWHERE = """
import textwrap
SQL = '''
    DROP TABLE a;
    DROP TABLE {b}
'''
STEPS = {
    "one": "DROP TABLE c",
    "other": "DROP TABLE d; "
    "DROP TABLE e",
}


def run(sql):
    op.execute(sql)


class Queries:
    last = "DROP TABLE f"
"""


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("op.execute(SQL.format(b=1))", ["DROP TABLE a;", "DROP TABLE {b}"]),
        ("op.execute(sa.text(textwrap.dedent(SQL).strip()))", ["DROP TABLE a;", "DROP TABLE {b}"]),
        ("sql = SQL\nop.get_bind().execute(sa.text(sql).execution_options())", ["DROP TABLE a;", "DROP TABLE {b}"]),
        ("op.get_bind().exec_driver_sql(SQL)", ["DROP TABLE a;", "DROP TABLE {b}"]),
        ("run(SQL)", ["DROP TABLE a;", "DROP TABLE {b}"]),
        (
            "for name, step in STEPS.items():\n    op.execute(step)",
            ['"one": "DROP TABLE c",', '"other": "DROP TABLE d; "', '"DROP TABLE e",'],
        ),
        ("op.execute(Queries.last)", ['last = "DROP TABLE f"']),
        ("sql = f\"DROP TABLE {STEPS['one'][-1]}\"\nop.execute(sql)", ["sql = f\"DROP TABLE {STEPS['one'][-1]}\""]),
        ("sql = 'DROP TABLE ' + 'g'\nop.execute(sql)", ["sql = 'DROP TABLE ' + 'g'"]),
        ("op.execute('DROP TABLE %s' % 1)", [None]),
    ],
)
def test_a_text_that_a_variable_brings_stands_where_it_is_written(body: str, expected: list[str | None]) -> None:
    text = migration(body, ELSEWHERE)
    script = read_script("versions/a1.py", text)
    assert isinstance(script, MigrationScript), script
    lines = text.split("\n")
    found = [lines_of(text, one, script.upgrade, "postgresql") for one in script.upgrade]
    assert [None if one is None else " ".join(lines[one[0] - 1 : one[1]]).strip() for one in found][
        : len(expected)
    ] == expected
    assert all("execute" in lines[one.place.line - 1] or "exec" in lines[one.place.line - 1] for one in script.upgrade)
