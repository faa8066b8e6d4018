"""The way back: what is said about it, and what near it is not."""

from __future__ import annotations

import textwrap

import pytest

from rules.examples import EXAMPLE_PATH, repository
from rules.rewriting import apply_edits
from rules.rule import Bad
from tests.rules.catalogue.judged import findings, migration

MISSING, OTHERWISE, TYPE = "missing-downgrade", "unmirrored-downgrade", "enum-type-left-behind"
LOSS, VALUES, MERGE = "undocumented-data-loss", "irreversible-data-change", "merge-that-cannot-be-undone"
NOTE = 'op.add_column("orders", sa.Column("note", sa.Text()))'
AGE = "op.add_column('users', sa.Column('age', sa.Integer()))"
DROP_NOTE = 'op.drop_column("orders", "note")'


def said(rule: str, upgrade: str, downgrade: str = "pass", **example: str) -> list[str]:
    return [finding.message for finding in findings(rule, migration(upgrade, downgrade), **example)]


def way_back(rule: str, upgrade: str, downgrade: str = "pass", **example: str) -> str | None:
    """The body of `downgrade()` once the suggestion was accepted; None without one."""
    text = migration(upgrade, downgrade)
    (finding,) = findings(rule, text, **example)
    if finding.suggestion is None:
        return None
    edited = apply_edits(repository(Bad(text, **example), text).texts[EXAMPLE_PATH], finding.suggestion.edits)
    assert edited is not None
    return textwrap.dedent(edited[edited.index("def downgrade():\n") + len("def downgrade():\n") :]).strip()


@pytest.mark.parametrize(
    ("upgrade", "undone"),
    [
        (NOTE, DROP_NOTE),
        ('op.execute("ALTER TABLE orders ADD COLUMN note text")', 'op.execute("ALTER TABLE orders DROP COLUMN note")'),
        ('op.create_index("ix", "orders", ["status"])', 'op.drop_index("ix", table_name="orders")'),
        ('op.execute("CREATE INDEX ix ON orders (status)")', 'op.execute("DROP INDEX ix")'),
        (
            'with op.get_context().autocommit_block():\n    op.create_index("ix", "orders", ["status"], '
            "postgresql_concurrently=True)",
            'with op.get_context().autocommit_block():\n    op.drop_index("ix", table_name="orders", '
            "postgresql_concurrently=True)",
        ),
        (
            'op.alter_column("users", "name", new_column_name="full_name")',
            'op.alter_column("users", "full_name", new_column_name="name")',
        ),
        ('op.rename_table("users", "people")', 'op.rename_table("people", "users")'),
        (
            'op.create_unique_constraint("u", "users", ["email"])',
            'op.drop_constraint("u", "users", type_="unique")',
        ),
        (
            'op.alter_column("orders", "total", type_=sa.Numeric(14, 2))',
            'op.alter_column(\n    "orders",\n    "total",\n    existing_type=sa.Numeric(precision=14, scale=2),\n'
            "    type_=sa.Numeric(precision=12, scale=2),\n)",
        ),
        (
            'with op.batch_alter_table("orders") as batch_op:\n    batch_op.add_column(sa.Column("a", sa.Text()))\n'
            '    batch_op.create_index("ix", ["a"])',
            'with op.batch_alter_table("orders", schema=None) as batch_op:\n    batch_op.drop_index("ix")\n'
            '    batch_op.drop_column("a")',
        ),
        (
            'op.execute("CREATE TYPE mood AS ENUM (\'ok\')")\nop.execute("ALTER TABLE users ADD COLUMN m mood")',
            'op.execute("ALTER TABLE users DROP COLUMN m")\nop.execute("DROP TYPE mood")',
        ),
        (
            'op.create_table("t", sa.Column("s", sa.Enum("a", name="mood")), sa.Column("n", sa.Integer(), index=True))',
            'op.drop_index("ix_t_n", table_name="t")\nop.drop_table("t")\n'
            'sa.Enum(name="mood").drop(op.get_bind(), checkfirst=True)',
        ),
        (
            'op.create_table("notes", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True))\n'
            'op.execute("INSERT INTO notes DEFAULT VALUES")',
            'op.drop_table("notes")',
        ),
    ],
)
def test_each_operation_is_undone_in_the_way_it_was_written(upgrade: str, undone: str) -> None:
    assert way_back(MISSING, upgrade) == undone
    assert said(OTHERWISE, upgrade, undone) == []


