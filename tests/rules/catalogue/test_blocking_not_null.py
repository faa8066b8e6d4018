"""SET NOT NULL, with and without proof."""

from __future__ import annotations

import pytest

from tests.rules.catalogue.judged import assert_judged, statistics

RULE = "blocking-not-null"
SET = 'op.alter_column("users", "email", existing_type=sa.String(320), nullable=False)'


@pytest.mark.parametrize(
    "line",
    [
        SET,
        'op.execute("ALTER TABLE users ALTER COLUMN email SET NOT NULL")',
        'op.execute("ALTER TABLE users ADD CONSTRAINT n NOT NULL email")',
        'op.alter_column("users", "email", type_=sa.Text(), nullable=False)',
        'op.alter_column("elsewhere", "email", nullable=False)',
    ],
)
def test_a_full_scan_is_seen_in_every_spelling(line: str) -> None:
    assert_judged(RULE, f"{line}  # finding")


@pytest.mark.parametrize(
    "line",
    [
        'op.alter_column("users", "email", existing_type=sa.String(320), nullable=True)',
        'op.alter_column("users", "id", existing_type=sa.BigInteger(), nullable=False)',
        'op.execute("ALTER TABLE users ADD CONSTRAINT n NOT NULL email NOT VALID")',
        'op.create_table("t", sa.Column("a", sa.Text())); op.alter_column("t", "a", nullable=False)',
    ],
)
def test_what_reads_no_row_is_not(line: str) -> None:
    assert_judged(RULE, line)


@pytest.mark.parametrize(
    ("expression", "validated", "proves"),
    [
        ("email IS NOT NULL", True, True),
        ("NOT (email IS NULL)", True, True),
        ("email IS NOT NULL AND age > 0", True, True),
        ("email IS NOT NULL", False, False),
        ("email IS NOT NULL OR age > 0", True, False),
        ("length(email) > 0", True, False),
        ("name IS NOT NULL", True, False),
    ],
)
def test_only_a_validated_check_that_says_so_is_a_proof(expression: str, validated: bool, proves: bool) -> None:
    suffix = "" if validated else " NOT VALID"
    before = f'def upgrade():\n    op.execute("ALTER TABLE users ADD CONSTRAINT c CHECK ({expression}){suffix}")\n'
    assert_judged(RULE, SET if proves else f"{SET}  # finding", before=before)


def test_what_the_call_says_counts_only_where_it_says_not_null() -> None:
    line = 'op.alter_column("elsewhere", "email", existing_nullable={}, nullable=False)'
    assert_judged(RULE, line.format("False"))
    assert_judged(RULE, line.format("True") + "  # finding")


def test_the_constraint_of_that_name_is_proved_and_needless_alike() -> None:
    add = 'op.execute("ALTER TABLE users ADD CONSTRAINT n NOT NULL email")'
    proof = 'def upgrade():\n    op.execute("ALTER TABLE users ADD CONSTRAINT c CHECK (email IS NOT NULL)")\n'
    assert_judged(RULE, add, before=proof)
    assert_judged(RULE, f"{add}  # finding", before=proof.replace("email IS", "name IS"))
    assert_judged(RULE, add.replace("email", "joined_at"))


def test_one_that_is_not_valid_is_validated_whatever_proves_it() -> None:
    left = 'def upgrade():\n    op.execute("ALTER TABLE users ADD CONSTRAINT n NOT NULL email NOT VALID")\n'
    assert_judged(RULE, f"{SET}  # finding", before=left)
    assert_judged(RULE, SET, before=f'{left}    op.execute("ALTER TABLE users VALIDATE CONSTRAINT n")\n')
    assert_judged(RULE, SET.replace("email", "joined_at"), before=left)
    check = 'op.execute("ALTER TABLE users ADD CONSTRAINT c CHECK (email IS NOT NULL)")'
    assert_judged(RULE, f"{SET}  # finding", before=f"{left}    {check}\n")


def test_another_constraint_that_is_not_valid_changes_nothing() -> None:
    line = 'op.alter_column("orders", "user_id", nullable=False)'
    proof = """def upgrade():
    op.execute("ALTER TABLE orders ADD CONSTRAINT c CHECK (user_id IS NOT NULL)")
    op.create_foreign_key("f", "orders", "users", ["user_id"], ["id"], postgresql_not_valid=True)
"""
    assert_judged(RULE, line, before=proof)
    assert_judged(RULE, f"{line}  # finding", before=proof.replace("user_id IS NOT NULL", "total > 0"))


def test_before_twelve_there_is_no_proof() -> None:
    before = 'def upgrade():\n    op.create_check_constraint("c", "users", "email IS NOT NULL")\n'
    assert_judged(RULE, SET, before=before, server_version=12)
    assert_judged(RULE, f"{SET}  # finding", before=before, server_version=11)


def test_a_proof_that_is_dropped_first_is_gone() -> None:
    before = 'def upgrade():\n    op.create_check_constraint("c", "users", "email IS NOT NULL")\n'
    assert_judged(RULE, f'op.drop_constraint("c", "users")\n{SET}  # finding', before=before)
    assert_judged(RULE, f'{SET}\nop.drop_constraint("c", "users")', before=before)


def test_what_the_call_says_of_an_unknown_column_is_believed() -> None:
    line = 'op.alter_column("{}", "email", type_=sa.Text(), existing_nullable=False, nullable=False)'
    assert_judged(RULE, line.format("elsewhere"))
    assert_judged(RULE, line.format("users") + "  # finding")


def test_a_small_table_is_spared() -> None:
    assert_judged(RULE, SET, statistics=statistics(users=10))
