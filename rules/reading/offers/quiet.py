"""Contexts of `contextlib`."""

from __future__ import annotations

from rules.reading.interpreter.contexts import Context
from rules.reading.interpreter.machine import Machine
from rules.reading.offers.exceptions import is_caught
from rules.reading.values import Value


class NullContext(Context):
    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value

    def enter(self, machine: Machine) -> Value:
        return self.value


class Suppress(Context):
    __slots__ = ("kinds",)

    def __init__(self, kinds: list[Value]) -> None:
        self.kinds = kinds

    def swallows(self, error: Value, machine: Machine) -> bool | None:
        return is_caught(error, tuple(self.kinds))