@pytest.mark.parametrize(
    "upgrade",
    [
        f"{NOTE}\nop.execute(\"UPDATE users SET name = ''\")",
        f"{NOTE}\nop.execute(\"COMMENT ON TABLE users IS 'people'\")",
        'op.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")',
        'op.execute("CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql")',
    ],
)
def test_no_way_back_is_offered_where_one_operation_has_no_inverse(upgrade: str) -> None:
    assert way_back(MISSING, upgrade) is None


@pytest.mark.parametrize(
    ("upgrade", "downgrade"),
    [
        (NOTE, 'raise RuntimeError("Older versions cannot read the notes.")'),
        (NOTE, "# Nobody may go back below the notes.\npass"),
        (NOTE, '"""The notes stay; older versions do not see them."""'),
        (NOTE, 'print("There is no way back from here.")'),
        ("pass", "pass"),
        ("op.execute(\"UPDATE users SET name = NULL WHERE name = ''\")", "pass"),
        ('op.execute("ALTER TABLE orders VALIDATE CONSTRAINT positive")', "pass"),
        ('op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")', "pass"),
        ('op.execute("ALTER TABLE users ADD COLUMN IF NOT EXISTS age integer")', "pass"),
        (NOTE, DROP_NOTE),
    ],
)
def test_nothing_is_missing_where_a_sentence_says_why_or_nothing_has_to_be_undone(upgrade: str, downgrade: str) -> None:
    assert said(MISSING, upgrade, downgrade) == []


def test_a_template_comment_is_no_reason_and_an_error_without_words_neither() -> None:
    template = "# ### commands auto generated by Alembic - please adjust! ###\npass\n# ### end Alembic commands ###"
    assert said(MISSING, NOTE, template) != []
    (message,) = said(MISSING, NOTE, "raise NotImplementedError")
    assert "does not say why" in message


def test_a_project_without_ways_back_is_not_spoken_to() -> None:
    before = "def upgrade():\n    op.drop_column('orders', 'total')\n\n\ndef downgrade():\n    pass\n"
    assert len(said(MISSING, NOTE, before=before)) == 1
    assert said(MISSING, NOTE, before=before, beside=before.replace("total", "status")) == []


def test_comments_above_a_way_back_take_no_time() -> None:
    """Each more would take a thousand times as long, were they tried in all the ways in which they can be parted."""
    comments = "    # - one - two - three - four -\n" * 8
    before = f"def upgrade():\n    {NOTE}\n\n\ndef downgrade():\n{comments}    {DROP_NOTE}\n"
    assert len(said(MISSING, NOTE.replace("note", "remark"), before=before)) == 1


@pytest.mark.parametrize(
    ("upgrade", "downgrade", "difference"),
    [
        (f'{NOTE}\nop.create_index("ix_a", "users", ["age"])', DROP_NOTE, "index `ix_a` is left"),
        (f"{NOTE}\nop.drop_column('users', 'age')", DROP_NOTE, "column `users.age` does not come back"),
        (
            "op.drop_column('orders', 'status')",
            "op.add_column('orders', sa.Column('status', sa.Text(), server_default='open'))",
            "column `orders.status` comes back nullable",
        ),
        (
            "op.drop_column('orders', 'status')",
            "op.add_column('orders', sa.Column('status', sa.Text()))\n"
            "op.alter_column('orders', 'status', nullable=False)",
            "comes back without its default `'open'`",
        ),
        (
            "op.alter_column('orders', 'total', type_=sa.Numeric(14, 2), nullable=False)",
            "op.alter_column('orders', 'total', nullable=True)",
            "column `orders.total` stays as `numeric(14,2)` instead of `numeric(12,2)`",
        ),
        (
            "op.rename_table('users', 'people')",
            "op.rename_table('people', 'persons')",
            "table `users` keeps its new name `persons`",
        ),
        (
            "op.execute('ALTER INDEX users_pkey RENAME TO people_pkey')",
            "op.execute('ALTER INDEX people_pkey RENAME TO users_pk')",
            "constraint `users_pkey` of `users` keeps its new name `users_pk`",
        ),
        (
            "op.create_foreign_key('fk', 'orders', 'users', ['user_id'], ['id'])",
            "op.execute('SELECT 1')",
            "constraint `fk` of `orders` is left",
        ),
        ("op.execute('CREATE VIEW v AS SELECT 1 AS a')", "op.execute('SELECT 1')", "view `v` is left"),
        ("op.execute('CREATE SEQUENCE s')", "op.execute('SELECT 1')", "sequence `s` is left"),
    ],
)
def test_the_difference_is_named(upgrade: str, downgrade: str, difference: str) -> None:
    (message,) = said(OTHERWISE, upgrade, downgrade)
    assert difference in message


