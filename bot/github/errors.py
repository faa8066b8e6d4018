"""What GitHub may answer instead of what was asked for."""

from __future__ import annotations


class GitHubError(Exception):
    """`words` are GitHub's own; `request` is the method and address; `request_id` is what GitHub's support asks for."""

    def __init__(
        self, words: str, *, request: str = "", status: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(words)
        self.words = words
        self.request = request
        self.status = status
        self.request_id = request_id

    def __str__(self) -> str:
        where = f"{self.request}: " if self.request else ""
        status = f" (status {self.status})" if self.status else ""
        number = f" [request {self.request_id}]" if self.request_id else ""
        return f"{where}{self.words}{status}{number}"


class RateLimited(GitHubError):
    """Nothing was done. Asking before `retry_at` (seconds since the epoch, by our clock) may get the App banned."""

    def __init__(self, words: str, *, retry_at: float, request: str = "", status: int | None = None) -> None:
        super().__init__(words, request=request, status=status)
        self.retry_at = retry_at


class Unavailable(GitHubError):
    """No answer, or one of GitHub's own faults (5xx). What was asked for may have been done all the same."""


class Unauthorized(GitHubError):
    """The token or the App's JWT is wrong, revoked or expired. Nothing was done."""


class NotFound(GitHubError):
    """It is not there, or this installation may not see it: GitHub does not tell these apart."""


class InstallationRemoved(NotFound):
    """The App is no longer installed on this repository, or its installation is suspended."""


class Gone(GitHubError):
    """It was there and will not come back: deleted, blocked by law, or the feature is switched off."""


class Archived(Gone):
    """The repository is read-only."""


class Forbidden(GitHubError):
    """`permission` is what GitHub says would have been enough (`checks=write`), None where it does not say."""

    def __init__(
        self,
        words: str,
        *,
        permission: str | None = None,
        request: str = "",
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(words, request=request, status=status, request_id=request_id)
        self.permission = permission


class Refused(GitHubError):
    """GitHub understood and says no (422, 400, 406, 409). `reasons` are its single objections; they may be empty."""

    def __init__(
        self,
        words: str,
        *,
        reasons: tuple[str, ...] = (),
        request: str = "",
        status: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(words, request=request, status=status, request_id=request_id)
        self.reasons = reasons

    def __str__(self) -> str:
        reasons = f": {'; '.join(self.reasons)}" if self.reasons else ""
        return f"{super().__str__()}{reasons}"


class Unreadable(GitHubError):
    """GitHub answered, and the answer is not of the form that its description promises."""
