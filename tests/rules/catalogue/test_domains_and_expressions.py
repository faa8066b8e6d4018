"""Constraints of domains, and CHECKs on what changes by itself."""

from __future__ import annotations

import re
from contextlib import nullcontext

import psycopg
import pytest

from rules.model.finding import Severity
from tests import databases
from tests.rules.catalogue.judged import assert_judged, findings, migration, statistics

DOMAIN = """def upgrade():
    op.execute("CREATE DOMAIN amount AS numeric")
    op.execute("ALTER TABLE orders ADD COLUMN fee amount")
"""


@pytest.mark.parametrize(
    ("action", "reads"),
    [
        ("ADD CONSTRAINT c CHECK (VALUE > 0)", True),
        ("ADD CHECK (VALUE > 0)", True),
        ("SET NOT NULL", True),
        ("ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID", False),
        ("DROP NOT NULL", False),
        ("SET DEFAULT 0", False),
    ],
)
def test_a_domains_constraint_reads_every_table_that_uses_it(action: str, reads: bool) -> None:
    rule, line = "blocking-domain-constraint", f'op.execute("ALTER DOMAIN amount {action}")'
    assert_judged(rule, f"{line}  # finding" if reads else line, before=DOMAIN)
    assert_judged(rule, line)
    assert_judged(rule, line, before=DOMAIN, statistics=statistics(orders=5))


def test_a_domain_over_the_domain_is_read_too() -> None:
    rule, line = "blocking-domain-constraint", 'op.execute("ALTER DOMAIN amount ADD CHECK (VALUE > 0)")'
    over = DOMAIN.replace("fee amount", "fee price").replace(
        '    op.execute("ALTER', '    op.execute("CREATE DOMAIN price AS {}")\n    op.execute("ALTER'
    )
    assert_judged(rule, f"{line}  # finding", before=over.format("amount"))
    assert_judged(rule, line, before=over.format("numeric"))
    assert_judged(rule, line, before=over.format("shop.amount"))


ARRAYS = """def upgrade():
    op.execute("CREATE DOMAIN amount AS numeric")
    op.execute("CREATE DOMAIN amounts AS amount[]")
    op.execute("CREATE TABLE bills (fees {})")
"""


@pytest.mark.parametrize(
    ("action", "refused"),
    [
        ("ADD CONSTRAINT c CHECK (VALUE > 0)", True),
        ("SET NOT NULL", True),
        ("VALIDATE CONSTRAINT c", True),
        ("ADD CONSTRAINT c CHECK (VALUE > 0) NOT VALID", False),
        ("DROP CONSTRAINT IF EXISTS c", False),
    ],
)
@pytest.mark.parametrize("column", ["amount[]", "amounts", "amounts[]"])
def test_rows_with_arrays_of_the_domain_are_refused_as_the_server_says(action: str, refused: bool, column: str) -> None:
    rule, statement = "blocking-domain-constraint", f"ALTER DOMAIN amount {action}"
    line = f'op.execute("{statement}")'
    before = ARRAYS.format(column)
    few = statistics(bills=5)
    assert_judged(rule, f"{line}  # finding" if refused else line, before=before, statistics=few)
    assert_judged(rule, line, before=ARRAYS.format("numeric"))
    with databases.fresh_database() as connection:
        databases.run_all(connection, re.findall(r'"(.+)"', before))
        connection.execute("ALTER DOMAIN amount ADD CONSTRAINT c CHECK (VALUE <> 7) NOT VALID")
        statement = statement.replace("CONSTRAINT c CHECK", "CONSTRAINT d CHECK")
        with pytest.raises(psycopg.errors.FeatureNotSupported) if refused else nullcontext():
            connection.execute(statement.encode())


def test_a_domain_that_is_said_to_be_over_itself_is_met_once() -> None:
    before = """def upgrade():
        op.execute("CREATE DOMAIN one AS two")
        op.execute("CREATE DOMAIN two AS one[]")
        op.execute("CREATE TABLE bills (fee two)")
    """
    assert_judged("blocking-domain-constraint", 'op.execute("ALTER DOMAIN two SET NOT NULL")  # finding', before=before)


def test_a_validation_takes_the_same_lock_and_cannot_be_done_otherwise() -> None:
    line = 'op.execute("ALTER DOMAIN amount {}")  # finding'
    (added,) = assert_judged("blocking-domain-constraint", line.format("ADD CHECK (VALUE > 0)"), before=DOMAIN)
    (validated,) = assert_judged("blocking-domain-constraint", line.format("VALIDATE CONSTRAINT c"), before=DOMAIN)
    assert (added.severity, validated.severity) == (Severity.ERROR, Severity.NOTICE)
    assert added.advice.startswith("Add the constraint NOT VALID.")
    assert validated.advice == "Run it at a quiet time."


@pytest.mark.parametrize("constraint", ["CHECK (VALUE > 0)", "NOT NULL"])
def test_a_constrained_domain_is_only_named_where_the_settings_ask(constraint: str) -> None:
    line = f'op.execute("CREATE DOMAIN amount AS numeric {constraint}")'
    assert_judged("constrained-domain", line)
    assert_judged("constrained-domain", f"{line}  # finding", settings="rules: {constrained-domain: notice}\n")