@pytest.mark.parametrize(
    ("upgrade", "downgrade"),
    [
        (NOTE, "op.execute(open('x').read())"),
        (NOTE, "if op.get_bind().execute(sa.text('SELECT 1')).scalar():\n    op.drop_column('orders', 'note')"),
        ("op.drop_column('orders', 'total')", "op.add_column('orders', sa.Column('total', sa.Numeric(12, 2)))"),
        (
            "op.alter_column('orders', 'status', server_default=None)",
            "op.execute(\"ALTER TABLE orders ALTER status SET DEFAULT ('open'::text)\")",
        ),
        ("op.drop_table('elsewhere')", "op.create_table('elsewhere', sa.Column('a', sa.Text()))"),
        (
            "op.drop_constraint('unseen', 'users')\nop.create_check_constraint('seen', 'users', 'age > 1')",
            "op.drop_constraint('ck_users_seen', 'users')",
        ),
        ("op.execute(\"ALTER TYPE elsewhere ADD VALUE 'x'\")", "op.execute('SELECT 1')"),
        ("op.execute('CREATE EXTENSION IF NOT EXISTS hstore')", "op.execute('SELECT 1')"),
        (NOTE, f"{DROP_NOTE}\nraise RuntimeError('stop')"),
        (NOTE, "# The note stays: older versions do not mind it.\nop.execute('SELECT 1')"),
    ],
)
def test_nothing_is_said_of_what_is_the_same_unread_unsure_or_meant(upgrade: str, downgrade: str) -> None:
    assert said(OTHERWISE, upgrade, downgrade) == []


def test_an_enum_type_is_left_behind_only_if_the_revision_made_it_and_nothing_has_it() -> None:
    table = 'op.create_table("t", sa.Column("m", sa.Enum("a", name="mood")))'
    assert len(said(TYPE, table, "op.drop_table('t')")) == 1
    assert said(TYPE, table, "op.drop_table('t')\nop.execute('DROP TYPE mood')") == []
    assert said(TYPE, table, "op.drop_table('t')\nsa.Enum(name='mood').drop(op.get_bind(), checkfirst=True)") == []
    assert said(TYPE, table, "op.drop_table('t')\nop.execute('DROP TYPE IF EXISTS mood')") == []
    assert said(TYPE, table, "op.execute('SELECT 1')") == []
    made = "def upgrade():\n    op.execute(\"CREATE TYPE mood AS ENUM ('a')\")\n"
    added = "op.execute('ALTER TABLE users ADD COLUMN m mood')"
    assert said(TYPE, added, "op.drop_column('users', 'm')", before=made) == []
    assert said(OTHERWISE, table, "op.drop_table('t')") == []
    both = table.replace('name="mood"))', 'name="mood")), sa.Column("n", sa.Enum("b", name="size"))')
    (message,) = said(TYPE, both, "op.drop_table('t')")
    assert "leaves the types `mood` and `size`: the next upgrade creates them again" in message


