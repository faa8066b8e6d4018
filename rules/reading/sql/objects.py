"""CREATE, ALTER and DROP of everything that is neither table nor index; comments and privileges."""

from __future__ import annotations

from rules.model import operations as model
from rules.model.names import Name
from rules.model.operations import Kind, Operation, Statement
from rules.postgres.tokens import TokenKind
from rules.reading.sql.columns import read_default
from rules.reading.sql.cursor import Cursor, UnreadForm
from rules.reading.sql.queries import tables_of_view
from rules.reading.sql.tables import storage_named

KINDS: tuple[tuple[tuple[str, ...], Kind], ...] = (
    (("MATERIALIZED", "VIEW"), Kind.MATERIALIZED_VIEW),
    (("RECURSIVE", "VIEW"), Kind.VIEW),
    (("VIEW",), Kind.VIEW),
    (("SEQUENCE",), Kind.SEQUENCE),
    (("TYPE",), Kind.TYPE),
    (("DOMAIN",), Kind.DOMAIN),
    (("FUNCTION",), Kind.FUNCTION),
    (("PROCEDURE",), Kind.PROCEDURE),
    (("ROUTINE",), Kind.FUNCTION),
    (("CONSTRAINT", "TRIGGER"), Kind.TRIGGER),
    (("EVENT", "TRIGGER"), Kind.OTHER),
    (("TRIGGER",), Kind.TRIGGER),
    (("POLICY",), Kind.POLICY),
    (("RULE",), Kind.RULE),
    (("EXTENSION",), Kind.EXTENSION),
    (("SCHEMA",), Kind.SCHEMA),
    (("DATABASE",), Kind.DATABASE),
    (("ROLE",), Kind.ROLE),
    (("USER", "MAPPING"), Kind.SERVER),
    (("USER",), Kind.ROLE),
    (("GROUP",), Kind.ROLE),
    (("STATISTICS",), Kind.STATISTICS),
    (("PUBLICATION",), Kind.PUBLICATION),
    (("SUBSCRIPTION",), Kind.SUBSCRIPTION),
    (("AGGREGATE",), Kind.AGGREGATE),
    (("CAST",), Kind.CAST),
    (("OPERATOR", "CLASS"), Kind.OPERATOR),
    (("OPERATOR", "FAMILY"), Kind.OPERATOR),
    (("OPERATOR",), Kind.OPERATOR),
    (("FOREIGN", "DATA", "WRAPPER"), Kind.SERVER),
    (("SERVER",), Kind.SERVER),
    (("COLLATION",), Kind.OTHER),
    (("CONVERSION",), Kind.OTHER),
    (("TEXT", "SEARCH", "CONFIGURATION"), Kind.OTHER),
    (("TEXT", "SEARCH", "DICTIONARY"), Kind.OTHER),
    (("TEXT", "SEARCH", "PARSER"), Kind.OTHER),
    (("TEXT", "SEARCH", "TEMPLATE"), Kind.OTHER),
    (("ACCESS", "METHOD"), Kind.OTHER),
    (("TABLESPACE",), Kind.OTHER),
    (("TRANSFORM",), Kind.OTHER),
    (("DEFAULT", "CONVERSION"), Kind.OTHER),
    (("LANGUAGE",), Kind.OTHER),
    (("TRUSTED", "LANGUAGE"), Kind.OTHER),
    (("PROCEDURAL", "LANGUAGE"), Kind.OTHER),
    (("LARGE", "OBJECT"), Kind.OTHER),
)
_ON_TABLE = (Kind.TRIGGER, Kind.POLICY, Kind.RULE)
_BEFORE_TABLE = {Kind.RULE: "TO", Kind.STATISTICS: "FROM"}
_UNNAMED = (Kind.CAST, Kind.OPERATOR, Kind.SERVER, Kind.OTHER)


def _of_domain(cursor: Cursor, domain: Name) -> tuple[bool, tuple[str, ...], str | None]:
    """Whether it says NOT NULL, the names of its CHECKs, and its default."""
    not_null, checks, named = False, list[str](), ""
    default: str | None = None
    while not cursor.at_end:
        if cursor.accept("CONSTRAINT"):
            named = cursor.name().name
        elif cursor.accept("CHECK"):
            checks.append(named or f"{domain.name}_check{len(checks) or ''}")
            named = ""
        elif cursor.accept("NOT", "NULL"):
            not_null = True
        elif cursor.accept("DEFAULT"):
            default = read_default(cursor) or "NULL"  # which takes the place of its base's
        elif cursor.accept("("):
            cursor.skip_until()
        else:
            cursor.step()
    return not_null, tuple(checks), default


