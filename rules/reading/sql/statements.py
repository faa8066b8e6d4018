"""One statement -> its operations: the first words decide who reads the rest."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from rules.model import operations as model
from rules.model.frozen import Frozen
from rules.model.names import Name
from rules.model.operations import Opaque, OpaqueKind, Operation, Statement
from rules.postgres.tokens import Token, TokenKind, tokens_of
from rules.reading.sql import altering, blocks, indexes, mysql, objects, rows, sessions, sqlite, tables
from rules.reading.sql.cursor import Cursor, UnreadForm
from rules.reading.sql.splitting import groups

LONGEST = 4_000_000
"""Characters of one text; a longer one stays unread."""


def _no_own_form(_: Cursor, __: Statement) -> tuple[Operation, ...] | None:
    return None


class _Spelling(Frozen):
    """How a database spells its statements; `own_form` reads those that PostgreSQL has not."""

    cursor: type[Cursor] = Cursor
    own_form: Callable[[Cursor, Statement], tuple[Operation, ...] | None] = _no_own_form
    pieces: Callable[[list[Token]], list[list[Token]]] = groups


class _BackticksCursor(Cursor):
    __slots__ = ()

    @staticmethod
    def tokens_of(text: str) -> list[Token]:
        return tokens_of(text, backticks=True)


_POSTGRESQL = _Spelling()
_MYSQL = _Spelling(mysql.MySQLCursor, mysql.own_form, mysql.pieces)
_SPELLINGS = {
    "postgresql": _POSTGRESQL,
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "sqlite": _Spelling(sqlite.SQLiteCursor, sqlite.own_form, sqlite.pieces),
}
_OTHER = _Spelling(_BackticksCursor)


def operations_of(statement: Statement, dialect: str = "postgresql") -> tuple[Operation, ...]:
    """What a text does, in its order; at least one operation. Never raises.

    A text of several statements gives the operations of all. What is not understood becomes Opaque.
    """
    return _operations_of(statement, 0, _SPELLINGS.get(dialect, _OTHER))


def _operations_of(statement: Statement, depth: int, spelling: _Spelling = _POSTGRESQL) -> tuple[Operation, ...]:
    text = statement.sql
    if len(text) > LONGEST:
        return (_opaque(statement, f"it is longer than {LONGEST} characters"),)
    found: list[Operation] = []
    whole = spelling.cursor.tokens_of(text)
    for tokens in spelling.pieces(whole) if ";" in text or len(whole) < 2 else [whole]:
        if any(token.kind is TokenKind.UNCLOSED for token in tokens[-2:]):
            found.append(_opaque(statement, "a string, a quoted name or a comment in it has no end"))
            continue
        found += _read(spelling.cursor(text, tokens), statement, depth, spelling)
    return tuple(found) or (model.Harmless(statement, ""),)


def _opaque(statement: Statement, reason: str, *named: Name) -> Opaque:
    return Opaque(statement, OpaqueKind.STATEMENT, reason, named)


def _read(cursor: Cursor, statement: Statement, depth: int, spelling: _Spelling) -> tuple[Operation, ...]:
    try:
        found = spelling.own_form(cursor, statement) or _dispatch(cursor, statement, depth)
    except UnreadForm:
        return (_opaque(statement, _unread_reason(cursor), *_named(cursor)),)
    return found if isinstance(found, tuple) else (found,)


def _unread_reason(cursor: Cursor) -> str:
    words = [token.word for token in cursor.tokens[:2] if token.kind is TokenKind.WORD]
    if not words:
        return "it does not start with a keyword"
    if any(token.word == "`" for token in cursor.tokens):
        return "it quotes names as MySQL does, and PostgreSQL refuses that"
    head = words[0] if words[0] not in ("CREATE", "ALTER", "DROP") else " ".join(words)
    return f"this form of `{head[:60]}` is not known"


def _named(cursor: Cursor) -> tuple[Name, ...]:
    """The table after TABLE or ON: as much as can be told of the reach of an unknown form."""
    for at, token in enumerate(cursor.tokens[:12]):
        if token.word in ("TABLE", "ON"):
            inner = type(cursor)(cursor.text, cursor.tokens)
            inner.position = at + 1
            inner.accept("IF", "NOT", "EXISTS")
            inner.accept("IF", "EXISTS")
            try:
                return (inner.table(),)
            except UnreadForm:
                return ()
    return ()


def _dispatch(cursor: Cursor, statement: Statement, depth: int) -> Operation | tuple[Operation, ...]:
    word = cursor.word
    match word:
        case "SELECT" | "INSERT" | "UPDATE" | "DELETE" | "WITH" | "VALUES" | "MERGE" | "TABLE" | "(":
            return sessions.set_config(cursor, statement) or rows.read_rows(cursor, statement)
        case "ALTER":
            return _alter(cursor, statement)
        case "CREATE":
            return _create(cursor, statement)
        case "DROP":
            return _drop(cursor, statement)
        case "COMMENT":
            cursor.expect("COMMENT", "ON")
            return objects.comment_on(cursor, statement)
        case "SET" | "RESET":
            return sessions.setting(cursor, statement)
        case "DO":
            return _do(cursor, statement, depth)
        case "GRANT" | "REVOKE" | "SECURITY":
            return objects.privilege(cursor, statement)
        case "BEGIN" | "START" | "COMMIT" | "END" | "ROLLBACK" | "ABORT" | "SAVEPOINT" | "RELEASE":
            return sessions.transaction(cursor, statement)
        case "PREPARE" if cursor.ahead() == "TRANSACTION":
            return sessions.transaction(cursor, statement)
        case "LOCK":
            return sessions.lock_table(cursor, statement)
        case "TRUNCATE":
            return rows.truncate(cursor, statement)
        case "COPY":
            return rows.copy(cursor, statement)
        case "REINDEX":
            cursor.step()
            return indexes.reindex(cursor, statement)
        case "REFRESH":
            return sessions.refresh(cursor, statement)
        case "VACUUM" | "ANALYZE" | "ANALYSE" | "CLUSTER":
            return sessions.vacuum(cursor, statement)
        case "CALL":
            cursor.step()
            return model.Call(statement, cursor.name())
        case "REASSIGN":
            return model.Privilege(statement, "REASSIGN")
        case "IMPORT":
            return model.CreateObject(statement, model.Kind.SERVER, Name(""), definition=cursor.rest())
        case _ if word in sessions.HARMLESS:
            return model.Harmless(statement, word)
    raise UnreadForm("a statement expected")


def _create(cursor: Cursor, statement: Statement) -> Operation:
    cursor.expect("CREATE")
    replaces = cursor.accept("OR", "REPLACE")
    cursor.accept_any("GLOBAL", "LOCAL")
    temporary = bool(cursor.accept_any("TEMPORARY", "TEMP"))
    unlogged = cursor.accept("UNLOGGED")
    if cursor.accept("TABLE") or cursor.accept("FOREIGN", "TABLE"):
        return tables.create_table(cursor, statement, temporary=temporary, unlogged=unlogged)
    if cursor.accept("UNIQUE", "INDEX"):
        return indexes.create_index(cursor, statement, unique=True)
    if cursor.accept("INDEX"):
        return indexes.create_index(cursor, statement, unique=False)
    return objects.create_object(cursor, statement, replace=replaces)


def _alter(cursor: Cursor, statement: Statement) -> Operation | tuple[Operation, ...]:
    cursor.expect("ALTER")
    if cursor.accept("TABLE") or cursor.accept("FOREIGN", "TABLE"):
        return altering.alter_table(cursor, statement)
    if cursor.accept("INDEX"):
        return indexes.alter_index(cursor, statement)
    return objects.alter_object(cursor, statement)


def _drop(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    cursor.expect("DROP")
    if cursor.accept("INDEX"):
        return indexes.drop_index(cursor, statement)
    if cursor.accept("TABLE") or cursor.accept("FOREIGN", "TABLE"):
        if_exists = cursor.accept("IF", "EXISTS")
        names = cursor.names()
        cascade = cursor.accept_any("CASCADE", "RESTRICT") == "CASCADE"
        return tuple(model.DropTable(statement, name, if_exists, cascade) for name in names)
    return objects.drop_object(cursor, statement)


def _do(cursor: Cursor, statement: Statement, depth: int) -> tuple[Operation, ...]:
    cursor.expect("DO")
    language, body = "plpgsql", None
    while not cursor.at_end:
        if cursor.accept("LANGUAGE"):
            language = cursor.identifier() if cursor.at_name else cursor.string()
        else:
            body = cursor.string()
    if body is None:
        raise UnreadForm("a body expected")
    block = model.Do(statement, body, language)
    if language != "plpgsql" or depth >= blocks.DEPTH:
        return (block, _opaque(statement, f"the body of `DO` in {language} was not read"))
    found: list[Operation] = [block]
    for inner in blocks.statements_of(body):
        conditional = statement.conditional or inner.conditional
        part = replace(statement, sql=inner.sql if inner.sql is not None else statement.sql, conditional=conditional)
        if inner.sql is None:
            reason = "`EXECUTE` inside `DO` computes its text when it runs"
            found.append(Opaque(part, OpaqueKind.SQL, reason))
        else:
            found += _operations_of(part, depth + 1)
    return tuple(found)
