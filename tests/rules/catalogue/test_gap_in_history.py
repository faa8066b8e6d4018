"""A gap in the history is named where something depends on it, once."""

from __future__ import annotations

from tests.rules.catalogue.judged import findings, migration

RULE = "gap-in-history"
UNREAD = "def upgrade():\n    getattr(op, elsewhere())('notes')\n"
ADD = 'op.alter_column("notes", "text", type_=sa.String(200))'


def test_a_table_that_nobody_created_is_named_with_the_gap() -> None:
    (found,) = findings(RULE, migration(ADD), before=UNREAD)
    path = "migrations/versions/0002_before.py"
    assert found.message == f"The state of `notes` is not known: line 16 of `{path}` could not be read."
    (found,) = findings(RULE, migration(ADD), before=UNREAD + UNREAD.partition("\n")[2])
    assert found.message == f"The state of `notes` is not known: lines 16 and 17 of `{path}` could not be read."


def test_a_gap_that_does_not_name_the_table_is_another_matter() -> None:
    assert not findings(RULE, migration(ADD), before=UNREAD.replace("notes", "others"))
    rows = "def upgrade():\n    op.execute('UPDATE notes SET a = ' + str(op.get_bind().scalar(sa.text('SELECT 1'))))\n"
    assert not findings(RULE, migration(ADD), before=rows)
    assert findings(RULE, migration(ADD), before=rows.replace("UPDATE notes SET a =", "ALTER TABLE notes ADD a"))


def test_a_statement_of_an_unknown_kind_leaves_its_table_open() -> None:
    before = "def upgrade():\n    op.execute('FROBNICATE TABLE orders')\n"
    assert findings(RULE, migration('op.drop_constraint("c", "orders")'), before=before)
    assert not findings(RULE, migration('op.drop_constraint("c", "users")'), before=before)
    assert not findings(RULE, migration('op.alter_column("orders", "status", nullable=True)'), before=before)
    assert not findings(RULE, migration(ADD.replace("notes", "users")), before=before)


def test_without_a_gap_nothing_is_said() -> None:
    assert not findings(RULE, migration(ADD), before="def upgrade():\n    pass\n")
    assert not findings(RULE, migration(f"getattr(op, elsewhere())('notes')\n{ADD}"))


def test_a_gap_on_the_way_back_is_none() -> None:
    before = "def upgrade():\n    pass\n\n\ndef downgrade():\n    getattr(op, elsewhere())('notes')\n"
    assert not findings(RULE, migration(ADD), before=before)


def test_what_depends_on_nothing_in_the_gap_is_silent() -> None:
    assert not findings(RULE, migration('op.add_column("notes", sa.Column("text", sa.Text()))'), before=UNREAD)
    assert findings(RULE, migration('op.alter_column("notes", "text", nullable=False)'), before=UNREAD)
    assert findings(RULE, migration('op.drop_constraint("c", "notes")'), before=UNREAD)
    known = f"{UNREAD}    op.add_column('notes', sa.Column('text', sa.Text()))\n"
    assert not findings(RULE, migration(ADD), before=known)


def test_tables_that_were_seen_depend_on_nothing() -> None:
    assert not findings(RULE, migration('op.alter_column("orders", "status", type_=sa.String(2))'), before=UNREAD)
    assert not findings(RULE, migration(f'op.create_table("notes")\n{ADD}'), before=UNREAD)
    renamed = f'op.rename_table("orders", "notes")\n{ADD}'
    assert not findings(RULE, migration(renamed), before=UNREAD)
    assert not findings(RULE, migration("pass"), before=UNREAD)


def test_nor_does_a_table_that_goes() -> None:
    assert not findings(RULE, migration('op.drop_table("notes")'), before=UNREAD)


def test_a_view_was_seen_too() -> None:
    view = 'op.execute("CREATE MATERIALIZED VIEW notes AS SELECT 1 AS a")'
    before = f"{UNREAD}    {view}\n"
    assert not findings(RULE, migration('op.create_index("i", "notes", ["a"])'), before=before)


def test_it_is_said_once_for_a_pull_request() -> None:
    more = ADD.replace("notes", "others")
    (found,) = findings(RULE, migration("pass"), before=UNREAD, also=(migration(ADD), migration(more)))
    assert (found.revision, "`notes`" in found.message) == ("0004", True)


def test_a_table_that_another_revision_of_the_pull_request_creates_is_known() -> None:
    made = migration('op.create_table("notes", sa.Column("id", sa.Integer()))')
    assert not findings(RULE, made, before=UNREAD, also=(migration(ADD),))


def test_what_the_pull_request_adds_itself_hangs_on_no_gap() -> None:
    column = 'op.add_column("notes", sa.Column("text", sa.Text()))'
    filled = 'op.alter_column("notes", "text", nullable=False)'
    assert findings(RULE, migration(filled), before=UNREAD)
    assert not findings(RULE, migration(f"{column}\n{filled}\n{ADD}"), before=UNREAD)
    check = 'op.create_check_constraint("c", "notes", "text > 1")'
    away = 'op.drop_constraint("c", "notes")'
    assert findings(RULE, migration(away), before=UNREAD)
    assert not findings(RULE, migration(f"{check}\n{away}"), before=UNREAD)