def read_kind(cursor: Cursor) -> Kind:
    for words, kind in KINDS:
        if cursor.accept(*words):
            return kind
    raise UnreadForm("an object expected")


def create_object(cursor: Cursor, statement: Statement, *, replace: bool) -> Operation:
    """From the kind's word on; OR REPLACE, TEMPORARY and their kin are stepped over already."""
    kind = read_kind(cursor)
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    if kind is Kind.TYPE:
        return _create_type(cursor, statement)
    if kind is Kind.DOMAIN:
        domain = cursor.name()
        cursor.accept("AS")
        base = cursor.type()
        return model.CreateDomain(statement, domain, base, *_of_domain(cursor, domain))
    if kind in _UNNAMED:
        name = _loose_name(cursor)
    elif kind is Kind.SCHEMA and cursor.accept("AUTHORIZATION"):
        name = cursor.name()
    elif kind is Kind.STATISTICS and not cursor.at_name:
        name = Name("")
    else:
        name = cursor.name()
    start = cursor.position
    table = _table_of(cursor, kind)
    cursor.position = start
    definition = cursor.rest()
    return model.CreateObject(
        statement,
        kind,
        name,
        table,
        replace,
        if_not_exists,
        definition,
        reads=tables_of_view(definition) if kind in (Kind.VIEW, Kind.MATERIALIZED_VIEW) else (),
        volatility=_volatility(cursor, start) if kind is Kind.FUNCTION else None,
        populated=not cursor.ends_with("WITH", "NO", "DATA"),
    )


def _create_type(cursor: Cursor, statement: Statement) -> Operation:
    name = cursor.name()
    if cursor.accept("AS", "ENUM"):
        cursor.expect("(")
        labels = []
        while not cursor.accept(")"):
            labels.append(cursor.string())
            cursor.accept(",")
        return model.CreateEnum(statement, name, tuple(labels))
    return model.CreateObject(statement, Kind.TYPE, name, definition=cursor.rest())


def _volatility(cursor: Cursor, start: int) -> str | None:
    words = [token.word for token in cursor.tokens[start:] if token.word in ("IMMUTABLE", "STABLE", "VOLATILE")]
    return words[0].lower() if words else None


def _table_of(cursor: Cursor, kind: Kind) -> Name | None:
    """Of a trigger `... ON table`, a policy `ON table`, a rule `... TO table`, statistics `ON columns FROM table`."""
    if kind not in (*_ON_TABLE, Kind.STATISTICS):
        return None
    cursor.skip_until(_BEFORE_TABLE.get(kind, "ON"))
    cursor.step()
    return cursor.table()


def _loose_name(cursor: Cursor) -> Name:
    """The name of an object that may be named by operators and types: the first name that comes."""
    while not cursor.at_end and not cursor.at_name:
        cursor.step()
    return Name("") if cursor.at_end else cursor.name()


def drop_object(cursor: Cursor, statement: Statement) -> tuple[Operation, ...]:
    """From the word after DROP on; tables and indexes have their own."""
    if cursor.accept("OWNED"):
        return (model.DropObject(statement, Kind.OTHER, Name("owned")),)
    kind = read_kind(cursor)
    if_exists = cursor.accept("IF", "EXISTS")
    if kind in _ON_TABLE:
        name = cursor.name()
        cursor.expect("ON")
        return (model.DropObject(statement, kind, name, cursor.table(), if_exists, _cascades(cursor)),)
    if kind in _UNNAMED:
        return (model.DropObject(statement, kind, _loose_name(cursor), None, if_exists, _cascades(cursor)),)
    names = [_routine_name(cursor)]
    while cursor.accept(","):
        names.append(_routine_name(cursor))
    cascade = _cascades(cursor)
    return tuple(model.DropObject(statement, kind, name, None, if_exists, cascade) for name in names)


