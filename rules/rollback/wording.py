"""A difference as a clause of a sentence, with the reader's own names."""

from __future__ import annotations

from collections.abc import Sequence

from rules.schema.comparing import Trait
from rules.schema.differences import Changed, Difference, Left, Missing, Renamed, Thing

_MOST = 4
"""Differences that one sentence names."""
_PARTS = (Thing.COLUMN, Thing.CONSTRAINT, Thing.INDEX, Thing.TRIGGER)


def listed(differences: Sequence[Difference]) -> str:
    clauses = [said(each) for each in differences[:_MOST]]
    more = len(differences) - len(clauses)
    if more:
        clauses.append("and one more thing differs" if more == 1 else f"and {more} more things differ")
    return ", ".join(clauses)


def said(difference: Difference) -> str:
    what = named(difference)
    match difference:
        case Left():
            return f"{what} is left"
        case Missing():
            return f"{what} does not come back"
        case Renamed():
            new = getattr(difference.after.name, "name", difference.after.name)
            return f"{what} {_verb(difference)} `{new}`"
        case Changed():
            return f"{what} {_changed(difference)}"
    return f"{what} differs"


def named(difference: Difference) -> str:
    """`column `users.age``, `index `ix_a``."""
    match difference.thing:
        case Thing.COLUMN:
            return f"column `{difference.table}.{difference.name}`"
        case Thing.CONSTRAINT | Thing.TRIGGER:
            return f"{difference.thing} `{difference.name}` of `{difference.table}`"
        case Thing.ENUM:
            return f"type `{difference.name}`"
    return f"{difference.thing} `{difference.name}`"


def _is_made_anew(difference: Difference) -> bool:
    before, after = (getattr(it, "origin", None) for it in (difference.before, difference.after))
    return before != after


def _verb(difference: Difference) -> str:
    return "comes back as" if _is_made_anew(difference) else "keeps its new name"


def _changed(found: Changed) -> str:
    anew = _is_made_anew(found)
    verb = "comes back" if anew else "stays"
    before, after = found.before, found.after
    match found.trait:
        case Trait.TYPE:
            return f"{verb} as `{after.type}` instead of `{before.type}`"
        case Trait.NULLABLE:
            return f"{verb} nullable" if after.nullable else f"{verb} NOT NULL"
        case Trait.DEFAULT:
            return f"{verb} {_default(before.default, after.default)}"
        case Trait.GENERATED:
            return f"{verb} {_generated(found)}"
        case Trait.VALIDATED:
            return f"{verb} NOT VALID"
        case Trait.VALID:
            return f"{verb} invalid"
        case Trait.UNIQUE:
            return f"{verb} {'unique' if after.unique else 'without UNIQUE'}"
        case Trait.ENABLED:
            return f"{verb} {'enabled' if after.enabled else 'disabled'}"
        case Trait.LOGGED:
            return f"{verb} {'unlogged' if after.unlogged else 'logged'}"
        case Trait.PARTITION:
            return f"{verb} {'a partition' if after.partition_of else 'detached'}"
        case Trait.LABELS:
            return f"{verb} with other labels"
    return f"{verb} with {_OTHER[found.trait]}"


_OTHER = {
    Trait.COLLATION: "another collation",
    Trait.KIND: "another kind of rule",
    Trait.COLUMNS: "other columns",
    Trait.TARGET: "another target",
    Trait.ACTIONS: "other actions on delete or update",
    Trait.CONDITION: "another condition",
    Trait.OPTIONS: "other options",
    Trait.METHOD: "another method",
    Trait.DEFINITION: "another definition",
}


def _default(before: str | None, after: str | None) -> str:
    if after is None:
        return f"without its default `{before}`" if before is not None else "without the numbers of its sequence"
    if before is None:
        return f"with a default, `{after}`"
    return f"with the default `{after}` instead of `{before}`"


def _generated(found: Changed) -> str:
    before, after = found.before, found.after
    if before.generated is None:
        return f"generated ({after.generated})"
    return f"without being generated ({before.generated})" if after.generated is None else "generated in another way"
