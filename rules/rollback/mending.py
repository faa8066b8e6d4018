"""What takes a schema back where the way back left it: the missing statements, in an order that a server accepts."""

from __future__ import annotations

from collections.abc import Sequence

from rules.plans.sql import qualified, quoted
from rules.rollback.calls import Calls, Piece, renamed
from rules.rollback.inverses import altered
from rules.rollback.way_back import DOWN
from rules.schema.comparing import Trait
from rules.schema.differences import Changed, Difference, Left, Missing, Renamed, Thing

_ORDER = (
    (Renamed, None),
    (Left, Thing.TRIGGER),
    (Left, Thing.VIEW),
    (Left, Thing.CONSTRAINT),
    (Left, Thing.INDEX),
    (Left, Thing.COLUMN),
    (Left, Thing.TABLE),
    (Left, Thing.SEQUENCE),
    (Left, Thing.DOMAIN),
    (Left, Thing.TYPE),
    (Left, Thing.ENUM),
    (Left, Thing.SCHEMA),
    (Missing, Thing.TABLE),
    (Missing, Thing.COLUMN),
    (Changed, None),
    (Missing, Thing.CONSTRAINT),
    (Missing, Thing.INDEX),
)


def mends_of(found: Sequence[Difference], calls: Calls) -> list[Piece] | None:
    """None where one of them has no statement that is sure to be right, or would throw values away."""
    if _may_be_a_rename(found):
        return None
    pieces: list[Piece] = []
    for each in sorted(found, key=_rank):
        mended = _mended(each, calls)
        if mended is None:
            return None
        pieces += mended
    return pieces


def _may_be_a_rename(found: Sequence[Difference]) -> bool:
    """A column left and one missing in the same table: to drop one and add the other would lose values."""
    for thing in (Thing.TABLE, Thing.COLUMN):
        left = {it.table for it in found if isinstance(it, Left) and it.thing is thing}
        missing = {it.table for it in found if isinstance(it, Missing) and it.thing is thing}
        if left & missing:
            return True
    return False


def _rank(each: Difference) -> int:
    return next(
        (
            at
            for at, (kind, thing) in enumerate(_ORDER)
            if isinstance(each, kind) and (thing is None or thing is each.thing)
        ),
        len(_ORDER),
    )


def _mended(each: Difference, calls: Calls) -> list[Piece] | None:
    match each:
        case Left():
            return _away(each, calls)
        case Missing():
            piece = _back(each, calls)
            return None if piece is None else [*piece]
        case Renamed():
            return _named_back(each, calls)
        case Changed():
            return _changed_back(each, calls)
    return None


def _away(each: Left, calls: Calls) -> list[Piece] | None:
    it, table = each.after, each.table
    match each.thing:
        case Thing.TABLE:
            return [calls.drop_table(it.name)]
        case Thing.COLUMN if table is not None:
            return [calls.drop_column(table, it.name)]
        case Thing.CONSTRAINT if table is not None:
            return [calls.drop_constraint(table, it)]
        case Thing.INDEX:
            return [calls.drop_index(it)]
        case Thing.TRIGGER if table is not None:
            return [calls.sql(f"DROP TRIGGER {quoted(it.name)} ON {qualified(table)}")]
        case Thing.ENUM:
            return [calls.drop_enum(it.name)] if calls.style.sa else None
        case Thing.VIEW:
            kind = "MATERIALIZED VIEW" if it.materialized else "VIEW"
            return [calls.sql(f"DROP {kind} {qualified(it.name)}")]
        case Thing.SEQUENCE | Thing.DOMAIN | Thing.TYPE | Thing.SCHEMA:
            return [calls.sql(f"DROP {each.thing.value.upper()} {qualified(it.name)}")]
    return None


def _back(each: Missing, calls: Calls) -> list[Piece] | None:
    it, table = each.before, each.table
    piece = None
    match each.thing:
        case Thing.TABLE:
            created = calls.create_table(it)
            indexes = [calls.create_index(index) for index in it.indexes if index.constraint is None]
            whole = [one for one in (created, *indexes) if one is not None]
            return whole if len(whole) == 1 + len(indexes) else None
        case Thing.COLUMN if table is not None:
            piece = calls.add_column(table, it)
        case Thing.CONSTRAINT if table is not None:
            piece = calls.create_constraint(table, it)
        case Thing.INDEX:
            piece = calls.create_index(it)
    return None if piece is None else [piece]


def _named_back(each: Renamed, calls: Calls) -> list[Piece] | None:
    old, new, table = each.before, each.after, each.table
    match each.thing:
        case Thing.TABLE:
            return [calls.rename_table(new.name, old.name.name)] if new.name.schema == old.name.schema else None
        case Thing.COLUMN if table is not None:
            return [calls.alter_column(table, new.name, ("new_column_name", calls.style.text(old.name)))]
        case Thing.CONSTRAINT if table is not None:
            return [calls.sql(renamed(table, "CONSTRAINT", new.name, old.name))]
        case Thing.INDEX:
            return [calls.sql(f"ALTER INDEX {qualified(new.name)} RENAME TO {quoted(old.name.name)}")]
    return None


def _changed_back(each: Changed, calls: Calls) -> list[Piece] | None:
    old, new, table = each.before, each.after, each.table
    if table is None:
        return None
    match each.trait:
        case Trait.NULLABLE if old.nullable or old.default is not None or old.origin == new.origin:
            return altered(table, new, ("nullable", str(old.nullable)), calls)
        case Trait.DEFAULT if old.default is not None or old.generated is None:
            return altered(table, new, ("server_default", calls.default(old.default)), calls)
        case Trait.VALIDATED:
            return [calls.sql(f"ALTER TABLE {qualified(table)} VALIDATE CONSTRAINT {quoted(new.name)}")]
    if new.origin.revision == DOWN:
        return None  # the statement that makes it so is to be changed
    if each.thing is Thing.INDEX:
        created = calls.create_index(old)
        return None if created is None else [calls.drop_index(new), created]
    if each.thing is Thing.CONSTRAINT:
        created = calls.create_constraint(table, old)
        return None if created is None else [calls.drop_constraint(table, new), created]
    return None
