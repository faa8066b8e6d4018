"""`sa.inspect(bind)`: answers from the schema that the earlier revisions leave, else unknown."""

from __future__ import annotations

from rules.reading.interpreter.machine import Machine
from rules.reading.values import Native, Symbol, Unknown, Value


class InspectorValue(Symbol):
    __slots__ = ()

    def attribute(self, name: str, machine: Machine) -> Value:
        from rules.reading.offers.connection import ConnectionValue, DialectValue

        match name:
            case "dialect":
                return DialectValue()
            case "bind" | "engine":
                return ConnectionValue()
            case "clear_cache":
                return Native(name, lambda _, __: None)
            case "default_schema_name":
                return "public"
        return Native(name, lambda arguments, machine: Unknown("the state of the database", name))

    @property
    def described(self) -> str:
        return "the inspector"
