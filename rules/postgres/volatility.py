"""How often an expression's value may change: what decides whether a new column's default rewrites the table.

Sources: https://www.postgresql.org/docs/current/xfunc-volatility.html and the server's own `pg_proc.provolatile`,
with which the tests compare these lists on every server that they run.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from rules.postgres.tokens import Token, TokenKind, identifier, tokens_of, words


class Volatility(StrEnum):
    IMMUTABLE = "immutable"
    STABLE = "stable"
    VOLATILE = "volatile"


VOLATILE = words(
    "clock_timestamp timeofday random gen_random_uuid nextval currval lastval setval set_config pg_sleep "
    "pg_current_wal_lsn pg_advisory_lock pg_advisory_xact_lock pg_try_advisory_lock pg_notify"
)
VOLATILE_SINCE = {"random_normal": 16, "uuidv4": 18, "uuidv7": 18}
"""Function -> the first server version that has it."""
VOLATILE_OF_EXTENSIONS = words("gen_random_bytes gen_salt uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4")
STABLE = words(
    "now transaction_timestamp statement_timestamp current_setting pg_backend_pid version txid_current "
    "pg_current_xact_id to_char to_date to_timestamp concat concat_ws format to_json to_jsonb jsonb_build_object "
    "jsonb_build_array json_build_object json_build_array array_to_string array_to_json row_to_json make_timestamptz "
    "date_trunc current_database current_schema inet_client_addr age convert_from convert_to "
    "has_table_privilege pg_typeof "
)
IMMUTABLE = words(
    "abs ceil ceiling floor round trunc mod power sqrt exp ln greatest least coalesce nullif "
    "md5 sha224 sha256 sha384 sha512 lower upper initcap substr substring replace left right repeat reverse trim btrim "
    "ltrim rtrim length char_length octet_length position strpos split_part translate chr ascii lpad rpad encode "
    "decode to_hex timezone regexp_replace make_date make_time make_timestamp make_interval "
    "justify_days justify_hours hashtext array_append array_cat array_length array_remove cardinality array_fill "
    "json_array_length jsonb_array_length jsonb_set jsonb_strip_nulls "
    "int4range int8range numrange daterange tsrange tstzrange row array "
    "int4 int8 int2 float4 float8 numeric text varchar bool date_part extract host network"
)
KNOWN = VOLATILE | STABLE | IMMUTABLE
"""The server's own functions that this file names: none of them changes rows of a table."""
IMMUTABLE_OF_EXTENSIONS = words("uuid_generate_v3 uuid_generate_v5 uuid_nil")
_STABLE_WORDS = words(
    "CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP LOCALTIME LOCALTIMESTAMP CURRENT_USER SESSION_USER USER CURRENT_ROLE "
    "CURRENT_CATALOG CURRENT_SCHEMA"
)
_STABLE_CASTS = words("TIMESTAMPTZ REGCLASS REGTYPE REGPROC REGPROCEDURE REGROLE REGNAMESPACE")
_NOT_CALLED = words(
    "IN AND OR NOT CASE WHEN THEN ELSE ANY ALL IS AS CAST INTERVAL EXISTS SELECT FROM WHERE OVER FILTER"
)
_TYPE_WORDS = words("NUMERIC DECIMAL VARCHAR CHAR CHARACTER VARYING BIT VARBIT TIMESTAMP TIMESTAMPTZ TIME TIMETZ")
_RANKS = list(Volatility)


def volatility_of(expression: str, known: Callable[[str], str | None] = lambda _: None) -> Volatility:
    """Of a whole expression: one volatile part makes it volatile. A function that nobody knows counts as volatile.

    `known` answers for user functions by their lower-case name, None where it does not know.
    """
    found = Volatility.IMMUTABLE
    tokens = tokens_of(expression)
    for at, token in enumerate(tokens[:-1]):
        if token.kind not in (TokenKind.WORD, TokenKind.QUOTED):
            continue
        if token.word in _STABLE_WORDS:
            found = max(found, Volatility.STABLE, key=_RANKS.index)
        elif (cast := _cast_before(tokens, at)) or (token.word in _TYPE_WORDS and tokens[at + 1].word in ("(", "WITH")):
            if not (cast and tokens[cast - 1].kind is TokenKind.STRING):
                found = max(found, _of_type(token.word, tokens[at + 1].word), key=_RANKS.index)
        elif tokens[at + 1].word == "(" and token.word not in _NOT_CALLED:
            name = identifier(expression[token.start : token.end])
            own = at > 1 and tokens[at - 1].word == "." and tokens[at - 2].word != "PG_CATALOG"
            found = max(found, _of_function(name, known, own), key=_RANKS.index)
    return found


def _cast_before(tokens: Sequence[Token], at: int) -> int:
    """Where the `::` or AS before a type stands, its schema passed over; 0 if there is none.

    What is cast stands before that. A string literal is read as a value of the type once, when the statement is parsed.
    """
    while at > 1 and tokens[at - 1].word == ".":
        at -= 2
    return at - 1 if at > 0 and tokens[at - 1].word in ("::", "AS") else 0


def _of_type(word: str, following: str) -> Volatility:
    """A cast to a type whose input depends on settings or catalogs."""
    if word in _STABLE_CASTS or (word == "TIMESTAMP" and following == "WITH"):
        return Volatility.STABLE
    return Volatility.IMMUTABLE


def _of_function(name: str, known: Callable[[str], str | None], own: bool) -> Volatility:
    """`own`: of a schema that is not the server's, so that `app.now()` is not `now()`."""
    declared = known(name)
    if declared is not None:
        return Volatility(declared)
    if own and name not in IMMUTABLE_OF_EXTENSIONS:
        return Volatility.VOLATILE
    if name in STABLE:
        return Volatility.STABLE
    if name in IMMUTABLE or name in IMMUTABLE_OF_EXTENSIONS:
        return Volatility.IMMUTABLE
    return Volatility.VOLATILE