@pytest.mark.parametrize(
    ("upgrade", "downgrade", "count"),
    [
        ("op.drop_column('users', 'age')", "op.add_column('users', sa.Column('age', sa.Integer()))", 1),
        (
            "op.execute('ALTER TABLE users DROP COLUMN age')",
            "op.execute('ALTER TABLE users ADD COLUMN age integer')",
            1,
        ),
        ("op.drop_column('users', 'age')", "pass", 0),
        (
            "op.drop_column('users', 'age')",
            "# The ages are lost.\nop.add_column('users', sa.Column('age', sa.Integer()))",
            0,
        ),
        ("op.drop_column('users', 'age')", "raise RuntimeError('no way back')", 0),
        (f"{NOTE}\n{DROP_NOTE}", NOTE, 0),
        ("op.drop_column('users', 'age')", f"{AGE}\nop.execute('UPDATE users SET age = 18')", 0),
        ("op.drop_column('users', 'age')", f"{AGE}\nop.execute('UPDATE users SET name = age')", 1),
        ("op.drop_column('users', 'age')", f"op.execute('UPDATE users SET age = 18')\n{AGE}", 1),
        ("op.drop_column('users', 'age')", f"{AGE}\nop.execute('UPDATE orders SET age = 18')", 1),
        (
            "op.drop_column('users', 'age')\nop.rename_table('users', 'people')",
            "op.add_column('people', sa.Column('age', sa.Integer()))\n"
            "op.execute('UPDATE people SET age = 18')\nop.rename_table('people', 'users')",
            0,
        ),
        (
            "op.drop_table('orders')",
            "op.execute('CREATE TABLE orders (id bigint)')\nop.execute('INSERT INTO orders SELECT id FROM users')",
            0,
        ),
        ("op.drop_table('orders')", "op.execute('CREATE TABLE orders AS SELECT id FROM users')", 0),
        ("op.drop_column('users', 'age')", f"{AGE}\nop.execute(open('fill.sql').read())", 0),
        ("op.drop_column('users', 'age')", f"op.drop_constraint(None, 'users')\n{AGE}", 1),
        ("op.drop_table('orders')", "op.execute('CREATE TABLE orders (id bigint)')", 1),
    ],
)
def test_a_loss_is_said_once_and_not_where_the_file_says_it(upgrade: str, downgrade: str, count: int) -> None:
    assert len(said(LOSS, upgrade, downgrade)) == count


@pytest.mark.parametrize(
    ("upgrade", "downgrade", "count"),
    [
        ("op.execute(\"UPDATE users SET name = 'x'\")", "pass", 1),
        ('op.execute("DELETE FROM users WHERE age IS NULL")', "pass", 1),
        ("op.execute(\"UPDATE users SET name = 'x'\")", 'op.execute("UPDATE users SET name = NULL")', 0),
        ("op.execute(\"UPDATE users SET name = 'x' WHERE name IS NULL\")", "pass", 0),
        ("op.execute(\"UPDATE users SET name = 'x' WHERE name IS NULL OR age = 1\")", "pass", 1),
        (f'{NOTE}\nop.execute("UPDATE orders SET note = status")', DROP_NOTE, 0),
        ("op.execute(\"UPDATE users SET name = 'x'\")", "pass  # The old names are not needed.", 0),
        ("op.execute(\"DELETE FROM users\")\nop.drop_table('users')", "op.create_table('users')", 0),
    ],
)
def test_values_that_nothing_brings_back(upgrade: str, downgrade: str, count: int) -> None:
    assert len(said(VALUES, upgrade, downgrade)) == count


def test_what_the_way_back_itself_makes_otherwise_is_not_made_twice() -> None:
    before = "def upgrade():\n    op.create_index('ix', 'users', ['email'], unique=True)\n"
    away, plain = "op.drop_index('ix')", "op.create_index('ix', 'users', ['email'])"
    assert len(said(OTHERWISE, away, plain, before=before)) == 1
    assert way_back(OTHERWISE, away, plain, before=before) is None
    changed = way_back(OTHERWISE, f"{away}\n{plain}", "op.execute('SELECT 1')", before=before)
    assert changed is not None
    assert "unique=True" in changed


def test_a_table_that_its_copy_takes_the_name_of_is_not_lost() -> None:
    back = 'op.drop_column("orders", "note")'
    copied = 'with op.batch_alter_table("orders", recreate="always") as batch_op:\n    batch_op.add_column({})'
    assert said(LOSS, copied.format('sa.Column("note", sa.Text())'), back) == []
    exchange = [
        "CREATE TABLE o (id bigint)",
        "INSERT INTO o SELECT id FROM {}",
        "DROP TABLE orders",
        "ALTER TABLE o RENAME TO {}",
    ]
    sent = "\n".join(f'op.execute("{one}")' for one in exchange)
    assert said(LOSS, sent.format("orders", "orders"), back) == []
    assert said(LOSS, sent.format("users", "orders"), back) != []
    assert said(LOSS, sent.format("orders", "others"), back) != []
