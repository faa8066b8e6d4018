"""What stands on the pull request already against what is found now. What people decided is left as it is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from bot.model.snapshot import EarlierComment


@dataclass(frozen=True, slots=True)
class Reconciled:
    """`kept`: fingerprints that need no new comment; `inline` of them are open on the diff; `resolve`: thread ids."""

    kept: frozenset[str]
    inline: int
    resolve: tuple[str, ...]


def reconcile(
    earlier: Collection[EarlierComment],
    found: Collection[str],
    *,
    replaceable: Collection[str],
    unjudged: Collection[str] = (),
    complete: bool = True,
) -> Reconciled:
    """Compares by fingerprint.

    `found` are the fingerprints of all findings, `replaceable` those that could stand on the diff anew: an outdated
    comment among them makes room for a new one, unless somebody answered it. Nothing counts as gone if the review
    is not `complete`, nor in the `unjudged` paths.
    """
    fresh = {comment.fingerprint for comment in earlier if comment.fingerprint and _still_speaks(comment, replaceable)}
    kept = fresh & set(found)
    resolve: list[str] = []
    for comment in earlier:
        if comment.thread_id is None or comment.fingerprint is None or comment.resolved or comment.answered:
            continue
        gone = comment.fingerprint not in found and complete and comment.path not in unjudged
        replaced = comment.fingerprint in found and comment.outdated and comment.fingerprint in replaceable
        if gone or replaced:
            resolve.append(comment.thread_id)
    open_on_diff = {comment.fingerprint for comment in earlier if comment.fingerprint in kept and not comment.resolved}
    return Reconciled(frozenset(kept), len(open_on_diff), tuple(dict.fromkeys(resolve)))


def _still_speaks(comment: EarlierComment, replaceable: Collection[str]) -> bool:
    if comment.resolved:
        return not comment.resolved_by_us
    return comment.answered or not comment.outdated or comment.fingerprint not in replaceable
