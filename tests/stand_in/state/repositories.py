"""A repository, its branches, and what people do with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.stand_in.git import GitStore
from tests.stand_in.git.store import Files
from tests.stand_in.state.apps import App
from tests.stand_in.state.people import Role, User
from tests.stand_in.state.world import Announcement, Record, World

if TYPE_CHECKING:
    from tests.stand_in.state.checks import CheckRun
    from tests.stand_in.state.merge_queue import MergeGroup
    from tests.stand_in.state.pulls import PullRequest

ZERO = "0" * 40


@dataclass(eq=False, kw_only=True)
class Repository(Record):
    world: World
    owner: User
    name: str
    git: GitStore
    ref_prefix: str = "refs/heads/"
    """Where this repository keeps its branches in the git store that it shares with its forks."""
    default_branch: str = "main"
    private: bool = False
    archived: bool = False
    deleted: bool = False
    parent: "Repository | None" = None
    branches: dict[str, str] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    pulls: list["PullRequest"] = field(default_factory=list)
    checks: list["CheckRun"] = field(default_factory=list)
    merge_groups: list["MergeGroup"] = field(default_factory=list)
    numbers: int = 0

    @property
    def full_name(self) -> str:
        return f"{self.owner.login}/{self.name}"

    @property
    def url(self) -> str:
        return f"{self.world.api_url}/repos/{self.full_name}"

    @property
    def html_url(self) -> str:
        return f"{self.world.site_url}/{self.full_name}"

    # Reading

    def resolve(self, name: str) -> str | None:
        """The commit that a branch, `heads/x`, `refs/pull/N/merge`, or a full or short sha names."""
        short = name.removeprefix("refs/").removeprefix("heads/")
        if short in self.branches:
            return self.branches[short]
        if short.startswith("pull/"):
            return self.resolve_pull_ref(short)
        if short == "HEAD":
            return self.branches.get(self.default_branch)
        if len(name) < 7 or set(name.lower()) - set("0123456789abcdef"):
            return None
        found = self.git.read_object(name.lower())
        return found[0] if found and found[1] == "commit" else None

    def resolve_pull_ref(self, short: str) -> str | None:
        _, number, kind = [*short.split("/"), "", ""][:3]
        pull = next((each for each in self.pulls if str(each.number) == number), None)
        if not pull:
            return None
        return pull.head_sha if kind == "head" else pull.test_merge_sha if kind == "merge" else None

    def read(self, path: str, ref: str | None = None) -> str:
        """The text of a file, for tests that look at the outcome."""
        sha = self.resolve(ref or self.default_branch)
        content = self.git.blob(f"{sha}:{path}") if sha else None
        if content is None:
            raise KeyError(f"{self.full_name} has no {path} at {ref or self.default_branch}")
        return content.decode()

    def pull(self, number: int) -> "PullRequest":
        return next(each for each in self.pulls if each.number == number)

    def check_runs(self, sha: str, name: str | None = None) -> list["CheckRun"]:
        """Oldest first."""
        return [each for each in self.checks if each.head_sha == sha and name in (None, each.name)]

    def role_of(self, user: User) -> Role:
        if user is self.owner:
            return "admin"
        return self.roles.get(user.login, "none" if self.private else "read")

    def association_of(self, user: User) -> str:
        if user is self.owner:
            return "OWNER"
        if user.login in self.roles:
            return "COLLABORATOR"
        merged = any(pull.author is user and pull.merged_at for pull in self.pulls)
        return "CONTRIBUTOR" if merged else "NONE"

    # What people do

    def grant(self, login: str, role: Role) -> None:
        self.roles[login] = role

    def commit(
        self,
        branch: str,
        files: Mapping[str, str | bytes | None],
        message: str = "Change files",
        author: str = "ann",
        force_from: str | None = None,
    ) -> str:
        """Pushes one commit; `force_from` rewrites the branch on top of another commit. Answers the new sha."""
        with self.world.lock:
            user = self.world.user(author)
            before = self.branches.get(branch)
            start = force_from or before or self.branches.get(self.default_branch)
            sha = self.write(branch, [start] if start else [], files, message, user)
            self.pushed(branch, before, sha, user)
            return sha

    def create_branch(self, branch: str, start: str | None = None, author: str = "ann") -> str:
        with self.world.lock:
            sha = self.resolve(start or self.default_branch)
            if not sha:
                raise ValueError(f"{self.full_name} has no {start}")
            self.move(branch, sha, self.world.user(author))
            return sha

    def delete_branch(self, branch: str, author: str = "ann") -> None:
        """Closes the pull requests that come from it, as GitHub does."""
        with self.world.lock:
            before = self.branches.pop(branch)
            self.git.point(self.ref_prefix + branch, None)
            self.announce_push(branch, before, None, self.world.user(author))
            for pull in [each for repository in self.world.repositories for each in repository.pulls]:
                if pull.is_open and pull.source is self and pull.head_ref == branch:
                    pull.end(self.world.user(author))

    def write(self, branch: str, parents: list[str], files: Files, message: str, user: User) -> str:
        return self.git.commit(self.ref_prefix + branch, parents, files, message, user.signature)

    def move(self, branch: str, sha: str, user: User) -> None:
        before = self.branches.get(branch)
        self.git.point(self.ref_prefix + branch, sha)
        self.pushed(branch, before, sha, user)

    def pushed(self, branch: str, before: str | None, after: str, user: User) -> None:
        """The branch has moved in git; now everybody hears of it."""
        from tests.stand_in.state.checks import request_suites

        self.branches[branch] = after
        self.announce_push(branch, before, after, user)
        request_suites(self, branch, before, after, user)
        for repository in self.world.repositories:
            for pull in repository.pulls:
                pull.follow_push(self, branch, before, after, user)

    def announce(
        self,
        event: str,
        action: str | None,
        sender: User,
        about: dict[str, object] | None = None,
        only: App | None = None,
    ) -> None:
        """Tells the Apps; `about` holds the payload's own keys, `only` names the one App that hears of it."""
        self.world.tell(Announcement(event, action, sender, about or {}, self, only))

    def announce_push(self, branch: str, before: str | None, after: str | None, user: User) -> None:
        about: dict[str, object] = {
            "ref": f"refs/heads/{branch}",
            "before": before or ZERO,
            "after": after or ZERO,
            "created": before is None,
            "deleted": after is None,
            "forced": lambda: bool(before and after) and self.git.merge_base(before or "", after or "") != before,
            "base_ref": None,
            "commits": lambda: self.git.commits_between(before, after) if before and after else [],
            "pusher": user,
        }
        self.announce("push", None, user, about)

    def open_pull_request(
        self,
        *,
        title: str = "Change files",
        head: str = "feature",
        base: str | None = None,
        files: Mapping[str, str | bytes | None] | None = None,
        body: str | None = None,
        draft: bool = False,
        author: str = "ann",
        into: "Repository | None" = None,
    ) -> "PullRequest":
        """Commits `files` on `head`, made from the base if new, and opens; a fork's goes to its parent."""
        from tests.stand_in.state.opening import open_pull

        target = into or self.parent or self
        base = base or target.default_branch
        with self.world.lock:
            if head not in self.branches:
                start = target.branches[base]
                self.move(head, start, self.world.user(author))
            if files:
                self.commit(head, files, message=title, author=author)
            return open_pull(target, self, head, base, title, body, draft, self.world.user(author))

    def fork(self, owner: str) -> "Repository":
        from tests.stand_in.state.opening import fork_of

        with self.world.lock:
            return fork_of(self, self.world.user(owner))

    def delete(self) -> None:
        """Pull requests from here stay, with `head.repo: null`."""
        with self.world.lock:
            self.deleted = True
            self.world.repositories.remove(self)
            for app in self.world.apps:
                app.uninstall(self)

    def archive(self) -> None:
        with self.world.lock:
            self.archived = True
            self.announce("repository", "archived", self.owner)

    def unarchive(self) -> None:
        with self.world.lock:
            self.archived = False
            self.announce("repository", "unarchived", self.owner)

    def install(self, app: App) -> None:
        with self.world.lock:
            app.install(self)

    def enqueue_merge_group(self, pulls: list["PullRequest"]) -> "MergeGroup":
        """Puts pull requests of one base into the merge queue, as one group."""
        from tests.stand_in.state.merge_queue import MergeGroup

        with self.world.lock:
            return MergeGroup.form(self, pulls)
