"""What a finding says where its sentence depends on the case: names that are there and names that are not."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import findings, migration

CHANGE = 'op.add_column("users", sa.Column("n", sa.Text()))'
PARTED = (
    "def upgrade():\n    op.execute('CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at)')\n"
    "    op.execute('CREATE TABLE old PARTITION OF events FOR VALUES FROM (1) TO (2)')\n"
)
INDEX = "def upgrade():\n    op.create_index('i', 'orders', ['status'])\n"
VIEW = "def upgrade():\n    op.execute('CREATE MATERIALIZED VIEW v AS SELECT id FROM orders')\n{}"
UNIQUE_INDEX = "    op.execute('CREATE UNIQUE INDEX k ON v (id)')\n"


@pytest.mark.parametrize(
    ("rule", "upgrade", "part", "before"),
    [
        ("blocking-check", "op.execute('ALTER TABLE orders ADD CHECK (total > 0)')", "Adding the CHECK reads", ""),
        (
            "blocking-check",
            "op.execute('ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0)')",
            "Adding `c` reads",
            "",
        ),
        (
            "blocking-exclusion-constraint",
            "op.execute('ALTER TABLE orders ADD EXCLUDE USING gist (id WITH =)')",
            "Adding the",
            "",
        ),
        (
            "blocking-exclusion-constraint",
            "op.execute('ALTER TABLE orders ADD CONSTRAINT x EXCLUDE USING gist (id WITH =)')",
            "Adding `x`",
            "",
        ),
        (
            "blocking-foreign-key",
            "op.execute('ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users')",
            "Adding the foreign key makes",
            "",
        ),
        (
            "blocking-foreign-key",
            "op.create_foreign_key('f', 'orders', 'users', ['user_id'], ['id'])",
            "Adding `f` makes",
            "",
        ),
        (
            "blocking-unique-constraint",
            "op.execute('ALTER TABLE orders ADD UNIQUE (total)')",
            "Adding the",
            "",
        ),
        ("blocking-unique-constraint", "op.create_unique_constraint('u', 'orders', ['total'])", "Adding `u`", ""),
        (
            "check-on-changing-expression",
            "op.execute('CREATE TABLE t (at date, CHECK (at > now()))')",
            "What the CHECK compares",
            "",
        ),
        (
            "check-on-changing-expression",
            "op.execute('CREATE TABLE t (at date, CONSTRAINT c CHECK (at > now()))')",
            "What `c` compares",
            "",
        ),
        ("blocking-index-creation", "op.execute('CREATE INDEX ON orders (total)')", "Building an index makes", ""),
        ("blocking-index-creation", "op.execute('CREATE INDEX j ON orders (total)')", "Building `j` makes", ""),
        ("blocking-partitioned-index", "op.execute('CREATE INDEX ON events (id)')", "Building an index makes", PARTED),
        ("blocking-partitioned-index", "op.execute('CREATE INDEX j ON events (id)')", "Building `j` makes", PARTED),
        ("blocking-index-drop", "op.drop_index('ix_elsewhere')", "reads and writes of its table wait", ""),
        ("blocking-index-drop", "op.drop_index('i')", "reads and writes of `orders` wait", INDEX),
        ("blocking-reindex", "op.execute('REINDEX INDEX elsewhere')", "writes to the table of `elsewhere` wait", ""),
        ("blocking-reindex", "op.execute('REINDEX INDEX i')", "writes to `orders` wait", INDEX),
        (
            "slow-work-under-lock",
            f"{CHANGE}\nop.execute('ANALYZE orders')",
            "While `orders` is analyzed, reads and writes of `users` wait: see line 16.",
            "",
        ),
        ("slow-work-under-lock", f"{CHANGE}\nop.execute('ANALYZE')", "While every table is analyzed, reads and", ""),
        (
            "slow-work-under-lock",
            "op.execute('LOCK TABLE users IN SHARE MODE NOWAIT')\nop.execute('SELECT pg_sleep(9)')",
            "While the migration sleeps, writes of `users` wait",
            "",
        ),
        (
            "slow-work-under-lock",
            f"{CHANGE}\nop.execute('REFRESH MATERIALIZED VIEW CONCURRENTLY v')",
            "While `v` is refreshed",
            VIEW.format(UNIQUE_INDEX),
        ),
        (
            "validation-under-lock",
            "op.create_check_constraint('c', 'orders', 'total > 0', postgresql_not_valid=True)\n"
            "op.execute('ALTER TABLE orders VALIDATE CONSTRAINT c')",
            "The lock of line 16 is still held: reads and writes of `orders` wait until `c` is validated.",
            "",
        ),
        (
            "validation-under-lock",
            "op.create_foreign_key('f', 'orders', 'users', ['user_id'], ['id'], postgresql_not_valid=True)\n"
            "op.execute('ALTER TABLE orders VALIDATE CONSTRAINT f')",
            "is still held: writes of `orders` wait",
            "",
        ),
        (
            "disabled-trigger",
            "op.execute('ALTER TABLE orders DISABLE TRIGGER ALL')",
            "Foreign keys of `orders` are",
            "",
        ),
        ("disabled-trigger", "op.execute('ALTER TABLE orders DISABLE TRIGGER USER')", "Rows written to `orders`", ""),
        (
            "not-valid-where-impossible",
            "op.execute('ALTER TABLE orders ADD UNIQUE (id) NOT VALID')",
            "refuses NOT VALID on a unique constraint",
            "",
        ),
        ("commit-inside-migration", "op.get_bind().commit()", "the next run fails on what exists", ""),
        ("commit-inside-migration", "op.get_bind().rollback()", "throws away what this revision did", ""),
        (
            "concurrently-inside-transaction",
            "op.execute('CREATE INDEX CONCURRENTLY ON orders (id)')",
            "refuses to build an index concurrently",
            "",
        ),
        (
            "concurrently-inside-transaction",
            "op.execute('CREATE INDEX CONCURRENTLY j ON orders (id)')",
            "refuses to build `j` concurrently",
            "",
        ),
        (
            "concurrently-inside-transaction",
            "op.execute('DROP INDEX CONCURRENTLY i')",
            "refuses to drop `i` concurrently",
            INDEX,
        ),
        (
            "concurrently-inside-transaction",
            "op.execute('REINDEX TABLE CONCURRENTLY orders')",
            "refuses to rebuild `orders` concurrently",
            "",
        ),
        (
            "concurrently-inside-transaction",
            "op.execute('ALTER TABLE events DETACH PARTITION old CONCURRENTLY')",
            "refuses to detach `old` concurrently",
            PARTED,
        ),
        (
            "concurrently-inside-another-statement",
            "op.execute('DO $$ BEGIN CREATE INDEX CONCURRENTLY j ON orders (id); END $$')",
            "a `DO` block has a transaction around it",
            "",
        ),
        (
            "concurrently-inside-another-statement",
            "op.execute('SELECT 1; CREATE INDEX CONCURRENTLY j ON orders (id)')",
            "one string of statements is one transaction",
            "",
        ),
        (
            "unescaped-colon",
            "op.execute(\"UPDATE users SET name = 'a :b' WHERE id = 1\")",
            "takes `:b` for a placeholder, and no value",
            "",
        ),
        (
            "unescaped-colon",
            "op.execute(\"UPDATE users SET name = 'a :b :c' WHERE id = 1\")",
            "takes `:b`, `:c` for placeholders, and no value",
            "",
        ),
        (
            "rewriting-type-change",
            "op.alter_column('orders', 'user_id', type_=sa.Numeric())",
            "Changing `user_id` from `bigint` to `numeric` writes",
            "",
        ),
        (
            "rewriting-type-change",
            "op.execute('ALTER TABLE elsewhere ALTER a TYPE bigint')",
            "Changing `a` to `bigint` writes",
            "",
        ),
        (
            "rewriting-type-change",
            "op.execute('ALTER TABLE orders ALTER user_id TYPE bigint USING user_id + 1')",
            "Changing `user_id` to `bigint` writes",
            "",
        ),
        (
            "vacuum-full-or-cluster",
            "with op.get_context().autocommit_block():\n    op.execute('VACUUM FULL orders')",
            "writes `orders` anew",
            "",
        ),
        (
            "vacuum-full-or-cluster",
            "with op.get_context().autocommit_block():\n    op.execute('VACUUM FULL')",
            "writes every table anew",
            "",
        ),
    ],
)
def test_the_message_fits_the_case(rule: str, upgrade: str, part: str, before: str) -> None:
    (found,) = findings(rule, migration(upgrade), before=before)
    assert part in found.message


@pytest.mark.parametrize(
    ("rule", "upgrade", "part", "before"),
    [
        (
            "not-valid-where-impossible",
            "op.execute('ALTER TABLE orders ADD EXCLUDE USING gist (id WITH =) NOT VALID')",
            "in a maintenance window",
            "",
        ),
        (
            "not-valid-where-impossible",
            "op.execute('ALTER TABLE orders ADD PRIMARY KEY (id) NOT VALID')",
            "Build a unique index concurrently",
            "",
        ),
        (
            "blocking-view-refresh",
            "op.execute('REFRESH MATERIALIZED VIEW v')",
            "Give it a unique index",
            VIEW.format(""),
        ),
        (
            "blocking-view-refresh",
            "op.execute('REFRESH MATERIALIZED VIEW v')",
            "Refresh it concurrently.",
            VIEW.format(UNIQUE_INDEX),
        ),
        (
            "concurrently-on-partitioned-table",
            "with op.get_context().autocommit_block():\n    op.execute('CREATE INDEX CONCURRENTLY j ON events (id)')",
            "ON ONLY the parent",
            PARTED,
        ),
        (
            "concurrently-on-partitioned-table",
            "with op.get_context().autocommit_block():\n    op.execute('CREATE INDEX CONCURRENTLY j ON events (id)')",
            "nobody waits for long",
            PARTED.partition("    op.execute('CREATE TABLE old")[0],
        ),
        (
            "index-dropped-before-replacement",
            "op.drop_index('i')\nop.create_index('j', 'orders', ['status'])",
            "`j` first",
            INDEX,
        ),
        (
            "index-dropped-before-replacement",
            "op.drop_index('i')\nop.create_index('i', 'orders', ['status', 'id'])",
            "under another name, then drop `i` and rename",
            INDEX,
        ),
        (
            "unescaped-colon",
            "op.execute(\"UPDATE users SET name = 'a :b :c' WHERE id = 1\")",
            "Escape the colons as `\\\\:` in the string, or pass the values.",
            "",
        ),
        (
            "unescaped-colon",
            "op.execute(\"UPDATE users SET name = 'a :b' WHERE id = 1\")",
            "Escape the colon as `\\\\:` in the string, or pass the value.",
            "",
        ),
        ("uncastable-type-change", "op.alter_column('orders', 'status', type_=sa.Date())", "fill it in batches", ""),
        (
            "uncastable-type-change",
            "op.create_table('t', sa.Column('a', sa.Text()))\nop.alter_column('t', 'a', type_=sa.Date())",
            "Say how to convert: `USING a::date`.",
            "",
        ),
    ],
)
def test_so_does_the_advice(rule: str, upgrade: str, part: str, before: str) -> None:
    (found,) = findings(rule, migration(upgrade), before=before)
    assert part in found.advice


def test_what_another_revision_holds_is_said_with_its_name() -> None:
    env = "from alembic import context\ncontext.configure(connection=one)\n"
    validate = migration("op.execute('ALTER TABLE orders VALIDATE CONSTRAINT c')")
    add = migration("op.create_check_constraint('c', 'orders', 'total > 0', postgresql_not_valid=True)")
    (found,) = findings("validation-under-lock", add, also=(validate,), env=env)
    assert "The lock of line 16 of `0003` is still held" in found.message
    (found,) = findings("slow-work-under-lock", migration(CHANGE), also=(migration("op.execute('ANALYZE')"),), env=env)
    assert found.message.endswith("see line 16 of `0003`.")


def test_a_lock_that_is_surely_taken_is_named_before_one_that_may_not_be() -> None:
    maybe = "import lib\nif lib.asks():\n    op.drop_column('orders', 'total')\n"
    (sure,) = findings("slow-work-under-lock", migration(f"{maybe}{CHANGE}\nop.execute('ANALYZE')"))
    assert "reads and writes of `users` wait" in sure.message
    (doubtful,) = findings("slow-work-under-lock", migration(f"{maybe}op.execute('ANALYZE')"))
    assert "reads and writes of `orders` wait" in doubtful.message
