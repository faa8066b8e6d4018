"""The SQL of the new migrations, and which locks it takes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from bot.review.locking import how_long, locks_in, who_waits
from bot.review.markdown import Markdown, cell, cleaned, code_cell, cut, fenced, prose
from bot.review.section import Section, short_names
from bot.review.wording import listed
from rules.model.locks import LockMoment, Work
from rules.model.operations import Direction
from rules.model.review import Review, StatementLine, UnreadPlace

_LONGEST_STATEMENT = 4_000
MOST_MOMENTS = 6


def sql_section(review: Review, limit: int) -> Section | None:
    """What `upgrade` sends, migration by migration, within `limit` characters."""
    statements = [statement for statement in review.statements if statement.direction is Direction.UPGRADE]
    lines: list[Markdown] = []
    for (path, _revision), group in groupby(statements, key=lambda statement: (statement.path, statement.revision)):
        lines += _listed(path, list(group), [place for place in review.unread if place.place.path == path])
    left = limit
    shown: list[Markdown] = []
    for line in lines:
        left -= len(line) + 1
        if left < 0:
            break
        shown.append(line)
    if not lines:
        return None
    missing = len(lines) - len(shown)
    sentence = "The listing is cut here; `dbbot sql` prints it whole." if missing else ""
    return Section("SQL", (fenced("\n".join(shown), "sql"),), left_out=Markdown(sentence), folded=True)


def lock_section(review: Review) -> Section | None:
    """The moments of `upgrade` at which somebody waits, the worst first; a few, for a person to read."""
    moments = [moment for moment in review.moments if moment.direction is Direction.UPGRADE and _says_something(moment)]
    names = short_names([moment.place.path for moment in moments])
    rows = tuple(_row(moment, names) for moment in moments[:MOST_MOMENTS])
    if not rows:
        return None
    header = (Markdown("| Statement | Lock | Who waits | How long |"), Markdown("|---|---|---|---|"))
    missing = len(moments) - len(rows)
    more = f"And {missing:,} more, none of them worse; `dbbot locks` prints {'it' if missing == 1 else 'them'}."
    return Section("Locks", (*header, *rows), _about(moments, review), prose(more) if missing else None)


def _says_something(moment: LockMoment) -> bool:
    """Somebody waits for its own locks, or for earlier ones as long as it works."""
    own = any(wait.since == moment.place for wait in moment.waiting)
    return own or (bool(moment.waiting) and moment.work is not Work.NONE)


def _about(moments: Sequence[LockMoment], review: Review) -> Markdown:
    """What the table rests on."""
    together = [list(revisions) for revisions in _sharing(moments) if len(revisions) > 1]
    kept = " A lock is kept until its transaction commits." if any(it.transaction for it in moments) else ""
    sentences = [f"The worst moment first.{kept}"]
    sentences += [f"{listed([f'`{name}`' for name in names[:10]])} share one transaction." for names in together[:3]]
    long = [moment for moment in moments if moment.work is not Work.NONE]
    if any(moment.size for moment in long):
        date = f" of {review.sizes_as_of:%Y-%m-%d}" if review.sizes_as_of else ""
        sentences.append(f"Sizes are those of the statistics file{date}.")
    elif long:
        sentences.append("How big the tables are is not known; `dbbot stats` shows how to tell.")
    return prose(" ".join(sentences))


def _sharing(moments: Iterable[LockMoment]) -> list[dict[str, None]]:
    """The revisions of each transaction."""
    found: dict[tuple[str, int], dict[str, None]] = {}
    for moment in sorted(moments, key=lambda moment: moment.transaction or 0):
        if moment.transaction is not None:
            folder = moment.place.path.rpartition("/")[0]
            found.setdefault((folder, moment.transaction), {})[moment.revision] = None
    return list(found.values())


def _listed(path: str, statements: list[StatementLine], unread: list[UnreadPlace]) -> list[Markdown]:
    """One entry for each statement, so that a listing is never cut inside one."""
    lines = [Markdown(f"-- {cleaned(' '.join(path.split()))}")]
    missing = sorted({place.place.line for place in unread if place.direction is Direction.UPGRADE})
    if missing:
        lines.append(Markdown(f"-- without what line {', '.join(map(str, missing[:20]))} sends, which was not read"))
    transactional = True
    for statement in statements:
        if statement.transactional != transactional:
            transactional = statement.transactional
            lines.append(Markdown(f"-- {'in' if transactional else 'outside'} the transaction"))
        condition = "-- only under a condition:\n" if statement.conditional else ""
        text = cut(cleaned(statement.sql).strip().removesuffix(";"), _LONGEST_STATEMENT)
        lines.append(Markdown(f"{condition}{text};"))
    return [*lines, Markdown("")]


def _row(moment: LockMoment, names: dict[str, str]) -> Markdown:
    where = code_cell(cut(f"{names[moment.place.path]}:{moment.place.line}", 130))
    parts = (cell(cut(text, 400)) for text in (locks_in(moment), who_waits(moment), how_long(moment)))
    return Markdown(f"| {where} {code_cell(cut(moment.sql, 90))} | {' | '.join(parts)} |")