@pytest.mark.parametrize(
    ("expression", "changes"),
    [
        ("placed_at < now()", True),
        ("placed_at < CURRENT_TIMESTAMP", True),
        ("total < random()", True),
        ("placed_at < '2030-01-01'", False),
        ("placed_at < '2030-01-01'::timestamptz", False),
        ("placed_at < CAST('2030-01-01' AS timestamptz)", False),
        ("lower(status) = status", False),
        ("is_valid(status)", False),
        ("status = 'now()'", False),
    ],
)
def test_a_check_on_a_changing_expression(expression: str, changes: bool) -> None:
    rule = "check-on-changing-expression"
    line = f'op.execute("ALTER TABLE orders ADD CONSTRAINT c CHECK ({expression}) NOT VALID")'
    assert_judged(rule, f"{line}  # finding" if changes else line)
    table = f'op.execute("CREATE TABLE t (placed_at date, total int, status text, CHECK ({expression}))")'
    assert_judged(rule, f"{table}  # finding" if changes else table)
    assert_judged(rule, f'op.execute("ALTER TABLE orders ADD COLUMN n int CHECK ({expression})")')
    added = f'op.execute("ALTER TABLE orders ADD COLUMN n int CHECK ({expression})")'
    assert_judged(rule, f"{added}  # finding" if changes else added, statistics=statistics(orders=5))


def test_checks_on_changing_expressions_are_known_by_these() -> None:
    table = 'op.execute("CREATE TABLE t (a date, CONSTRAINT c CHECK (a < now()), CHECK (a > now()), CHECK (a > b))")'
    (found,) = findings("check-on-changing-expression", migration(table))
    assert found.subject == "a < now()\na > now()"


def test_other_constraints_of_a_column_are_no_checks() -> None:
    line = 'op.execute("ALTER TABLE orders ADD COLUMN n bigint UNIQUE REFERENCES users")'
    assert_judged("check-on-changing-expression", line, statistics=statistics(orders=5))


@pytest.mark.parametrize(
    ("condition", "changes"),
    [
        ("date_trunc('minute', at) = at", False),
        ("to_char(at, 'D') = '1'", False),
        ("at <= now()", True),
        ("date_trunc('day', now()) >= at", True),
    ],
)
def test_only_what_changes_by_itself_is_a_changing_expression(condition: str, changes: bool) -> None:
    line = f'op.create_check_constraint("c", "orders", "{condition}", postgresql_not_valid=True)'
    assert_judged("check-on-changing-expression", f"{line}  # finding" if changes else line)


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


DEFAULTED = """def upgrade():
    op.execute("CREATE DOMAIN amount AS numeric {}")
    op.execute("CREATE DOMAIN price AS amount")
"""


@pytest.mark.parametrize(
    ("domain", "column", "writes"),
    [
        ("DEFAULT random()", "amount", True),
        ("DEFAULT random() CHECK (true)", "amount", False),  # `constrained-domain-column` speaks
        ("DEFAULT random()", "price", True),
        ("DEFAULT random()", "amount DEFAULT 0", False),
        ("DEFAULT random()", "amount DEFAULT NULL", False),
        ("DEFAULT random()", "amount[]", False),
        ("DEFAULT 0", "amount", False),
        ("DEFAULT 0", "amount DEFAULT random()", True),
        ("", "amount", False),
    ],
)
def test_the_default_of_a_domain_is_that_of_its_columns(domain: str, column: str, writes: bool) -> None:
    line = f'op.execute("ALTER TABLE orders ADD COLUMN fee {column}")'
    rule, before = "volatile-column-default", DEFAULTED.format(domain)
    assert_judged(rule, f"{line}  # finding" if writes else line, before=before)
    assert_judged(rule, line.replace(" DEFAULT random()", ""), before=before, settings="server_version: 12\n")


def test_a_domain_takes_the_default_that_it_is_altered_to() -> None:
    line, before = 'op.execute("ALTER TABLE orders ADD COLUMN fee amount")', DEFAULTED.format("")
    assert_judged(
        "volatile-column-default",
        f'op.execute("ALTER DOMAIN amount SET DEFAULT random()")\n{line}  # finding',
        before=before,
    )
    altered = before + '    op.execute("ALTER DOMAIN amount SET DEFAULT random()")\n'
    assert_judged("volatile-column-default", f"{line}  # finding", before=altered)
    assert_judged("volatile-column-default", line.replace("amount", "price"), before=altered)
    assert_judged("volatile-column-default", f'op.execute("ALTER DOMAIN amount DROP DEFAULT")\n{line}', before=altered)


def test_a_column_whose_domain_has_a_default_is_given_that() -> None:
    line = 'op.execute("ALTER TABLE orders ADD COLUMN fee amount NOT NULL")'
    rule = "required-column-without-default"
    assert_judged(rule, line, before=DEFAULTED.format("DEFAULT 0"))
    assert_judged(rule, f"{line}  # finding", before=DEFAULTED.format(""))
    assert_judged(rule, f"{line}  # finding", before=DEFAULTED.format("DEFAULT NULL"))
    assert_judged(rule, f"{line}  # finding", before=DEFAULTED.format("DEFAULT 0"), settings="server_version: 12\n")
    assert_judged(
        rule, f"{line.replace('amount', 'amount DEFAULT NULL')}  # finding", before=DEFAULTED.format("DEFAULT 0")
    )


def test_a_column_that_its_domain_fills_is_not_left_empty() -> None:
    line = """op.execute("ALTER TABLE orders ADD COLUMN fee amount")
op.execute("ALTER TABLE orders ADD CONSTRAINT fee_set CHECK (fee IS NOT NULL) NOT VALID")"""
    assert_judged("not-valid-before-backfill", line, before=DEFAULTED.format("DEFAULT 0"))
    assert_judged("not-valid-before-backfill", f"{line}  # finding", before=DEFAULTED.format(""))
