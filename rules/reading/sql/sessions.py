"""Transactions, settings, locks, maintenance, and statements without consequence."""

from __future__ import annotations

from rules.model import operations as model
from rules.model.operations import Operation, Statement, TransactionVerb
from rules.postgres.tokens import TokenKind, string_value, words
from rules.reading.sql.cursor import Cursor, UnreadForm, is_on
from rules.reading.sql.tables import tables_of

_VERBS = {
    "BEGIN": TransactionVerb.BEGIN,
    "START": TransactionVerb.BEGIN,
    "COMMIT": TransactionVerb.COMMIT,
    "END": TransactionVerb.COMMIT,
    "ROLLBACK": TransactionVerb.ROLLBACK,
    "ABORT": TransactionVerb.ROLLBACK,
    "SAVEPOINT": TransactionVerb.SAVEPOINT,
    "RELEASE": TransactionVerb.RELEASE,
}
HARMLESS = words(
    "NOTIFY LISTEN UNLISTEN PREPARE DEALLOCATE EXECUTE DISCARD CHECKPOINT LOAD DECLARE FETCH MOVE CLOSE SHOW EXPLAIN"
)
_LISTS = ("search_path",)
"""Settings whose value is a list of names, in which `'a, b'` is one."""
_LOCK_MODES = (
    *("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE"),
    *("EXCLUSIVE", "ACCESS EXCLUSIVE"),
)


def transaction(cursor: Cursor, statement: Statement) -> Operation:
    word = cursor.step().word
    if word == "PREPARE":
        return model.TransactionControl(statement, TransactionVerb.COMMIT)
    if word == "ROLLBACK" and cursor.word in ("TO", "WORK", "TRANSACTION"):
        cursor.accept_any("WORK", "TRANSACTION")
        if cursor.word == "TO":
            return model.TransactionControl(statement, TransactionVerb.SAVEPOINT)
    return model.TransactionControl(statement, _VERBS[word])


def setting(cursor: Cursor, statement: Statement) -> Operation:
    """SET and RESET."""
    if cursor.accept("RESET"):
        return model.Setting(statement, _setting_name(cursor))
    cursor.expect("SET")
    if cursor.sees("TRANSACTION") or cursor.sees("SESSION", "CHARACTERISTICS"):
        return model.TransactionControl(statement, TransactionVerb.SET)
    local = cursor.accept("LOCAL")
    if not local and cursor.word == "SESSION" and cursor.ahead() != "AUTHORIZATION":
        cursor.step()
    if cursor.accept("CONSTRAINTS"):
        return model.Setting(statement, "constraints", cursor.rest())
    name = _setting_name(cursor)
    if not (cursor.accept("=") or cursor.accept("TO")) and cursor.at_end:
        raise UnreadForm("a value expected")
    if cursor.accept("DEFAULT"):
        return model.Setting(statement, name, None, local)
    alone = cursor.kind is TokenKind.STRING and cursor.tokens[cursor.position + 1].kind is TokenKind.END
    value = cursor.string() if alone and name.lower() not in _LISTS else cursor.rest()
    return model.Setting(statement, name, value, local)


def set_config(cursor: Cursor, statement: Statement) -> Operation | None:
    """`SELECT set_config('lock_timeout', '5s', true)` and no more, which is SET by another name."""
    tokens = cursor.tokens[:-1]
    shape = " ".join(token.word for token in tokens).replace("PG_CATALOG . ", "")
    if shape not in ("SELECT SET_CONFIG (  ,  , TRUE )", "SELECT SET_CONFIG (  ,  , FALSE )"):
        return None
    strings = [string_value(cursor.text[one.start : one.end]) for one in tokens if one.kind is TokenKind.STRING]
    return model.Setting(statement, strings[0].lower(), strings[1], "TRUE" in shape) if len(strings) == 2 else None


def _setting_name(cursor: Cursor) -> str:
    if cursor.accept("TIME", "ZONE"):
        return "timezone"
    if cursor.accept("SESSION", "AUTHORIZATION"):
        return "session_authorization"
    if cursor.accept("SCHEMA"):
        return "search_path"
    name = cursor.name()
    return str(name)


def lock_table(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    cursor.expect("LOCK")
    cursor.accept("TABLE")
    tables = tables_of(cursor)
    mode = "ACCESS EXCLUSIVE"
    if cursor.accept("IN"):
        mode = cursor.until("MODE").upper()
        mode = " ".join(mode.split())
        cursor.expect("MODE")
    if mode not in _LOCK_MODES:
        raise UnreadForm("a lock mode expected")
    nowait = cursor.accept("NOWAIT")
    return tuple(model.LockTable(statement, table, mode, nowait) for table in tables)


def vacuum(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    """VACUUM, ANALYZE and CLUSTER, of some tables or of all."""
    verb = cursor.step().word
    verb = "ANALYZE" if verb == "ANALYSE" else verb
    full = False
    if cursor.word == "(":
        full = any(is_on(option, "FULL") for option in cursor.items())
    while word := cursor.accept_any("FULL", "FREEZE", "VERBOSE", "ANALYZE", "ANALYSE"):
        full = full or word == "FULL"
    verb = f"{verb} FULL" if full and verb == "VACUUM" else verb
    if cursor.at_end:
        return (model.Maintenance(statement, verb),)
    if verb == "CLUSTER":
        name = cursor.name()
        return (model.Maintenance(statement, verb, cursor.name() if cursor.accept("ON") else name),)
    tables = [cursor.table()]
    while cursor.accept("(") or cursor.accept(","):
        if cursor.tokens[cursor.position - 1].word == "(":
            cursor.skip_until()
            cursor.expect(")")
        else:
            tables.append(cursor.table())
    return tuple(model.Maintenance(statement, verb, table) for table in tables)


def refresh(cursor: Cursor, statement: Statement) -> Operation:
    cursor.expect("REFRESH", "MATERIALIZED", "VIEW")
    concurrently = cursor.accept("CONCURRENTLY")
    return model.RefreshView(statement, cursor.name(), concurrently, not cursor.accept("WITH", "NO", "DATA"))
