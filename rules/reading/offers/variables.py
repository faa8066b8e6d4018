"""`os.environ`: nobody knows it; offline mode is compared with Alembic where no variable is set."""

from __future__ import annotations

from rules.reading.interpreter.machine import Machine
from rules.reading.values import Arguments, Native, Symbol, Unknown, Value


class VariablesValue(Symbol):
    __slots__ = ()

    def attribute(self, name: str, machine: Machine) -> Value:
        if name in ("get", "setdefault", "pop"):
            return Native(name, variable)
        if machine.offline:
            raise machine.raise_error("KeyError", name)
        return Unknown("the environment", name)

    def items(self, machine: Machine) -> list[Value] | None:
        return [] if machine.offline else None

    def truth(self) -> bool | None:
        return None

    @property
    def described(self) -> str:
        return "the environment"


def variable(arguments: Arguments, machine: Machine) -> Value:
    """`os.getenv(name, default)`."""
    return arguments.get(1, "default") if machine.offline else Unknown("the environment", "environment")
