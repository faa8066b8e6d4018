"""The first look at a pull request: one question, enough to decide whether it is reviewed, and to begin the check."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.github import questions
from bot.github.answers import CommentNode, PullNode, PullTalk, RepositoryNode, ThreadNode, Threads
from bot.github.client import Client, read
from bot.github.errors import Gone, InstallationRemoved, NotFound
from bot.model.snapshot import EarlierComment, Repository
from bot.review.marker import read_marker

MOST_THREADS = 1_000


class Why(StrEnum):
    CLOSED = "closed"
    MERGED = "merged"
    ARCHIVED = "archived"
    UNINSTALLED = "uninstalled"
    SUPERSEDED = "superseded"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class NotReviewable:
    """Why there is nothing to review now; nothing is wrong. `words` are for the log."""

    why: Why
    words: str


@dataclass(frozen=True, slots=True)
class Glance:
    """An open pull request. `base_sha` is the tip of the base branch now, not where the pull request left it.

    `repository` has its present name. `paths` are the changed ones, None if there are more than GitHub told.
    """

    repository: Repository
    number: int
    title: str
    draft: bool
    from_fork: bool
    head_sha: str
    base_sha: str
    base_ref: str
    changed_files: int
    paths: tuple[str, ...] | None
    earlier: tuple[EarlierComment, ...] = ()
    reviewed_sha: str | None = None


def glance(client: Client, number: int, head_sha: str | None = None) -> Glance | NotReviewable:
    """Drafts are for the caller to decide. Without `head_sha` the present head is taken; else a newer one supersedes.

    A pull request whose fork is gone is reviewed like any other: GitHub keeps its commits in the base repository.
    """
    try:
        data = client.graphql(questions.GLANCE, {**_where(client.repository), "number": number}).data
    except InstallationRemoved as error:
        return NotReviewable(Why.UNINSTALLED, error.words)
    except (NotFound, Gone) as error:
        return NotReviewable(Why.MISSING, error.words)
    seen = read(RepositoryNode, data.get("repository"))
    pull = seen.pull_request
    if pull is None:
        return NotReviewable(Why.MISSING, f"There is no pull request {number}.")
    return _reason_against(seen, pull, head_sha) or _glance(client, seen, pull, number)


def earlier_of(client: Client, number: int) -> tuple[tuple[EarlierComment, ...], tuple[str, ...]]:
    """A fresh look at our comments, and the bodies of our reviews, oldest first."""
    comments, reviews = list[EarlierComment](), tuple[str, ...]()
    after: str | None = None
    for _ in range(MOST_THREADS // 100):
        talk, after = _talk(client, number, after)
        comments += _ours(talk.review_threads)
        reviews = reviews or tuple(_our_reviews(talk))
        if after is None:
            break
    return tuple(comments), reviews


def _reason_against(seen: RepositoryNode, pull: PullNode, head_sha: str | None) -> NotReviewable | None:
    if seen.is_archived:
        return NotReviewable(Why.ARCHIVED, "The repository is archived, so that nothing can be written to it.")
    if pull.state == "MERGED":
        return NotReviewable(Why.MERGED, "The pull request is merged.")
    if pull.state != "OPEN":
        return NotReviewable(Why.CLOSED, "The pull request is closed.")
    if head_sha is not None and pull.head_ref_oid != head_sha:
        return NotReviewable(Why.SUPERSEDED, f"The head is {pull.head_ref_oid} by now.")
    return None


def _glance(client: Client, seen: RepositoryNode, pull: PullNode, number: int) -> Glance:
    earlier = list(_ours(pull.review_threads))
    after = pull.review_threads.page_info.end_cursor if pull.review_threads.page_info.has_next_page else None
    for _ in range(MOST_THREADS // 100):
        if after is None:
            break
        talk, after = _talk(client, number, after)
        earlier += _ours(talk.review_threads)
    shas = [marker.sha for body in _our_reviews(pull) if (marker := read_marker(body)) and marker.sha]
    base = pull.base_ref.target if pull.base_ref else None
    return Glance(
        repository=_present(client.repository, seen),
        number=number,
        title=pull.title,
        draft=pull.is_draft,
        from_fork=pull.is_cross_repository,
        head_sha=pull.head_ref_oid,
        base_sha=base.oid if base else pull.base_ref_oid,
        base_ref=pull.base_ref_name,
        changed_files=pull.changed_files,
        paths=_paths(pull),
        earlier=tuple(earlier),
        reviewed_sha=shas[-1] if shas else None,
    )


def _talk(client: Client, number: int, after: str | None) -> tuple[PullTalk, str | None]:
    variables = {**_where(client.repository), "number": number, "after": after}
    data = client.graphql(questions.MORE_THREADS, variables).data
    match data.get("repository"):
        case {"pullRequest": dict(pull)}:
            talk = read(PullTalk, pull)
            page = talk.review_threads.page_info
            return talk, page.end_cursor if page.has_next_page else None
    raise NotFound(f"There is no pull request {number}.")


def _our_reviews(pull: PullTalk) -> Iterator[str]:
    for review in (pull.reviews.nodes if pull.reviews else None) or ():
        if review and review.viewer_did_author:
            yield review.body


def _ours(threads: Threads) -> Iterator[EarlierComment]:
    """Threads that this App began; a marker in anybody else's comment means nothing."""
    for thread in threads.nodes or ():
        comments = [comment for comment in (thread.comments.nodes if thread else None) or () if comment]
        if thread and comments and comments[0].viewer_did_author and comments[0].full_database_id:
            yield _earlier(thread, comments, comments[0].full_database_id)


def _earlier(thread: ThreadNode, comments: list[CommentNode], number: int) -> EarlierComment:
    first = comments[0]
    marker = read_marker(first.body)
    us = _plain(first.author.login) if first.author else ""
    by = thread.resolved_by
    # `resolvedBy` is a user by GitHub's schema, and an App is none: it may well be null after we resolved.
    resolved_by_us = thread.is_resolved and (by is None or _plain(by.login) == us)
    # Who hid a comment GitHub does not say; we hide as `resolved`, and people seldom choose that.
    hidden_by_us = first.is_minimized and (first.minimized_reason or "").lower() == "resolved"
    return EarlierComment(
        id=number,
        thread_id=thread.id,
        path=thread.path,
        fingerprint=(marker.fingerprint or None) if marker else None,
        resolved=thread.is_resolved or first.is_minimized,
        resolved_by_us=resolved_by_us if thread.is_resolved else hidden_by_us,
        outdated=thread.is_outdated,
        answered=thread.comments.total_count > len(comments) or any(not c.viewer_did_author for c in comments),
        node_id=first.id,
    )


def _paths(pull: PullNode) -> tuple[str, ...] | None:
    nodes = pull.files.nodes if pull.files else None
    paths = tuple(node.path for node in nodes or () if node)
    return paths if len(paths) == pull.changed_files else None


def _present(repository: Repository, seen: RepositoryNode) -> Repository:
    branch = seen.default_branch_ref.name if seen.default_branch_ref else repository.default_branch
    return replace(
        repository,
        id=seen.database_id or repository.id,
        full_name=seen.name_with_owner,
        default_branch=branch,
        archived=seen.is_archived,
    )


def _where(repository: Repository) -> dict[str, str]:
    owner, _, name = repository.full_name.partition("/")
    return {"owner": owner, "name": name}


def _plain(login: str) -> str:
    """GraphQL writes an App as `dbbot`, REST as `dbbot[bot]`."""
    return login.removesuffix("[bot]").lower()
