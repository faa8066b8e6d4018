"""GitHub's protocol without its network: what a request carries, and what an answer means."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Mapping, Sequence

import jwt

from bot.github.errors import (
    Archived,
    Forbidden,
    GitHubError,
    Gone,
    InstallationRemoved,
    NotFound,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
)

JSON = "application/vnd.github+json"
RAW = "application/vnd.github.raw+json"

API_VERSION = "2022-11-28"
USER_AGENT = "dbbot (+https://github.com/apps/dbbot)"
JWT_LIFETIME = 540
"""Seconds from now; GitHub allows at most 600 and counts by its own clock."""
CLOCK_DRIFT = 60
"""Seconds by which `iat` lies in the past, as GitHub advises."""
SECONDARY_WAIT = 60
"""Seconds to wait where GitHub limits us and does not say for how long."""


def app_jwt(app_id: str, private_key: str, now: float) -> str:
    """The App's proof of being itself, for the addresses under `/app`. Seconds since the epoch."""
    claims = {"iat": int(now) - CLOCK_DRIFT, "exp": int(now) + JWT_LIFETIME, "iss": app_id}
    return jwt.encode(claims, private_key, algorithm="RS256")


def headers(token: str, accept: str = JSON) -> dict[str, str]:
    return {
        "Authorization": f"Bearer {token}",
        "Accept": accept,
        "X-GitHub-Api-Version": API_VERSION,
        "User-Agent": USER_AGENT,
    }


def next_page(answer_headers: Mapping[str, str]) -> str | None:
    """The address of the next page, from the `Link` header."""
    for link in answer_headers.get("link", "").split(","):
        target, _, parameters = link.partition(";")
        if re.search(r"""\brel\s*=\s*["']?next["']?(\s|;|$)""", parameters):
            return target.strip().removeprefix("<").removesuffix(">")
    return None


def retry_at(answer_headers: Mapping[str, str], now: float) -> float:
    """When to ask again, in seconds since the epoch by our clock. GitHub's order: retry-after, reset, a minute."""
    after = answer_headers.get("retry-after")
    if after is not None:
        if after.strip().isdigit():
            return now + int(after)
        date = _seconds_of_date(after)
        if date is not None:
            return max(now, date + _our_lead(answer_headers, now))
    reset = answer_headers.get("x-ratelimit-reset", "")
    if answer_headers.get("x-ratelimit-remaining") == "0" and reset.isdigit():
        return max(now + 1, int(reset) + _our_lead(answer_headers, now))
    return now + SECONDARY_WAIT


def error_of(
    status: int, answer_headers: Mapping[str, str], body: object, *, now: float, request: str = ""
) -> GitHubError | None:
    """What went wrong, in our terms; None below 400. `body` is the decoded JSON or the text."""
    if status < 400:
        return None
    words = words_of(body) or f"status {status}"
    number = answer_headers.get("x-github-request-id")
    match status:
        case 401:
            return Unauthorized(words, request=request, status=status, request_id=number)
        case 403 | 429:
            return _refusal(status, answer_headers, words, number, now=now, request=request)
        case 404:
            return NotFound(words, request=request, status=status, request_id=number)
        case 410 | 451:
            return Gone(words, request=request, status=status, request_id=number)
        case _ if status >= 500:
            return Unavailable(words, request=request, status=status, request_id=number)
    return Refused(words, reasons=reasons_of(body), request=request, status=status, request_id=number)


def graphql_error(
    errors: Sequence[object], answer_headers: Mapping[str, str], *, now: float, request: str = "GraphQL"
) -> GitHubError:
    """GraphQL answers 200 and says in `errors` what went wrong; the gravest of them."""
    kinds = {kind for error in errors if isinstance(error, dict) and isinstance(kind := error.get("type"), str)}
    words = "; ".join(words_of(error) for error in errors) or "an error without words"
    number = answer_headers.get("x-github-request-id")
    if kinds & {"RATE_LIMITED", "RATE_LIMIT"} or _speaks_of_limits(words):
        return RateLimited(words, retry_at=retry_at(answer_headers, now), request=request)
    if "FORBIDDEN" in kinds:
        return Forbidden(words, request=request, request_id=number)
    if "NOT_FOUND" in kinds:
        return NotFound(words, request=request, request_id=number)
    if "Something went wrong" in words or kinds & {"SERVICE_UNAVAILABLE", "INTERNAL"}:
        return Unavailable(words, request=request, request_id=number)
    return Refused(words, request=request, request_id=number)


def words_of(body: object) -> str:
    match body:
        case {"message": str(message)}:
            return message
        case str(text):
            return " ".join(text.split())[:300]
    return ""


def reasons_of(body: object) -> tuple[str, ...]:
    """The objections of a 422: plain strings, or objects with resource, field and code."""
    listed = body.get("errors") if isinstance(body, dict) else None
    if isinstance(listed, str):
        return (listed,)
    return tuple(_reason(error) for error in listed) if isinstance(listed, list) else ()


def _reason(error: object) -> str:
    if not isinstance(error, dict):
        return str(error)
    if isinstance(message := error.get("message"), str):
        return message
    return " ".join(str(error[key]) for key in ("resource", "field", "code") if error.get(key))


def _refusal(
    status: int, answer_headers: Mapping[str, str], words: str, number: str | None, *, now: float, request: str
) -> GitHubError:
    limited = "retry-after" in answer_headers or answer_headers.get("x-ratelimit-remaining") == "0"
    if status == 429 or limited or _speaks_of_limits(words):
        return RateLimited(words, retry_at=retry_at(answer_headers, now), request=request, status=status)
    if "archived" in words.lower():
        return Archived(words, request=request, status=status, request_id=number)
    if "suspended" in words.lower():
        return InstallationRemoved(words, request=request, status=status, request_id=number)
    permission = answer_headers.get("x-accepted-github-permissions")
    return Forbidden(words, permission=permission, request=request, status=status, request_id=number)


def _speaks_of_limits(words: str) -> bool:
    said = words.lower()
    return "rate limit" in said or "abuse detection" in said


def _our_lead(answer_headers: Mapping[str, str], now: float) -> float:
    """Seconds by which our clock is ahead of GitHub's."""
    theirs = _seconds_of_date(answer_headers.get("date", ""))
    return 0.0 if theirs is None else now - theirs


def _seconds_of_date(text: str) -> float | None:
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError):
        return None
