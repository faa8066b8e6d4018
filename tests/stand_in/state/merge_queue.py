"""The merge queue: pull requests merged on trial, one after the other, on a branch of their own."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.stand_in.state.refusals import Refused
from tests.stand_in.state.world import Record

if TYPE_CHECKING:
    from tests.stand_in.state.pulls import PullRequest
    from tests.stand_in.state.repositories import Repository


@dataclass(eq=False, kw_only=True)
class MergeGroup(Record):
    repository: "Repository"
    pulls: list["PullRequest"]
    base_ref: str
    base_sha: str
    head_branch: str
    head_sha: str
    is_active: bool = True

    @classmethod
    def form(cls, repository: "Repository", pulls: list["PullRequest"]) -> "MergeGroup":
        base = pulls[0].base_ref
        base_sha = tip = repository.branches[base]
        branch = f"gh-readonly-queue/{base}/pr-{pulls[-1].number}-{base_sha}"
        user = repository.world.user("github-merge-queue[bot]")
        for pull in pulls:
            message = f"Merge pull request #{pull.number} from {pull.source.owner.login}/{pull.head_ref}"
            merged = repository.git.merge(repository.ref_prefix + branch, tip, pull.head_sha, message, user.signature)
            if not merged:
                raise Refused(405, f"Pull request #{pull.number} conflicts with the group")
            tip = merged
        group = cls(
            id=repository.world.next_id(),
            repository=repository,
            pulls=pulls,
            base_ref=base,
            base_sha=base_sha,
            head_branch=branch,
            head_sha=tip,
        )
        repository.merge_groups.append(group)
        repository.pushed(branch, None, tip, user)
        repository.announce("merge_group", "checks_requested", user, {"merge_group": group})
        return group

    def destroy(self, reason: str = "dequeued") -> None:
        """`reason`: merged, invalidated or dequeued."""
        with self.repository.world.lock:
            self.is_active = False
            user = self.repository.world.user("github-merge-queue[bot]")
            self.repository.announce("merge_group", "destroyed", user, {"merge_group": self, "reason": reason})
            self.repository.delete_branch(self.head_branch, user.login)
