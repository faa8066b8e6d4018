"""The base of what a history is made of, many thousand times: names, columns, operations, tables.

msgspec's structs, because they are made, compared and copied in C, and go to JSON and back by their annotations: what
is kept of a reading needs no code for a new operation or field.
"""

from __future__ import annotations

from typing import dataclass_transform

from msgspec import Struct, field


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class Frozen(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Never changes, and equals another of its type with equal fields; `msgspec.structs.replace` makes a changed one.

    In JSON an object without the fields that are their defaults.
    """


class OneOf(Frozen, tag=True, tag_field="is"):
    """Stands in unions: its JSON says which of them it is."""
