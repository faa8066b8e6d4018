"""The only reader: GitHub -> PullRequestSnapshot. After it the network is closed until the plan is published."""

from __future__ import annotations

from bot.github.changes import between, changed_files, cut_short, merged, with_patches, without_content
from bot.github.client import Client
from bot.github.errors import Archived, Gone, InstallationRemoved, NotFound
from bot.github.glance import Glance, NotReviewable, Why, glance
from bot.github.layout import could_matter
from bot.github.material import Gathering, Material
from bot.github.trees import read_tree
from bot.model.snapshot import ChangedFile, LeftOut, PullRequestSnapshot

__all__ = ["Glance", "NotReviewable", "Why", "glance", "take_group_snapshot", "take_snapshot"]


def take_snapshot(
    client: Client, number: int, head_sha: str | None = None, *, seen: Glance | None = None
) -> PullRequestSnapshot | NotReviewable:
    """Everything that a review of this pull request needs.

    `seen` is an earlier glance of the same job; without it one is taken. A head that moved on in the meantime
    is `superseded`. A pull request that touches no migration costs no further question.
    """
    look = seen or glance(client, number, head_sha)
    if isinstance(look, NotReviewable):
        return look
    client = client.about(look.repository)
    if look.paths is not None and not any(could_matter(path) for path in look.paths):
        return _snapshot(look, (), Material({}, {}))
    try:
        return _whole(client, look)
    except InstallationRemoved as error:
        return NotReviewable(Why.UNINSTALLED, error.words)
    except Archived as error:
        return NotReviewable(Why.ARCHIVED, error.words)
    except (NotFound, Gone) as error:
        return NotReviewable(Why.MISSING, error.words)


def take_group_snapshot(client: Client, head_sha: str, base_sha: str, base_ref: str) -> PullRequestSnapshot:
    """What a merge queue is about to merge: the tree at its head against the tree at its base; number 0, no patches."""
    before, after = read_tree(client, base_sha), read_tree(client, head_sha)
    changed = between(before.entries, after.entries)
    material = Gathering(client, before.entries, after.entries, changed).material()
    look = Glance(client.repository, 0, "", False, False, head_sha, base_sha, base_ref, len(changed), None)
    return _snapshot(look, changed, material, (*before.left_out, *after.left_out))


def _whole(client: Client, look: Glance) -> PullRequestSnapshot | NotReviewable:
    changed, listed_head = changed_files(client, look.number)
    if listed_head not in (None, look.head_sha):
        return NotReviewable(Why.SUPERSEDED, f"The head is {listed_head} by now.")
    before = read_tree(client, look.base_sha)
    after = merged(before.entries, changed)
    material = Gathering(client, before.entries, after, changed, number=look.number, base_ref=look.base_ref).material()
    changed = with_patches(changed, material.base_texts, material.texts)
    left_out = (*cut_short(changed, look.changed_files), *without_content(changed), *before.left_out)
    return _snapshot(look, changed, material, left_out)


def _snapshot(
    look: Glance, changed: tuple[ChangedFile, ...], material: Material, left_out: tuple[LeftOut, ...] = ()
) -> PullRequestSnapshot:
    return PullRequestSnapshot(
        repository=look.repository,
        number=look.number,
        title=look.title,
        state="open",
        draft=look.draft,
        head_sha=look.head_sha,
        base_sha=look.base_sha,
        base_ref=look.base_ref,
        from_fork=look.from_fork,
        changed=changed,
        texts=material.texts,
        base_texts=material.base_texts,
        settings_path=material.settings_path,
        settings_text=material.settings_text,
        settings_at_head=material.settings_at_head,
        earlier=look.earlier,
        reviewed_sha=look.reviewed_sha,
        elsewhere=material.elsewhere,
        left_out=(*left_out, *material.left_out),
    )
