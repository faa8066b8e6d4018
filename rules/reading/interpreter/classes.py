"""Classes of the migration: constants, enums, SQL types, models, exceptions."""

from __future__ import annotations

import ast

from rules.reading.interpreter.frames import Frame
from rules.reading.interpreter.machine import Machine
from rules.reading.values import (
    Arguments,
    BoundFunction,
    Class,
    EnumMember,
    ExceptionValue,
    Function,
    Instance,
    Native,
    RealClass,
    Symbol,
    Unknown,
    Value,
)

ENUMS = {"Enum", "IntEnum", "StrEnum", "ReprEnum", "Flag", "IntFlag"}


def define_class(machine: Machine, frame: Frame, node: ast.ClassDef) -> Value:
    bases = [machine.evaluate(one, frame) for one in node.bases if not isinstance(one, ast.Starred)]
    around = None if frame.variables is frame.scope.variables else frame
    body = Frame(frame.scope, {}, around, node.name, is_class=True)
    one = Class(node.name, bases, body.variables, frame, extras={"frame": body})
    for statement in node.body:
        machine.execute([statement], body)
    one.kind = kind_of(machine, one)
    for member in one.members.values():
        if isinstance(member, Function) and member.owner is None:
            member.owner = one
    if any(_decorator_name(decorator) == "dataclass" for decorator in node.decorator_list):
        one.kind = one.kind or "dataclass"
    machine.library.class_defined(machine, one)
    return one


def _decorator_name(node: ast.expr) -> str:
    named = node.func if isinstance(node, ast.Call) else node
    return named.attr if isinstance(named, ast.Attribute) else named.id if isinstance(named, ast.Name) else ""


def kind_of(machine: Machine, one: Class) -> str:
    for base in one.ancestors()[1:]:
        if isinstance(base, Class) and base.kind:
            return base.kind
        if isinstance(base, Native) and base.name in ENUMS:
            return "enum"
        if isinstance(base, Native) and base.name in ("NamedTuple", "TypedDict"):
            return "dataclass"
        if isinstance(base, RealClass) and machine.library.is_type_class(base):
            return "type"
        if isinstance(base, Native) and "exception" in base.members:
            return "exception"
    return machine.library.kind_of_class(machine, one)


def enum_members(machine: Machine, one: Class) -> dict[str, Value] | None:
    """Name -> member, in order; None if the class is no enum."""
    if one.kind != "enum":
        return None
    if "members" not in one.extras:
        members: dict[str, Value] = {}
        for base in reversed(one.ancestors()):
            if isinstance(base, Class):
                for name, value in base.members.items():
                    if not name.startswith("_") and not isinstance(value, Function) and ":" not in name:
                        members[name] = EnumMember(one, name, _enum_value(value, name, len(members)))
        one.extras["members"] = members
    found = one.extras["members"]
    return found if isinstance(found, dict) else None


def _enum_value(value: Value, name: str, number: int) -> Value:
    if isinstance(value, Unknown) and value.name == "auto":
        return number + 1
    return value


def attribute_of_class(machine: Machine, one: Class, name: str) -> Value:
    members = enum_members(machine, one)
    if members is not None:
        if name in members:
            return members[name]
        if name == "__members__":
            return dict(members)
    if name == "__name__":
        return one.name
    special = machine.library.class_attribute(machine, one, name)
    if special is not None:
        return special
    found, value = one.find(name)
    if found:
        if isinstance(value, Function) and value.wraps == "classmethod":
            return BoundFunction(value, [])
        return value
    for base in one.ancestors():
        if isinstance(base, Native) and name in base.members:
            return base.members[name]
        if isinstance(base, Unknown):
            return Unknown(f"`{name}` of the class `{one.name}`, whose base could not be read", name, True)
    return Unknown(f"`{name}` of the class `{one.name}`", name)


def instantiate(machine: Machine, one: Class, arguments: Arguments) -> Value:
    members = enum_members(machine, one)
    if members is not None:
        wanted = arguments.get(0, "value")
        for member in members.values():
            if isinstance(member, EnumMember) and not isinstance(member.value, Symbol) and member.value == wanted:
                return member
        return Unknown(f"a member of the enum `{one.name}`")
    if one.kind == "exception":
        names = tuple(base.name for base in one.ancestors() if isinstance(base, Class | Native))
        return ExceptionValue((*names, "Exception", "BaseException"), arguments.positional)
    instance = Instance(one, arguments=arguments, made_under=machine.circumstances())
    if one.kind == "dataclass":
        _fill_dataclass(one, instance, arguments)
    if one.kind == "model":
        instance.fields.update(arguments.keywords)
    found, constructor = one.find("__init__")
    if found and isinstance(constructor, Function):
        machine.call(constructor, Arguments([instance, *arguments.positional], arguments.keywords, arguments.node))
    machine.library.instance_made(machine, instance)
    return instance


def _fill_dataclass(one: Class, instance: Instance, arguments: Arguments) -> None:
    names = [name.removesuffix(":") for name in one.members if not name.startswith("__")]
    names = [name for name in dict.fromkeys(names) if not isinstance(one.members.get(name), Function)]
    for name in names:
        if name in one.members:
            instance.fields[name] = one.members[name]
    for name, value in zip(names, arguments.positional, strict=False):
        instance.fields[name] = value
    instance.fields.update(arguments.keywords)


def attribute_of_instance(machine: Machine, instance: Instance, name: str) -> Value:
    if name in instance.fields:
        return instance.fields[name]
    if name == "__class__":
        return instance.of
    found, value = instance.of.find(name)
    if found:
        if not isinstance(value, Function) or value.wraps == "staticmethod":
            return value
        if value.wraps == "property":
            return machine.call(value, Arguments([instance]))
        return BoundFunction(value, [instance] if value.wraps != "classmethod" else [])
    return machine.library.instance_attribute(machine, instance, name)


class Super(Symbol):
    """`super()` inside a method."""

    __slots__ = ("instance", "owner")

    def __init__(self, owner: Class, instance: Value) -> None:
        self.owner = owner
        self.instance = instance

    def attribute(self, name: str, machine: Machine) -> Value:
        for base in self.owner.ancestors()[1:]:
            if isinstance(base, Class) and name in base.members:
                member = base.members[name]
                return BoundFunction(member, [self.instance]) if isinstance(member, Function) else member
        return machine.library.base_method(machine, self.instance, name)


def super_of(frame: Frame) -> Value:
    owner = frame.owner
    instance = next(iter(frame.variables.values()), None)
    if isinstance(owner, Class):
        return Super(owner, instance)
    return Unknown("`super()`", "super")
