"""How repositories and pull requests come to be from others."""

from typing import TYPE_CHECKING

from tests.stand_in.state.people import User
from tests.stand_in.state.pulls import PullRequest
from tests.stand_in.state.refusals import Refused

if TYPE_CHECKING:
    from tests.stand_in.state.repositories import Repository


def open_pull(
    target: "Repository",
    source: "Repository",
    head: str,
    base: str,
    title: str,
    body: str | None,
    draft: bool,
    author: User,
) -> PullRequest:
    """From a branch of `source` into a branch of `target`, which is the same repository or the fork's parent."""
    if base not in target.branches:
        raise Refused.invalid("PullRequest", "base", "invalid")
    target.numbers += 1
    pull = PullRequest(
        id=target.world.next_id(),
        repository=target,
        number=target.numbers,
        title=title,
        body=body,
        author=author,
        base_ref=base,
        base_sha=target.branches[base],
        source=source,
        head_ref=head,
        head_sha=source.branches[head],
        draft=draft,
    )
    target.pulls.append(pull)
    pull.point_head()
    pull.announce("opened", author)
    return pull


def fork_of(parent: "Repository", owner: User) -> "Repository":
    """The same git store, its own branches."""
    fork = type(parent)(
        id=parent.world.next_small_id(),
        world=parent.world,
        owner=owner,
        name=parent.name,
        git=parent.git,
        ref_prefix=f"refs/forks/{owner.login}/heads/",
        default_branch=parent.default_branch,
        private=parent.private,
        parent=parent,
    )
    parent.world.repositories.append(fork)
    for branch, sha in parent.branches.items():
        parent.git.point(fork.ref_prefix + branch, sha)
        fork.branches[branch] = sha
    return fork