def _routine_name(cursor: Cursor) -> Name:
    name = cursor.name()
    if cursor.word == "(":
        cursor.group()
    return name


def _cascades(cursor: Cursor) -> bool:
    return cursor.ends_with("CASCADE")


def alter_object(cursor: Cursor, statement: Statement) -> Operation:
    """From the word after ALTER on; tables and indexes have their own."""
    if cursor.accept("DEFAULT", "PRIVILEGES"):
        return model.Privilege(statement, "ALTER DEFAULT PRIVILEGES")
    if cursor.accept("SYSTEM"):
        return model.Maintenance(statement, "ALTER SYSTEM")
    kind = read_kind(cursor)
    cursor.accept("IF", "EXISTS")
    name = _loose_name(cursor) if kind in _UNNAMED else cursor.name()
    if cursor.word == "(":
        cursor.group()
    if kind is Kind.TYPE and cursor.word in ("ADD", "RENAME") and cursor.ahead() == "VALUE":
        return _alter_enum(cursor, statement, name)
    table = cursor.table() if kind in _ON_TABLE and cursor.accept("ON") else None
    if cursor.accept("RENAME", "TO"):
        return model.RenameObject(statement, kind, name, cursor.identifier(), table)
    if cursor.accept("SET", "SCHEMA"):
        return model.MoveObject(statement, kind, name, cursor.identifier())
    if cursor.at_end:
        raise UnreadForm("an action expected")
    if kind is Kind.MATERIALIZED_VIEW and (cursor.sees("SET", "TABLESPACE") or cursor.sees("SET", "ACCESS")):
        cursor.step()
        return model.SetStorage(statement, name, storage_named(cursor))
    if kind is Kind.DOMAIN:
        return model.AlterDomain(statement, name, cursor.rest())
    return model.AlterObject(statement, kind, name, cursor.rest(), table)


def _alter_enum(cursor: Cursor, statement: Statement, name: Name) -> Operation:
    if cursor.accept("RENAME", "VALUE"):
        label = cursor.string()
        cursor.expect("TO")
        return model.RenameEnumValue(statement, name, label, cursor.string())
    cursor.expect("ADD", "VALUE")
    if_not_exists = cursor.accept("IF", "NOT", "EXISTS")
    label = cursor.string()
    return model.AddEnumValue(statement, name, label, if_not_exists, bool(cursor.accept_any("BEFORE", "AFTER")))


def comment_on(cursor: Cursor, statement: Statement) -> Operation:
    """From the word after COMMENT ON on."""
    words = []
    while cursor.kind is TokenKind.WORD and cursor.ahead() not in ("IS", ".", "(", "ON", ""):
        words.append(cursor.step().word)
    if not words and cursor.kind is TokenKind.WORD:
        words.append(cursor.step().word)
    if cursor.kind is TokenKind.WORD and cursor.tokens[cursor.position + 1].kind is TokenKind.QUOTED:
        words.append(cursor.step().word)
    kind = " ".join(words)
    if kind == "COLUMN":
        parts = [cursor.identifier()]
        while cursor.accept("."):
            parts.append(cursor.identifier())
        if len(parts) < 2:
            raise UnreadForm("table.column expected")
        return model.CommentOn(statement, kind, Name(parts[-2], parts[-3] if len(parts) > 2 else None), parts[-1])
    name = _loose_name(cursor)
    if cursor.accept("ON"):
        cursor.accept("DOMAIN")
        return model.CommentOn(statement, kind, cursor.name())
    return model.CommentOn(statement, kind, name)


def privilege(cursor: Cursor, statement: Statement) -> Operation:
    """GRANT, REVOKE, SECURITY LABEL; from that word on."""
    verb = cursor.step().word
    cursor.skip_until("ON")
    if verb == "SECURITY" or not cursor.accept("ON") or cursor.at_end:
        return model.Privilege(statement, verb)
    named = not cursor.accept("TABLE") and cursor.tokens[cursor.position + 1].kind in (TokenKind.WORD, TokenKind.QUOTED)
    if named and cursor.ahead() not in ("TO", "FROM"):
        return model.Privilege(statement, verb)  # ON SCHEMA s, ON FUNCTION f(), ON ALL TABLES IN SCHEMA s
    return model.Privilege(statement, verb, cursor.names())
