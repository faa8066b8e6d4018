"""ORM sessions over the migration's connection."""

from __future__ import annotations

from rules.model.operations import Harmless
from rules.reading.interpreter.contexts import Context
from rules.reading.interpreter.machine import Machine
from rules.reading.offers.connection import ConnectionValue, QuietContext
from rules.reading.values import Arguments, Native, Unknown, Value


class SessionValue(Context):
    __slots__ = ()

    def attribute(self, name: str, machine: Machine) -> Value:
        match name:
            case "execute" | "scalar" | "scalars":
                return ConnectionValue().attribute(name, machine)
            case "commit" | "rollback":
                return Native(name, lambda arguments, machine: _ended(machine, name))
            case "begin" | "begin_nested" | "no_autoflush":
                return QuietContext() if name == "no_autoflush" else Native(name, lambda _, __: QuietContext())
            case "connection" | "get_bind" | "bind" | "connection_callable":
                return ConnectionValue() if name == "bind" else Native(name, lambda _, __: ConnectionValue())
            case "flush" | "close" | "expunge_all" | "expire_all" | "expunge" | "expire" | "refresh" | "remove":
                return Native(name, lambda _, __: None)
        return Unknown(f"`{name}` of a session", name)

    def call(self, arguments: Arguments, machine: Machine) -> Value:
        return self

    @property
    def described(self) -> str:
        return "the session"


def _ended(machine: Machine, name: str) -> Value:
    """On the migration's connection a session's commit ends nothing and frees nothing."""
    machine.record.add(machine, "", lambda statement: (Harmless(statement, f"SESSION {name.upper()}"),))
    return None


def session_names() -> dict[str, dict[str, Value]]:
    session = Native("Session", lambda _, __: SessionValue())
    maker = Native("sessionmaker", lambda _, __: session)
    orm: dict[str, Value] = {
        "Session": session,
        "sessionmaker": maker,
        "scoped_session": Native("scoped_session", lambda _, __: SessionValue()),
    }
    return {"sqlalchemy.orm": orm, "sqlalchemy.orm.session": orm}
