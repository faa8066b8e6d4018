"""SQL types that a repository defines itself: `TypeDecorator`, `UserDefinedType`, subclasses of SQLAlchemy's types."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from rules.reading.interpreter.frames import Raised
from rules.reading.offers.construction import guarded
from rules.reading.offers.real import Uncertain, UnknownType, offered, real
from rules.reading.values import Arguments, Class, Function, Instance, Native, RealClass, Unknown, Value

if TYPE_CHECKING:
    from rules.reading.interpreter.machine import Machine


class RenderedType(UserDefinedType[Any]):
    """A type whose SQL text was read from its class."""

    cache_ok = True

    def __init__(self, text: str) -> None:
        self.text = text

    def get_col_spec(self, **_: Any) -> str:
        return self.text


def is_type_class(one: RealClass) -> bool:
    return inspect.isclass(one.target) and issubclass(one.target, TypeEngine)


def real_type(machine: Machine, value: Value) -> Any:
    """The type that the class stands for on the dialect; of its own name where that could not be learned."""
    instance = machine.instantiate(value, Arguments()) if isinstance(value, Class) else value
    if not isinstance(instance, Instance):
        raise Uncertain(Unknown("a type"))
    if "real type" not in instance.fields:
        try:
            instance.fields["real type"] = _resolved(machine, instance)
        except (Uncertain, Raised):
            instance.fields["real type"] = UnknownType(instance.of.name)
    return instance.fields["real type"]


def _resolved(machine: Machine, instance: Instance) -> Any:
    by_method = _by_method(machine, instance)
    if by_method is not None:
        return by_method
    base = _real_base(instance.of)
    if base is not None and issubclass(base, UserDefinedType):
        return UnknownType(instance.of.name)
    if base is not None and base is not TypeDecorator:
        made = instance.fields.get("base")
        return made if isinstance(made, TypeEngine) else _make(machine, base, instance.arguments or Arguments())
    return _implementation(machine, instance)


def _by_method(machine: Machine, instance: Instance) -> Any:
    from rules.reading.offers.connection import DialectValue

    for name, given in (("load_dialect_impl", [DialectValue()]), ("get_col_spec", [])):
        found, method = instance.of.find(name)
        if found and isinstance(method, Function):
            answer = machine.call(method, Arguments([instance, *given]))
            if isinstance(answer, str):
                return RenderedType(answer)
            if isinstance(answer, TypeEngine | Class | Instance | RealClass):
                return as_instance(real(machine, answer))
    return None


def _implementation(machine: Machine, instance: Instance) -> Any:
    """`impl`, made with the arguments of the decorator."""
    if isinstance(instance.fields.get("impl"), TypeEngine):
        return instance.fields["impl"]
    found, implementation = instance.of.find("impl")
    if not found:
        return UnknownType(instance.of.name)
    if isinstance(implementation, Instance):
        return real_type(machine, implementation)
    own = instance.of.find("__init__")[0]
    given = instance.fields.get("base arguments")
    arguments = given if isinstance(given, Arguments) else Arguments() if own else instance.arguments or Arguments()
    if isinstance(implementation, RealClass):
        return as_instance(real(machine, machine.call(implementation, arguments)))
    if isinstance(implementation, Class):
        return real_type(machine, machine.instantiate(implementation, arguments))
    return as_instance(real(machine, implementation)) if implementation is not None else UnknownType(instance.of.name)


def as_instance(made: Any) -> Any:
    return guarded(made) if inspect.isclass(made) else made


def _real_base(one: Class) -> type | None:
    for base in one.ancestors():
        if isinstance(base, RealClass) and isinstance(base.target, type):
            return base.target
    return None


def _make(machine: Machine, base: type, arguments: Arguments) -> Any:
    return as_instance(real(machine, machine.call(RealClass(base.__name__, base), arguments)))


def base_method(machine: Machine, instance: Value, name: str) -> Value:
    """`super().__init__(...)` and kin, where the base is SQLAlchemy's."""
    if not isinstance(instance, Instance) or instance.of.kind != "type":
        return Native(name, lambda _, __: Unknown(f"`super().{name}`"))
    base = _real_base(instance.of)
    if name == "load_dialect_impl":
        return Native(name, lambda _, machine: offered(_implementation(machine, instance)))
    if name != "__init__":
        return Native(name, lambda _, __: Unknown(f"`super().{name}`"))

    def initialise(arguments: Arguments, machine: Machine) -> Value:
        if base is TypeDecorator or base is None:
            instance.fields["base arguments"] = arguments
        elif not issubclass(base, UserDefinedType):
            instance.fields["base"] = _make(machine, base, arguments)
        return None

    return Native(name, initialise)
