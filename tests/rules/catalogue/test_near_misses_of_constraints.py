"""Rules about constraints, each with what comes closest to them and must stay silent."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, findings, migration, repaired, statistics

NULLABLE = "def upgrade():\n    op.add_column('orders', sa.Column('note', sa.Text()))\n"
NOT_NULL = "op.execute('ALTER TABLE orders ADD CONSTRAINT c CHECK (note IS NOT NULL) NOT VALID')"
EQUAL_NULLS = "op.execute('CREATE UNIQUE INDEX CONCURRENTLY u ON {} NULLS NOT DISTINCT')"
SUBDIVIDED = "op.execute('CREATE TABLE e PARTITION OF events DEFAULT PARTITION BY LIST ({})')"
PARTED = "def upgrade():\n    op.execute('CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at)')\n"


@pytest.mark.parametrize(
    ("upgrade", "before", "beside"),
    [
        (f"{NOT_NULL}  # finding", NULLABLE, ""),
        (NOT_NULL.replace(" NOT VALID", ""), NULLABLE, ""),
        (NOT_NULL, NULLABLE.replace("sa.Text()", "sa.Text(), server_default='x'"), ""),
        (NOT_NULL, NULLABLE.replace("sa.Text()", "sa.Text(), nullable=False, server_default='x'"), ""),
        (NOT_NULL.replace("note IS NOT NULL", "total > 0"), NULLABLE, ""),
        (NOT_NULL.replace("note IS NOT NULL", "note IS NOT NULL OR total > 0"), NULLABLE, ""),
        (NOT_NULL.replace("note", "status"), NULLABLE, ""),
        (NOT_NULL.replace("note", "total"), NULLABLE, ""),
        (f"{NOT_NULL}  # finding", f"{NULLABLE}    op.alter_column('orders', 'note', server_default='x')\n", ""),
        (f"{NOT_NULL}  # finding", f"{NULLABLE}    op.execute(\"UPDATE users SET note = 'x'\")\n", ""),
        (NOT_NULL, NULLABLE.replace("sa.Text()", "sa.Text(), sa.Computed('status', persisted=True)"), ""),
        (f"{NOT_NULL}  # finding", f"{NULLABLE}    op.execute(\"ALTER TABLE users ADD note text DEFAULT 'x'\")\n", ""),
        (f"{NOT_NULL}  # finding", f"{NULLABLE}    op.alter_column('users', 'name', new_column_name='note')\n", ""),
        (NOT_NULL, NULLABLE.replace("orders", "users"), ""),
        ("op.execute('ALTER TABLE orders ADD CONSTRAINT c NOT NULL note NOT VALID')  # finding", NULLABLE, ""),
        ("op.execute('ALTER TABLE orders ADD CONSTRAINT c NOT NULL note')", NULLABLE, ""),
        (
            "op.alter_column('orders', 'note', new_column_name='memo')\n"
            + NOT_NULL.replace("note", "memo")
            + "  # finding",
            NULLABLE,
            "",
        ),
        (
            NOT_NULL.replace("note", "memo"),
            f"{NULLABLE}    op.execute(\"UPDATE orders SET note = 'x'\")\n"
            "    op.alter_column('orders', 'note', new_column_name='memo')\n",
            "",
        ),
        (f"op.execute(\"UPDATE orders SET note = 'x' WHERE note IS NULL\")\n{NOT_NULL}", NULLABLE, ""),
        (f"op.execute(\"UPDATE users SET name = 'x'\")\n{NOT_NULL}  # finding", NULLABLE, ""),
        (f"op.execute('UPDATE orders SET total = 1')\n{NOT_NULL}  # finding", NULLABLE, ""),
        (NOT_NULL, f"{NULLABLE}    op.execute(\"UPDATE orders SET note = 'x'\")\n", ""),
        (f"{NOT_NULL}  # finding", NULLABLE, "def upgrade():\n    op.execute(\"UPDATE orders SET note = 'x'\")\n"),
        (f"op.add_column('orders', sa.Column('note', sa.Text()))\n{NOT_NULL}  # finding", "", ""),
        (
            "op.create_table('t', sa.Column('note', sa.Text()))\nop.add_column('t', sa.Column('n', sa.Text()))\n"
            + NOT_NULL.replace("orders", "t").replace("note", "n"),
            "",
            "",
        ),
    ],
)
def test_a_not_null_check_before_the_backfill(upgrade: str, before: str, beside: str) -> None:
    assert_judged("not-valid-before-backfill", upgrade, before=before, beside=beside)


@pytest.mark.parametrize(
    ("upgrade", "before"),
    [
        ("op.create_check_constraint(None, 'orders', 'total > 0')  # finding", ""),
        ("op.create_check_constraint('c', 'orders', 'total > 0')", ""),
        ("op.execute('ALTER TABLE orders ADD CHECK (total > 0)')  # finding", ""),
        ("op.execute('ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0)')", ""),
        ("with op.batch_alter_table('orders') as b:\n    b.create_check_constraint(None, 'total > 0')  # finding", ""),
        ("with op.batch_alter_table('orders') as b:\n    b.create_check_constraint('c', 'total > 0')", ""),
        (
            "op.create_table('t', sa.Column('n', sa.Integer()))\nop.execute('ALTER TABLE t ADD CHECK (n > 0)')",
            "",
        ),
        ("op.create_table('t', sa.Column('n', sa.Integer(), sa.CheckConstraint('n > 0')))", ""),
    ],
)
def test_a_check_without_a_name(upgrade: str, before: str) -> None:
    assert_judged("unnamed-constraint", upgrade, before=before)


@pytest.mark.parametrize(
    "upgrade",
    [
        "op.create_primary_key('p', 'orders', ['id'])  # finding",
        "op.execute('ALTER TABLE orders ADD PRIMARY KEY (id)')  # finding",
        "op.execute('ALTER TABLE orders ADD CONSTRAINT p PRIMARY KEY USING INDEX i')",
        "op.execute('ALTER TABLE orders ADD COLUMN k bigint PRIMARY KEY')  # finding",
        "op.execute('ALTER TABLE orders ADD COLUMN k bigint UNIQUE')",
        "op.execute('ALTER TABLE orders ADD COLUMN k bigint')",
        "op.create_table('t', sa.Column('id', sa.Integer()))\nop.create_primary_key('p', 't', ['id'])",
        "op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True))",
    ],
)
def test_a_primary_key(upgrade: str) -> None:
    assert_judged("blocking-primary-key", upgrade)
    assert_judged("blocking-primary-key", upgrade.replace("  # finding", ""), statistics=statistics(orders=5))


def test_a_primary_key_that_is_refused_for_not_valid_is_that_rules_matter() -> None:
    line = "op.execute('ALTER TABLE orders ADD PRIMARY KEY (id) NOT VALID')  # finding"
    assert_judged("not-valid-where-impossible", line)


@pytest.mark.parametrize(
    ("own", "key", "clash"),
    [
        ("integer", "bigint", False),
        ("smallint", "integer", False),
        ("bigint", "smallint", False),
        ("varchar(9)", "text", False),
        ("text", "varchar", False),
        ("char(3)", "text", False),
        ("bpchar", "varchar(9)", False),
        ("citext", "text", False),
        ("name", "text", False),
        ("date", "timestamp", False),
        ("timestamptz", "date", False),
        ("integer", "numeric", False),
        ("smallint", "numeric(9)", False),
        ("numeric", "bigint", True),
        ("smallint", "text", True),
        ("char(3)", "bigint", True),
        ("bpchar", "uuid", True),
        ("citext", "uuid", True),
        ("varchar", "bigint", True),
        ("bigint", "shop.text", False),
        ("name", "integer", True),
        ("date", "text", True),
        ("timestamp", "uuid", True),
        ("timestamptz", "integer", True),
        ("bytea", "text", True),
        ("boolean", "integer", True),
        ("shop.text", "bigint", False),
        ("elsewhere", "bigint", False),
        ("bigint", "elsewhere", False),
    ],
)
def test_types_that_a_foreign_key_joins(own: str, key: str, clash: bool) -> None:
    before = f"def upgrade():\n    op.execute('CREATE TABLE codes (code {key} PRIMARY KEY)')\n"
    line = f"op.execute('CREATE TABLE t (c {own} REFERENCES codes (code))')"
    assert_judged("foreign-key-type-clash", f"{line}  # finding" if clash else line, before=before)


@pytest.mark.parametrize(
    ("upgrade", "before"),
    [
        ("op.create_index('u', 'events', ['id'], unique=True)  # finding", PARTED),
        ("op.create_index('u', 'events', ['id', 'at'], unique=True)", PARTED),
        ("op.create_index('u', 'events', ['id'])", PARTED),
        ("op.create_index('u', 'elsewhere', ['id'], unique=True)", PARTED),
        ("op.execute('CREATE UNIQUE INDEX u ON ONLY events (id)')  # finding", PARTED),
        ("op.execute('CREATE UNIQUE INDEX u ON ONLY events (id, at)')", PARTED),
        ("op.execute('CREATE UNIQUE INDEX u ON events (id, (at))')", PARTED),
        ("op.execute('ALTER TABLE events ADD COLUMN n int UNIQUE')  # finding", PARTED),
        ("op.execute('ALTER TABLE events ADD COLUMN n int CHECK (n > 0)')", PARTED),
        ("op.execute('ALTER TABLE elsewhere ADD COLUMN n int UNIQUE')", PARTED),
        ("op.execute('CREATE UNIQUE INDEX u ON events (lower(id::text))')", PARTED),
        ("op.create_unique_constraint('u', 'events', ['id'])  # finding", PARTED),
        ("op.create_unique_constraint('u', 'elsewhere', ['id'])", PARTED),
        ("op.execute('ALTER TABLE events ADD CONSTRAINT u UNIQUE USING INDEX i')", PARTED),
        ("op.execute('CREATE TABLE e (id int, at date, CHECK (id > 0)) PARTITION BY RANGE (at)')", ""),
        ("op.execute('CREATE TABLE e (id int PRIMARY KEY, at date) PARTITION BY RANGE (at)')  # finding", ""),
        ("op.execute('CREATE TABLE e (at date PRIMARY KEY) PARTITION BY RANGE (AT)')", ""),
        ('op.execute(\'CREATE TABLE e ("at" date PRIMARY KEY) PARTITION BY RANGE ("at" date_ops)\')', ""),
        ("op.execute('CREATE TABLE e (a text, b text, UNIQUE (b, a)) PARTITION BY RANGE (a COLLATE \"C\", b)')", ""),
        ("op.execute('CREATE TABLE e (a text UNIQUE, b text) PARTITION BY LIST (a, b)')  # finding", ""),
        ("op.execute('CREATE TABLE e (a text UNIQUE) PARTITION BY LIST (lower(a))')  # finding", ""),
        ("op.execute('CREATE TABLE e (a int UNIQUE) PARTITION BY LIST ((a / 2))')  # finding", ""),
        ("op.execute('CREATE TABLE e (a text) PARTITION BY LIST (lower(a))')", ""),
        (SUBDIVIDED.format("id") + "  # finding", f"{PARTED}    op.create_primary_key('p', 'events', ['at'])\n"),
        (SUBDIVIDED.format("at"), f"{PARTED}    op.create_primary_key('p', 'events', ['at'])\n"),
        (SUBDIVIDED.format("id"), f"{PARTED}    op.create_index('i', 'events', ['at'])\n"),
        (
            SUBDIVIDED.format("id").partition(" PARTITION BY")[0] + "')",
            f"{PARTED}    op.create_primary_key('p', 'events', ['at'])\n",
        ),
    ],
)
def test_unique_on_a_partitioned_table(upgrade: str, before: str) -> None:
    assert_judged("unique-without-partition-key", upgrade, before=before)


@pytest.mark.parametrize(
    ("upgrade", "options"),
    [
        ("op.create_index('u', 'orders', ['status'], unique=True, postgresql_concurrently=True)  # finding", {}),
        ("op.create_index('u', 'orders', ['status'], postgresql_concurrently=True)", {}),
        ("op.create_index('u', 'orders', ['status'], unique=True)", {}),
        ("op.create_index('u', 'orders', ['status'], unique=True)  # finding", {"statistics": statistics(orders=5)}),
        ("op.create_index('u', 'orders', ['status'], unique=True)", {"statistics": statistics(orders=0)}),
        ("op.create_unique_constraint('u', 'orders', ['status'])  # finding", {"statistics": statistics(orders=5)}),
        ("op.create_unique_constraint('u', 'orders', ['status'])", {}),
        ("op.execute('CREATE UNIQUE INDEX CONCURRENTLY u ON ONLY orders (status)')", {}),
        (
            "op.create_table('t', sa.Column('a', sa.Text()))\n"
            "op.create_index('u', 't', ['a'], unique=True, postgresql_concurrently=True)",
            {},
        ),
        (
            "op.add_column('orders', sa.Column('a', sa.Text()))\n"
            "op.create_index('u', 'orders', ['a'], unique=True, postgresql_concurrently=True)",
            {},
        ),
        (
            "op.add_column('orders', sa.Column('a', sa.Text(), server_default='x'))\n"
            "op.create_index('u', 'orders', ['a'], unique=True, postgresql_concurrently=True)  # finding",
            {},
        ),
        (
            "op.execute('DELETE FROM orders WHERE id = 1')\n"
            "op.create_index('u', 'orders', ['status'], unique=True, postgresql_concurrently=True)",
            {},
        ),
        (
            "op.execute('DELETE FROM users WHERE id = 1')\n"
            "op.create_index('u', 'orders', ['status'], unique=True, postgresql_concurrently=True)  # finding",
            {},
        ),
        (
            "op.execute('CREATE UNIQUE INDEX CONCURRENTLY u ON elsewhere (lower(status))')  # finding",
            {},
        ),
        (
            "op.execute('ALTER TABLE orders ADD CONSTRAINT u UNIQUE USING INDEX u')",
            {"statistics": statistics(orders=5)},
        ),
        ("op.create_index('u', 'orders', ['id', 'status'], unique=True, postgresql_concurrently=True)", {}),
        (f"{EQUAL_NULLS.format('orders (id, total)')}", {}),
    ],
)
def test_unique_over_rows_that_are_there(upgrade: str, options: dict[str, str]) -> None:
    assert_judged("unique-over-existing-rows", upgrade, **options)


@pytest.mark.parametrize(
    ("column", "speaks"),
    [
        ("a text", False),
        ("a text DEFAULT 'x'", True),
        ("a timestamptz DEFAULT now()", True),
        ("a uuid DEFAULT gen_random_uuid()", False),
        ("a serial", False),
        ("a bigint GENERATED ALWAYS AS IDENTITY", False),
        ("a text GENERATED ALWAYS AS (lower(status)) STORED", True),
    ],
)
def test_unique_over_a_new_column_whose_rows_agree(column: str, speaks: bool) -> None:
    build = "op.execute('CREATE UNIQUE INDEX CONCURRENTLY u ON orders (a)')"
    added = f'op.execute("ALTER TABLE orders ADD COLUMN {column}")\n'
    assert_judged("unique-over-existing-rows", f"{added}{build}  # finding" if speaks else f"{added}{build}")


def test_nulls_repeat_each_other_where_the_index_says_so() -> None:
    added = "op.execute('ALTER TABLE orders ADD COLUMN a {}')\n"
    build = EQUAL_NULLS.format("orders (a)")
    assert_judged("unique-over-existing-rows", f"{added.format('text')}{build}  # finding")
    assert_judged("unique-over-existing-rows", f"{added.format('serial')}{build}")
    constraint = "op.execute('ALTER TABLE orders ADD UNIQUE NULLS NOT DISTINCT (a)')"
    few = statistics(orders=5)
    assert_judged("unique-over-existing-rows", f"{added.format('text')}{constraint}  # finding", statistics=few)


@pytest.mark.parametrize(
    ("index", "speaks"),
    [
        ("CREATE UNIQUE INDEX o ON orders (status)", False),
        ("ALTER TABLE orders ADD CONSTRAINT o UNIQUE (status)", False),
        ("CREATE UNIQUE INDEX o ON orders (total, status)", False),
        ("CREATE INDEX o ON orders (status)", True),
        ("CREATE UNIQUE INDEX o ON orders (user_id, status)", True),
        ("CREATE UNIQUE INDEX o ON orders (lower(status))", True),
        ("CREATE UNIQUE INDEX o ON orders (status) WHERE total > 0", True),
        ("CREATE UNIQUE INDEX o ON users (name)", True),
    ],
)
def test_another_unique_index_leaves_no_room_for_duplicates(index: str, speaks: bool) -> None:
    build = "op.execute('CREATE UNIQUE INDEX CONCURRENTLY u ON orders (status, total)')"
    before = f"def upgrade():\n    op.execute('{index}')\n"
    assert_judged("unique-over-existing-rows", f"{build}  # finding" if speaks else build, before=before)


def test_an_index_that_lets_nulls_repeat_leaves_room_where_they_may_not() -> None:
    before = "def upgrade():\n    op.execute('CREATE UNIQUE INDEX o ON orders ({})')\n"
    build = f"{EQUAL_NULLS.format('orders (status, total)')}"
    assert_judged("unique-over-existing-rows", f"{build}  # finding", before=before.format("total"))
    assert_judged("unique-over-existing-rows", build, before=before.format("status"))


COLUMN = 'op.add_column("orders", sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id"){}){})'


@pytest.mark.parametrize(
    ("upgrade", "offered"),
    [
        (COLUMN.format("", ""), True),
        (COLUMN.format(", server_default='1'", ""), False),
        (COLUMN.format(", nullable=False", ""), False),
        (COLUMN.replace('"users.id"', '"users.id", ondelete="CASCADE"').format("", ""), False),
        (COLUMN.replace('"users.id"', '"users.id", onupdate="CASCADE"').format("", ""), False),
        (COLUMN.replace('"users.id"', '"users.id", deferrable=True').format("", ""), False),
        (
            'with op.batch_alter_table("orders") as b:\n'
            '    b.add_column(sa.Column("u", sa.BigInteger(), sa.ForeignKey("users.id")))',
            False,
        ),
    ],
)
def test_inline_references_where_nothing_is_lost(upgrade: str, offered: bool) -> None:
    found = repaired("blocking-foreign-key-on-new-column", upgrade)
    assert ("inline_references=True" in found if found else False) == offered


@pytest.mark.parametrize(
    "upgrade",
    [
        "op.execute('ALTER TABLE orders ADD u bigint REFERENCES users')",
        "op.execute('ALTER TABLE orders ADD u bigint DEFAULT 1 REFERENCES users')  # finding",
        "op.execute('ALTER TABLE orders ADD u bigint NOT NULL REFERENCES users')  # finding",
        "op.execute('ALTER TABLE orders ADD u bigint GENERATED ALWAYS AS (id) STORED REFERENCES users')  # finding",
        "op.execute('ALTER TABLE orders ADD u bigint DEFAULT 1 CHECK (u > 0)')",
        "op.create_foreign_key('f', 'orders', 'users', ['user_id'], ['id'])",
        "op.create_table('t', sa.Column('id', sa.Integer()))\n"
        "op.execute('ALTER TABLE t ADD u bigint DEFAULT 1 REFERENCES users')",
    ],
)
def test_references_of_a_new_column(upgrade: str) -> None:
    assert_judged("blocking-foreign-key-on-new-column", upgrade)


UNIQUE = "def upgrade():\n    op.execute('CREATE UNIQUE INDEX i ON orders (user_id)')\n"


@pytest.mark.parametrize(
    ("upgrade", "before"),
    [
        ("op.execute('ALTER TABLE orders ADD PRIMARY KEY USING INDEX i')  # finding", UNIQUE),
        ("op.execute('ALTER TABLE orders ADD PRIMARY KEY USING INDEX i')", UNIQUE.replace("user_id", "id")),
        ("op.execute('ALTER TABLE orders ADD PRIMARY KEY USING INDEX elsewhere')", UNIQUE),
        ("op.execute('ALTER TABLE elsewhere ADD PRIMARY KEY USING INDEX i')", UNIQUE),
        ("op.execute('ALTER TABLE orders ADD PRIMARY KEY (user_id)')", UNIQUE),
    ],
)
def test_a_primary_key_over_columns_that_may_be_null(upgrade: str, before: str) -> None:
    assert_judged("primary-key-over-nullable-columns", upgrade, before=before)


@pytest.mark.parametrize(
    ("condition", "changes"),
    [
        ("at > now()", True),
        ("at > CURRENT_DATE", True),
        ("at > transaction_timestamp()", True),
        ("at > statement_timestamp()", True),
        ("txid_current() > 0", True),
        ("current_setting('a.b') = 'c'", True),
        ("random() > 0", True),
        ("elsewhere(at)", False),
        ("date_trunc('day', at) > '2020-01-01'", False),
    ],
)
def test_checks_that_change_by_themselves(condition: str, changes: bool) -> None:
    line = f'op.execute("CREATE TABLE t (at date, CHECK ({condition}))")'
    assert_judged("check-on-changing-expression", f"{line}  # finding" if changes else line)


def test_a_function_of_the_history_counts_as_it_was_declared() -> None:
    before = "def upgrade():\n    op.execute('CREATE FUNCTION f() RETURNS int LANGUAGE sql {} AS $$ SELECT 1 $$')\n"
    line = "op.execute('CREATE TABLE t (a int CHECK (a > f()), UNIQUE (a))')"
    assert_judged("check-on-changing-expression", f"{line}  # finding", before=before.format("STABLE"))
    assert_judged("check-on-changing-expression", line, before=before.format("IMMUTABLE"))


LEFT = "def upgrade():\n    op.create_check_constraint('c', 'orders', 'total > 0', postgresql_not_valid=True)\n"


def test_a_validation_that_was_forgotten() -> None:
    rule, change = "forgotten-validation", "op.add_column('orders', sa.Column('n', sa.Text()))"
    assert_judged(rule, f"{change}  # finding", before=LEFT)
    assert_judged(rule, f"{change}  # finding\nop.drop_column('orders', 'status')", before=LEFT)
    assert_judged(rule, "op.create_index('i', 'orders', ['total'])", before=LEFT)
    assert_judged(rule, f"{change}\nop.execute('ALTER TABLE orders VALIDATE CONSTRAINT c')", before=LEFT)
    assert_judged(rule, f"{LEFT.partition(chr(10))[2].strip()}\n{change}")
    assert_judged(rule, f"{change}\nop.drop_constraint('c', 'orders')", before=LEFT)
    assert_judged(rule, f"{change}  # finding\nop.execute('ALTER TABLE orders VALIDATE CONSTRAINT d')", before=LEFT)
    assert_judged(rule, f"{change}  # finding\nop.execute('ALTER TABLE users VALIDATE CONSTRAINT c')", before=LEFT)
    assert_judged(rule, change, before=LEFT.replace(", postgresql_not_valid=True", ""))


def test_an_unnamed_drop_takes_the_only_constraint_of_its_kind() -> None:
    rule, before = (
        "drop-of-unnamed-constraint",
        "def upgrade():\n    op.create_unique_constraint('u', 'orders', ['total'])\n",
    )
    assert repaired(rule, "op.drop_constraint(None, 'orders', type_='unique')", before=before) == (
        "op.drop_constraint('u', 'orders', type_='unique')"
    )
    assert repaired(rule, "op.drop_constraint(None, 'orders')", before=before) is None
    assert repaired(rule, "op.drop_constraint(None, 'orders', type_='check')", before=before) is None
    assert repaired(rule, "op.drop_constraint(None, 'orders', type_=3)", before=before) is None
    assert repaired(rule, "op.drop_constraint(None, 'elsewhere', type_='unique')", before=before) is None
    assert repaired(rule, "op.drop_constraint(None, 3, type_='unique')", before=before) is None
    assert repaired(rule, "op.drop_constraint(None, 'orders', type_='unique', schema='shop')", before=before) is None
    assert (
        repaired(rule, "S = 'public'\nop.drop_constraint(None, 'orders', type_='unique', schema=S)", before=before)
        is None
    )
    assert repaired(rule, "table = 'orders'\nop.drop_constraint(None, table, type_='unique')", before=before) is None
    more = f"{before}    op.create_unique_constraint('v', 'orders', ['status'])\n"
    assert repaired(rule, "op.drop_constraint(None, 'orders', type_='unique')", before=more) is None


def test_narrower_keys() -> None:
    rule = "foreign-key-narrower-than-key"
    before = (
        "def upgrade():\n    op.execute('CREATE TABLE codes (a text[] UNIQUE, b smallint UNIQUE, c text UNIQUE)')\n"
    )
    line = "op.execute('CREATE TABLE t (x {} REFERENCES codes ({}))')"
    assert_judged(rule, line.format("integer", "b"), before=before)
    assert_judged(rule, line.format("smallint", "b"), before=before)
    assert_judged(rule, line.format("varchar(3)[]", "a"), before=before)
    assert_judged(rule, line.format("varchar(3)", "b"), before=before)
    assert_judged(rule, line.format("varchar(3)", "c") + "  # finding", before=before)
    assert_judged(rule, line.format("varchar", "c"), before=before)
    assert_judged(rule, line.format("varchar(all)", "c"), before=before)
    added = "op.execute('ALTER TABLE orders ADD COLUMN x varchar(3) REFERENCES codes (c)')"
    assert_judged(rule, f"{added}  # finding", before=before)
    assert_judged(rule, line.format("varchar(3)[]", "c"), before=before)
    assert_judged(rule, line.format("integer", "c"), before=before)
    assert_judged(rule, line.format("elsewhere", "b"), before=before)
    assert_judged(rule, line.replace("codes", "elsewhere").format("integer", "b"), before=before)
    unseen = "op.create_foreign_key('f', 'unseen', 'users', ['u'], ['id'])"
    assert_judged(rule, unseen)
    assert_judged("foreign-key-type-clash", unseen)


@pytest.mark.parametrize(
    ("rule", "action"),
    [
        ("blocking-exclusion-constraint", "EXCLUDE USING gist (total WITH =)"),
        ("blocking-primary-key", "PRIMARY KEY (total)"),
        ("blocking-unique-constraint", "UNIQUE (total)"),
    ],
)
def test_what_is_refused_for_not_valid_blocks_nobody(rule: str, action: str) -> None:
    line = f"op.execute('ALTER TABLE orders ADD CONSTRAINT c {action}{{}}')"
    assert_judged(rule, line.format("") + "  # finding")
    assert_judged(rule, line.format(" NOT VALID"))
    assert_judged("not-valid-where-impossible", line.format(""))


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("blocking-foreign-key", "op.create_foreign_key('f', 'orders', 'users', ['user_id'], ['id'])"),
        (
            "blocking-foreign-key-on-new-column",
            "op.add_column('orders', sa.Column('u', sa.BigInteger(), sa.ForeignKey('users.id')))",
        ),
    ],
)
def test_a_foreign_key_is_checked_unless_both_tables_are_small_or_its_own_is_new(rule: str, line: str) -> None:
    assert_judged(rule, f"{line}  # finding", statistics=statistics(orders=5))
    assert_judged(rule, f"{line}  # finding", statistics=statistics(users=5))
    assert_judged(rule, line, statistics=statistics(orders=5, users=5))
    new = "op.create_table('orders', sa.Column('user_id', sa.BigInteger()), schema='new')"
    own = line.replace("['id'])", "['id'], source_schema='new')").replace(
        "sa.ForeignKey('users.id')))", "sa.ForeignKey('users.id')), schema='new')"
    )
    assert_judged(rule, f"{new}\n{own}")


def test_a_reference_of_a_new_column_may_be_left_not_valid() -> None:
    key = "sa.ForeignKey('users.id', name='f', postgresql_not_valid=True)"
    assert_judged("blocking-foreign-key-on-new-column", COLUMN.format("", "").replace('sa.ForeignKey("users.id")', key))


@pytest.mark.parametrize("inline", ["n int CHECK (n > 0)", "n int PRIMARY KEY", "n int REFERENCES users"])
def test_only_unique_inside_a_column_is_a_unique_constraint(inline: str) -> None:
    line = "op.execute('ALTER TABLE orders ADD COLUMN {}')"
    assert_judged("blocking-unique-constraint", line.format(inline))
    assert_judged("blocking-unique-constraint", line.format("n int UNIQUE") + "  # finding")


def test_a_key_that_builds_its_index_is_no_matter_of_nulls() -> None:
    assert_judged("primary-key-over-nullable-columns", "op.create_primary_key('p', 'orders', ['total'])")


def test_columns_that_nobody_saw_are_not_said_to_hold_null() -> None:
    made = "op.execute('CREATE TABLE t AS SELECT 1 AS n')"
    before = f"def upgrade():\n    {made}\n    op.execute('CREATE UNIQUE INDEX i ON t (n)')\n"
    line = "op.execute('ALTER TABLE t ADD PRIMARY KEY USING INDEX i')"
    assert_judged("primary-key-over-nullable-columns", line, before=before)


def test_an_unnamed_drop_that_stands_in_a_loop_gets_no_name() -> None:
    rule = "drop-of-unnamed-constraint"
    loop = "for table in ('users', 'orders'):\n    op.drop_constraint(None, table, type_='unique')"
    assert repaired(rule, loop) is None
    unknown = "import os\nop.drop_constraint(os.environ['NAME'], 'users', type_='unique')"
    assert_judged(rule, unknown)


@pytest.mark.parametrize(
    "line",
    [
        "op.create_unique_constraint('u', 'orders', ['total'], mysql_using=3)",
        "op.create_primary_key('p', 'orders', ['id'], postgresql_using_index='i')",
    ],
)
def test_other_refused_calls_are_not_about_using_index_of_a_unique_constraint(line: str) -> None:
    assert_judged("not-valid-where-impossible", line)


def test_only_a_foreign_key_that_is_not_valid_is_refused_and_only_on_a_partitioned_table() -> None:
    rule, key = "not-valid-where-impossible", "op.create_foreign_key('f', {!r}, 'users', ['id'], ['id']{})"
    left = ", postgresql_not_valid=True"
    assert_judged(rule, key.format("events", left) + "  # finding", before=PARTED)
    assert_judged(rule, key.format("events", ""), before=PARTED)
    assert_judged(rule, key.format("elsewhere", left), before=PARTED)


def test_a_constraint_of_this_pull_request_is_not_forgotten() -> None:
    change = migration("op.add_column('orders', sa.Column('n', sa.Text()))")
    assert findings("forgotten-validation", LEFT, also=(change,)) == ()


@pytest.mark.parametrize(
    ("cleaned", "speaks"),
    [
        ("DELETE FROM orders", False),
        ("UPDATE orders SET status = id::text", False),
        ("DELETE FROM users", True),
        ("INSERT INTO orders (status) VALUES (1)", True),
    ],
)
def test_duplicates_may_go_in_an_earlier_revision(cleaned: str, speaks: bool) -> None:
    build = migration("op.create_index('u', 'orders', ['status'], unique=True, postgresql_concurrently=True)")
    found = findings("unique-over-existing-rows", migration(f"op.execute('{cleaned}')"), also=(build,))
    assert bool(found) == speaks


def test_duplicates_are_told_by_their_columns() -> None:
    build = "op.execute('CREATE UNIQUE INDEX CONCURRENTLY u ON orders ({})')  # finding"
    (columns,) = assert_judged("unique-over-existing-rows", build.format("status, total"))
    (expression,) = assert_judged("unique-over-existing-rows", build.format("lower(status)"))
    assert "in `status` and `total` the build" in columns.message
    assert "in the expression the build" in expression.message
    new = "op.create_table('t', sa.Column('a', sa.Text(), server_default='x'))\n"
    assert_judged(
        "unique-over-existing-rows", new + build.format("a").replace("orders", "t").replace("  # finding", "")
    )
