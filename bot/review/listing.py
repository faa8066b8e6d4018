"""The SQL of the new migrations, and which locks it takes."""

from __future__ import annotations

from itertools import groupby

from bot.review.markdown import Markdown, cleaned, code_cell, cut, fenced
from bot.review.section import Section, fitted
from rules.model.operations import Direction
from rules.model.review import Blocks, LockRow, Review, StatementLine, UnreadPlace

_LONGEST_STATEMENT = 4_000


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


def lock_section(review: Review, limit: int) -> Section | None:
    """The locks of `upgrade` for which somebody waits."""
    waits = [lock for lock in review.locks if lock.direction is Direction.UPGRADE and lock.blocks is not Blocks.NOTHING]
    header = (Markdown("| Statement | Lock | On | Who waits | Also |"), Markdown("|---|---|---|---|---|"))
    return fitted("Locks", [_row(lock) for lock in waits], limit, header=header, folded=True, more="lock")


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


def _row(lock: LockRow) -> Markdown:
    tables = ", ".join(code_cell(cut(table, 130)) for table in lock.tables[:10])
    also = ", ".join(word for word, true in (("rewrites", lock.rewrites), ("scans", lock.scans)) if true)
    return Markdown(
        f"| {code_cell(cut(lock.sql, 120))} | {code_cell(lock.lock)} | {tables} | {lock.blocks.value} | {also} |"
    )
